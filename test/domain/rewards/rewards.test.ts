import { describe, expect, test } from 'vitest';
import { newHead } from '../../../worker/domain/customer.ts';
import { quote } from '../../../worker/domain/rewards/offer.ts';
import type { Reward } from '../../../worker/domain/rewards/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import { heldStatus } from '../../../worker/domain/vouchers/held-status.ts';
import { DAY, line, NOW, paid, refund, refunded, refundLine, snapshot, updated } from '../given.ts';
import { CARD, cartOf, FIVE_OFF, PER_STEP, Purse, shopWith } from './purse.ts';

const HOUR = DAY / 24;
const YEAR = 365 * DAY;

function pursesOf(
  reward: Reward,
  points: number,
  ...more: Parameters<typeof shopWith> extends [unknown, ...infer R] ? R : never
) {
  const purse = new Purse(shopWith([reward], ...more));
  purse.give(points);
  return purse;
}

const headOf = (balance: number) => ({ head: { ...newHead(NOW), balance }, guardedSince: () => null });
const asks = (reward: Reward, balance: number, points: number | null, orderMinor: number | null = null) =>
  quote(reward, headOf(balance), { points, orderMinor });

describe('a variable reward', () => {
  test('S1: is spent in whole steps of what there is, and refused below its minimum', () => {
    expect(asks(PER_STEP, 512, null)).toEqual({ points: 500, amountMinor: 500 });
    expect(asks(PER_STEP, 512, 250)).toEqual({ points: 200, amountMinor: 200 });
    expect(asks(PER_STEP, 512, 99)).toEqual({ reason: 'below_minimum', minimum: 100, asked: 0 });
    expect(asks(PER_STEP, 99, null)).toEqual({ reason: 'insufficient_points', balance: 99, asked: 100 });
  });

  test('S1: never takes more than its most, and its minimum is rounded up to a step', () => {
    const some: Reward = {
      ...PER_STEP,
      benefit: { kind: 'variable', stepPoints: 30, stepMinor: 7, minPoints: 100, maxPoints: 200, mostOfOrder: null },
    };
    expect(asks(some, 1_000, null)).toEqual({ points: 180, amountMinor: 42 });
    expect(asks(some, 1_000, 119)).toEqual({ reason: 'below_minimum', minimum: 120, asked: 90 });
  });

  test('S7: pays at most its part of the order, as the order is when it is asked for and when it is redeemed', () => {
    const half: Reward = {
      ...PER_STEP,
      benefit: { kind: 'variable', stepPoints: 1, stepMinor: 1, minPoints: 500, maxPoints: null, mostOfOrder: 5_000 },
    };
    expect(asks(half, 5_000, 2_000, 3_000)).toEqual({ points: 1_500, amountMinor: 1_500 });
    expect(asks(half, 5_000, 2_000, 2_000)).toEqual({ points: 1_000, amountMinor: 1_000 });
    expect(asks(half, 5_000, 2_000, 800)).toEqual({ reason: 'below_minimum', minimum: 500, asked: 400 });

    const purse = pursesOf(half, 5_000);
    expect(purse.spend('per-step', NOW, { points: 2_000, orderMinor: 3_000 })).toBeNull();
    expect(purse.redeem(purse.voucher().id, NOW, { cart: cartOf(2_000) })).toBeNull();
    expect(purse.redemptions).toMatchObject([{ amountMinor: 2_000, discountMinor: 1_000, totalMinor: 1_000 }]);
  });
});

describe('a spend', () => {
  test('takes the points soonest-expiring first and puts a voucher with the code into the wallet, in one row', () => {
    const purse = new Purse(shopWith([{ ...FIVE_OFF, text: 'thanks', minimumMinor: 2_000 }]));
    purse.give(400, NOW);
    purse.give(300, NOW, NOW + DAY);
    expect(purse.spend('five-off', NOW + HOUR)).toBeNull();
    const row = purse.journal.at(-1);
    const voucher = purse.voucher();
    expect(purse.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs > NOW + YEAR, remaining])).toEqual([
      [true, 200],
    ]);
    expect(row).toMatchObject({ kind: 'points.spent', name: 'Points Redeemed', seq: 3 });
    expect(row?.entries).toMatchObject([{ kind: 'spent', points: -500, balanceAfter: 200 }]);
    expect(row?.about.properties).toEqual({
      points: 500,
      balance_after: 200,
      reward_id: 'five-off',
      reward_name: '5.00 off',
      voucher_id: voucher.id,
      code: voucher.code,
      expires_at: null,
    });
    expect(voucher).toMatchObject({
      holder: 'c',
      holderOnly: true,
      limit: 1,
      minimumMinor: 2_000,
      benefit: { kind: 'discount', discount: { kind: 'amount', amountMinor: 500 } },
      origin: { kind: 'reward', reward: 'five-off', points: 500, spentSeq: 3 },
    });
    expect(purse.errands).toEqual([]);
  });

  test('S2: of more than there is takes nothing, and is kept with its reason', () => {
    const purse = pursesOf(FIVE_OFF, 499);
    expect(purse.spend('five-off')).toEqual({ reason: 'insufficient_points', balance: 499, asked: 500 });
    expect({ balance: purse.balance, vouchers: purse.vouchers }).toEqual({ balance: 499, vouchers: [] });
    expect(purse.journal.at(-1)).toMatchObject({ kind: 'points.refused', entries: [] });
  });

  test.each([
    ['an unknown reward', {}, 'other', { reason: 'not_found', what: 'reward' }],
    ['one that is switched off', { active: false }, 'five-off', { reason: 'reward_unavailable', why: 'inactive' }],
    ['one without a price', { price: null }, 'five-off', { reason: 'reward_unavailable', why: 'not_for_points' }],
    [
      'one for a segment they are not in',
      { onlyFor: { segments: ['seg'], tiers: ['gold'] } },
      'five-off',
      { reason: 'reward_unavailable', why: 'not_for_you' },
    ],
  ] as const)('for %s is refused', (_, change, id, refusal) => {
    const purse = pursesOf({ ...FIVE_OFF, ...change } as Reward, 1_000);
    expect(purse.spend(id)).toEqual(refusal);
    expect(purse.balance).toBe(1_000);
  });

  test('is for whoever is in one of the segments or tiers, at the price of the tier', () => {
    const reward = { ...FIVE_OFF, tierPrices: { gold: 300 }, onlyFor: { segments: ['seg'], tiers: ['gold'] } };
    const [inSegment, inTier] = [pursesOf(reward, 500), pursesOf(reward, 500)];
    inSegment.segments.add('seg');
    if (inTier.head)
      inTier.head = { ...inTier.head, loyalty: { ...inTier.head.loyalty, tier: { id: 'gold' } as never } };
    expect([inSegment.spend('five-off'), inTier.spend('five-off')]).toEqual([null, null]);
    expect([inSegment.balance, inTier.balance]).toEqual([0, 200]);
  });

  test('is limited for life, or by the calendar of the shop; what is undone counts no more', () => {
    const monthly = pursesOf({ ...FIVE_OFF, limit: { count: 1, per: 'month' } }, 5_000);
    const lastOfMonth = Date.UTC(2026, 0, 31, 23, 59, 59, 999);
    expect(monthly.spend('five-off', lastOfMonth)).toBeNull();
    expect(monthly.spend('five-off', lastOfMonth)).toEqual({
      reason: 'reward_limit',
      limit: 1,
      per: 'month',
      againAtMs: Date.UTC(2026, 1, 1),
    });
    expect(monthly.spend('five-off', lastOfMonth + 1)).toBeNull();
    expect(monthly.undo(lastOfMonth + 2)).toBeNull();
    expect(monthly.spend('five-off', lastOfMonth + 3)).toBeNull();

    const once = pursesOf({ ...FIVE_OFF, limit: { count: 1, per: 'lifetime' } }, 5_000);
    expect(once.spend('five-off')).toBeNull();
    expect(once.spend('five-off', NOW + 3 * YEAR)).toMatchObject({ reason: 'reward_limit', againAtMs: null });
  });

  test('of what was given makes the kind of voucher that the reward says', () => {
    const kinds = [
      [
        { kind: 'percent', hundredths: 1_250, capMinor: 900 },
        { discount: { kind: 'percent', hundredths: 1_250, capMinor: 900, effect: 'order' } },
      ],
      [{ kind: 'shipping' }, { discount: { kind: 'shipping' } }],
      [
        { kind: 'product', productId: 'p', variantId: null, quantity: 2 },
        { discount: { kind: 'product', productId: 'p', variantId: null, quantity: 2, effect: 'add_missing' } },
      ],
      [{ kind: 'perk' }, { discount: { kind: 'amount', amountMinor: 0, effect: 'order' } }],
      [
        { kind: 'gift_card', amountMinor: 1_000 },
        { kind: 'gift', gift: { balanceMinor: 1_000, currency: 'USD' } },
      ],
    ] as const;
    for (const [benefit, made] of kinds) {
      const purse = pursesOf({ ...FIVE_OFF, benefit }, 500);
      expect(purse.spend('five-off')).toBeNull();
      expect(purse.voucher().benefit).toMatchObject(made);
    }
  });
});

describe('a reward that runs out', () => {
  const BERLIN = segmentSet(0, [], [], {
    timeZone: 'Europe/Berlin',
    currency: 'USD',
    guard: false,
    countsTests: false,
    pattern: () => null,
  });

  test('S9: is good to the last millisecond of the day in the shop, and not one longer', () => {
    const reward: Reward = { ...FIVE_OFF, expires: { unit: 'month', quantity: 1 } };
    const purse = pursesOf(reward, 2_000, {}, { segments: BERLIN });
    // 31 January in Berlin; a month later is the last of February
    const at = Date.UTC(2026, 0, 31, 10);
    for (const spent of [at, at]) expect(purse.spend('five-off', spent)).toBeNull();
    const [first, second] = purse.vouchers;
    const end = Date.UTC(2026, 1, 28, 23);
    expect(first?.endsAtMs).toBe(end);
    expect(purse.redeem(first?.id ?? '', end - 1)).toBeNull();
    expect(purse.redeem(second?.id ?? '', end)).toMatchObject({ reason: 'voucher_refused', key: 'voucher_expired' });
  });

  test('INV-9: its holder is told once of either, at exactly the instant, however late the alarm is', () => {
    const reward: Reward = { ...FIVE_OFF, expires: { unit: 'day', quantity: 10 } };
    const purse = pursesOf(reward, 1_000, { noticeDays: 3 });
    expect(purse.spend('five-off')).toBeNull();
    const end = Date.UTC(2026, 0, 26);
    purse.due(end - 3 * DAY - 1);
    expect(purse.events).toEqual(['Points Redeemed']);
    purse.due(end + 40 * DAY);
    const told = purse.journal.slice(-2);
    expect(told.map(({ name, atMs, kind }) => [name, atMs, kind])).toEqual([
      ['Reward Expiring', end - 3 * DAY, 'voucher.expiring'],
      ['Reward Expired', end, 'voucher.expired'],
    ]);
    expect(told[0]?.about.properties).toMatchObject({ reward_id: 'five-off', expires_at: '2026-01-26T00:00:00.000Z' });
    expect(purse.head?.nextDueMs).toBeNull();
  });

  test('is told at once where it lives no longer than the lead, and not at all once it was used', () => {
    const reward: Reward = { ...FIVE_OFF, expires: { unit: 'day', quantity: 1 } };
    const purse = pursesOf(reward, 1_000, { noticeDays: 30 });
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.redeem(purse.voucher().id, NOW)).toBeNull();
    purse.due(NOW + 10 * DAY);
    expect(purse.events.filter((name) => name.startsWith('Reward Exp'))).toEqual(['Reward Expiring', 'Reward Expired']);
  });
});

describe('taking a reward back', () => {
  test('S5: of one that was not used gives the points back to their lots and ends the code', () => {
    const purse = new Purse(shopWith([FIVE_OFF], { undoMinutes: 10 }));
    purse.give(300, NOW, NOW + 5 * DAY);
    purse.give(300, NOW);
    const before = purse.lots;
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.undo(NOW + 10 * 60_000 - 1, { by: 'shopper' })).toBeNull();
    expect({ lots: purse.lots, balance: purse.balance }).toEqual({ lots: before, balance: 600 });
    expect(heldStatus(purse.voucher(), NOW + DAY)).toBe('returned');
    expect(purse.redeem(purse.voucher().id, NOW + DAY)).toMatchObject({ key: 'voucher_disabled' });
    expect(purse.journal.at(-2)).toMatchObject({ kind: 'points.returned', name: 'Points Returned' });
    expect(purse.undo(NOW + DAY)).toEqual({ reason: 'reward_kept', why: 'undone' });
  });

  test('S5: is the shopper’s for so many minutes and the merchant’s at any time', () => {
    const purse = pursesOf(FIVE_OFF, 500, { undoMinutes: 10 });
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.undo(NOW + 10 * 60_000, { by: 'shopper' })).toEqual({ reason: 'reward_kept', why: 'too_late' });
    expect(purse.undo(NOW + YEAR, { by: 'merchant' })).toBeNull();
    expect(purse.balance).toBe(500);
  });

  test('S5: of one that was used is refused, unless the merchant insists; what it took off stays', () => {
    const purse = pursesOf(FIVE_OFF, 500, { undoMinutes: 60 });
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.redeem(purse.voucher().id)).toBeNull();
    expect(purse.undo(NOW, { by: 'merchant' })).toEqual({ reason: 'reward_kept', why: 'used' });
    expect(purse.undo(NOW, { by: 'shopper', force: true })).toEqual({ reason: 'reward_kept', why: 'used' });
    expect(purse.undo(NOW, { by: 'merchant', force: true })).toBeNull();
    expect(purse.balance).toBe(500);
    expect(purse.redemptions).toMatchObject([{ discountMinor: 500, rollbacks: [] }]);
  });

  test('S5: of a gift card of which money was spent counts as used', () => {
    const purse = pursesOf(CARD, 200);
    expect(purse.spend('card')).toBeNull();
    expect(purse.redeem(purse.voucher().id, NOW, { cart: cartOf(1) })).toBeNull();
    expect(purse.undo(NOW)).toEqual({ reason: 'reward_kept', why: 'used' });
  });

  test('S5: works after the reward was dropped from the programme', () => {
    const purse = pursesOf(FIVE_OFF, 500);
    expect(purse.spend('five-off')).toBeNull();
    purse.terms = shopWith([]);
    expect(purse.undo()).toBeNull();
    expect(purse.balance).toBe(500);
  });

  test('S6: a reward that is switched off leaves the ones that are out as they are', () => {
    const purse = pursesOf(FIVE_OFF, 1_000);
    expect(purse.spend('five-off')).toBeNull();
    purse.terms = shopWith([{ ...FIVE_OFF, active: false }]);
    expect(purse.spend('five-off')).toMatchObject({ why: 'inactive' });
    expect(purse.redeem(purse.voucher().id, NOW + YEAR)).toBeNull();
  });

  test('S10: points that would have run out meanwhile come back for the days of grace, the others as they were', () => {
    const purse = new Purse(shopWith([FIVE_OFF], { graceDays: 30 }));
    purse.give(300, NOW, NOW + DAY);
    purse.give(300, NOW, NOW + YEAR);
    expect(purse.spend('five-off')).toBeNull();
    const at = NOW + 2 * DAY;
    expect(purse.undo(at)).toBeNull();
    expect(purse.lots.map(({ expiresAtMs, remaining, origin }) => [expiresAtMs, remaining, origin])).toEqual([
      [at + 30 * DAY, 300, 'adjustment'],
      [NOW + YEAR, 300, 'adjustment'],
    ]);
  });

  test('INV-3: pays a debt first, with the points that run out soonest', () => {
    const purse = new Purse(shopWith([FIVE_OFF]));
    purse.terms = {
      ...purse.terms,
      programme: {
        ...purse.terms.programme,
        order: {
          points: 1,
          perMinor: 100,
          rounding: 'floor',
          base: { afterDiscounts: true, tax: false, shipping: false, giftCards: false },
        },
      },
    };
    purse.give(300, NOW, NOW + DAY);
    purse.tell(paid(snapshot(20_000)));
    expect(purse.spend('five-off')).toBeNull();
    purse.tell(refunded(refund('r1', { lines: [] })));
    expect([purse.balance, purse.head?.debt]).toEqual([-200, 200]);
    expect(purse.undo()).toBeNull();
    expect([purse.balance, purse.head?.debt]).toEqual([300, 0]);
    expect(purse.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs === NOW + DAY, remaining])).toEqual([
      [true, 100],
      [false, 200],
    ]);
  });
});

describe('R13: an order that was paid with a reward', () => {
  const withCode = (purse: Purse, changes: Parameters<typeof snapshot>[1] = {}) =>
    snapshot(2_500, {
      discountMinor: 500,
      codes: [purse.voucher().code.toLowerCase()],
      lines: [line(1_250), line(1_250, { lineId: 'l2' })],
      ...changes,
    });

  test('uses the voucher whose code it names, once, however often it is told', () => {
    const purse = pursesOf(FIVE_OFF, 500);
    expect(purse.spend('five-off')).toBeNull();
    const order = withCode(purse);
    for (const fact of [updated(order), paid(order), paid(order)]) purse.tell(fact);
    expect(purse.events).toEqual(['Points Redeemed', 'Reward Used']);
    expect(purse.voucher()).toMatchObject({ redeemed: 1 });
    expect(purse.redemptions).toMatchObject([
      { orderId: 'o1', customer: 'c', amountMinor: 3_000, discountMinor: 500, totalMinor: 2_500 },
    ]);
    expect(purse.journal.find(({ name }) => name === 'Reward Used')).toMatchObject({
      orderId: 'o1',
      about: { properties: { reward_id: 'five-off', order_id: 'o1', code: purse.voucher().code } },
    });
  });

  test('INV-5: never uses it a second time, be it by another order or beside a redemption for the same', () => {
    const purse = pursesOf(FIVE_OFF, 500);
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.redeem(purse.voucher().id, NOW, { cart: cartOf(3_000, 'o1') })).toBeNull();
    purse.tell(paid(withCode(purse)));
    purse.tell(paid(withCode(purse, { orderId: 'o2' })));
    expect(purse.redemptions).toHaveLength(1);
    expect(purse.voucher().redeemed).toBe(1);
  });

  test.each([
    ['cancelled', (purse: Purse) => updated(withCode(purse, { cancelledAtMs: NOW, updatedAtMs: NOW }))],
    ['refunded in full', (purse: Purse) => paid(withCode(purse, { refunded: true, updatedAtMs: NOW }))],
    ['refunded without a word of lines', () => refunded(refund('r1'))],
  ])('gives all the points back once it is %s, and the code stays used', (_, ended) => {
    const purse = pursesOf(FIVE_OFF, 500);
    expect(purse.spend('five-off')).toBeNull();
    purse.tell(paid(withCode(purse)));
    for (const fact of [ended(purse), ended(purse)]) purse.tell(fact);
    expect(purse.balance).toBe(500);
    expect(purse.events).toEqual(['Points Redeemed', 'Reward Used', 'Points Returned']);
    expect(purse.journal.at(-2)).toMatchObject({ about: { properties: { points: 500, reason: 'order_refunded' } } });
    expect(purse.redeem(purse.voucher().id)).toMatchObject({ key: 'quantity_exceeded' });
  });

  test('gives them back in proportion, rounded down in all, and the last refund takes the rest', () => {
    const reward: Reward = { ...FIVE_OFF, price: 100 };
    const purse = pursesOf(reward, 100);
    expect(purse.spend('five-off')).toBeNull();
    const third = (id: string) => line(3_333, { lineId: id });
    purse.tell(paid(snapshot(9_999, { codes: [purse.voucher().code], lines: [third('a'), third('b'), third('c')] })));
    const balances = ['a', 'b', 'c'].map((id) => {
      purse.tell(refunded(refund(id, { lines: [refundLine(3_333, { lineId: id })] })));
      return purse.balance;
    });
    expect(balances).toEqual([33, 66, 100]);
  });

  test('INV-4: what stays spent after a partial refund is what would have been spent first', () => {
    const purse = new Purse(shopWith([FIVE_OFF]));
    purse.give(250, NOW, NOW + DAY);
    purse.give(250, NOW, NOW + YEAR);
    expect(purse.spend('five-off')).toBeNull();
    purse.tell(paid(withCode(purse)));
    purse.tell(refunded(refund('r1', { lines: [refundLine(1_250)] })));
    expect(purse.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs, remaining])).toEqual([[NOW + YEAR, 250]]);
  });

  test('gives none back where the shop wants it so, nor of what the merchant gave back before', () => {
    const kept = pursesOf(FIVE_OFF, 500, { refunds: 'none' });
    const undone = pursesOf(FIVE_OFF, 500);
    for (const purse of [kept, undone]) {
      expect(purse.spend('five-off')).toBeNull();
      purse.tell(paid(withCode(purse)));
    }
    expect(undone.undo(NOW, { force: true })).toBeNull();
    for (const purse of [kept, undone]) purse.tell(refunded(refund('r1')));
    expect([kept.balance, undone.balance]).toEqual([0, 500]);
  });

  test('rolls back what was given for nothing and money of a gift card, whole and once', () => {
    const purse = pursesOf(CARD, 200);
    expect(purse.spend('card')).toBeNull();
    expect(purse.redeem(purse.voucher().id, NOW, { cart: cartOf(700, 'o1') })).toBeNull();
    purse.tell(paid(snapshot(700)));
    const half = refund('r1', { lines: [refundLine(350)] });
    purse.tell(refunded(half));
    expect(purse.voucher().benefit).toMatchObject({ gift: { balanceMinor: 300 } });
    for (const id of ['r2', 'r3']) purse.tell(refunded(refund(id)));
    expect(purse.voucher()).toMatchObject({ redeemed: 0, benefit: { gift: { balanceMinor: 1_000 } } });
    expect(purse.events.filter((name) => name === 'Voucher Rolled Back')).toHaveLength(1);
    expect(purse.balance).toBe(0);
  });

  test('counts for nothing as a test order of a live shop', () => {
    const purse = pursesOf(FIVE_OFF, 500);
    expect(purse.spend('five-off')).toBeNull();
    purse.tell(paid(withCode(purse, { test: true })));
    expect(purse.voucher().redeemed).toBe(0);
  });
});

describe('a reward that has to be made elsewhere', () => {
  const errandOf = (purse: Purse, kind: string) => {
    const errand = purse.errands.find((one) => one.kind === kind);
    if (errand === undefined) throw new Error(`no errand ${kind}`);
    return errand;
  };

  test('cannot be used before the shop has its code', () => {
    const purse = pursesOf(FIVE_OFF, 500, { inShop: true });
    expect(purse.spend('five-off')).toBeNull();
    const { id, code } = purse.voucher();
    expect(errandOf(purse, 'shop.issue').body).toEqual({ voucher: id, code, reward: 'five-off' });
    expect(heldStatus(purse.voucher(), NOW)).toBe('waiting');
    expect(purse.redeem(id)).toMatchObject({ reason: 'voucher_refused' });
    purse.answer(errandOf(purse, 'shop.issue'), { issued: true });
    expect(purse.redeem(id)).toBeNull();
  });

  test('S3: gives the points back once, in one row, where the shop cannot make it', () => {
    const purse = pursesOf(FIVE_OFF, 500, { inShop: true });
    expect(purse.spend('five-off')).toBeNull();
    for (let times = 0; times < 2; times += 1) purse.answer(errandOf(purse, 'shop.issue'), { issued: false });
    expect({ balance: purse.balance, events: purse.events }).toEqual({
      balance: 500,
      events: ['Points Redeemed', 'Points Returned'],
    });
    expect(heldStatus(purse.voucher(), NOW)).toBe('returned');
    expect(purse.journal.at(-1)?.about.properties).toMatchObject({ reason: 'not_made', points: 500 });
  });

  test('takes one of the stock first; where none is left the points go back', () => {
    const [left, none] = [pursesOf({ ...FIVE_OFF, stock: 1 }, 500), pursesOf({ ...FIVE_OFF, stock: 1 }, 500)];
    for (const [purse, granted] of [
      [left, true],
      [none, false],
    ] as const) {
      expect(purse.spend('five-off')).toBeNull();
      purse.answer(errandOf(purse, 'stock.take'), { granted });
    }
    expect([left.balance, heldStatus(left.voucher(), NOW)]).toEqual([0, 'available']);
    expect([none.balance, heldStatus(none.voucher(), NOW)]).toEqual([500, 'returned']);
    expect(left.undo()).toBeNull();
    expect(errandOf(left, 'stock.give_back').body).toEqual({ voucher: left.voucher().id, reward: 'five-off' });
  });

  test('given back before the answer came gives the stock back as well', () => {
    const purse = pursesOf({ ...FIVE_OFF, stock: 1 }, 500);
    expect(purse.spend('five-off')).toBeNull();
    expect(purse.undo()).toBeNull();
    purse.answer(errandOf(purse, 'stock.take'), { granted: true });
    expect(purse.errands.filter(({ kind }) => kind === 'stock.give_back')).toHaveLength(1);
    expect(purse.balance).toBe(500);
  });
});
