/** Redeems a voucher: one use, and of a gift card the money. The caller gives ids and stores what comes back. */
import type { JsonObject } from '../json.ts';
import { type Ask, applicable } from './applicable.ts';
import { amountsOf, type Taken } from './bill.ts';
import type { Cost } from './budget.ts';
import { type GiftMove, withMoved } from './gift.ts';
import { type KeptOrder, keptOrder } from './kept-order.ts';
import { freeCreditsMinor, freeUses, liveLocks, noUseLeft, tooMuch } from './locks.ts';
import { type Refused, refused } from './refused.ts';
import { withDatesFixed } from './valid-at.ts';
import type { Redemption, Voucher } from './voucher.ts';

/** What names a redemption. */
export interface Naming {
  /** `r_…` */
  id: string;
  /** Of a stack: the `r_…` that all of it hangs from. */
  parent: string | null;
  orderId: string | null;
  metadata: JsonObject;
}

export interface Redeemed {
  voucher: Voucher;
  redemption: Redemption;
  /** For a gift card's ledger. */
  move: GiftMove | null;
}

/** Asks `applicable` and redeems; a lock with the caller's key is gone afterwards. A refusal changes nothing; `failedRedemption` records it. */
export function redeem(ask: Ask, naming: Naming): Redeemed | { refused: Refused } {
  const answer = applicable(ask);
  if (!answer.applicable) {
    const { applicable: _, ...why } = answer;
    return { refused: why };
  }
  const { voucher, campaign, facts, bill, creditsMinor, lockKey, nowMs } = ask;
  if (voucher.benefit.kind === 'gift' && bill === null && creditsMinor === null)
    return refused('missing_order', 'name an order or the credits to spend');
  const spent = spend(voucher, {
    ...naming,
    atMs: nowMs,
    customer: facts.customer?.id ?? null,
    channel: facts.channel,
    lockKey,
    amountMinor: bill === null ? 0 : amountsOf(bill).totalMinor,
    taken: answer.taken,
    order: keptOrder(bill),
    creditsMinor: answer.creditsMinor,
  });
  return 'refused' in spent ? spent : { ...spent, voucher: withDatesFixed(spent.voucher, campaign, facts.timeZone) };
}

/** A use whose worth was settled before, such as one of a stack over several owners. */
export interface Use extends Naming {
  atMs: number;
  customer: string | null;
  channel: string | null;
  lockKey: string | null;
  /** What the order came to before this voucher; 0 where none was named. */
  amountMinor: number;
  /** null: no order was named. */
  taken: Taken | null;
  /** What is to be kept of the order beside that; absent or null: nothing. */
  order?: KeptOrder | null;
  /** Of a gift card: the money to spend; of others null. */
  creditsMinor: number | null;
}

/** Checks only what belongs to the voucher itself: uses left and money left, with its locks. */
export function spend(voucher: Voucher, use: Use): Redeemed | { refused: Refused } {
  const { atMs, lockKey, creditsMinor } = use;
  const viewer = { lockKey, nowMs: atMs };
  if (freeUses(voucher, viewer) === 0) return noUseLeft(voucher);
  const locks = liveLocks(voucher, atMs).filter(({ key }) => key !== lockKey);
  const used: Voucher = { ...voucher, locks, redeemed: voucher.redeemed + 1, updatedAtMs: atMs };
  const redemption = redemptionOf(voucher, use);
  if (voucher.benefit.kind !== 'gift') return { voucher: used, redemption, move: null };
  const free = freeCreditsMinor(voucher, viewer);
  if (creditsMinor === null || !Number.isSafeInteger(creditsMinor) || creditsMinor < 0)
    return refused('invalid_gift', 'credits must be a whole amount');
  if (creditsMinor > free) return tooMuch(creditsMinor, free);
  return { ...withMoved(used, voucher.benefit.gift, { kind: 'redeemed', amountMinor: -creditsMinor }), redemption };
}

function redemptionOf(voucher: Voucher, use: Use): Redemption {
  const { id, parent, atMs, customer, orderId, amountMinor, taken, order, creditsMinor, metadata, channel } = use;
  const discountMinor = taken?.discountMinor ?? 0;
  return {
    id,
    voucher: voucher.id,
    code: voucher.code,
    campaign: voucher.campaign,
    parent,
    atMs,
    customer,
    orderId,
    amountMinor,
    totalMinor: amountMinor - discountMinor,
    discountMinor,
    creditsMinor: voucher.benefit.kind === 'gift' ? creditsMinor : null,
    ...(taken === null ? {} : { taken }),
    ...(order == null ? {} : { order }),
    failure: null,
    rollbacks: [],
    metadata,
    channel,
  };
}

/** The record of a refused attempt; `id` is `rf_…`. */
export function failedRedemption(ask: Ask, naming: Naming, { key, message }: Refused): Redemption {
  const { voucher, facts, bill, nowMs } = ask;
  const amountMinor = bill === null ? 0 : amountsOf(bill).totalMinor;
  const use = { atMs: nowMs, customer: facts.customer?.id ?? null, channel: facts.channel, lockKey: null };
  const attempt = redemptionOf(voucher, {
    ...naming,
    ...use,
    amountMinor,
    taken: null,
    creditsMinor: ask.creditsMinor,
  });
  return { ...attempt, failure: { key, message } };
}

/** What a redemption costs its campaign's budgets. */
export function costOf({ amountMinor, discountMinor, creditsMinor, taken }: Redemption): Cost {
  const givenMinor = Math.max(discountMinor, creditsMinor ?? 0) + (taken?.shippingMinor ?? 0);
  return { redemptions: 1, discountMinor: givenMinor, ordersMinor: amountMinor };
}
