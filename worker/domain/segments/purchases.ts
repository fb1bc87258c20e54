/** Orders and vouchers as conditions see them: what was bought and kept, what is held, what was redeemed. */
import { canonicalName } from '../event.ts';
import type { Json } from '../json.ts';
import { exponentOf } from '../money.ts';
import type { Order } from '../order.ts';
import { refundedMoneyMinor } from '../order-status.ts';
import { isAnniversary } from './anniversaries.ts';
import { isTimeless, passesDate, readingOf, stretchOf } from './dates.ts';
import type { HistoricCondition, OrdersCondition, Timeframe, VouchersCondition } from './definition.ts';
import { type Facts, findOnce, type HeldVoucher, type Manner } from './facts.ts';
import { judgeOf, type Swept, sweep } from './sweep.ts';
import { sweepYears } from './sweep-years.ts';
import { always, between, FOREVER, type Truth } from './truth.ts';
import { passes } from './values.ts';
import { countPasses, type Item, overTime, present, sumOf, sumPasses } from './windows.ts';

const DAY_MS = 86_400_000;
const EVER = { inMs: Number.NEGATIVE_INFINITY, outMs: FOREVER };

interface Bought extends Item, Swept {
  order: Order;
  /** In major units, less what was given back. */
  kept: number;
}

export function ordersTruth(condition: OrdersCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  const items = findOnce(facts, condition, () => boughtIn(condition, facts, manner, nowMs));
  if (!isStill(condition)) return overTime(items, nowMs, (inside, atMs) => judged(condition, inside, manner, atMs));
  const { measurement: measure, timeframe_filter: filter } = condition;
  const judge = judgeOf(condition, { ...manner, nowMs });
  if (!isAnniversary(filter)) return sweep(items, nowMs, { measure, judge });
  return sweepYears(items, nowMs, { filter, timeZone: manner.timeZone, measure, judge });
}

/** What is asked of the orders in the window does not depend on the day. */
function isStill({ measurement_filter: filter }: OrdersCondition): boolean {
  return filter.type !== 'date' || isTimeless(filter);
}

export function ordersReading(condition: OrdersCondition, facts: Facts, manner: Manner, nowMs: number) {
  const inside = present(boughtIn(condition, facts, manner, nowMs), nowMs);
  return { value: measured(condition, inside), orders: inside.map(({ order }) => order.orderId) };
}

function boughtIn(condition: OrdersCondition, facts: Facts, manner: Manner, nowMs: number): Bought[] {
  const { timeframe_filter: timeframe, products, total_filter } = condition;
  const range = rangeOf(timeframe, facts, manner, nowMs);
  if (range === null) return [];
  return facts.history.orders(range.afterMs, range.upToMs).flatMap((order): Bought[] => {
    const { snapshot } = order;
    if (snapshot === null || !counts(order, manner) || !holdsOneOf(order, products)) return [];
    const kept = keptOf(order, manner.currency);
    if (total_filter !== undefined && !sumPasses(total_filter, kept)) return [];
    const at = (instant: number) =>
      timeframe.operator === 'since-event'
        ? always(true)
        : passesDate(timeframe, snapshot.placedAtMs, instant, manner.timeZone);
    const isOnce = timeframe.operator !== 'since-event' && !isAnniversary(timeframe);
    const stretch = isOnce ? stretchOf(timeframe, snapshot.placedAtMs, manner.timeZone) : EVER;
    return [{ order, atMs: snapshot.placedAtMs, kept, numbers: [kept], at, ...stretch }];
  });
}

function rangeOf(timeframe: Timeframe, { history }: Facts, manner: Manner, nowMs: number) {
  if (timeframe.operator !== 'since-event') return readingOf(timeframe, nowMs, manner.timeZone);
  const name = canonicalName(timeframe.metric_id);
  const order = timeframe.which === 'first' ? ('oldest' as const) : ('newest' as const);
  const source = manner.guard ? ('trusted' as const) : ('any' as const);
  const range = { afterMs: Number.NEGATIVE_INFINITY, upToMs: nowMs };
  for (const { atMs } of history.events({ name, source, ...range, order, most: 1, detailed: false }))
    return { afterMs: atMs, upToMs: nowMs };
  return null;
}

/** Cancelled orders were not bought, and tests only by a test shop. */
function counts({ cancelledAtMs, snapshot }: Order, { countsTests }: Manner): boolean {
  return cancelledAtMs === null && snapshot !== null && (countsTests || !snapshot.test);
}

function holdsOneOf({ snapshot }: Order, products: string[] | undefined): boolean {
  if (products === undefined) return true;
  const wanted = new Set(products.map((one) => one.toLowerCase()));
  return (snapshot?.lines ?? []).some(({ productId, sku }) =>
    [productId, sku].some((one) => one !== null && wanted.has(one.toLowerCase())),
  );
}

/** Another currency's money is not added to the shop's. */
function keptOf(order: Order, currency: string): number {
  const { snapshot } = order;
  if (snapshot === null || snapshot.currency !== currency || snapshot.refunded) return 0;
  return Math.max(0, snapshot.totalMinor - refundedMoneyMinor(order)) / 10 ** exponentOf(currency);
}

function judged(condition: OrdersCondition, inside: Bought[], manner: Manner, nowMs: number): Truth {
  const { measurement, measurement_filter: filter } = condition;
  const value = measured(condition, inside);
  if (measurement === 'count' || measurement === 'sum') {
    if (filter.type !== 'numeric') return always(false);
    return always(measurement === 'count' ? countPasses(filter, Number(value)) : sumPasses(filter, Number(value)));
  }
  return passes(filter, value === null ? [] : [value], { ...manner, nowMs });
}

/** `inside`: the newest first. */
function measured({ measurement }: OrdersCondition, inside: Bought[]): Json {
  switch (measurement) {
    case 'count':
      return inside.length;
    case 'sum':
      return sumOf(inside.map(({ kept }) => kept));
    case 'first':
      return inside.at(-1)?.atMs ?? null;
    case 'last':
      return inside[0]?.atMs ?? null;
  }
}

export function historicTruth(condition: HistoricCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  const value = historicValue(condition, facts, manner, nowMs);
  if (value === null) return passes(condition.filter, [], { ...manner, nowMs });
  return always(sumPasses(condition.filter, value));
}

/** null: there is nothing to divide by. */
export function historicValue({ dimension }: HistoricCondition, { history }: Facts, manner: Manner, nowMs: number) {
  const orders = history.orders(Number.NEGATIVE_INFINITY, nowMs).filter((order) => counts(order, manner));
  const total = sumOf(orders.map((order) => keptOf(order, manner.currency)));
  const times = orders.map(({ snapshot }) => snapshot?.placedAtMs ?? 0);
  switch (dimension) {
    case 'historic_number_of_orders':
      return orders.length;
    case 'historic_clv':
      return total;
    case 'average_order_value':
      return orders.length === 0 ? null : total / orders.length;
    case 'average_days_between_orders':
      return orders.length < 2 ? null : (Math.max(...times) - Math.min(...times)) / DAY_MS / (orders.length - 1);
  }
}

export function vouchersTruth(condition: VouchersCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  const { measurement, measurement_filter, timeframe_filter: filter } = condition;
  const judge = (count: number | null) => countPasses(measurement_filter, count ?? 0);
  if (measurement === 'redeemed' && filter !== undefined && isAnniversary(filter)) {
    const items = redeemedOf(condition, facts).map((atMs) => ({ atMs, numbers: [] }));
    return sweepYears(items, nowMs, { filter, timeZone: manner.timeZone, measure: 'count', judge });
  }
  const items = vouchersIn(condition, facts, manner);
  return overTime(items, nowMs, (inside) => always(judge(inside.length)));
}

export function vouchersReading(condition: VouchersCondition, facts: Facts, manner: Manner, nowMs: number): number {
  return present(vouchersIn(condition, facts, manner), nowMs).length;
}

function vouchersIn(condition: VouchersCondition, facts: Facts, manner: Manner): Item[] {
  const { measurement, timeframe_filter: timeframe } = condition;
  if (measurement === 'held') {
    return vouchersOf(condition, facts)
      .filter(({ usable }) => usable)
      .map(({ startsMs, endsMs }) => ({
        at: (nowMs: number) => between(startsMs ?? Number.NEGATIVE_INFINITY, endsMs ?? FOREVER, nowMs),
      }));
  }
  return redeemedOf(condition, facts).map((atMs) => ({
    at: (nowMs: number) =>
      timeframe === undefined ? always(true) : passesDate(timeframe, atMs, nowMs, manner.timeZone),
  }));
}

function vouchersOf({ campaign_ids }: VouchersCondition, { history }: Facts): HeldVoucher[] {
  return history
    .vouchers()
    .filter(({ campaign }) => campaign_ids === undefined || (campaign !== null && campaign_ids.includes(campaign)));
}

function redeemedOf(condition: VouchersCondition, facts: Facts): number[] {
  return vouchersOf(condition, facts).flatMap(({ redeemedMs }) => redeemedMs);
}
