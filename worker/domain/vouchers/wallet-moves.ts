/** What was put on a gift card and taken from it, as its holder sees it. Pure. */
import type { GiftCredit, Redemption, Voucher } from './voucher.ts';

export interface WalletMove {
  id: string;
  atMs: number;
  kind: 'added' | 'spent' | 'given_back' | 'expired';
  /** Signed; what the shop took off by hand is added below 0. */
  amountMinor: number;
  /** After it. */
  balanceMinor: number;
  /** The order that it was spent on. */
  orderId: string | null;
}

type Move = Omit<WalletMove, 'balanceMinor'>;

/** Oldest first; the last balance is the card's, or nothing once it has run out. null: it is no gift card. */
export function movesOf(
  voucher: Voucher,
  { redemptions, credits }: { redemptions: readonly Redemption[]; credits: readonly GiftCredit[] },
  nowMs: number,
): WalletMove[] | null {
  const { benefit, createdAtMs } = voucher;
  if (benefit.kind !== 'gift') return null;
  const later = [...credits.map(creditMove), ...redemptions.flatMap(spendMoves)].sort((a, b) => a.atMs - b.atMs);
  const first = benefit.gift.amountMinor - credits.reduce((sum, one) => sum + Math.max(0, one.amountMinor), 0);
  const made: Move = { id: voucher.id, atMs: createdAtMs, kind: 'added', amountMinor: first, orderId: null };
  const moves = first > 0 ? [made, ...later] : later;
  return withBalances([...moves, ...endOf(voucher, benefit.gift.balanceMinor, nowMs)]);
}

function creditMove({ id, atMs, amountMinor }: GiftCredit): Move {
  return { id, atMs, kind: 'added', amountMinor, orderId: null };
}

/** What was refused spent nothing. */
function spendMoves({ id, atMs, creditsMinor, failure, orderId, rollbacks }: Redemption): Move[] {
  if (failure !== null || creditsMinor === null || creditsMinor === 0) return [];
  const back = rollbacks.flatMap((one): Move[] => {
    const amountMinor = one.creditsMinor ?? 0;
    return amountMinor === 0 ? [] : [{ id: one.id, atMs: one.atMs, kind: 'given_back', amountMinor, orderId }];
  });
  return [{ id, atMs, kind: 'spent', amountMinor: -creditsMinor, orderId }, ...back];
}

function endOf({ id, endsAtMs }: Voucher, leftMinor: number, nowMs: number): Move[] {
  if (endsAtMs === null || nowMs < endsAtMs || leftMinor === 0) return [];
  return [{ id: `${id}:end`, atMs: endsAtMs, kind: 'expired', amountMinor: -leftMinor, orderId: null }];
}

function withBalances(moves: readonly Move[]): WalletMove[] {
  let balanceMinor = 0;
  return moves.map((move) => {
    balanceMinor += move.amountMinor;
    return { ...move, balanceMinor };
  });
}
