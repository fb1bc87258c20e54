/**
 * Throws a shop's copies away, a slice at a time. With every row goes the profile of its customer, in one transaction:
 * a copy that is left is whole, one that is gone stands at 0 and is told from the beginning by whoever tells it next.
 */
import { inTime } from './in-time.ts';

const SLICE = 500;

/** Every table of copies with what orders it and who tells its rows, the profiles last. */
export const CLEARED = [
  { table: 'orders', key: 'order_id', owner: 'customer' },
  { table: 'referral', key: 'referral', owner: 'customer' },
  { table: 'member', key: 'customer', owner: 'customer' },
  { table: 'campaign', key: 'campaign', owner: null },
  { table: 'voucher', key: 'voucher', owner: 'holder' },
  { table: 'redemption', key: 'at_ms', owner: 'owner' },
  { table: 'rollback', key: 'at_ms', owner: 'owner' },
  { table: 'publication', key: 'at_ms', owner: null },
  { table: 'profile', key: 'customer', owner: null },
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
  /** '' at the beginning. */
  after: string;
}

/** Deletes the rows after a key; answers the last key, null where none was left. Throws where the epoch has moved on. */
export async function clearSlice(db: D1Database, { shop, epoch, table, after: at }: Slice): Promise<string | null> {
  const of = CLEARED[table];
  if (of === undefined) throw new Error('no such table of copies');
  const after = of.key === 'at_ms' && at === '' ? '-1' : at;
  const slice = `SELECT ${of.key} AS key FROM ${of.table} WHERE shop = ?1 AND ${of.key} > ?2
    ORDER BY ${of.key} LIMIT ${SLICE}`;
  // several rows may share a key: with one of them go all
  const within = `shop = ?1 AND ${of.key} > ?2 AND ${of.key} <= (SELECT MAX(key) FROM (${slice}))`;
  const fence = 'EXISTS (SELECT 1 FROM clearing WHERE shop = ?1 AND epoch = ?3)';
  const owners = `SELECT ${of.owner} FROM ${of.table} WHERE ${within}`;
  const statements = [
    ...(of.owner === null ? [] : [`DELETE FROM profile WHERE shop = ?1 AND ${fence} AND customer IN (${owners})`]),
    `DELETE FROM ${of.table} WHERE ${within} AND ${fence}`,
  ];
  const found = `SELECT MAX(key) AS last, (SELECT epoch FROM clearing WHERE shop = ?1) = ?3 AS ours FROM (${slice})`;
  const results = await inTime(
    db.batch<{ last: string | number | null; ours: number }>(
      [found, ...statements].map((sql) => db.prepare(sql).bind(shop, after, epoch)),
    ),
  );
  const row = results[0]?.results[0];
  if (row?.ours !== 1) throw new Error('another rebuild has begun');
  return row.last === null ? null : String(row.last);
}
