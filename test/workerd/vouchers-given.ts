/** Campaigns and codes for tests of their objects: made at once, without the API. */
import { env } from 'cloudflare:workers';
import { campaignIn } from '../../worker/campaign/cache.ts';
import type { CampaignRecord } from '../../worker/campaign/record.ts';
import type { RedeemCall, Use } from '../../worker/codes/calls.ts';
import { codesAt } from '../../worker/codes/stubs.ts';
import { billOf } from '../../worker/domain/vouchers/bill.ts';
import type { Campaign } from '../../worker/domain/vouchers/campaign.ts';
import type { Cart } from '../../worker/domain/vouchers/cart.ts';
import { EVERY_ITEM } from '../../worker/domain/vouchers/discount.ts';
import { newGift } from '../../worker/domain/vouchers/gift.ts';
import type { Benefit, Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { routesOf } from '../../worker/offers/route.ts';
import { codeMakerOf } from '../../worker/shops/code-maker.ts';

export const NOW = Date.UTC(2026, 4, 4, 12);
export const AT = { clockMs: NOW };
/** A change of a campaign that nobody asked for before. */
export const changing = () => ({ key: crypto.randomUUID(), fingerprint: 'f', who: 'test', nowMs: NOW });
export const CALENDAR = { timeZone: 'Europe/Berlin', weekStart: 1 };
export const FREE = { redemptions: null, discountMinor: null, ordersMinor: null };

export const maker = (shop: string) => codeMakerOf(env.ROOT_SECRET, shop);
export const newCode = () => `T-${crypto.randomUUID().toUpperCase()}`;

export function amountOff(amountMinor: number): Benefit {
  return { kind: 'discount', discount: { kind: 'amount', amountMinor, effect: 'order' }, applicable: EVERY_ITEM };
}

export function giftOf(amountMinor: number): Benefit {
  return { kind: 'gift', gift: newGift('EUR', amountMinor), effect: 'order' };
}

export function voucher(shop: string, code: string, more: Partial<Voucher> = {}): Voucher {
  return {
    id: maker(shop).idOf(code),
    code,
    campaign: null,
    category: null,
    benefit: amountOff(500),
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
    createdAtMs: NOW,
    updatedAtMs: NOW,
    ...more,
  };
}

export function campaign(more: Partial<Campaign> = {}): Campaign {
  return {
    id: `camp_${crypto.randomUUID().replaceAll('-', '')}`,
    version: 1,
    name: crypto.randomUUID(),
    kind: 'static',
    benefit: 'discount',
    discount: { kind: 'amount', amountMinor: 500, effect: 'order' },
    applicable: EVERY_ITEM,
    giftMinor: null,
    joinOnce: false,
    category: null,
    active: true,
    startsAtMs: null,
    endsAtMs: null,
    validity: null,
    liveAfterPublishing: null,
    limitPerCode: 1,
    limitPerCustomer: null,
    caps: FREE,
    codes: { pattern: 'S-########', charset: '23456789ABCDEFGHJKMNPQRSTUVWXYZ' },
    vouchersWanted: 0,
    rules: [],
    metadata: {},
    createdAtMs: NOW,
    updatedAtMs: NOW,
    ...more,
  };
}

export function recordOf(one: Campaign, more: Partial<CampaignRecord> = {}): CampaignRecord {
  return {
    campaign: one,
    making: 'done',
    job: null,
    code: null,
    vouchers: 0,
    archivedAtMs: null,
    deletedAtMs: null,
    ...more,
  };
}

/** A campaign in its object; its id. */
export async function makeCampaign(shop: string, more: Partial<Campaign> = {}, about: Partial<CampaignRecord> = {}) {
  const record = recordOf(campaign(more), about);
  await campaignIn(env, shop, record.campaign.id).create(record, 'test');
  return record.campaign;
}

/** The object of a code, where typed codes live. */
export function codesOf(shop: string, code: string) {
  return codesAt(env, objectOf(shop, code));
}

export function objectOf(shop: string, code: string): string {
  return routesOf(env, shop, { patterns: [] }, code)[0].object;
}

/** A voucher that nobody holds, in the object of its code. */
export async function makeVoucher(shop: string, more: Partial<Voucher> = {}, code = newCode()): Promise<Voucher> {
  const made = voucher(shop, code, more);
  const claim = { code, token: crypto.randomUUID(), campaign: made.campaign, holder: null, voucher: made };
  await codesOf(shop, code).claim([claim], AT);
  return made;
}

/** Codes of a campaign that nothing has happened to, in its pool. */
export async function addCodes(shop: string, campaignId: string, codes: string[]): Promise<void> {
  for (const code of codes) {
    const claim = { code, token: `test:${code}`, campaign: campaignId, holder: null, voucher: null };
    await codesOf(shop, code).claim([claim], AT);
  }
  await campaignIn(env, shop, campaignId).addCodes(crypto.randomUUID(), codes);
}

export function cart(amountMinor: number, more: Partial<Cart> = {}): Cart {
  return {
    orderId: null,
    currency: 'EUR',
    amountMinor,
    shippingMinor: null,
    items: [],
    metadata: {},
    channel: null,
    ...more,
  };
}

export function use(code: string, more: Partial<Use> = {}): Use {
  const name = maker('any').nameFor(crypto.randomUUID());
  return {
    code,
    creditsMinor: null,
    bill: billOf(cart(2_000)),
    counts: {},
    reserved: null,
    barred: null,
    settled: null,
    redemption: `r_${name}_k0-0`,
    failed: `rf_${name}_k0-0`,
    base: 'discounted',
    ...more,
  };
}

/** A redemption whose ids follow from its key, as they do for every caller. */
export function redeeming(code: string, more: Partial<RedeemCall> = {}, about: Partial<Use> = {}): RedeemCall {
  const key = more.key ?? maker('any').nameFor(crypto.randomUUID());
  const ids = { redemption: `r_${key}_k0-0`, failed: `rf_${key}_k0-0` };
  return {
    key,
    fingerprint: 'f',
    clockMs: NOW,
    uses: [use(code, { ...ids, ...about })],
    customer: null,
    lockKey: null,
    orderId: null,
    channel: null,
    metadata: {},
    caller: { apiKey: null, login: null },
    parent: null,
    others: [],
    coordinator: null,
    ...more,
  };
}

export function rollingBack(redemption: string, more: object = {}) {
  const key = maker('any').nameFor(crypto.randomUUID());
  return {
    key,
    fingerprint: 'f',
    clockMs: NOW,
    redemptions: [{ redemption, rollback: `rr_${key}_k0-0` }],
    amountMinor: null,
    reason: null,
    customer: null,
    orderId: null,
    stack: false,
    coordinator: null,
    ...more,
  };
}
