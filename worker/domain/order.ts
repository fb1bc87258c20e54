/** An order as the customer keeps it: the facts folded together, and the points it stands at. */
import type { Award, Waiting } from './earning/award.ts';
import type { CarrierWord, Fulfilment, OrderFact, OrderSnapshot, Refund } from './order-facts.ts';
import type { OrderRule } from './programme.ts';

export interface Order {
  orderId: string;
  /** null while only a refund or a parcel has named this order. */
  snapshot: OrderSnapshot | null;
  paidAtMs: number | null;
  cancelledAtMs: number | null;
  refunds: Refund[];
  fulfilments: Fulfilment[];
  /** The newest word for each fulfilment; absent: no carrier was heard of apart from the fulfilments. */
  carrierWords?: CarrierWord[];
  /** The rule of the day it earned by, with its version; kept so that a later rule never touches it. null: none, or `award` says. */
  rule: (OrderRule & { version: number }) | null;
  /** The rules of the day, where it earned by more than the base rate alone. */
  award?: Award;
  earned: number;
  clawed: number;
  /** Points of this order's own lots that ran out; they are not clawed back a second time. */
  expired: number;
  /** Points that clawbacks could not find and let go (`stop_at_zero`); they are not given a second time. */
  unrecovered: number;
  lots: { lot: number; expiresAtMs: number }[];
  /** Its points that cannot be spent yet. */
  waiting?: Waiting[];
  /** Points that waited and that the merchant voided: they are neither clawed back nor given again. */
  voided?: number;
  /** The vouchers of this customer that it was paid with, each with its redemption. */
  vouchers?: { voucher: string; redemption: string }[];
  /** Why a paid order earned nothing. */
  withheld: 'currency_mismatch' | 'test_order' | 'no_rule' | 'not_member' | 'back_filled' | null;
}

export function emptyOrder(orderId: string): Order {
  return {
    orderId,
    snapshot: null,
    paidAtMs: null,
    cancelledAtMs: null,
    refunds: [],
    fulfilments: [],
    rule: null,
    earned: 0,
    clawed: 0,
    expired: 0,
    unrecovered: 0,
    lots: [],
    withheld: null,
  };
}

/** Folds a fact in. Facts commute: paid stays paid, a refund counts once by its id, an older snapshot never wins. */
export function foldFact(order: Order, fact: OrderFact, now: number): Order {
  switch (fact.kind) {
    case 'refund':
      return { ...order, refunds: withRefund(order.refunds, fact.refund) };
    case 'fulfilment':
      return {
        ...order,
        fulfilments: withFulfilment(order.fulfilments, fact.fulfilment),
      };
    case 'carrier':
      return { ...order, carrierWords: withWord(order.carrierWords ?? [], fact.word) };
    case 'cancellation':
      return { ...order, cancelledAtMs: cancelledAt(order.snapshot, [order.cancelledAtMs, fact.atMs]) };
    case 'order':
      return foldSnapshot(order, fact, now);
  }
}

function foldSnapshot(order: Order, fact: Extract<OrderFact, { kind: 'order' }>, now: number): Order {
  const newer = order.snapshot === null || fact.order.updatedAtMs >= order.snapshot.updatedAtMs;
  const placedAtMs = Math.min(order.snapshot?.placedAtMs ?? fact.order.placedAtMs, fact.order.placedAtMs);
  const snapshot = { ...(newer ? fact.order : (order.snapshot ?? fact.order)), placedAtMs };
  return {
    ...order,
    snapshot,
    paidAtMs: order.paidAtMs ?? (fact.paid ? now : null),
    cancelledAtMs: cancelledAt(snapshot, [order.cancelledAtMs, fact.order.cancelledAtMs]),
    refunds: fact.refunds.reduce(withRefund, order.refunds),
    fulfilments: fact.fulfilments.reduce(withFulfilment, order.fulfilments),
  };
}

/** The newest snapshot decides; a cancellation told beside it counts unless the snapshot was taken after it. */
function cancelledAt(snapshot: OrderSnapshot | null, told: (number | null)[]): number | null {
  const standing = told.filter(
    (at) => at !== null && (snapshot === null || snapshot.silentOnCancellation || at >= snapshot.updatedAtMs),
  );
  const known = [snapshot?.cancelledAtMs ?? null, ...standing].filter((at) => at !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function withRefund(refunds: Refund[], refund: Refund): Refund[] {
  const others = refunds.filter((known) => known.refundId !== refund.refundId);
  const known = refunds.find((one) => one.refundId === refund.refundId);
  // money of a refund can settle later than its first telling; it never shrinks
  const settled = known ? { ...refund, moneyMinor: larger(known.moneyMinor, refund.moneyMinor) } : refund;
  return [...others, settled];
}

function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  return Math.max(a, b);
}

function withFulfilment(all: Fulfilment[], fulfilment: Fulfilment): Fulfilment[] {
  const known = all.find((one) => one.fulfilmentId === fulfilment.fulfilmentId);
  if (known && known.updatedAtMs > fulfilment.updatedAtMs) return all;
  return [...all.filter((one) => one !== known), fulfilment];
}

/** Of the same instant the later step stands, so that the order of telling does not matter. */
function withWord(words: CarrierWord[], word: CarrierWord): CarrierWord[] {
  const known = words.find((one) => one.fulfilmentId === word.fulfilmentId);
  if (known !== undefined && !isNewer(word, known)) return words;
  return [...words.filter((one) => one !== known), word];
}

const STEPS = [
  'label_printed',
  'confirmed',
  'in_transit',
  'out_for_delivery',
  'attempted_delivery',
  'failure',
  'ready_for_pickup',
  'delivered',
];

function isNewer(a: CarrierWord, b: CarrierWord): boolean {
  return a.atMs === b.atMs ? STEPS.indexOf(a.status) > STEPS.indexOf(b.status) : a.atMs > b.atMs;
}
