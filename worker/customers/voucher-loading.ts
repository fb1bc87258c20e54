/** The vouchers that an input can touch, with what of their past it can need: redemptions, counts, points that may go back. */
import type { State } from '../domain/customer.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { JournalRow } from '../domain/journal.ts';
import { textOf } from '../domain/json.ts';
import type { Lot } from '../domain/ledger.ts';
import type { Operation } from '../domain/operations.ts';
import type { Order } from '../domain/order.ts';
import { type OrderFact, orderIdOf } from '../domain/order-facts.ts';
import { ANSWERED_HERE } from '../domain/rewards/answered.ts';
import { rewardOf } from '../domain/rewards/issue.ts';
import { mostPoints } from '../domain/rewards/offer.ts';
import { pointsLeft } from '../domain/rewards/points-back.ts';
import type { Spend } from '../domain/rewards/spend.ts';
import type { Circumstances, HeldUse } from '../domain/vouchers/held-request.ts';
import { needsOf } from '../domain/vouchers/needs.ts';
import { pairsIn, STACK_OUTCOME } from '../domain/vouchers/stack-outcome.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Scene } from './due.ts';
import type { Input } from './input.ts';

/** `state`: what was loaded of the customer so far. */
export function withVouchers(scene: Scene, customer: string, state: State, input: Input, now: number): State {
  return input.kind === 'event'
    ? withOrderVouchers(scene, customer, state, input.event)
    : withAskedVouchers(scene, customer, state, input.operation, now);
}

/** For what another object answered. */
export function withAnswered(
  scene: Scene,
  customer: string,
  state: State,
  { kind, body }: { kind: string; body: JsonBody },
): State {
  if (kind === STACK_OUTCOME)
    return withRedemptions(
      scene,
      customer,
      state,
      pairsIn(body).map((pair) => pair.redemption),
    );
  if (!ANSWERED_HERE.includes(kind)) return state;
  const vouchers = scene.store.vouchers.vouchers(customer, [textOf(body, 'voucher') ?? '']);
  return withSpends(scene, customer, { ...state, vouchers });
}

type JsonBody = Parameters<typeof textOf>[0];

function withOrderVouchers(scene: Scene, customer: string, state: State, { fact }: CustomerEvent): State {
  if (fact === null) return state;
  const orderId = orderIdOf(fact);
  const order = state.orders.get(orderId);
  const own = scene.store.vouchers;
  const links = order?.vouchers ?? [];
  const linked = links.map((one) => one.voucher);
  const named = codesOf(fact).map((code) => scene.terms.codes.idOf(code));
  const fresh = own.vouchers(
    customer,
    named.filter((id) => !linked.includes(id)),
  );
  const ends = mayEnd(fact, order);
  if (fresh.length === 0 && !ends) return state;
  const isOld = ends || fresh.some((voucher) => voucher.redeemed > 0);
  const redemptions = byId([
    ...own.redemptions(
      customer,
      links.map((one) => one.redemption),
    ),
    ...(isOld ? own.redemptionsOfOrder(customer, orderId) : []),
  ]);
  const others = redemptions.map((one) => one.voucher).filter((id) => !fresh.some((voucher) => voucher.id === id));
  const vouchers = [...fresh, ...own.vouchers(customer, others)].filter((one) => one.held?.removed !== true);
  const all = { ...state, vouchers, redemptions };
  return ends ? withSpends(scene, customer, all) : all;
}

function codesOf(fact: OrderFact): string[] {
  return fact.kind === 'order' ? (fact.order.codes ?? []) : [];
}

/** Whether something of the order may have gone back, by this fact or before it. */
function mayEnd(fact: OrderFact, order: Order | undefined): boolean {
  const isOver = order !== undefined && (order.cancelledAtMs !== null || order.refunds.length > 0);
  if (isOver || order?.snapshot?.refunded === true) return true;
  if (fact.kind !== 'order') return fact.kind === 'refund' || fact.kind === 'cancellation';
  return fact.order.cancelledAtMs !== null || fact.order.refunded || fact.refunds.length > 0;
}

function withAskedVouchers(scene: Scene, customer: string, state: State, asked: Operation, now: number): State {
  const own = scene.store.vouchers;
  switch (asked.op) {
    case 'spend':
      return withPoints(scene, customer, state, asked, now);
    case 'undo_reward':
      return withSpends(scene, customer, { ...state, vouchers: own.vouchers(customer, [asked.voucher]) });
    case 'hold_voucher':
      return { ...state, vouchers: own.vouchers(customer, [asked.voucher.id]) };
    case 'commit_stack':
    case 'redeem_vouchers':
      return withCounts(scene, customer, state, { of: asked, uses: asked.uses, now });
    case 'lock_voucher':
      return withCounts(scene, customer, state, { of: asked, uses: [asked], now });
    case 'roll_back_vouchers':
      return withRedemptions(
        scene,
        customer,
        state,
        asked.redemptions.map((one) => one.redemption),
      );
    case 'release_voucher':
    case 'change_voucher':
    case 'remove_voucher':
    case 'credit_voucher':
      return { ...state, vouchers: own.vouchers(customer, [asked.voucher]) };
    default:
      return state;
  }
}

/** The lots that a spend can need. */
function withPoints({ store, terms }: Scene, customer: string, state: State, asked: Spend, now: number): State {
  const reward = rewardOf(terms, asked.reward);
  const buyer = { head: state.head, guardedSince: () => null };
  const points = reward === null ? 0 : mostPoints(reward, buyer, asked);
  return points <= 0 || points > state.head.balance ? state : { ...state, lots: store.lots(customer, points, now) };
}

function withRedemptions({ store }: Scene, customer: string, state: State, ids: string[]): State {
  const redemptions = store.vouchers.redemptions(customer, ids);
  const vouchers = store.vouchers.vouchers(
    customer,
    redemptions.map((one) => one.voucher),
  );
  return { ...state, redemptions, vouchers };
}

interface Asked {
  of: Circumstances;
  uses: readonly HeldUse[];
  now: number;
}

/** With what their rules ask of the customer and of earlier redemptions, and no more. */
function withCounts({ store, terms }: Scene, customer: string, state: State, { of, uses, now }: Asked): State {
  const vouchers = store.vouchers.vouchers(
    customer,
    uses.map((use) => use.voucher),
  );
  const calendar = { timeZone: terms.segments.manner.timeZone, weekStart: terms.weekStart ?? 1 };
  const redeemer = of.asker === 'holder' ? customer : (of.asker?.id ?? null);
  const counts = Object.fromEntries(
    vouchers.map((voucher) => {
      const { names, campaign } = namesFor(voucher, uses);
      const counting = { names, voucher: voucher.id, campaign, redeemer };
      return [voucher.id, store.vouchers.counts(customer, counting, now, calendar)];
    }),
  );
  const asksOrders = of.asker === 'holder' && vouchers.some((voucher) => namesFor(voucher, uses).orders);
  const orders = asksOrders ? store.vouchers.standingOrders(customer) : 0;
  return { ...state, vouchers, asked: { counts, orders } };
}

function namesFor(voucher: Voucher, uses: readonly HeldUse[]) {
  const use = uses.find((one) => one.voucher === voucher.id);
  const campaign = use?.campaign ?? null;
  const needs = needsOf({ voucher, campaign, rules: use?.rules ?? [] });
  return { names: needs.counts, orders: needs.orders, campaign: campaign?.id ?? null };
}

/** The rows that points were spent by, and those of their lots that are open still: nothing may be given back without them. */
function withSpends({ store, batch }: Scene, customer: string, state: State): State {
  const spends = (state.vouchers ?? []).flatMap((voucher): JournalRow[] => {
    if (voucher.origin.kind !== 'reward' || pointsLeft(voucher) === 0) return [];
    return [batch.rowAt(customer, voucher.origin.spentSeq) ?? []].flat();
  });
  const taken = spends.flatMap((row) => row.entries.flatMap((entry) => entry.lots));
  const lots = new Map<number, Lot>(state.lots.map((lot) => [lot.lot, lot]));
  for (const { lot, expiresAtMs } of taken) {
    const open = lots.has(lot) ? null : store.lot(customer, expiresAtMs, lot);
    if (open !== null) lots.set(lot, open);
  }
  return { ...state, lots: [...lots.values()], spends };
}

function byId(redemptions: Redemption[]): Redemption[] {
  return [...new Map(redemptions.map((one) => [one.id, one])).values()];
}
