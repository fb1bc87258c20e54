/** The model's reading of orders and vouchers: what counts, what it is worth, and which vouchers are held. */
import type { Json } from '../../../worker/domain/json.ts';
import type { Order } from '../../../worker/domain/order.ts';
import type { OrderSnapshot } from '../../../worker/domain/order-facts.ts';
import type {
  HistoricCondition,
  OrdersCondition,
  VouchersCondition,
} from '../../../worker/domain/segments/definition.ts';
import { exactSum, isWithin, type Scene } from './naive.ts';
import { datePasses, momentAt } from './naive-calendar.ts';
import { valuePasses } from './naive-values.ts';

interface Purchase {
  placedAtMs: number;
  /** In major units of the shop's currency, less what was given back. */
  money: number;
  snapshot: OrderSnapshot;
}

/** The oldest first. */
function purchasesOf({ life, shop, nowMs }: Scene): Purchase[] {
  return life.orders
    .flatMap((order) => {
      const { snapshot, cancelledAtMs } = order;
      if (snapshot === null || cancelledAtMs !== null || (snapshot.test && !shop.countsTests)) return [];
      return [{ placedAtMs: snapshot.placedAtMs, money: moneyOf(order, snapshot, shop.currency), snapshot }];
    })
    .filter(({ placedAtMs }) => placedAtMs <= nowMs)
    .sort((a, b) => a.placedAtMs - b.placedAtMs);
}

/** Refunds of the model's lives name their money, or have no lines: then all goes back. Currencies have two decimals. */
function moneyOf({ refunds }: Order, snapshot: OrderSnapshot, currency: string): number {
  if (snapshot.currency !== currency || snapshot.refunded) return 0;
  if (refunds.some(({ moneyMinor }) => moneyMinor === null)) return 0;
  const back = refunds.reduce((sum, { moneyMinor }) => sum + (moneyMinor ?? 0), 0);
  return Math.max(0, snapshot.totalMinor - back) / 100;
}

export function ordersHold(condition: OrdersCondition, scene: Scene): boolean {
  const { products, total_filter, timeframe_filter, measurement, measurement_filter } = condition;
  const counted = purchasesOf(scene)
    .filter(({ placedAtMs }) => isWithin(timeframe_filter, placedAtMs, undefined, scene))
    .filter(({ snapshot }) => products === undefined || holdsOneOf(snapshot, products))
    .filter(({ money }) => total_filter === undefined || valuePasses(total_filter, [money], scene));
  const passes = (values: Json[]) => valuePasses(measurement_filter, values, scene);
  if (measurement === 'count') return passes([counted.length]);
  if (measurement === 'sum') return passes([exactSum(counted.map(({ money }) => money))]);
  const edge = measurement === 'first' ? counted[0] : counted.at(-1);
  return passes(edge === undefined ? [] : [edge.placedAtMs]);
}

function holdsOneOf({ lines }: OrderSnapshot, products: readonly string[]): boolean {
  const wanted = products.map((one) => one.toLowerCase());
  return lines.some(({ productId, sku }) =>
    wanted.some((one) => [productId, sku].some((id) => id?.toLowerCase() === one)),
  );
}

const DAY = 86_400_000;

export function historicHolds({ dimension, filter }: HistoricCondition, scene: Scene): boolean {
  const all = purchasesOf(scene);
  const worth = exactSum(all.map(({ money }) => money));
  const [first, last] = [all[0], all.at(-1)];
  const passes = (values: Json[]) => valuePasses(filter, values, scene);
  if (dimension === 'historic_number_of_orders') return passes([all.length]);
  if (dimension === 'historic_clv') return passes([worth]);
  if (dimension === 'average_order_value') return passes(all.length === 0 ? [] : [exactSum([worth / all.length])]);
  if (first === undefined || last === undefined || all.length < 2) return passes([]);
  return passes([exactSum([(last.placedAtMs - first.placedAtMs) / DAY / (all.length - 1)])]);
}

export function vouchersHold(condition: VouchersCondition, scene: Scene): boolean {
  const { measurement, measurement_filter, timeframe_filter, campaign_ids } = condition;
  const { life, nowMs, zone } = scene;
  const asked = life.vouchers.filter(
    ({ campaign }) => campaign_ids === undefined || (campaign !== null && campaign_ids.includes(campaign)),
  );
  if (measurement === 'held') {
    const held = asked.filter(
      ({ usable, startsMs, endsMs }) => usable && (startsMs ?? nowMs) <= nowMs && (endsMs === null || nowMs < endsMs),
    );
    return valuePasses(measurement_filter, [held.length], scene);
  }
  const redeemed = asked
    .flatMap(({ redeemedMs }) => redeemedMs)
    .filter((atMs) => atMs <= nowMs)
    .filter((atMs) => !timeframe_filter || datePasses(timeframe_filter, momentAt(zone, atMs), nowMs, zone));
  return valuePasses(measurement_filter, [redeemed.length], scene);
}
