/** Friends who claimed nothing, over the API: a link that a browser followed, or a code that an order names. */
import { describe, expect, it } from 'vitest';
import {
  completed,
  order,
  PROMISE,
  type ReferralShop,
  referralShop,
  referrer,
  side,
  somebody,
} from './referral-shop.ts';
import { type Answer, call, eventually } from './shop.ts';
import { connected, webhook } from './shopify-sender.ts';

let shared: Promise<ReferralShop> | null = null;
function plain(): Promise<ReferralShop> {
  shared ??= referralShop();
  return shared;
}

/** A page that a browser opens by a referrer's link. */
function visit(shop: ReferralShop, anonymousId: string, code: string): Promise<Answer> {
  const properties = { url: `https://shop.example/?ref=${code}` };
  const batch = [{ type: 'page', anonymousId, messageId: crypto.randomUUID(), properties }];
  return call('POST', '/v1/batch', { batch, writeKey: shop.keys.publishable });
}

describe('F9: a friend who claimed nothing', () => {
  it('is whoever’s link their browser followed, once a server names it with their first order', async () => {
    const shop = await plain();
    const [by, friend] = [await referrer(shop), somebody()];
    const anonymousId = crypto.randomUUID();
    expect((await visit(shop, anonymousId, by.code)).status).toBe(200);
    await shop.batch({ type: 'identify', userId: friend.user, anonymousId, traits: { email: friend.email } });
    await order(shop, friend);
    const done = await completed(shop, by, friend.ref);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
    expect(done.friend.events).toEqual(['Referral Started', 'Referral Completed']);
  });

  it('is whoever’s code their first order names', async () => {
    const shop = await plain();
    const [by, friend] = [await referrer(shop), somebody()];
    await order(shop, friend, 80, { coupon: by.code.toLowerCase() });
    expect((await completed(shop, by, friend.ref)).friend.balance).toBe(50);
  });

  it.each([
    ['an attribute of its cart', (code: string) => ({ note_attributes: [{ name: 'ref', value: code }] })],
    ['the page it began on', (code: string) => ({ landing_site: `/products/tea?utm_source=x&ref=${code}` })],
  ])('is whoever’s code a first order of Shopify’s has in %s, told twice or not', async (_, told) => {
    const shop = await connected();
    const put = await shop.admin('PUT', '/admin/v1/programme', { order: null, referrals: PROMISE });
    expect(put.status).toBe(200);
    const [by, friend] = [await referrer(shop), somebody()];
    const payload = { id: 1001, email: friend.email, currency: 'EUR', financial_status: 'paid', total_price: '80.00' };
    const times = { created_at: '2026-01-10T10:00:00Z', updated_at: '2026-01-10T10:00:00Z', subtotal_price: '80.00' };
    for (const topic of ['orders/create', 'orders/paid']) {
      const answer = await webhook(shop, topic, { ...payload, ...times, ...told(by.code) });
      expect(answer.status).toBe(200);
    }
    const done = await completed(shop, by, `email:${friend.email}`);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
  });

  it('F1: is nobody’s friend by their own code, and blocked by that of another address of theirs', async () => {
    const shop = await plain();
    const own = await referrer(shop);
    await order(shop, own, 80, { coupon: own.code });
    const other = somebody();
    const alias = { ...other, email: own.email.replace('@', '+two@') };
    await order(shop, alias, 80, { coupon: own.code });
    const blocked = await eventually(async () => {
      const { referrals } = await side(shop, alias.ref);
      return referrals.received.length > 0 ? referrals.received[0] : null;
    });
    expect([blocked.status, blocked.reasons]).toEqual(['blocked', ['self']]);
    const mine = await side(shop, own.ref);
    expect([mine.referrals.received, mine.balance]).toEqual([[], 0]);
  });

  it('F2: is nobody’s friend by a second order', async () => {
    const shop = await plain();
    const [by, friend, last] = [await referrer(shop), somebody(), somebody()];
    await order(shop, friend);
    await order(shop, friend, 80, { coupon: by.code });
    // whoever comes after them is attributed, so the errand would have been done by then
    await order(shop, last, 80, { coupon: by.code });
    await completed(shop, by, last.ref);
    expect((await side(shop, friend.ref)).referrals.received).toEqual([]);
  });
});
