/** Where a code is put into the cart, what a wallet says of one that does or does not fit, and what moved a gift card. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_TAKEN } from '../../worker/domain/vouchers/bill.ts';
import { EVERY_ITEM } from '../../worker/domain/vouchers/discount.ts';
import { newGift, withMoved } from '../../worker/domain/vouchers/gift.ts';
import { type Refused, refusal } from '../../worker/domain/vouchers/refused.ts';
import type { Benefit, GiftCredit, Redemption, Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { walletFit } from '../../worker/domain/vouchers/wallet-fit.ts';
import { movesOf } from '../../worker/domain/vouchers/wallet-moves.ts';
import { applyUrlOf, cartOf } from '../../worker/hub/wallet-view.ts';
import { ShopChange } from '../../worker/wire/admin.ts';

const AT = 1_700_000_000_000;
const MONEY: Benefit = {
  kind: 'discount',
  discount: { kind: 'amount', amountMinor: 500, effect: 'order' },
  applicable: EVERY_ITEM,
};
const CARD: Benefit = { kind: 'gift', gift: newGift('EUR', 5_000), effect: 'order' };

const LINKS = { signIn: null, createAccount: null, account: null, privacy: null, terms: null };
const shopify = { domain: 'beans.myshopify.com' };

describe('the link of a code', () => {
  const link = (code: string, benefit: Benefit, applyCode: string | null | undefined, connected = true) => {
    const links = applyCode === undefined ? LINKS : { ...LINKS, applyCode };
    return applyUrlOf({ code, benefit }, { links, shopify: connected ? shopify : null });
  };

  it("is the shop's own, else Shopify's, which takes no gift cards, else none", () => {
    const own = 'https://my.shop/apply/{code}?back=/cart';
    expect(link('A B/&#{code}', MONEY, own)).toBe('https://my.shop/apply/A%20B%2F%26%23%7Bcode%7D?back=/cart');
    expect(link('$&', CARD, own)).toBe('https://my.shop/apply/%24%26?back=/cart');
    expect(link('TEN', MONEY, null)).toBe('https://beans.myshopify.com/discount/TEN');
    expect(link('TEN', MONEY, undefined)).toBe('https://beans.myshopify.com/discount/TEN');
    expect(link('TEN', CARD, null)).toBeNull();
    expect(link('TEN', MONEY, null, false)).toBeNull();
  });

  it('leads to the host that the merchant named, whatever the code is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (code) => {
        const url = new URL(link(code, MONEY, 'https://my.shop/apply/x{code}') ?? '');
        expect([url.origin, url.pathname.startsWith('/apply/x')]).toEqual(['https://my.shop', true]);
      }),
    );
  });

  it('is an https address, or one on this machine, that holds the code once and outside the host', () => {
    const taken = (applyCode: string | null) => ShopChange.safeParse({ links: { applyCode } }).success;
    const good = [
      'https://my.shop/discount/{code}',
      'https://MY.shop/?c={code}',
      'http://localhost:8788/cart/{code}',
      null,
    ];
    expect(good.map(taken)).toEqual([true, true, true, true]);
    const bad = [
      'https://my.shop/discount',
      'https://my.shop/{code}/{code}',
      'https://{code}.shop/',
      'https://{code}@my.shop/',
      'http://my.shop/{code}',
      'http://localhost.evil.example/{code}',
      'javascript:alert("{code}")',
      '/discount/{code}',
      '{code}',
    ];
    expect(bad.filter(taken)).toEqual([]);
  });
});

describe('a cart', () => {
  const line = { productId: 'p', variantId: null, quantity: 3, priceMinor: 250 };

  it('comes to its items where they have prices, else to what it says', () => {
    const amount = (items: (typeof line)[], totalMinor: number | null) =>
      cartOf({ currency: 'EUR', items, totalMinor }, { currency: 'EUR' })?.amountMinor;
    expect([amount([line, line], null), amount([line], 5), amount([], 5), amount([], null)]).toEqual([
      1_500, 750, 5, 0,
    ]);
  });

  it('in another currency is none', () => {
    expect(cartOf({ currency: 'USD', items: [line], totalMinor: null }, { currency: 'EUR' })).toBeNull();
  });
});

describe('a voucher beside a cart', () => {
  const fits = (more: object, creditsMinor: number | null = null) =>
    walletFit({ applicable: true, taken: { ...NOTHING_TAKEN, ...more }, creditsMinor });

  it('that fits says what it takes off, as far as anybody knows', () => {
    const known = (discountMinor: number | null) => ({ applicable: true, reason: null, discountMinor });
    expect(fits({ discountMinor: 500 })).toEqual(known(500));
    expect(fits({})).toEqual(known(0));
    expect(fits({ shippingMinor: 490, freeShipping: true })).toEqual(known(490));
    expect(fits({ freeShipping: true })).toEqual(known(null));
    expect(fits({ freeItems: [{ productId: 'p', variantId: null, quantity: 1 }] })).toEqual(known(null));
    expect(walletFit({ applicable: true, taken: null, creditsMinor: 500 })).toEqual(known(null));
  });

  const missing = (facts: Refused['facts'], key: Refused['key'] = 'order_rules_violated') =>
    walletFit({ applicable: false, ...refusal(key, 'for developers', { facts }) }).reason?.missingMinor;

  it('that does not says what the order lacks, where that is an amount', () => {
    expect(missing({ told: 3_000, op: 'at_least', value: 5_000 })).toBe(2_000);
    expect(missing({ condition: 'order_amount', told: 3_000, op: 'more_than', value: 3_000 })).toBe(1);
    for (const facts of [
      { condition: 'items_sum', told: 1, op: 'at_least', value: 2 },
      { condition: 'order_amount', told: 3_000, op: 'at_most', value: 2_000 },
      { condition: 'order_amount', told: 3_000, op: 'at_least', value: 2_000 },
      { condition: 'order_amount', told: 3_000, op: 'between', from: 4_000, to: 5_000 },
      {},
    ])
      expect(missing(facts)).toBeNull();
    expect(missing({ told: 1, op: 'at_least', value: 2 }, 'redemption_rules_violated')).toBeNull();
  });

  it("says the merchant's words, and no word that is for developers", () => {
    const answer = {
      applicable: false as const,
      ...refusal('voucher_expired', 'it has ended', { ownMessage: 'Over!' }),
    };
    expect(walletFit(answer)).toEqual({
      applicable: false,
      reason: { key: 'voucher_expired', message: 'Over!', missingMinor: null },
      discountMinor: null,
    });
  });
});

const card: Voucher = {
  id: 'v_card',
  code: 'CARD',
  campaign: null,
  category: null,
  benefit: CARD,
  origin: { kind: 'manual' },
  holder: 'c',
  holderOnly: true,
  active: true,
  startsAtMs: null,
  endsAtMs: null,
  validity: null,
  limit: null,
  limitPerCustomer: null,
  redeemed: 0,
  locks: [],
  rules: [],
  publishedAtMs: null,
  title: null,
  metadata: {},
  createdAtMs: AT,
  updatedAtMs: AT,
};

const redemption = (id: string, more: Partial<Redemption>): Redemption => ({
  id,
  voucher: card.id,
  code: card.code,
  campaign: null,
  parent: null,
  atMs: AT,
  customer: 'c',
  orderId: null,
  amountMinor: 0,
  totalMinor: 0,
  discountMinor: 0,
  creditsMinor: null,
  failure: null,
  rollbacks: [],
  metadata: {},
  channel: null,
  ...more,
});

describe('the moves of a gift card', () => {
  it('add up to what is on it, whatever was put on, spent, given back and taken off', () => {
    const step = fc.record({
      kind: fc.constantFrom('credit', 'spend', 'fail'),
      amount: fc.integer({ min: 1, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.boolean(), (steps, isOver) => {
        let voucher = { ...card, endsAtMs: isOver ? AT + 100 : null };
        const [redemptions, credits]: [Redemption[], GiftCredit[]] = [[], []];
        const move = (kind: 'added' | 'removed' | 'redeemed' | 'returned', amountMinor: number) => {
          if (voucher.benefit.kind !== 'gift') throw new Error('no card');
          voucher = {
            ...voucher,
            ...withMoved(voucher, voucher.benefit.gift, { kind, amountMinor }).voucher,
            endsAtMs: voucher.endsAtMs,
          };
        };
        for (const [at, { kind, amount }] of steps.entries()) {
          const left = voucher.benefit.kind === 'gift' ? voucher.benefit.gift.balanceMinor : 0;
          const about = { id: `${kind}${at}`, atMs: AT + at };
          if (kind === 'credit') {
            const amountMinor = at % 3 === 0 && left > amount ? -amount : amount;
            move(amountMinor > 0 ? 'added' : 'removed', amountMinor);
            credits.push({ ...about, voucher: card.id, amountMinor, reason: null, source: null });
          } else if (kind === 'fail' || left < amount) {
            redemptions.push(
              redemption(about.id, { ...about, creditsMinor: amount, failure: { key: 'k', message: 'm' } }),
            );
          } else {
            move('redeemed', -amount);
            const back = Math.floor(amount / 3);
            if (back > 0) move('returned', back);
            const rollbacks =
              back === 0 ? [] : [{ id: `rr${at}`, atMs: AT + at, reason: null, creditsMinor: back, whole: false }];
            redemptions.push(redemption(about.id, { ...about, creditsMinor: amount, rollbacks }));
          }
        }
        const moves = movesOf(voucher, { redemptions, credits }, AT + 1_000) ?? [];
        const left = voucher.benefit.kind === 'gift' ? voucher.benefit.gift.balanceMinor : 0;
        expect(moves.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(isOver ? 0 : left);
        expect(moves.at(-1)?.balanceMinor).toBe(isOver ? 0 : left);
        expect(Math.min(...moves.map(({ balanceMinor }) => balanceMinor))).toBeGreaterThanOrEqual(0);
        expect(new Set(moves.map(({ id }) => id)).size).toBe(moves.length);
      }),
    );
  });

  it('end with what ran out, from the instant of the end on', () => {
    const nothing = { redemptions: [], credits: [] };
    const kinds = (nowMs: number) => movesOf({ ...card, endsAtMs: AT + 9 }, nothing, nowMs)?.map(({ kind }) => kind);
    expect([kinds(AT + 8), kinds(AT + 9)]).toEqual([['added'], ['added', 'expired']]);
    expect(movesOf({ ...card, benefit: MONEY }, nothing, AT)).toBeNull();
  });
});
