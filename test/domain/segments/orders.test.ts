/** The rules of `semantics.md` about orders, what looks back on them, vouchers and points. */
import { describe, expect, test } from 'vitest';
import { emptyOrder, type Order } from '../../../worker/domain/order.ts';
import type { OrderSnapshot } from '../../../worker/domain/order-facts.ts';
import type {
  HistoricCondition,
  LoyaltyCondition,
  NumericFilter,
  OrdersCondition,
  VouchersCondition,
} from '../../../worker/domain/segments/definition.ts';
import type { HeldVoucher } from '../../../worker/domain/segments/facts.ts';
import { line, refund, refundLine, snapshot } from '../given.ts';
import { type Asking, ask, did, holds, lived } from './ask.ts';

const numeric = (operator: NumericFilter['operator'], value: number): NumericFilter => ({
  type: 'numeric',
  operator,
  value,
});
const equals = (value: number) => numeric('equals', value);

function order(total: number, changes: Partial<OrderSnapshot> = {}, about: Partial<Order> = {}): Order {
  const placedAtMs = Date.parse('2026-05-01T10:00:00Z');
  return { ...emptyOrder('o1'), snapshot: snapshot(total, { currency: 'EUR', placedAtMs, ...changes }), ...about };
}

function orders(changes: Partial<OrdersCondition> = {}): OrdersCondition {
  return {
    type: 'profile-orders',
    measurement: 'count',
    measurement_filter: equals(1),
    timeframe_filter: { type: 'date', operator: 'alltime' },
    ...changes,
  };
}

function spent(all: Order[], amount: number, asking: Asking = {}): boolean {
  return holds(orders({ measurement: 'sum', measurement_filter: equals(amount) }), lived({ orders: all }), asking);
}

describe('an order', () => {
  test('that was cancelled was not bought', () => {
    const all = [order(1000, {}, { cancelledAtMs: 1 })];
    expect(holds(orders({ measurement_filter: equals(0) }), lived({ orders: all }))).toBe(true);
    expect(spent(all, 0)).toBe(true);
  });

  test('that is a test counts in a test shop alone', () => {
    const all = [order(1000, { test: true })];
    expect(spent(all, 0)).toBe(true);
    expect(spent(all, 10, { shop: { countsTests: true } })).toBe(true);
  });

  test('of which only a refund was told is none', () => {
    expect(holds(orders({ measurement_filter: equals(0) }), lived({ orders: [emptyOrder('o1')] }))).toBe(true);
  });

  test('in another currency is counted, and worth nothing', () => {
    const all = [order(1000, { currency: 'USD' }), order(500)];
    expect(holds(orders({ measurement_filter: equals(2) }), lived({ orders: all }))).toBe(true);
    expect(spent(all, 5)).toBe(true);
  });

  test.each<[string, Order, number]>([
    ['less the money of its refunds', order(1000, {}, { refunds: [refund('a', { moneyMinor: 250 })] }), 7.5],
    [
      'less what refunded lines are worth',
      order(1000, {}, { refunds: [refund('a', { lines: [refundLine(400)] })] }),
      6,
    ],
    ['nothing where a refund names no amount', order(1000, {}, { refunds: [refund('a')] }), 0],
    ['nothing where the shop says all went back', order(1000, { refunded: true }), 0],
    ['never less than nothing', order(1000, {}, { refunds: [refund('a', { moneyMinor: 2500 })] }), 0],
  ])('is worth its total %s', (_, one, amount) => {
    expect(spent([one], amount)).toBe(true);
  });

  test('is told in major units, of a currency without decimals too', () => {
    expect(spent([order(1000, { currency: 'JPY' })], 1000, { shop: { currency: 'JPY' } })).toBe(true);
  });

  test('is found by what it holds, a product or a SKU, without regard to capitals', () => {
    const all = [order(1000, { lines: [line(1000, { productId: 'gid-1', sku: 'SKU-1' })] })];
    for (const [product, found] of [
      ['sku-1', 1],
      ['GID-1', 1],
      ['sku', 0],
    ] as const)
      expect(
        holds(orders({ products: ['other', product], measurement_filter: equals(found) }), lived({ orders: all })),
      ).toBe(true);
  });

  test('is asked for by its own total', () => {
    const all = [order(1000), order(3000)];
    const dear = orders({ total_filter: numeric('greater-than', 20) });
    expect(holds(dear, lived({ orders: all }))).toBe(true);
  });

  test('leaves a window by when it was placed', () => {
    const lately = orders({ timeframe_filter: { type: 'date', operator: 'in-the-last', unit: 'day', quantity: 30 } });
    const life = lived({ orders: [order(1000)] });
    const nextMs = Date.parse('2026-05-31T10:00:00Z');
    expect(ask(lately, life, { now: nextMs - 1 })).toEqual({ holds: true, nextMs });
    expect(holds(lately, life, { now: nextMs })).toBe(false);
  });

  test('came after another event or not', () => {
    const since = orders({
      timeframe_filter: { type: 'date', operator: 'since-event', metric_id: 'Opened Email', which: 'last' },
    });
    const opened = (at: string, trusted = true) =>
      lived({ orders: [order(1)], events: [did('Opened Email', at, { trusted })] });
    expect(holds(since, opened('2026-05-01T09:59:59.999Z'))).toBe(true);
    expect(holds(since, opened('2026-05-01T10:00:00.000Z'))).toBe(false);
    expect(holds(since, opened('2026-04-01T00:00:00Z', false), { shop: { guard: true } })).toBe(false);
  });

  test('is the first or the last by when it was placed', () => {
    const all = [order(1), order(2, { placedAtMs: Date.parse('2026-04-01T10:00:00Z') })];
    const before = { type: 'date', operator: 'before', date: '2026-04-15' } as const;
    expect(holds(orders({ measurement: 'first', measurement_filter: before }), lived({ orders: all }))).toBe(true);
    expect(holds(orders({ measurement: 'last', measurement_filter: before }), lived({ orders: all }))).toBe(false);
  });
});

describe('what looks back', () => {
  const historic = (dimension: HistoricCondition['dimension'], filter: NumericFilter): HistoricCondition => ({
    type: 'profile-predictive-analytics',
    dimension,
    filter,
  });
  const all = [
    order(1000),
    order(2000, { placedAtMs: Date.parse('2026-05-04T10:00:00Z') }),
    order(9900, { test: true }),
  ];

  test.each<[HistoricCondition['dimension'], number]>([
    ['historic_number_of_orders', 2],
    ['historic_clv', 30],
    ['average_order_value', 15],
    ['average_days_between_orders', 3],
  ])('%s is %d', (dimension, value) => {
    expect(holds(historic(dimension, equals(value)), lived({ orders: all }))).toBe(true);
  });

  test('is exact to the millionth', () => {
    const three = [order(1000), order(1000), order(0)];
    expect(holds(historic('average_order_value', equals(6.666667)), lived({ orders: three }))).toBe(true);
  });

  test('an average of nothing is not set: it equals nothing, and is no different for Klaviyo', () => {
    for (const dimension of ['average_order_value', 'average_days_between_orders'] as const) {
      expect(holds(historic(dimension, numeric('less-than', 1e9)), lived())).toBe(false);
      expect(holds(historic(dimension, numeric('not-equals', 3)), lived())).toBe(true);
      expect(holds(historic(dimension, numeric('not-equals', 3)), lived(), { klaviyo: true })).toBe(false);
    }
  });
});

describe('a voucher', () => {
  const voucher = (changes: Partial<HeldVoucher> = {}): HeldVoucher => ({
    voucher: 'v1',
    campaign: 'c1',
    startsMs: Date.parse('2026-06-01T00:00:00Z'),
    endsMs: Date.parse('2026-07-01T00:00:00Z'),
    usable: true,
    redeemedMs: [],
    ...changes,
  });
  const vouchers = (changes: Partial<VouchersCondition> = {}): VouchersCondition => ({
    type: 'profile-vouchers',
    measurement: 'held',
    measurement_filter: equals(1),
    ...changes,
  });

  test.each([
    ['2026-05-31T23:59:59.999Z', false],
    ['2026-06-01T00:00:00.000Z', true],
    ['2026-06-30T23:59:59.999Z', true],
    ['2026-07-01T00:00:00.000Z', false],
  ])('is held from its first instant until its end: at %s %j', (now, expected) => {
    expect(holds(vouchers(), lived({ vouchers: [voucher()] }), { now })).toBe(expected);
  });

  test('that was used up is not held', () => {
    expect(holds(vouchers(), lived({ vouchers: [voucher({ usable: false })] }))).toBe(false);
  });

  test('is asked for by its campaign', () => {
    const life = lived({ vouchers: [voucher(), voucher({ campaign: null }), voucher({ campaign: 'c2' })] });
    expect(holds(vouchers({ measurement_filter: equals(3) }), life)).toBe(true);
    expect(holds(vouchers({ campaign_ids: ['c2'] }), life)).toBe(true);
  });

  test('was redeemed when it was, and that leaves a window too', () => {
    const life = lived({ vouchers: [voucher({ redeemedMs: [Date.parse('2026-06-10T10:00:00Z')] })] });
    const timeframe_filter = { type: 'date', operator: 'in-the-last', unit: 'week', quantity: 1 } as const;
    const redeemed = vouchers({ measurement: 'redeemed', timeframe_filter });
    const nextMs = Date.parse('2026-06-17T10:00:00Z');
    expect(ask(redeemed, life)).toEqual({ holds: true, nextMs });
    expect(holds(redeemed, life, { now: nextMs })).toBe(false);
  });
});

describe('points', () => {
  const points = (property: LoyaltyCondition['property'], filter: LoyaltyCondition['filter']): LoyaltyCondition => ({
    type: 'profile-loyalty',
    property,
    filter,
  });

  test('are asked for as they stand', () => {
    const life = lived({ balance: 7, debt: 2, lifetime: 20 });
    expect(holds(points('balance', equals(7)), life)).toBe(true);
    expect(holds(points('debt', equals(2)), life)).toBe(true);
    expect(holds(points('lifetime', equals(20)), life)).toBe(true);
  });

  test('run out next when the soonest do, all of that instant together', () => {
    const [soon, late] = [Date.parse('2026-06-20T10:00:00Z'), Date.parse('2026-08-01T10:00:00Z')];
    const lots = [
      { points: 5, atMs: late },
      { points: 2, atMs: soon },
      { points: 1, atMs: soon },
    ];
    const within = { type: 'date', operator: 'in-the-next', unit: 'day', quantity: 3 } as const;
    expect(holds(points('next_expiry_points', equals(3)), lived({ lots }))).toBe(true);
    expect(holds(points('next_expiry_points', equals(5)), lived({ lots }), { now: soon })).toBe(true);
    const nextMs = Date.parse('2026-06-17T10:00:00Z');
    expect(ask(points('next_expiry_at', within), lived({ lots }))).toEqual({ holds: false, nextMs });
    expect(holds(points('next_expiry_at', within), lived({ lots }), { now: nextMs })).toBe(true);
    expect(holds(points('next_expiry_at', { type: 'existence', operator: 'not-set' }), lived())).toBe(true);
  });
});
