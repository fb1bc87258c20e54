import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicable } from '../../../worker/domain/vouchers/applicable.ts';
import { billOf } from '../../../worker/domain/vouchers/bill.ts';
import { adjustGift, type GiftMove } from '../../../worker/domain/vouchers/gift.ts';
import {
  freeCreditsMinor,
  LOCK_MS,
  lock,
  lockedCreditsMinor,
  MOST_LOCKS,
  release,
  ttlMs,
} from '../../../worker/domain/vouchers/locks.ts';
import { publish } from '../../../worker/domain/vouchers/publish.ts';
import { costOf, failedRedemption, redeem, spend } from '../../../worker/domain/vouchers/redeem.ts';
import type { Refused } from '../../../worker/domain/vouchers/refused.ts';
import { rollBack, unreturnedMinor, wrongTarget } from '../../../worker/domain/vouchers/roll-back.ts';
import type { Lock, Redemption, Voucher } from '../../../worker/domain/vouchers/voucher.ts';
import {
  ask,
  balanceOf,
  campaign,
  cart,
  customer,
  DAY,
  facts,
  giftCard,
  keyOf,
  made,
  NOW,
  naming,
  off,
  voucher,
} from './offers.ts';

const key = (name: string, changes: Partial<Lock> = {}): Lock => ({
  key: name,
  untilMs: NOW + LOCK_MS,
  creditsMinor: 0,
  customer: null,
  ...changes,
});
const of = (amountMinor: number) => ({ bill: billOf(cart(amountMinor)) });
const undo = { id: 'rr_1', atMs: NOW, reason: null, amountMinor: null, stack: false };

describe('a code that may be used so many times', () => {
  test.each([
    [1, 50],
    [3, 5],
  ])('1, 2: is redeemed exactly %i times, however often it is asked for (%i)', (limit, times) => {
    let held = voucher({ limit });
    const keys: (string | null)[] = [];
    for (let at = 0; at < times; at += 1) {
      const result = redeem(ask(held, { facts: facts({ customer: customer({ id: `c${at}` }) }) }), naming(`r_${at}`));
      keys.push(keyOf(result));
      if ('voucher' in result) held = result.voucher;
    }
    expect(keys).toEqual([...Array(limit).fill(null), ...Array(times - limit).fill('quantity_exceeded')]);
    expect(held.redeemed).toBe(limit);
  });

  test('is redeemed by one customer as often as one customer may', () => {
    const held = voucher({ limit: null, limitPerCustomer: 2 });
    const after = (count: number) =>
      redeem(ask(held, { facts: facts({ counts: { 'voucher.customer.ever': count } }) }), naming('r_1'));
    expect([0, 1, 2].map((count) => keyOf(after(count)))).toEqual([null, null, 'quantity_exceeded']);
    expect(keyOf(redeem(ask(held), naming('r_1')))).toBe('quantity_exceeded');
    expect(keyOf(redeem(ask(held, { facts: facts({ customer: null }) }), naming('r_1')))).toBe('missing_customer');
  });

  test('says in its record what the order was, is, and what it paid for', () => {
    const { voucher: after, redemption } = made(redeem(ask(voucher(), of(800)), naming('r_1', { orderId: 'o1' })));
    expect(after).toMatchObject({ redeemed: 1, updatedAtMs: NOW });
    expect(redemption).toMatchObject({
      id: 'r_1',
      orderId: 'o1',
      customer: 'c1',
      amountMinor: 800,
      totalMinor: 300,
      discountMinor: 500,
      creditsMinor: null,
      failure: null,
    });
    expect(costOf(redemption)).toEqual({ redemptions: 1, discountMinor: 500, ordersMinor: 800 });
  });

  test('leaves a record of an attempt that was refused, and itself as it was', () => {
    const asked = ask(voucher({ active: false }));
    const result = redeem(asked, naming('rf_1'));
    expect(keyOf(result)).toBe('voucher_disabled');
    if (!('refused' in result)) throw new Error('must be refused');
    expect(failedRedemption(asked, naming('rf_1'), result.refused)).toMatchObject({
      id: 'rf_1',
      amountMinor: 2_000,
      discountMinor: 0,
      failure: { key: 'voucher_disabled' },
    });
  });
});

describe('a gift card', () => {
  test('case 6: of 25.00 pays 18.00 once; the second 18.00 is refused and 7.00 stay', () => {
    const first = made(redeem(ask(giftCard(2_500), { ...of(1_800), creditsMinor: 1_800 }), naming('r_1')));
    expect(first.move).toEqual({ kind: 'redeemed', amountMinor: -1_800, balanceMinor: 700 });
    const second = redeem(ask(first.voucher, { ...of(1_800), creditsMinor: 1_800 }), naming('r_2'));
    expect(second).toMatchObject({ refused: { key: 'gift_amount_exceeded', facts: { asked: 1_800, left: 700 } } });
    expect(balanceOf(first.voucher)).toBe(700);
  });

  test.each([
    [2_500, 1_800, 1_800],
    [1_000, 1_800, 1_000],
  ])('7: with %i on it and no credits named pays of an order of %i exactly %i', (balance, total, spent) => {
    const { redemption, voucher: after } = made(redeem(ask(giftCard(balance), of(total)), naming('r_1')));
    expect(redemption).toMatchObject({ creditsMinor: spent, discountMinor: spent, totalMinor: total - spent });
    expect(balanceOf(after)).toBe(balance - spent);
  });

  test('case 8: pays no more than the order’s total, whatever credits are named', () => {
    const { redemption, voucher: after } = made(
      redeem(ask(giftCard(2_500), { ...of(900), creditsMinor: 2_000 }), naming('r_1')),
    );
    expect(redemption).toMatchObject({ creditsMinor: 900, totalMinor: 0 });
    expect(balanceOf(after)).toBe(1_600);
  });

  test('case 9: of 7.00 pays exactly 7 of 20 times 1.00, and its ledger sums to its balance', () => {
    let card = giftCard(700);
    const moves: number[] = [];
    for (let at = 0; at < 20; at += 1) {
      const result = redeem(ask(card, { ...of(5_000), creditsMinor: 100 }), naming(`r_${at}`));
      if ('refused' in result) continue;
      card = result.voucher;
      moves.push(result.move?.amountMinor ?? 0);
    }
    expect(moves).toEqual(Array(7).fill(-100));
    expect(balanceOf(card)).toBe(0);
  });

  test('without an order spends what is named, and refuses to guess', () => {
    const card = giftCard(2_500);
    const named = made(redeem(ask(card, { bill: null, creditsMinor: 300 }), naming('r_1')));
    expect(named.redemption).toMatchObject({ creditsMinor: 300, amountMinor: 0 });
    expect(keyOf(redeem(ask(card, { bill: null }), naming('r_1')))).toBe('missing_order');
  });

  test.each([-1, 1.5, Number.NaN, 1e21])('refuses credits of %s', (creditsMinor) => {
    expect(keyOf(redeem(ask(giftCard(2_500), { creditsMinor }), naming('r_1')))).toBe('invalid_gift');
  });

  test('spends nothing where others leave nothing to pay, and that use goes back as well', () => {
    const card = giftCard(2_500);
    const bill = { ...billOf(cart(500)), orderDiscountMinor: 500 };
    for (const creditsMinor of [0, null]) {
      const { voucher: used, redemption } = made(redeem(ask(card, { bill, creditsMinor }), naming('r_1')));
      expect([redemption.creditsMinor, balanceOf(used), used.redeemed]).toEqual([0, 2_500, 1]);
    }
  });

  test('pays in its own currency alone', () => {
    const bill = billOf(cart(500, { currency: 'EUR' }));
    expect(keyOf(redeem(ask(giftCard(2_500), { bill }), naming('r_1')))).toBe('invalid_gift');
  });

  test('is filled and emptied by hand, never below 0 nor into what a lock keeps', () => {
    const { voucher: more, move } = made(adjustGift(giftCard(1_000), 500, NOW));
    expect(move).toEqual({ kind: 'added', amountMinor: 500, balanceMinor: 1_500 });
    const { voucher: locked } = made(lock(more, key('A', { creditsMinor: 1_200 }), NOW));
    expect(adjustGift(locked, -301, NOW)).toMatchObject({ refused: { key: 'invalid_balance', facts: { left: 300 } } });
    const { voucher: less } = made(adjustGift(locked, -300, NOW));
    expect(less.benefit).toMatchObject({
      gift: { amountMinor: 1_500, subtractedMinor: 300, redeemedMinor: 0, balanceMinor: 1_200 },
    });
    for (const amount of [0, 1.5, Number.MAX_SAFE_INTEGER])
      expect(keyOf(adjustGift(less, amount, NOW))).toBe('invalid_amount');
    expect(keyOf(adjustGift(voucher(), 100, NOW))).toBe('invalid_gift');
  });
});

describe('a lock', () => {
  const locked = made(lock(voucher({ limit: 1 }), key('A'), NOW)).voucher;

  test('case 19: refuses those without its key, lets in the one with it, and is gone afterwards', () => {
    expect(keyOf(redeem(ask(locked), naming('r_1')))).toBe('quantity_exceeded');
    expect(keyOf(redeem(ask(locked, { lockKey: 'B' }), naming('r_1')))).toBe('quantity_exceeded');
    const { voucher: after } = made(redeem(ask(locked, { lockKey: 'A' }), naming('r_1')));
    expect(after).toMatchObject({ redeemed: 1, locks: [] });
    expect(keyOf(lock(locked, key('B'), NOW))).toBe('quantity_exceeded');
  });

  test('case 20: of the same key overwrites, and does not add', () => {
    const once = made(lock(giftCard(2_500), key('A', { creditsMinor: 1_000 }), NOW)).voucher;
    const twice = made(lock(once, key('A', { creditsMinor: 2_200 }), NOW)).voucher;
    expect(twice.locks).toEqual([key('A', { creditsMinor: 2_200 })]);
    expect(lockedCreditsMinor(twice, NOW)).toBe(2_200);
  });

  test('case 21: that ran out keeps nothing: another redeems, its holder is refused', () => {
    const brief = made(lock(voucher({ limit: 1 }), key('A', { untilMs: NOW + 1_000 }), NOW)).voucher;
    expect(applicable(ask(brief, { nowMs: NOW + 999 })).applicable).toBe(false);
    const { voucher: after } = made(redeem(ask(brief, { lockKey: 'B', nowMs: NOW + 1_000 }), naming('r_1')));
    expect(keyOf(redeem(ask(after, { lockKey: 'A', nowMs: NOW + 1_001 }), naming('r_2')))).toBe('quantity_exceeded');
  });

  test('case 22: is released once; a second time, or an unknown one, is not found', () => {
    const { voucher: free } = made(release(locked, 'A', NOW));
    expect(free.locks).toEqual([]);
    expect(keyOf(release(free, 'A', NOW))).toBe('not_found');
    expect(keyOf(release(locked, 'B', NOW))).toBe('not_found');
  });

  test('case 23: of 10.00 on a card of 25.00 leaves 15.00 to others, and shows', () => {
    const card = made(lock(giftCard(2_500), key('A', { creditsMinor: 1_000 }), NOW)).voucher;
    const other = (creditsMinor: number) =>
      redeem(ask(card, { ...of(5_000), lockKey: 'B', creditsMinor }), naming('r_1'));
    expect(keyOf(other(2_000))).toBe('gift_amount_exceeded');
    expect(balanceOf(made(other(1_500)).voucher)).toBe(1_000);
    expect(lockedCreditsMinor(card, NOW)).toBe(1_000);
    expect(freeCreditsMinor(card, { lockKey: 'A', nowMs: NOW })).toBe(2_500);
    expect(keyOf(lock(card, key('B', { creditsMinor: 1_501 }), NOW))).toBe('gift_amount_exceeded');
  });

  test('lives 15 minutes unless it says else, at most 7 days', () => {
    expect(ttlMs(null, 'DAYS')).toBe(15 * 60_000);
    expect(ttlMs(1, 'SECONDS')).toBe(1_000);
    expect(ttlMs(5, 'NANOSECONDS')).toBe(1);
    expect(ttlMs(30, 'DAYS')).toBe(7 * DAY);
  });

  test('of a code without limit keeps nothing, so that the oldest may go; of a limited one there is an end', () => {
    const many = Array.from({ length: MOST_LOCKS }, (_, at) => key(`k${at}`, { untilMs: NOW + 1 + at }));
    const open = made(lock(voucher({ limit: null, locks: many }), key('new'), NOW)).voucher;
    expect(open.locks).toHaveLength(MOST_LOCKS);
    expect(open.locks.map((one) => one.key)).not.toContain('k0');
    expect(keyOf(lock(voucher({ limit: 100_000, locks: many }), key('new'), NOW))).toBe('multiple_requests');
  });
});

describe('a rollback', () => {
  const card = made(redeem(ask(giftCard(2_500), { ...of(1_800) }), naming('r_1', { orderId: 'o1' })));

  test('case 10: gives everything back once', () => {
    const first = made(rollBack(card.voucher, card.redemption, undo));
    expect(first.voucher).toMatchObject({ redeemed: 0 });
    expect(first.move).toEqual({ kind: 'returned', amountMinor: 1_800, balanceMinor: 2_500 });
    expect(first.givenBack).toEqual(costOf(card.redemption));
    expect(keyOf(rollBack(first.voucher, first.redemption, { ...undo, id: 'rr_2' }))).toBe('already_rolled_back');
  });

  test('case 11: and a new redemption of the freed use never take the counter below 0', () => {
    const used = made(redeem(ask(voucher()), naming('r_1')));
    const back = made(rollBack(used.voucher, used.redemption, undo));
    const again = made(redeem(ask(back.voucher), naming('r_2')));
    expect(again.voucher.redeemed).toBe(1);
    expect(keyOf(rollBack(again.voucher, back.redemption, undo))).toBe('already_rolled_back');
    expect(made(rollBack(again.voucher, again.redemption, undo)).voucher.redeemed).toBe(0);
  });

  test('case 12: of a child alone is refused, as is one of a parent by the route for single ones', () => {
    const child: Redemption = { ...card.redemption, parent: 'r_9' };
    expect(keyOf(rollBack(card.voucher, child, undo))).toBe('invalid_redemption_parent');
    expect(made(rollBack(card.voucher, child, { ...undo, stack: true })).voucher.redeemed).toBe(0);
    expect(wrongTarget('child', 'stack')?.key).toBe('invalid_redemption_parent');
    expect(wrongTarget('child', 'single')?.key).toBe('invalid_redemption_parent');
    expect(wrongTarget('parent', 'single')?.key).toBe('invalid_redemption');
    expect([wrongTarget('parent', 'stack'), wrongTarget('alone', 'single'), wrongTarget('alone', 'stack')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('case 13: is allowed after the voucher ended or was switched off; the credits return, the code stays unusable', () => {
    const dead: Voucher = { ...card.voucher, active: false, endsAtMs: NOW - 1 };
    const { voucher: after } = made(rollBack(dead, card.redemption, undo));
    expect(balanceOf(after)).toBe(2_500);
    expect(keyOf(redeem(ask(after), naming('r_2')))).toBe('voucher_disabled');
  });

  test('case 14: has no time limit', () => {
    const late = { ...undo, atMs: NOW + 93 * DAY };
    expect(made(rollBack(card.voucher, card.redemption, late)).rollback.atMs).toBe(NOW + 93 * DAY);
  });

  test('case 15: in part gives back 5.00 and 5.00 of 18.00, and not 9.00 where 8.00 are left', () => {
    const part = (of: { voucher: Voucher; redemption: Redemption }, id: string, amountMinor: number) =>
      rollBack(of.voucher, of.redemption, { ...undo, id, amountMinor });
    const first = made(part(card, 'rr_1', 500));
    const second = made(part(first, 'rr_2', 500));
    expect(second.voucher).toMatchObject({ redeemed: 1 });
    expect(balanceOf(second.voucher)).toBe(1_700);
    expect(part(second, 'rr_3', 900)).toMatchObject({
      refused: { key: 'invalid_amount', facts: { asked: 900, left: 800 } },
    });
    const rest = made(part(second, 'rr_4', 800));
    expect(rest.rollback).toMatchObject({ whole: true, creditsMinor: 800 });
    expect(rest.voucher).toMatchObject({ redeemed: 0 });
    expect(keyOf(part(rest, 'rr_5', 1))).toBe('already_rolled_back');
    const costs = [first, second, rest].map(({ givenBack }) => givenBack);
    expect(costs.reduce((sum, { discountMinor }) => sum + discountMinor, 0)).toBe(1_800);
    expect(costs.map(({ redemptions }) => redemptions)).toEqual([0, 0, 1]);
  });

  test('of a discount is whole, of a refused attempt is none', () => {
    const used = made(redeem(ask(voucher()), naming('r_1')));
    expect(keyOf(rollBack(used.voucher, used.redemption, { ...undo, amountMinor: 100 }))).toBe(
      'invalid_rollback_params',
    );
    const failed: Redemption = { ...used.redemption, failure: { key: 'voucher_expired', message: '' } };
    expect(keyOf(rollBack(used.voucher, failed, undo))).toBe('invalid_redemption');
    expect(keyOf(rollBack(voucher({ id: 'v_2' }), used.redemption, undo))).toBe('invalid_redemption');
  });

  test('names the redemption’s own customer and order, or none', () => {
    const as = (changes: object) => keyOf(rollBack(card.voucher, card.redemption, { ...undo, ...changes }));
    expect(as({ customer: 'c2' })).toBe('invalid_customer');
    expect(as({ orderId: 'o2' })).toBe('invalid_order');
    expect(as({ customer: 'c1', orderId: 'o1' })).toBe(null);
  });
});

describe('a publication', () => {
  const given = {
    customer: 'c1',
    atMs: NOW,
    timeZone: 'UTC',
    holderOnly: false,
    publication: 'pub_1',
    distribution: null,
  };

  test('case 27: of a code that somebody has is refused', () => {
    const { voucher: held } = made(publish(voucher({ campaign: 'camp_1' }), campaign(), given));
    expect(held).toMatchObject({
      holder: 'c1',
      publishedAtMs: NOW,
      holderOnly: false,
      origin: { kind: 'campaign', publication: 'pub_1' },
    });
    expect(keyOf(publish(held, campaign(), { ...given, customer: 'c2' }))).toBe('voucher_already_published');
  });

  test('case 24: works for a disabled campaign, whose codes cannot be redeemed; not for a disabled or expired code', () => {
    const { voucher: held } = made(publish(voucher({ campaign: 'camp_1' }), campaign({ active: false }), given));
    expect(applicable(ask(held, { campaign: campaign({ active: false }) }))).toMatchObject({
      key: 'campaign_not_active',
    });
    expect(keyOf(publish(voucher({ active: false }), null, given))).toBe('voucher_disabled');
    expect(keyOf(publish(voucher({ endsAtMs: NOW }), null, given))).toBe('voucher_expired');
  });

  test('case 29: for its holder alone lets nobody else redeem', () => {
    const { voucher: held } = made(
      publish(voucher({ campaign: 'camp_1' }), campaign(), { ...given, holderOnly: true }),
    );
    const by = (id: string | null) =>
      redeem(
        ask(held, { campaign: campaign(), facts: facts({ customer: id === null ? null : customer({ id }) }) }),
        naming('r_1'),
      );
    expect([keyOf(by('thief')), keyOf(by(null)), keyOf(by('c1'))]).toEqual([
      'customer_rules_violated',
      'missing_customer',
      null,
    ]);
  });

  test('case 29: of a code for friends is not for whom it is from', () => {
    const code = voucher({ limit: null });
    expect(applicable(ask(code, { referrer: 'c1' }))).toMatchObject({ key: 'referrer_not_permitted_to_redeem' });
    expect(applicable(ask(code, { referrer: 'c2' })).applicable).toBe(true);
  });
});

describe('INV-5', () => {
  const step = fc.record({
    what: fc.constantFrom('redeem', 'lock', 'release', 'rollback', 'part', 'adjust', 'wait'),
    who: fc.constantFrom('A', 'B', 'C'),
    amount: fc.integer({ min: 1, max: 900 }),
    which: fc.nat({ max: 20 }),
  });
  interface Outcome {
    voucher: Voucher;
    move?: GiftMove | null;
    redemption?: Redemption;
  }
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  test('a card is never below 0 and its ledger sums to its balance; uses are never more than its limit, nor below 0', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.option(fc.integer({ min: 1, max: 4 })), (steps, limit) => {
        let card = giftCard(2_000, { limit });
        let ledger = 2_000;
        let nowMs = NOW;
        const all: Redemption[] = [];
        const taken = ({ what, who, amount, which }: Step, id: string): Outcome | { refused: Refused } | null => {
          const target = all[which % Math.max(1, all.length)];
          const back = { ...undo, id: `r${id}`, atMs: nowMs, amountMinor: what === 'part' ? amount : null };
          switch (what) {
            case 'redeem':
              return redeem(ask(card, { ...of(amount * 2), nowMs, lockKey: who, creditsMinor: amount }), naming(id));
            case 'lock':
              return lock(card, key(who, { untilMs: nowMs + 60_000, creditsMinor: amount }), nowMs);
            case 'release':
              return release(card, who, nowMs);
            case 'adjust':
              return adjustGift(card, which % 2 === 0 ? amount : -amount, nowMs);
            case 'wait':
              nowMs += 30_000;
              return null;
            default:
              return target === undefined ? null : rollBack(card, target, back);
          }
        };
        for (const [at, one] of steps.entries()) {
          const result = taken(one, `r_${at}`);
          if (result === null || 'refused' in result) continue;
          card = result.voucher;
          ledger += result.move?.amountMinor ?? 0;
          const { redemption } = result;
          if (redemption !== undefined) {
            const known = all.findIndex(({ id }) => id === redemption.id);
            if (known < 0) all.push(redemption);
            else all[known] = redemption;
          }
          const standing = all.filter(({ rollbacks }) => !rollbacks.some(({ whole }) => whole)).length;
          expect(balanceOf(card)).toBe(ledger);
          expect(ledger).toBeGreaterThanOrEqual(0);
          expect(card.redeemed).toBe(standing);
          expect(standing).toBeLessThanOrEqual(limit ?? 99);
          for (const each of all) expect(unreturnedMinor(each)).toBeGreaterThanOrEqual(0);
          expect(lockedCreditsMinor(card, nowMs)).toBeLessThanOrEqual(ledger);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what was settled before is spent as settled, still within uses and money left', () => {
    const use = {
      ...naming('r_1'),
      atMs: NOW,
      customer: null,
      channel: null,
      lockKey: 'A',
      amountMinor: 900,
      taken: null,
      creditsMinor: 400,
    };
    const card = giftCard(500);
    expect(balanceOf(made(spend(card, use)).voucher)).toBe(100);
    expect(keyOf(spend(card, { ...use, creditsMinor: 501 }))).toBe('gift_amount_exceeded');
    expect(keyOf(spend(giftCard(500, { limit: 1, redeemed: 1 }), use))).toBe('quantity_exceeded');
    expect(made(spend(voucher(), { ...use, creditsMinor: null })).redemption.creditsMinor).toBe(null);
  });
});

test('a discount is applicable without an order, which then says nothing of amounts', () => {
  expect(
    applicable(
      ask(voucher({ benefit: { kind: 'discount', discount: off(500), applicable: { only: [], not: [] } } }), {
        bill: null,
      }),
    ),
  ).toEqual({
    applicable: true,
    taken: null,
    creditsMinor: null,
  });
});
