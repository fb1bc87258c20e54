/** What D1 holds of referrals against what the objects of those who refer told it. */
import { inTime } from './in-time.ts';
import type { ToldRow } from './voucher-rows.ts';

/** D1's rows under the names they are told by. */
const REFERRALS = `
  SELECT r.customer AS c, r.referral AS id, r.friend AS friend, r.status AS status, r.reasons AS reasons,
    r.flagged AS flagged, r.started_ms AS started, r.changed_ms AS changed
  FROM json_each(?2) j CROSS JOIN referral r ON r.shop = ?1 AND r.referral = j.value`;

export interface ReferralDifference {
  customer: string;
  referral: string;
  /** `row`: one side has none. */
  field: string;
  object: string | number | null;
  copy: string | number | null;
}

/** Field by field, of every referral that was told. */
export async function referralDifferences(
  db: D1Database,
  shop: string,
  told: readonly ToldRow[],
): Promise<ReferralDifference[]> {
  if (told.length === 0) return [];
  const ids = JSON.stringify(told.map(({ id }) => id));
  const { results } = await inTime(db.prepare(REFERRALS).bind(shop, ids).all<ToldRow>());
  const copies = new Map(results.map((row) => [row.id, row]));
  return told.flatMap((row) => {
    const copy = copies.get(row.id ?? null);
    const of = { customer: String(row.c), referral: String(row.id) };
    if (copy === undefined) return [{ ...of, field: 'row', object: 'present', copy: null }];
    const fields = Object.keys(row).filter((field) => row[field] !== copy[field]);
    return fields.map((field) => ({ ...of, field, object: row[field] ?? null, copy: copy[field] ?? null }));
  });
}

export interface ReferralOwner {
  referral: string;
  customer: string;
  /** 1 where that customer has a profile. */
  owned: number;
}

/** D1's referrals after an id, and whose each is. */
export async function referralOwners(
  db: D1Database,
  shop: string,
  { after, limit }: { after: string; limit: number },
): Promise<ReferralOwner[]> {
  const sql = `SELECT r.referral AS referral, r.customer AS customer, p.customer IS NOT NULL AS owned
    FROM referral r LEFT JOIN profile p ON p.shop = r.shop AND p.customer = r.customer AND p.gone = 0
    WHERE r.shop = ?1 AND r.referral > ?2 ORDER BY r.referral LIMIT ?3`;
  return (await inTime(db.prepare(sql).bind(shop, after, limit).all<ReferralOwner>())).results;
}
