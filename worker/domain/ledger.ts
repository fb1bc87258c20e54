/**
 * The points ledger: lots, spent soonest-expiring first. Works on a draft that the caller owns and throws away;
 * nothing here knows where lots are stored. Balance = sum of open lots - debt, and at most one of the two is not zero.
 */

/** The expiry of points that never run out: the last instant a Date can hold, so that lots sort by one number. */
export const NEVER = 8_640_000_000_000_000;

export interface Lot {
  /** Unique within the customer: the sequence number of the journal row that made it, times 64, plus its place there. */
  lot: number;
  expiresAtMs: number;
  points: number;
  remaining: number;
  /** `order:{id}` or `adjustment`; what a lot came from. */
  origin: string;
}

/** `settled`: points of one customer pay what another one owed who turned out to be the same; the balance stays. */
export type PointsKind = 'earned' | 'adjusted' | 'clawed_back' | 'restored' | 'spent' | 'expired' | 'settled';

/** The earning rule that points came by, as it was called then. */
export interface RuleRef {
  id: string;
  name: string;
}

/** One ledger entry, as the journal keeps it for ever. */
export interface PointsEntry {
  kind: PointsKind;
  points: number;
  balanceAfter: number;
  /** Which lots gave or took how much; with the change of debt it sums to `points`. */
  lots: { lot: number; points: number; expiresAtMs: number }[];
  debt: number;
  orderId: string | null;
  reason: string | null;
  /** Of points earned by one; of those that were taken back or given again where the order earned by one alone. */
  rule?: RuleRef;
}

export interface LedgerDraft {
  /** Open lots, at least as many as the decision can need. */
  lots: Lot[];
  balance: number;
  debt: number;
  /** Sum of everything ever earned or given, less clawbacks: what the merchant calls lifetime points. */
  lifetime: number;
  changed: Map<number, Lot>;
}

interface About {
  kind: PointsKind;
  orderId: string | null;
  reason: string | null;
  rule?: RuleRef;
}

/** Adds points as a new lot; a recorded debt is paid first. */
export function credit(
  draft: LedgerDraft,
  points: number,
  lot: Omit<Lot, 'points' | 'remaining'>,
  about: About,
): PointsEntry {
  const paid = Math.min(draft.debt, points);
  draft.debt -= paid;
  draft.balance += points;
  draft.lifetime += points;
  const kept = points - paid;
  if (kept > 0) put(draft, { ...lot, points: kept, remaining: kept });
  const lots = kept > 0 ? [{ lot: lot.lot, points: kept, expiresAtMs: lot.expiresAtMs }] : [];
  return {
    ...about,
    points,
    balanceAfter: draft.balance,
    lots,
    debt: 0 - paid,
  };
}

/**
 * Takes points: the preferred lots first (those an order made, when that order is refunded), then soonest-expiring.
 * What the lots do not hold becomes a debt where the caller allows one, else it is not taken.
 */
export function debit(
  draft: LedgerDraft,
  points: number,
  about: About & { prefer?: ReadonlySet<number>; allowDebt?: boolean },
): PointsEntry {
  const { prefer, allowDebt, ...words } = about;
  const lots = takeFromLots(draft, points, prefer ?? new Set());
  const taken = lots.reduce((sum, take) => sum - take.points, 0);
  const owed = allowDebt ? points - taken : 0;
  draft.debt += owed;
  draft.balance -= taken + owed;
  if (about.kind === 'clawed_back') draft.lifetime -= points;
  return {
    ...words,
    points: 0 - taken - owed,
    balanceAfter: draft.balance,
    lots,
    debt: owed,
  };
}

/** Closes lots whose time has come; `at` is theirs, not the clock's. */
export function expire(draft: LedgerDraft, lots: Lot[]): PointsEntry {
  const takes = lots.map((lot) => take(draft, lot, lot.remaining));
  const points = takes.reduce((sum, one) => sum + one.points, 0);
  draft.balance += points;
  return {
    kind: 'expired',
    points,
    balanceAfter: draft.balance,
    lots: takes,
    debt: 0,
    orderId: null,
    reason: null,
  };
}

/**
 * Gives points back into the lots they were taken from: `remaining` of each is what goes back into it. A recorded debt is
 * paid first, with those that run out soonest. The lots that are still open must be in the draft.
 */
export function giveBack(draft: LedgerDraft, lots: Lot[], about: About): PointsEntry {
  const points = lots.reduce((sum, lot) => sum + lot.remaining, 0);
  const paid = Math.min(draft.debt, points);
  draft.debt -= paid;
  draft.balance += points;
  const kept: PointsEntry['lots'] = [];
  let owed = paid;
  for (const lot of [...lots].sort(byExpiry)) {
    const back = lot.remaining - Math.min(owed, lot.remaining);
    owed -= lot.remaining - back;
    if (back === 0) continue;
    const open = draft.lots.find((one) => one.lot === lot.lot);
    put(draft, { ...lot, ...open, remaining: (open?.remaining ?? 0) + back });
    kept.push({ lot: lot.lot, points: back, expiresAtMs: lot.expiresAtMs });
  }
  return { ...about, points, balanceAfter: draft.balance, lots: kept, debt: 0 - paid };
}

function takeFromLots(draft: LedgerDraft, points: number, prefer: ReadonlySet<number>): PointsEntry['lots'] {
  const soonest = [...draft.lots].sort(byExpiry);
  const ordered = [...soonest.filter((lot) => prefer.has(lot.lot)), ...soonest.filter((lot) => !prefer.has(lot.lot))];
  const takes: PointsEntry['lots'] = [];
  let left = points;
  for (const lot of ordered) {
    if (left === 0) break;
    const part = Math.min(left, lot.remaining);
    takes.push(take(draft, lot, part));
    left -= part;
  }
  return takes;
}

function take(draft: LedgerDraft, lot: Lot, points: number): PointsEntry['lots'][number] {
  put(draft, { ...lot, remaining: lot.remaining - points });
  return { lot: lot.lot, points: 0 - points, expiresAtMs: lot.expiresAtMs };
}

/** A lot with nothing left leaves the list and is told to the store as closed. */
function put(draft: LedgerDraft, lot: Lot): void {
  draft.changed.set(lot.lot, lot);
  const others = draft.lots.filter((one) => one.lot !== lot.lot);
  draft.lots = lot.remaining > 0 ? [...others, lot] : others;
}

function byExpiry(a: Lot, b: Lot): number {
  return a.expiresAtMs - b.expiresAtMs || a.lot - b.lot;
}
