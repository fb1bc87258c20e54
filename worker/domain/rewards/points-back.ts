/** Points that were spent go back: into the lots they were taken from, with the expiry these had. */

import type { JournalRow } from '../journal.ts';
import { giveBack, type Lot, type PointsEntry } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import type { Voucher } from '../vouchers/voucher.ts';
import { DAY_MS, LOT_PLACES, lotId, type Work } from '../work.ts';
import { NO_REWARDS } from './programme.ts';

/** What the row of a spend says of each lot it took from, in the order of its entry; a lot that is used up is nowhere else. */
export function spentLots(lots: readonly Lot[], entry: PointsEntry): [string, number][] {
  const byId = new Map(lots.map((lot) => [lot.lot, lot]));
  return entry.lots.map(({ lot }) => [byId.get(lot)?.origin ?? '', byId.get(lot)?.points ?? 0]);
}

/** Points of a bought voucher that have not gone back yet. */
export function pointsLeft({ origin, held }: Voucher): number {
  return origin.kind === 'reward' ? origin.points - (held?.pointsBack ?? 0) : 0;
}

/**
 * Gives back so many of the points that a voucher was bought with, those that were taken last first: what stays spent is
 * then what would have been spent had it cost so much less. Points that would have run out by now get a lot of their own
 * that is good for the days of grace. Answers the entry for the row that is pushed next, and the voucher as it is then.
 */
export function pointsBack(
  work: Work,
  { voucher, points }: { voucher: Voucher; points: number },
  { terms, when }: { terms: Terms; when: When },
): { voucher: Voucher; entry: PointsEntry } {
  const { origin, held } = voucher;
  const row = origin.kind === 'reward' ? work.spends.find((one) => one.seq === origin.spentSeq) : undefined;
  if (row === undefined) throw new Error('points of a spend that was not read');
  const graceMs = (terms.programme.rewards ?? NO_REWARDS).graceDays * DAY_MS;
  const lots = lotsBack(row, { before: held?.pointsBack ?? 0, points });
  const good = lots.filter((lot) => lot.expiresAtMs > when.nowMs);
  const late = lots.filter((lot) => lot.expiresAtMs <= when.nowMs);
  const about = { kind: 'restored' as const, orderId: null, reason: null };
  const entry = giveBack(work.draft, [...good, ...withGrace(work, late, when.nowMs + graceMs)], about);
  return { voucher: { ...voucher, held: { ...held, pointsBack: (held?.pointsBack ?? 0) + points } }, entry };
}

/** The lots of a spend, each with what goes back into it; `before`: how many points of it went back earlier. */
function lotsBack({ entries, about }: JournalRow, { before, points }: { before: number; points: number }): Lot[] {
  const taken = entries.find((entry) => entry.kind === 'spent')?.lots ?? [];
  const said = Array.isArray(about.spent) ? about.spent : [];
  let [skip, left] = [before, points];
  const back: Lot[] = [];
  for (let place = taken.length - 1; place >= 0 && left > 0; place -= 1) {
    const one = taken[place];
    if (one === undefined) continue;
    const had = -one.points;
    const skipped = Math.min(skip, had);
    const part = Math.min(left, had - skipped);
    skip -= skipped;
    left -= part;
    const [origin, size] = lotSaid(said[place]);
    if (part > 0) back.push({ lot: one.lot, expiresAtMs: one.expiresAtMs, points: size, remaining: part, origin });
  }
  return back;
}

function lotSaid(said: unknown): [string, number] {
  return Array.isArray(said) ? [String(said[0]), Number(said[1])] : ['', 0];
}

/** Of each origin one new lot; so many that a row has places for, the rest together. */
function withGrace(work: Work, late: Lot[], expiresAtMs: number): Lot[] {
  const byOrigin = new Map<string, number>();
  for (const { origin, remaining } of late) {
    const name = byOrigin.has(origin) || byOrigin.size < LOT_PLACES - 1 ? origin : 'returned';
    byOrigin.set(name, (byOrigin.get(name) ?? 0) + remaining);
  }
  return [...byOrigin].map(([origin, points], place) => {
    return { lot: lotId(work, place), expiresAtMs, points, remaining: points, origin };
  });
}
