/** What the tests start from: one shop, one rule, facts with every field said. Change only what the rule is about. */
import { DEFAULT_BASE, type EarningBase } from '../../worker/domain/earning/base.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import type { OrderFact, OrderLine, OrderSnapshot, Refund, RefundLine } from '../../worker/domain/order-facts.ts';
import type { OrderRule, Programme } from '../../worker/domain/programme.ts';
import { segmentSet } from '../../worker/domain/segments/segment-set.ts';
import type { Terms } from '../../worker/domain/terms.ts';
import { codeMakerOf } from '../../worker/shops/code-maker.ts';

const PATTERN = () => null;
const MANNER = { timeZone: 'UTC', currency: 'USD', guard: false, countsTests: false, pattern: PATTERN };
/** A shop without segments and lists. */
export const NO_SEGMENTS = segmentSet(0, [], [], MANNER);

/** As a shop's: the key is a test's. */
export const CODES = codeMakerOf('MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY', 'shp_test');

export const DAY = 86_400_000;
export const NOW = Date.UTC(2026, 0, 15, 12);

/** One point for 1.00, rounded down, on goods after discounts. */
export function rule(changes: Partial<OrderRule> = {}): OrderRule {
  return { points: 1, perMinor: 100, rounding: 'floor', base: DEFAULT_BASE, ...changes };
}

export function base(changes: Partial<EarningBase> = {}): EarningBase {
  return { ...DEFAULT_BASE, ...changes };
}

export function programme(changes: Partial<Programme> = {}): Programme {
  return { order: rule(), worth: null, expiresAfterDays: null, overdrawn: 'debt', ...changes };
}

export function terms(changes: Partial<Programme> = {}, shop: Partial<Omit<Terms, 'programme'>> = {}): Terms {
  return {
    programme: programme(changes),
    programmeVersion: 1,
    currency: 'USD',
    mode: 'live',
    segments: NO_SEGMENTS,
    codes: CODES,
    ...shop,
  };
}

export function line(netMinor: number, changes: Partial<OrderLine> = {}): OrderLine {
  return {
    lineId: 'l1',
    productId: null,
    sku: null,
    title: 'Thing',
    variantTitle: null,
    quantity: 1,
    netMinor,
    taxMinor: 0,
    giftCard: false,
    imageUrl: null,
    url: null,
    ...changes,
  };
}

/** An order of one line; `totalMinor` follows from the other amounts unless it is said. */
export function snapshot(subtotalMinor: number, changes: Partial<OrderSnapshot> = {}): OrderSnapshot {
  const { taxMinor = 0, shippingMinor = 0, taxesIncluded = false } = changes;
  return {
    orderId: 'o1',
    name: '#o1',
    placedAtMs: NOW - DAY,
    updatedAtMs: NOW - DAY,
    currency: 'USD',
    test: false,
    cancelledAtMs: null,
    refunded: false,
    taxesIncluded,
    subtotalMinor,
    discountMinor: 0,
    taxMinor,
    shippingMinor,
    shippingTaxMinor: 0,
    totalMinor: subtotalMinor + shippingMinor + (taxesIncluded ? 0 : taxMinor),
    lines: [line(subtotalMinor)],
    ...changes,
  };
}

export function refundLine(netMinor: number | null, changes: Partial<RefundLine> = {}): RefundLine {
  return { lineId: 'l1', quantity: 1, netMinor, taxMinor: 0, giftCard: false, ...changes };
}

export function refund(refundId: string, changes: Partial<Refund> = {}): Refund {
  return { refundId, atMs: NOW, lines: [], shippingMinor: 0, moneyMinor: null, ...changes };
}

export function paid(order: OrderSnapshot, refunds: Refund[] = []): OrderFact {
  return { kind: 'order', paid: true, order, refunds, fulfilments: [] };
}

export function updated(order: OrderSnapshot, refunds: Refund[] = []): OrderFact {
  return { kind: 'order', paid: false, order, refunds, fulfilments: [] };
}

export function refunded(one: Refund, orderId = 'o1'): OrderFact {
  return { kind: 'refund', orderId, refund: one };
}

export function event(key: string, changes: Partial<CustomerEvent> = {}): CustomerEvent {
  return {
    key,
    source: 'shopify',
    trust: 'server',
    name: 'Updated Order',
    occurredAtMs: NOW,
    receivedAtMs: NOW,
    properties: {},
    traits: null,
    fact: null,
    ...changes,
  };
}
