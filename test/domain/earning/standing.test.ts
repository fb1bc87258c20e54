import { describe, expect, test } from 'vitest';
import { baseMinor, refundedMinor, standingOf } from '../../../worker/domain/earning/standing.ts';
import { emptyOrder, type Order } from '../../../worker/domain/order.ts';
import type { OrderSnapshot, Refund } from '../../../worker/domain/order-facts.ts';
import type { OrderRule } from '../../../worker/domain/programme.ts';
import { base, DAY, line, NOW, paid, refund, refunded, refundLine, rule, snapshot, terms, updated } from '../given.ts';
import { pointsOf, Till } from '../till.ts';

function orderOf(snapshot: OrderSnapshot, refunds: Refund[] = [], changes: Partial<Order> = {}): Order {
  return { ...emptyOrder(snapshot.orderId), snapshot, paidAtMs: NOW, refunds, ...changes };
}

function earnedOn(snapshot: OrderSnapshot, by: OrderRule): number {
  return standingOf(orderOf(snapshot), by).earned;
}

/** What is taken back after each further refund. */
function clawedStepwise(snapshot: OrderSnapshot, by: OrderRule, refunds: Refund[]): number[] {
  let before = 0;
  return refunds.map((_, at) => {
    const { clawed } = standingOf(orderOf(snapshot, refunds.slice(0, at + 1)), by);
    const step = clawed - before;
    before = clawed;
    return step;
  });
}

describe('the rate', () => {
  test.each([
    ['floor', 49],
    ['half-up', 50],
    ['ceil', 50],
  ] as const)('E1: 49.95 at one per 1.00 rounded %s earns %i', (rounding, points) => {
    expect(earnedOn(snapshot(4995), rule({ rounding }))).toBe(points);
  });

  test('E1: half-up leaves what is below the half', () => {
    expect(earnedOn(snapshot(4949), rule({ rounding: 'half-up' }))).toBe(49);
  });

  test('E2: it is a ratio, so one point per 10.00 works: 99.99 earns 9', () => {
    expect(earnedOn(snapshot(9999), rule({ perMinor: 1000 }))).toBe(9);
  });

  test.each([
    ['KRW', 12_300, 100, 123],
    ['JPY', 99, 100, 0],
    ['KWD', 12_345, 1000, 12],
  ])('E3: %s counts in its own minor units: %i at one per %i earns %i', (currency, subtotal, perMinor, points) => {
    expect(earnedOn(snapshot(subtotal, { currency }), rule({ perMinor }))).toBe(points);
  });

  test('three points per 7.00 are rounded once, at the end', () => {
    expect(earnedOn(snapshot(10_000), rule({ points: 3, perMinor: 700 }))).toBe(Number((10_000n * 3n) / 700n));
  });

  test.each([
    ['nothing left after discounts', snapshot(0, { discountMinor: 5000, lines: [line(0)] })],
    ['less than nothing', snapshot(-500)],
    ['only a gift card', snapshot(5000, { lines: [line(5000, { giftCard: true })] })],
  ])('E13: %s earns nothing', (_, order) => {
    expect(baseMinor(order, base())).toBe(0);
    expect(standingOf(orderOf(order), rule({ rounding: 'ceil' }))).toEqual({ earned: 0, clawed: 0 });
  });

  test('E13: nothing earned leaves no entry in the ledger', () => {
    expect(new Till(terms()).tell(paid(snapshot(0)))).toEqual([]);
  });
});

describe('the base', () => {
  const order = snapshot(8000, { discountMinor: 2000, taxMinor: 500, shippingMinor: 1000 });

  test.each([
    ['nothing added', {}, 80],
    ['discounts', { afterDiscounts: false }, 100],
    ['tax', { tax: true }, 85],
    ['shipping', { shipping: true }, 90],
    ['discounts, tax and shipping', { afterDiscounts: false, tax: true, shipping: true }, 115],
  ])('E4: 80 after a discount of 20, tax 5, shipping 10, with %s: %j earns %i', (_, changes, points) => {
    expect(earnedOn(order, rule({ base: base(changes) }))).toBe(points);
  });

  test.each([
    [{}, 10_000],
    [{ tax: true }, 10_700],
    [{ shipping: true }, 11_000],
    [{ tax: true, shipping: true }, 11_770],
  ])('E5: of prices that hold the tax, with %j, count %i', (changes, minor) => {
    const inclusive = snapshot(10_700, {
      taxesIncluded: true,
      taxMinor: 770,
      shippingMinor: 1070,
      shippingTaxMinor: 70,
      lines: [line(10_700, { taxMinor: 700 })],
    });
    expect(baseMinor(inclusive, base(changes))).toBe(minor);
  });

  test.each([
    [{}, 10_000],
    [{ tax: true }, 10_700],
    [{ shipping: true }, 11_000],
    [{ tax: true, shipping: true }, 11_770],
  ])('of prices that lack the tax, with %j, count %i', (changes, minor) => {
    const exclusive = snapshot(10_000, {
      taxMinor: 770,
      shippingMinor: 1000,
      shippingTaxMinor: 70,
      lines: [line(10_000, { taxMinor: 700 })],
    });
    expect(baseMinor(exclusive, base(changes))).toBe(minor);
  });

  test('E6: a gift card bought earns nothing, what is bought with it does, never both', () => {
    const lines = [line(5000, { lineId: 'card', giftCard: true }), line(3000, { lineId: 'item' })];
    expect(earnedOn(snapshot(8000, { lines }), rule())).toBe(30);
    // paying with a gift card changes no amount of the order
    expect(earnedOn(snapshot(5000), rule())).toBe(50);
    expect(earnedOn(snapshot(8000, { lines }), rule({ base: base({ giftCards: true }) }))).toBe(80);
  });

  test('E6: the tax of a gift card leaves with it', () => {
    const lines = [line(5350, { lineId: 'card', giftCard: true, taxMinor: 350 }), line(3210, { taxMinor: 210 })];
    const order = snapshot(8560, { taxesIncluded: true, taxMinor: 560, lines });
    expect(baseMinor(order, base())).toBe(3000);
  });
});

describe('a refund takes back', () => {
  test('R3: its part, and all parts together everything: 20, 30 and 50 of 100.00 that earned 500', () => {
    const refunds = [2000, 3000, 5000].map((money, at) => refund(`r${at}`, { moneyMinor: money }));
    expect(clawedStepwise(snapshot(10_000), rule({ points: 5 }), refunds)).toEqual([100, 150, 250]);
  });

  test('R4: cumulatively exact: three equal refunds of 100 points take 33, 33 and 34', () => {
    const refunds = ['a', 'b', 'c'].map((id) => refund(id, { moneyMinor: 3333 }));
    expect(clawedStepwise(snapshot(9999), rule({ rounding: 'half-up' }), refunds)).toEqual([33, 33, 34]);
  });

  test('R4: the same where each refund names its line', () => {
    const lines = ['a', 'b', 'c'].map((lineId) => line(3333, { lineId }));
    const refunds = lines.map(({ lineId }) =>
      refund(lineId, { lines: [refundLine(3333, { lineId })], moneyMinor: 3333 }),
    );
    expect(clawedStepwise(snapshot(9999, { lines }), rule({ rounding: 'half-up' }), refunds)).toEqual([33, 33, 34]);
  });

  test('R4: the same where one line goes back piece by piece at the price of the order', () => {
    const order = snapshot(10_000, { lines: [line(10_000, { quantity: 3 })] });
    const refunds = ['a', 'b', 'c'].map((id) => refund(id, { lines: [refundLine(null)] }));
    expect(clawedStepwise(order, rule(), refunds)).toEqual([33, 33, 34]);
  });

  test('R4: the same where discounts earn too and shipping is kept', () => {
    const lines = ['a', 'b', 'c'].map((lineId) => line(3000, { lineId }));
    const order = snapshot(9000, { discountMinor: 1000, shippingMinor: 500, lines });
    const refunds = lines.map(({ lineId }) =>
      refund(lineId, { lines: [refundLine(3000, { lineId })], moneyMinor: 3000 }),
    );
    const by = rule({ base: base({ afterDiscounts: false }) });
    expect(clawedStepwise(order, by, refunds)).toEqual([33, 33, 34]);
  });

  test('R5: a line by its price: 250 of 400 that earned 100 takes 62, the rest 38', () => {
    const lines = [line(25_000, { lineId: 'a' }), line(15_000, { lineId: 'b' })];
    const refunds = [
      refund('a', { lines: [refundLine(25_000, { lineId: 'a' })], moneyMinor: 25_000 }),
      refund('b', { lines: [refundLine(15_000, { lineId: 'b' })], moneyMinor: 15_000 }),
    ];
    const order = snapshot(40_000, { lines });
    expect(clawedStepwise(order, rule({ points: 100, perMinor: 40_000 }), refunds)).toEqual([62, 38]);
  });

  test('R6: without lines, its money in proportion to the order total', () => {
    const order = snapshot(8000, { taxMinor: 800, shippingMinor: 1200 });
    expect(clawedStepwise(order, rule(), [refund('a', { moneyMinor: 2500 })])).toEqual([20]);
  });

  test('R7: nothing where only shipping went back and shipping does not earn', () => {
    const order = snapshot(8000, { shippingMinor: 1000 });
    expect(clawedStepwise(order, rule(), [refund('a', { shippingMinor: 1000, moneyMinor: 1000 })])).toEqual([0]);
  });

  test.each([
    ['the shipping that earned', {}, 10],
    ['the shipping with its tax', { tax: true }, 11],
  ])('R7: %s where shipping earns, with %j', (_, changes, points) => {
    const order = snapshot(8000, { taxMinor: 900, shippingMinor: 1000, shippingTaxMinor: 100 });
    const by = rule({ base: base({ shipping: true, ...changes }) });
    expect(clawedStepwise(order, by, [refund('a', { shippingMinor: 1100, moneyMinor: 1100 })])).toEqual([points]);
  });

  test('less where less money went back than the lines are worth', () => {
    const lines = [line(6000, { lineId: 'a', taxMinor: 600 }), line(4000, { lineId: 'b', taxMinor: 400 })];
    const order = snapshot(10_000, { taxMinor: 1000, lines });
    const half = refund('a', { lines: [refundLine(6000, { lineId: 'a', taxMinor: 600 })], moneyMinor: 3300 });
    expect(clawedStepwise(order, rule(), [half])).toEqual([30]);
  });

  test('less by the restocking fee of the published sample: lines of 399.29 with tax, 209.00 back', () => {
    const lines = ['a', 'b', 'c'].map((lineId) => line(19_566, { lineId, taxMinor: 398 }));
    const order = snapshot(58_698, { taxMinor: 1194, lines });
    const told = [
      refundLine(19_566, { lineId: 'a', taxMinor: 398 }),
      refundLine(19_567, { lineId: 'b', taxMinor: 398 }),
    ];
    // 391.33 of goods in 399.29 paid: 209.00 back is 391.33 * 209 / 399.29 = 204.83 of goods, of 586.98
    const goods = (39_133n * 20_900n) / 39_929n;
    const points = Number((586n * goods) / 58_698n);
    expect(clawedStepwise(order, rule(), [refund('a', { lines: told, moneyMinor: 20_900 })])).toEqual([points]);
  });

  test('the money in proportion where its lines are worth nothing: 41.94 for a line of 0', () => {
    const order = snapshot(10_000);
    const told = refund('a', { lines: [refundLine(0)], moneyMinor: 4194 });
    expect(clawedStepwise(order, rule(), [told])).toEqual([41]);
  });

  test('no more than the lines where more money went back than they are worth', () => {
    const lines = [line(6000, { lineId: 'a' }), line(4000, { lineId: 'b' })];
    const told = refund('a', { lines: [refundLine(4000, { lineId: 'b' })], moneyMinor: 5000 });
    expect(clawedStepwise(snapshot(10_000, { lines }), rule(), [told])).toEqual([40]);
  });

  test('nothing while no money moved', () => {
    const told = refund('a', { lines: [refundLine(10_000)], moneyMinor: 0 });
    expect(clawedStepwise(snapshot(10_000), rule(), [told])).toEqual([0]);
  });

  test('nothing for a gift card that did not earn, whoever says that it is one', () => {
    const lines = [line(5000, { lineId: 'card', giftCard: true }), line(5000, { lineId: 'item' })];
    const order = snapshot(10_000, { lines });
    const said = refund('a', { lines: [refundLine(5000, { lineId: 'card', giftCard: true })], moneyMinor: 5000 });
    const unsaid = refund('b', { lines: [refundLine(null, { lineId: 'card' })] });
    expect(clawedStepwise(order, rule(), [said])).toEqual([0]);
    expect(clawedStepwise(order, rule(), [unsaid])).toEqual([0]);
  });

  test('everything where it names neither lines nor money', () => {
    expect(clawedStepwise(snapshot(9950), rule(), [refund('a')])).toEqual([99]);
  });

  test('everything where all money went back, and never more', () => {
    const refunds = [refund('a', { moneyMinor: 9000 }), refund('b', { moneyMinor: 9000 })];
    expect(clawedStepwise(snapshot(10_000), rule(), refunds)).toEqual([90, 10]);
  });

  test('everything where all money went back, whatever it was told to be for', () => {
    const lines = [line(6000, { lineId: 'a' }), line(4000, { lineId: 'b' })];
    const refunds = [
      refund('a', { lines: [refundLine(6000, { lineId: 'a' })], moneyMinor: 7000 }),
      refund('b', { moneyMinor: 3000 }),
    ];
    expect(clawedStepwise(snapshot(10_000, { lines }), rule(), refunds)).toEqual([60, 40]);
  });

  test('no more than the base, however much is named', () => {
    const order = snapshot(10_000, { shippingMinor: 5000 });
    const refunds = [
      refund('a', { lines: [refundLine(10_000)], moneyMinor: 10_000 }),
      refund('b', { moneyMinor: 4000 }),
    ];
    expect(refundedMinor(order, refunds, base())).toBe(10_000);
  });

  test('the same, whichever refund arrived first', () => {
    const order = snapshot(10_000, { lines: [line(10_000, { quantity: 2 })] });
    const paidBack = refund('a', { atMs: NOW, lines: [refundLine(null, { quantity: 2 })] });
    const notYet = refund('b', { atMs: NOW + 1, lines: [refundLine(null, { quantity: 2 })], moneyMinor: 0 });
    expect(refundedMinor(order, [notYet, paidBack], base())).toBe(10_000);
    expect(refundedMinor(order, [paidBack, notYet], base())).toBe(10_000);
  });

  test('everything where the shop says the order is refunded', () => {
    expect(standingOf(orderOf(snapshot(10_000, { refunded: true })), rule())).toEqual({ earned: 100, clawed: 100 });
  });

  test('each piece once: the same line named by two refunds goes back once', () => {
    const lines = [line(6000, { lineId: 'a' }), line(4000, { lineId: 'b' })];
    const refunds = ['x', 'y'].map((id) => refund(id, { lines: [refundLine(null, { lineId: 'b' })] }));
    expect(clawedStepwise(snapshot(10_000, { lines }), rule(), refunds)).toEqual([40, 0]);
  });

  test('two variants that share an id together, each at their mean price', () => {
    const lines = [line(6000, { lineId: 'shirt' }), line(4000, { lineId: 'shirt' })];
    const refunds = ['x', 'y'].map((id) => refund(id, { lines: [refundLine(null, { lineId: 'shirt' })] }));
    expect(clawedStepwise(snapshot(10_000, { lines }), rule(), refunds)).toEqual([50, 50]);
  });

  test('tax where tax earns', () => {
    const lines = [line(6000, { lineId: 'a', taxMinor: 600 }), line(4000, { lineId: 'b', taxMinor: 400 })];
    const order = snapshot(10_000, { taxMinor: 1000, lines });
    const told = refund('a', { lines: [refundLine(6000, { lineId: 'a', taxMinor: 600 })], moneyMinor: 6600 });
    expect(clawedStepwise(order, rule({ base: base({ tax: true }) }), [told])).toEqual([66]);
  });
});

describe('an order', () => {
  test('E12: earns once, however often it is told as paid and updated between', () => {
    const till = new Till(terms());
    const told = [paid, updated, paid, updated, paid].map((as, at) =>
      pointsOf(till.tell(as(snapshot(8000, { updatedAtMs: NOW + at })))),
    );
    expect(told).toEqual([[80], [], [], [], []]);
  });

  test('E14: earns when it is first known as paid, not when it is placed or changed', () => {
    const till = new Till(terms());
    expect(till.tell(updated(snapshot(8000)))).toEqual([]);
    expect(till.tell(updated(snapshot(8000)))).toEqual([]);
    expect(pointsOf(till.tell(paid(snapshot(8000))))).toEqual([80]);
  });

  test('E15: earns by the rule of the day it is paid, kept with its version', () => {
    const till = new Till(terms({ order: rule() }));
    till.tell(updated(snapshot(5000)));
    till.terms = terms({ order: rule({ points: 2 }) }, { programmeVersion: 2 });
    expect(pointsOf(till.tell(paid(snapshot(5000))))).toEqual([100]);
    till.terms = terms({ order: rule({ points: 9 }) }, { programmeVersion: 3 });
    expect(pointsOf(till.tell(updated(snapshot(6000))))).toEqual([20]);
    expect(till.order()?.rule).toEqual({ ...rule({ points: 2 }), version: 2 });
  });

  test('R1: is clawed back at the rule it earned by, not at a doubled one', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(5000)));
    till.terms = terms({ order: rule({ points: 2 }) }, { programmeVersion: 2 });
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-50]);
  });

  test('R2: is clawed back although the rule is gone', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(5000)));
    till.terms = terms({ order: null }, { programmeVersion: 2 });
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-50]);
  });

  test('R2: paid while there was no rule, earns nothing by a later one', () => {
    const till = new Till(terms({ order: null }));
    till.tell(paid(snapshot(5000)));
    till.terms = terms({}, { programmeVersion: 2 });
    expect(till.tell(updated(snapshot(6000, { updatedAtMs: NOW + 1 })))).toEqual([]);
    expect(till.order()?.withheld).toBe('no_rule');
  });

  test('R8: the same refund twice counts once, and a settled amount replaces the first', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(10_000)));
    const told = [2000, 2000, 3000, 2000].map((money) =>
      pointsOf(till.tell(refunded(refund('a', { moneyMinor: money })))),
    );
    expect(told).toEqual([[-20], [], [-10], []]);
  });

  test('R8: a refund that comes before its order waits, and no balance is ever negative', () => {
    const till = new Till(terms());
    expect(till.tell(refunded(refund('a', { moneyMinor: 2000 })))).toEqual([]);
    expect(till.tell(updated(snapshot(10_000)))).toEqual([]);
    expect(pointsOf(till.tell(paid(snapshot(10_000))))).toEqual([100, -20]);
    expect(till.balance).toBe(80);
    expect(till.entries.every((entry) => entry.balanceAfter >= 0)).toBe(true);
  });

  test('R9: spent and refunded leaves a debt, which the next earning pays first', () => {
    const till = new Till(terms({ overdrawn: 'debt' }));
    till.tell(paid(snapshot(5000)));
    till.adjust(-50);
    till.tell(refunded(refund('a')));
    expect({ balance: till.balance, debt: till.debt }).toEqual({ balance: -50, debt: 50 });
    till.tell(paid(snapshot(8000, { orderId: 'o2' })));
    expect({ balance: till.balance, debt: till.debt }).toEqual({ balance: 30, debt: 0 });
    expect(till.lots.map((lot) => lot.remaining)).toEqual([30]);
  });

  test('R9: spent and refunded stops at zero where the shop says so, and notes what it could not take', () => {
    const till = new Till(terms({ overdrawn: 'stop_at_zero' }));
    till.tell(paid(snapshot(5000)));
    till.adjust(-30);
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-20]);
    expect(till.order()).toMatchObject({ earned: 50, clawed: 50, unrecovered: 30 });
    till.tell(paid(snapshot(8000, { orderId: 'o2' })));
    expect({ balance: till.balance, debt: till.debt }).toEqual({ balance: 80, debt: 0 });
  });

  test('R9: what a clawback let go is not given again when the clawback is undone', () => {
    const till = new Till(terms({ overdrawn: 'stop_at_zero' }));
    till.tell(paid(snapshot(5000)));
    till.adjust(-30);
    till.tell(updated(snapshot(5000, { updatedAtMs: NOW + 1, cancelledAtMs: NOW + 1 })));
    expect(pointsOf(till.tell(updated(snapshot(5000, { updatedAtMs: NOW + 2 }))))).toEqual([20]);
    till.tell(updated(snapshot(1000, { updatedAtMs: NOW + 3 })));
    till.tell(updated(snapshot(5000, { updatedAtMs: NOW + 4 })));
    // 50 earned in all, 30 of them spent
    expect({ balance: till.balance, lifetime: till.head?.lifetime }).toEqual({ balance: 20, lifetime: 50 });
  });

  test('R11: what ran out is not taken a second time', () => {
    const till = new Till(terms({ expiresAfterDays: 10 }));
    till.tell(paid(snapshot(10_000)));
    const later = NOW + 11 * DAY;
    till.adjust(1000, later);
    expect(till.tell(refunded(refund('a')), later)).toEqual([]);
    expect(till.balance).toBe(1000);
  });

  test('R11: of a lot that ran out in part, only the part that was spent is taken', () => {
    const till = new Till(terms({ expiresAfterDays: 10 }));
    till.tell(paid(snapshot(10_000)));
    till.adjust(-40);
    const later = NOW + 11 * DAY;
    till.adjust(1000, later);
    expect(pointsOf(till.tell(refunded(refund('a')), later))).toEqual([-40]);
  });

  test('R11: what ran out is not taken a second time by an edit either', () => {
    const till = new Till(terms({ expiresAfterDays: 10 }));
    till.tell(paid(snapshot(10_000)));
    const later = NOW + 11 * DAY;
    till.adjust(1000, later);
    expect(pointsOf(till.tell(updated(snapshot(4000, { updatedAtMs: NOW + 1 })), later))).toEqual([]);
    expect(pointsOf(till.tell(updated(snapshot(10_000, { updatedAtMs: NOW + 2 })), later))).toEqual([]);
    expect(pointsOf(till.tell(updated(snapshot(12_000, { updatedAtMs: NOW + 3 })), later))).toEqual([20]);
  });

  test('R14: cancelled loses its points, un-cancelled has them back once, with the expiry they had', () => {
    const till = new Till(terms({ expiresAfterDays: 10 }));
    till.tell(paid(snapshot(10_000)));
    const cancelled = updated(snapshot(10_000, { updatedAtMs: NOW + 1, cancelledAtMs: NOW + 1 }));
    const open = updated(snapshot(10_000, { updatedAtMs: NOW + 2 }));
    const at = NOW + DAY;
    const told = [cancelled, cancelled, open, open].map((fact) => pointsOf(till.tell(fact, at)));
    expect(told).toEqual([[-100], [], [100], []]);
    expect(till.lots).toEqual([
      { lot: 4 * 64 + 1, expiresAtMs: NOW + 10 * DAY, points: 100, remaining: 100, origin: 'order:o1' },
    ]);
  });

  test('a lot takes its order down first: the other points stay where they are', () => {
    const till = new Till(terms());
    till.adjust(70, NOW, { expiresAtMs: NOW + DAY });
    till.tell(paid(snapshot(5000)));
    till.tell(refunded(refund('a', { moneyMinor: 2000 })));
    expect(till.lots.map(({ origin, remaining }) => ({ origin, remaining }))).toEqual([
      { origin: 'adjustment', remaining: 70 },
      { origin: 'order:o1', remaining: 30 },
    ]);
  });

  test('INV-4: what one fact gives and takes at once is taken from the lot that runs out first', () => {
    const till = new Till(terms({ expiresAfterDays: 10 }));
    till.tell(paid(snapshot(10_000)));
    const at = NOW + DAY;
    till.tell(updated(snapshot(20_000, { updatedAtMs: at }), [refund('a', { moneyMinor: 10_000 })]), at);
    expect(till.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs, remaining])).toEqual([[at + 10 * DAY, 100]]);
  });

  test('INV-4: loses its own points soonest-expiring first, though a shorter life made a later lot run out earlier', () => {
    const till = new Till(terms({ expiresAfterDays: 100 }));
    till.adjust(500, NOW, { expiresAtMs: NOW + DAY });
    till.tell(paid(snapshot(10_000)));
    till.terms = terms({ expiresAfterDays: 10 }, { programmeVersion: 2 });
    till.tell(updated(snapshot(20_000, { updatedAtMs: NOW + 1 })));
    till.tell(refunded(refund('a', { moneyMinor: 10_000 })));
    expect(till.lots.map(({ expiresAtMs, remaining }) => [expiresAtMs, remaining])).toEqual([
      [NOW + DAY, 500],
      [NOW + 100 * DAY, 100],
    ]);
  });

  test('edited up earns the difference, edited down loses it', () => {
    const till = new Till(terms());
    const told = [8000, 9550, 7000].map((subtotal, at) =>
      pointsOf(till.tell(paid(snapshot(subtotal, { updatedAtMs: NOW + at })))),
    );
    expect(told).toEqual([[80], [15], [-25]]);
    expect(till.order()).toMatchObject({ earned: 70, clawed: 0 });
  });

  test('in another currency earns nothing and says why', () => {
    const till = new Till(terms());
    expect(till.tell(paid(snapshot(8000, { currency: 'EUR' })))).toEqual([]);
    expect(till.order()).toMatchObject({ earned: 0, withheld: 'currency_mismatch', rule: null });
  });

  test('that turns out to be in another currency loses what it earned', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(8000)));
    expect(pointsOf(till.tell(updated(snapshot(8000, { currency: 'JPY', updatedAtMs: NOW }))))).toEqual([-80]);
    expect(till.order()).toMatchObject({ earned: 0, withheld: 'currency_mismatch' });
  });

  test('for a test earns in a test shop only', () => {
    const live = new Till(terms());
    expect(live.tell(paid(snapshot(8000, { test: true })))).toEqual([]);
    expect(live.order()?.withheld).toBe('test_order');
    const trial = new Till(terms({}, { mode: 'test' }));
    expect(pointsOf(trial.tell(paid(snapshot(8000, { test: true }))))).toEqual([80]);
  });

  test('never brings a balance past what integers hold, and is clawed back by what it brought', () => {
    const most = 2 ** 52;
    const till = new Till(terms({ order: rule({ points: 1000, perMinor: 1 }) }));
    till.tell(paid(snapshot(Number.MAX_SAFE_INTEGER)));
    till.tell(paid(snapshot(Number.MAX_SAFE_INTEGER, { orderId: 'o2' })));
    expect(till.balance).toBe(most);
    till.tell(refunded(refund('a')));
    till.tell(refunded(refund('b'), 'o2'));
    expect(till.balance).toBe(0);
  });
});
