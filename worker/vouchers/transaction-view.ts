/** What moved the money of a gift card, as Voucherify's clients read it, each with the balance after it. */
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Transaction } from '../wire/voucher-transactions.ts';
import { hundredthsOf } from './amounts.ts';
import type { VoucherLedger } from './ledger.ts';

interface Move {
  id: string;
  type: Transaction['type'];
  atMs: number;
  amountMinor: number;
  sourceId: string | null;
  reason: string | null;
  related: string | null;
  about: object;
}

/** The newest first. What it was made with is none of them. */
export function transactionsOf({ voucher, redemptions, credits }: VoucherLedger): Transaction[] {
  if (voucher.benefit.kind !== 'gift') return [];
  const moves = [...credits.map(creditMove), ...redemptions.flatMap(redemptionMoves)];
  moves.sort((a, b) => b.atMs - a.atMs || RANK[b.type] - RANK[a.type] || (a.id < b.id ? 1 : -1));
  let { balanceMinor, amountMinor: totalMinor } = voucher.benefit.gift;
  return moves.map((move) => {
    const view = moveView(voucher, move, { balanceMinor, totalMinor });
    balanceMinor -= move.amountMinor;
    if (move.type === 'CREDITS_ADDITION') totalMinor -= move.amountMinor;
    return view;
  });
}

/** Of two in the same millisecond: nothing is returned before it was spent. */
const RANK = { CREDITS_ADDITION: 0, CREDITS_REDEMPTION: 1, CREDITS_REFUND: 2, CREDITS_REMOVAL: 3 };

function creditMove({ id, atMs, amountMinor, reason, source }: GiftCredit): Move {
  const type = amountMinor > 0 ? 'CREDITS_ADDITION' : 'CREDITS_REMOVAL';
  return { id, type, atMs, amountMinor, sourceId: source, reason, related: null, about: {} };
}

function redemptionMoves({ id, atMs, creditsMinor, failure, orderId, rollbacks }: Redemption): Move[] {
  if (failure !== null || creditsMinor === null) return [];
  const about = { order: { id: orderId, source_id: orderId }, redemption: { id } };
  const blank = { sourceId: null, about };
  const spent = `vtx_${id}`;
  const returned = rollbacks.flatMap((rollback): Move[] => {
    const { id: back, atMs: backMs, creditsMinor: backMinor, reason } = rollback;
    if (backMinor === null) return [];
    const of = { ...about, rollback: { id: back } };
    const move = { id: `vtx_${back}`, type: 'CREDITS_REFUND' as const, atMs: backMs, amountMinor: backMinor, reason };
    return [{ ...blank, ...move, related: spent, about: of }];
  });
  const move = { id: spent, type: 'CREDITS_REDEMPTION' as const, atMs, amountMinor: -creditsMinor, reason: null };
  return [{ ...blank, ...move, related: null }, ...returned];
}

function moveView(
  { id, campaign, benefit }: Voucher,
  move: Move,
  after: { balanceMinor: number; totalMinor: number },
): Transaction {
  const currency = benefit.kind === 'gift' ? benefit.gift.currency : '';
  const isByHand = move.type === 'CREDITS_ADDITION' || move.type === 'CREDITS_REMOVAL';
  return {
    id: move.id,
    source_id: move.sourceId,
    voucher_id: id,
    campaign_id: campaign,
    source: isByHand ? 'API' : null,
    reason: move.reason,
    type: move.type,
    details: {
      balance: {
        type: 'gift_voucher',
        total: hundredthsOf(after.totalMinor, currency),
        amount: hundredthsOf(move.amountMinor, currency),
        object: 'balance',
        balance: hundredthsOf(after.balanceMinor, currency),
        ...(isByHand ? { operation_type: 'MANUAL' as const } : {}),
        related_object: { id, type: 'voucher' },
      },
      ...move.about,
    },
    related_transaction_id: move.related,
    created_at: new Date(move.atMs).toISOString(),
  };
}
