/** D1's copy of referrals: told with the change sets of those who refer, read by the list of what waits for a look. */
import { and, desc, eq, lt, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Made } from '../domain/referrals/made.ts';
import { referrals } from './schema.ts';
import type { ToldRow } from './voucher-rows.ts';

const SLICE = 500;

/** Guarded by where the copy of the referrer stands, as every statement of a change set. */
const REFERRALS = `
  INSERT INTO referral (shop, referral, customer, friend, seq, status, reasons, flagged, started_ms, changed_ms)
  SELECT ?1, j.value ->> 'id', j.value ->> 'c', j.value ->> 'friend', j.value ->> 'seq', j.value ->> 'status',
    j.value ->> 'reasons', j.value ->> 'flagged', j.value ->> 'started', j.value ->> 'changed'
  FROM json_each(?2) j LEFT JOIN profile p ON p.shop = ?1 AND p.customer = j.value ->> 'c'
  WHERE COALESCE(p.seq, 0) = j.value ->> 'from'
  ON CONFLICT DO UPDATE SET customer = excluded.customer, friend = excluded.friend, seq = excluded.seq,
    status = excluded.status, reasons = excluded.reasons, flagged = excluded.flagged, changed_ms = excluded.changed_ms
    WHERE excluded.seq >= referral.seq`;

export interface ReferrerSet {
  customer: string;
  from: number;
  head: { seq: number };
  referrals: Made[];
}

export function referralStatements(db: D1Database, shop: string, sets: ReferrerSet[]): D1PreparedStatement[] {
  const rows = sets.flatMap(({ customer, from, head, referrals: made }) =>
    made.map((one) => ({ ...referralRow(customer, one), from, seq: head.seq })),
  );
  const slices = Array.from({ length: Math.ceil(rows.length / SLICE) }, (_, at) =>
    rows.slice(at * SLICE, (at + 1) * SLICE),
  );
  return slices.map((slice) => db.prepare(REFERRALS).bind(shop, JSON.stringify(slice)));
}

/** One referral of a customer under the names it is told by. */
export function referralRow(customer: string, made: Made): ToldRow {
  const { id, friend, status, reasons, flagged, startedAtMs, changedAtMs } = made;
  const times = { started: startedAtMs, changed: changedAtMs };
  return { c: customer, id, friend, status, reasons: JSON.stringify(reasons), flagged: flagged ? 1 : 0, ...times };
}

export type ReferralRow = typeof referrals.$inferSelect;

export interface ReferralQuery {
  shop: string;
  status: Made['status'] | null;
  /** The last one of the page before. */
  after: { startedMs: number; referral: string } | null;
  limit: number;
}

/** A page of a shop's referrals, the last that began first. */
export async function listReferrals(
  db: D1Database,
  { shop, status, after, limit }: ReferralQuery,
): Promise<ReferralRow[]> {
  const { startedMs, referral } = referrals;
  const beyond =
    after === null
      ? undefined
      : or(lt(startedMs, after.startedMs), and(eq(startedMs, after.startedMs), lt(referral, after.referral)));
  const ofStatus = status === null ? undefined : eq(referrals.status, status);
  return drizzle(db)
    .select()
    .from(referrals)
    .where(and(eq(referrals.shop, shop), ofStatus, beyond))
    .orderBy(desc(startedMs), desc(referral))
    .limit(limit);
}
