/** What the tests of vouchers start from: a code, a gift card, a campaign, a cart, with every field said. */
import type { Ask } from '../../../worker/domain/vouchers/applicable.ts';
import { billOf } from '../../../worker/domain/vouchers/bill.ts';
import type { Campaign } from '../../../worker/domain/vouchers/campaign.ts';
import type { Cart, CartItem } from '../../../worker/domain/vouchers/cart.ts';
import { DEFAULT_PATTERN } from '../../../worker/domain/vouchers/codes.ts';
import { type Discount, EVERY_ITEM } from '../../../worker/domain/vouchers/discount.ts';
import { type CustomerFacts, type Facts, NO_FACTS } from '../../../worker/domain/vouchers/facts.ts';
import { newGift } from '../../../worker/domain/vouchers/gift.ts';
import type { Naming } from '../../../worker/domain/vouchers/redeem.ts';
import type { Refused } from '../../../worker/domain/vouchers/refused.ts';
import type { Rule, RuleTree } from '../../../worker/domain/vouchers/rule-definition.ts';
import type { Voucher } from '../../../worker/domain/vouchers/voucher.ts';

export const NOW = Date.UTC(2026, 5, 10, 12);
export const DAY = 86_400_000;

export function off(amountMinor: number): Discount {
  return { kind: 'amount', amountMinor, effect: 'order' };
}

export function voucher(changes: Partial<Voucher> = {}): Voucher {
  return {
    id: 'v_1',
    code: 'SUMMER20',
    campaign: null,
    category: null,
    benefit: { kind: 'discount', discount: off(500), applicable: EVERY_ITEM },
    origin: { kind: 'manual' },
    holder: null,
    holderOnly: false,
    active: true,
    startsAtMs: null,
    endsAtMs: null,
    validity: null,
    limit: 1,
    limitPerCustomer: null,
    redeemed: 0,
    locks: [],
    rules: [],
    publishedAtMs: null,
    title: null,
    metadata: {},
    createdAtMs: NOW - 30 * DAY,
    updatedAtMs: NOW - 30 * DAY,
    ...changes,
  };
}

export function giving(discount: Discount, changes: Partial<Voucher> = {}): Voucher {
  return voucher({ benefit: { kind: 'discount', discount, applicable: EVERY_ITEM }, ...changes });
}

export function giftCard(amountMinor: number, changes: Partial<Voucher> = {}): Voucher {
  const gift = newGift('USD', amountMinor);
  return voucher({ code: 'GIFT', limit: null, benefit: { kind: 'gift', gift, effect: 'order' }, ...changes });
}

export function balanceOf({ benefit }: Voucher): number {
  return benefit.kind === 'gift' ? benefit.gift.balanceMinor : 0;
}

export function campaign(changes: Partial<Campaign> = {}): Campaign {
  return {
    id: 'camp_1',
    version: 1,
    name: 'Summer',
    kind: 'static',
    benefit: 'discount',
    discount: off(500),
    applicable: EVERY_ITEM,
    giftMinor: null,
    joinOnce: true,
    category: null,
    active: true,
    startsAtMs: null,
    endsAtMs: null,
    validity: null,
    liveAfterPublishing: null,
    limitPerCode: 1,
    limitPerCustomer: null,
    caps: { redemptions: null, discountMinor: null, ordersMinor: null },
    codes: DEFAULT_PATTERN,
    vouchersWanted: 10,
    rules: [],
    metadata: {},
    createdAtMs: NOW - 30 * DAY,
    updatedAtMs: NOW - 30 * DAY,
    ...changes,
  };
}

export function item(priceMinor: number, quantity = 1, changes: Partial<CartItem> = {}): CartItem {
  return {
    productId: 'p1',
    variantId: null,
    name: null,
    quantity,
    priceMinor,
    amountMinor: priceMinor * quantity,
    collections: [],
    tags: [],
    metadata: {},
    ...changes,
  };
}

/** Of lines, or of nothing but an amount. */
export function cart(of: CartItem[] | number, changes: Partial<Cart> = {}): Cart {
  const items = typeof of === 'number' ? [] : of;
  const amountMinor = typeof of === 'number' ? of : items.reduce((sum, one) => sum + one.amountMinor, 0);
  const rest = { orderId: null, currency: 'USD', shippingMinor: null, metadata: {}, channel: null };
  return { ...rest, amountMinor, items, ...changes };
}

export function customer(changes: Partial<CustomerFacts> = {}): CustomerFacts {
  return { id: 'c1', segments: [], tier: null, traits: {}, orders: 0, ...changes };
}

export function facts(changes: Partial<Facts> = {}): Facts {
  return { ...NO_FACTS, timeZone: 'UTC', customer: customer(), ...changes };
}

export function rule(when: RuleTree, changes: Partial<Rule> = {}): Rule {
  return { id: 'val_1', name: 'Rule', when, message: null, applicable: null, source: null, ...changes };
}

/** Somebody's question of a voucher, for an order of 20.00. */
export function ask(of: Voucher, changes: Partial<Ask> = {}): Ask {
  const rest = { campaign: null, rules: [], facts: facts(), lockKey: null, creditsMinor: null, nowMs: NOW };
  return { voucher: of, bill: billOf(cart(2_000)), ...rest, ...changes };
}

export function naming(id: string, changes: Partial<Naming> = {}): Naming {
  return { id, parent: null, orderId: null, metadata: {}, ...changes };
}

/** What was made; throws with the reason where it was refused. */
export function made<Result extends object>(result: Result | { refused: Refused }): Result {
  if ('refused' in result) throw new Error(`refused: ${result.refused.key} (${result.refused.details})`);
  return result;
}

/** The key of a refusal; null: it was none. */
export function keyOf(result: object): string | null {
  return 'refused' in result ? (result as { refused: Refused }).refused.key : null;
}
