/** Takes out of D1's copies what is left of customers whom their objects have told as gone. Repeats are welcome. */
import { inTime } from './in-time.ts';

/** `subject`: whom amounts are of from now on. */
export interface ErasedCopy {
  customer: string;
  subject: string;
}

/** A redemption of theirs of a voucher that somebody else holds. */
export interface UsedElsewhere {
  holder: string;
  redemption: string;
}

const MOST = 10_000;

/** As the copies know them. */
export async function usedElsewhere(
  db: D1Database,
  shop: string,
  customers: readonly string[],
): Promise<UsedElsewhere[]> {
  const theirs = '(SELECT value FROM json_each(?2))';
  const sql = `SELECT owner AS holder, redemption FROM redemption
    WHERE shop = ?1 AND customer IN ${theirs} AND owner IS NOT NULL AND owner NOT IN ${theirs} LIMIT ${MOST}`;
  return (await inTime(db.prepare(sql).bind(shop, JSON.stringify(customers)).all<UsedElsewhere>())).results;
}

const GONE = 'customer IN (SELECT value FROM json_each(?2))';

/** Throws where D1 does not answer in time; what it did then is unknown, and asking again is safe. */
export async function eraseCopies(db: D1Database, shop: string, ids: readonly ErasedCopy[]): Promise<void> {
  const customers = JSON.stringify(ids.map(({ customer }) => customer));
  const statements = [
    `DELETE FROM orders WHERE shop = ?1 AND ${GONE}`,
    `DELETE FROM referral WHERE shop = ?1 AND ${GONE}`,
    `DELETE FROM member WHERE shop = ?1 AND ${GONE}`,
  ].map((sql) => db.prepare(sql).bind(shop, customers));
  await inTime(db.batch(statements));
}
