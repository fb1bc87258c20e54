/**
 * Takes an adjustment of an import back, as far as the balance is what it would be without it: what was given is taken
 * from its own lot first, what was taken comes back to run out when it would have. The rows of both stay.
 */
import { aboutImport } from './adjustment.ts';
import type { State } from './customer.ts';
import type { Decision } from './decision.ts';
import type { JournalRow } from './journal.ts';
import { credit, debit, type PointsEntry } from './ledger.ts';
import { afterDecision } from './loyalty/parts.ts';
import type { Terms } from './terms.ts';
import { close, expiryOf, LOT_PLACES, lotId, open, pushRow, type Work } from './work.ts';

export interface AdjustmentUndo {
  op: 'undo_adjustment';
  key: string;
  fingerprint: string;
  /** The key of the adjustment. */
  of: string;
  /** The import and its line: an adjustment that came from elsewhere is not taken back. */
  from: string;
  /** The shopper sees it; null: the reason of the adjustment. */
  reason: string | null;
  note: string | null;
}

interface TakenBack {
  entries: PointsEntry[];
  /** Points that were given and could not be taken, for they were spent and nobody owes them. */
  missing: number;
  /** Points that were taken and do not come back, for they would have run out since. */
  lapsed: number;
}

const NOTHING: TakenBack = { entries: [], missing: 0, lapsed: 0 };

export function decideUndo(state: State, input: AdjustmentUndo, terms: Terms, now: number): Decision {
  const work = open(state);
  const row = state.undone ?? null;
  const refusal = row?.about.import === input.from ? null : { reason: 'nothing_to_undo' as const };
  const { entries, missing, lapsed } =
    row === null || refusal !== null ? NOTHING : takeBack(work, { row, input }, terms, now);
  const { of, from, note, fingerprint, key } = input;
  const reason = input.reason ?? entries[0]?.reason ?? null;
  const about = { reason, note, fingerprint, undoes: of, missing, lapsed, ...aboutImport(from) };
  pushRow(work, {
    kind: refusal === null ? 'points.adjusted' : 'points.refused',
    atMs: now,
    recordedAtMs: now,
    key,
    terms,
    entries,
    about: {
      ...about,
      ...(row?.about.countsTowardTier === true ? { countsTowardTier: true } : {}),
      ...(refusal === null ? {} : { refusal }),
    },
  });
  if (refusal === null) afterDecision(work, { atMs: now, nowMs: now, event: null, entries }, terms);
  return { changes: close(work, now), refusal };
}

interface Asked {
  row: JournalRow;
  input: AdjustmentUndo;
}

function takeBack(work: Work, { row, input }: Asked, terms: Terms, now: number): TakenBack {
  // what else happened in the same decision, such as a reward, is not the adjustment's
  const given = row.entries.filter((entry) => entry.kind === 'adjusted');
  const points = given.reduce((sum, entry) => sum + entry.points, 0);
  const words = { kind: 'adjusted' as const, orderId: null, reason: input.reason ?? given[0]?.reason ?? null };
  if (points === 0) return NOTHING;
  if (points < 0) return giveBack(work, { given, words }, terms, now);
  const prefer = new Set(given.flatMap((entry) => entry.lots.map(({ lot }) => lot)));
  const allowDebt = terms.programme.overdrawn !== 'stop_at_zero';
  const entry = debit(work.draft, points, { ...words, prefer, allowDebt });
  work.draft.lifetime -= points;
  return { entries: [entry], missing: points + entry.points, lapsed: 0 };
}

interface Taken {
  given: PointsEntry[];
  words: { kind: 'adjusted'; orderId: null; reason: string | null };
}

function giveBack(work: Work, { given, words }: Taken, terms: Terms, now: number): TakenBack {
  const lots = given.flatMap((entry) => entry.lots);
  const open = lots.filter(({ expiresAtMs }) => expiresAtMs > now);
  const lapsed = lots.reduce((sum, { points }) => sum - points, 0) - open.reduce((sum, { points }) => sum - points, 0);
  const owed = given.reduce((sum, entry) => sum + entry.debt, 0);
  const back = [
    // what was owed is paid first; what was paid of it since comes back as points of today
    ...(owed > 0 ? [{ points: owed, expiresAtMs: expiryOf(terms, now) }] : []),
    ...byExpiry(open.map(({ points, expiresAtMs }) => ({ points: -points, expiresAtMs }))),
  ];
  const entries = withinPlaces(back).map(({ points, expiresAtMs }, place) =>
    credit(work.draft, points, { lot: lotId(work, place), expiresAtMs, origin: 'adjustment' }, words),
  );
  work.draft.lifetime -= entries.reduce((sum, entry) => sum + entry.points, 0);
  return { entries, missing: 0, lapsed };
}

interface Back {
  points: number;
  expiresAtMs: number;
}

/** One for each expiry, the soonest first. */
function byExpiry(all: Back[]): Back[] {
  const sums = new Map<number, number>();
  for (const { points, expiresAtMs } of all) sums.set(expiresAtMs, (sums.get(expiresAtMs) ?? 0) + points);
  return [...sums]
    .map(([expiresAtMs, points]) => ({ points, expiresAtMs }))
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs);
}

/** A row makes so many lots: what is beyond them runs out with the last of these. */
function withinPlaces(all: Back[]): Back[] {
  const [own, rest] = [all.slice(0, LOT_PLACES), all.slice(LOT_PLACES)];
  const last = own.at(-1);
  if (last === undefined || rest.length === 0) return own;
  return [...own.slice(0, -1), { ...last, points: rest.reduce((sum, { points }) => sum + points, last.points) }];
}
