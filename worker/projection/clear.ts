/**
 * Throws a shop's copies away, a slice at a time. With every row goes the profile of its customer, in one transaction:
 * a copy that is left is whole, one that is gone stands at 0 and is told from the beginning by whoever tells it next.
 */
import { inTime } from './apply.ts';

const SLICE = 500;

/** Every table of copies with what orders it, the profiles last. */
export const CLEARED = [
  { table: 'orders', key: 'order_id' },
  { table: 'referral', key: 'referral' },
  { table: 'member', key: 'customer' },
  { table: 'profile', key: 'customer' },
] as const;

/** Slices are taken while the shop's epoch is this one; a later epoch voids those that D1 still has in hand. */
export async function setEpoch(db: D1Database, shop: string, epoch: number): Promise<void> {
  const sql = `INSERT INTO clearing (shop, epoch) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET epoch = MAX(epoch, excluded.epoch)`;
  await inTime(db.prepare(sql).bind(shop, epoch).run());
}

export interface Slice {
  shop: string;
  epoch: number;
  /** Which of `CLEARED`. */
  table: number;
  after: string;
}

/** Deletes the rows after a key; answers the last key, null where none was left. Throws where the epoch has moved on. */
export async function clearSlice(db: D1Database, { shop, epoch, table, after }: Slice): Promise<string | null> {
  const of = CLEARED[table];
  if (of === undefined) throw new Error('no such table of copies');
  const slice = (column: string) =>
    `SELECT ${column} FROM ${of.table} WHERE shop = ?1 AND ${of.key} > ?2 ORDER BY ${of.key} LIMIT ${SLICE}`;
  const fence = 'EXISTS (SELECT 1 FROM clearing WHERE shop = ?1 AND epoch = ?3)';
  const statements = [
    `DELETE FROM profile WHERE shop = ?1 AND ${fence} AND customer IN (${slice('customer')})`,
    `DELETE FROM ${of.table} WHERE shop = ?1 AND ${fence} AND ${of.key} IN (${slice(of.key)})`,
  ].slice(of.table === 'profile' ? 1 : 0);
  const found = `SELECT MAX(${of.key}) AS last, (SELECT epoch FROM clearing WHERE shop = ?1) = ?3 AS ours
    FROM (${slice(of.key)})`;
  const results = await inTime(
    db.batch<{ last: string | null; ours: number }>(
      [found, ...statements].map((sql) => db.prepare(sql).bind(shop, after, epoch)),
    ),
  );
  const row = results[0]?.results[0];
  if (row?.ours !== 1) throw new Error('another rebuild has begun');
  return row.last;
}
