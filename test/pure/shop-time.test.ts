/** Durations by the calendar, and whose clock a sender's time is by. */
import { describe, expect, it } from 'vitest';
import { mapWebhook } from '../../worker/intake/sources/shopify.ts';
import { byShopClock } from '../../worker/intake/sources/shopify-time.ts';
import { mapMessage } from '../../worker/mapping/segment.ts';
import { addDuration } from '../../worker/time/iso-duration.ts';
import { inShopTime } from '../../worker/time/receipt.ts';

const WALL = Date.UTC(2026, 4, 4, 12);
const SHOP = Date.UTC(2028, 1, 1, 9, 30);
const MINUTE = 60_000;
const iso = (at: number) => new Date(at).toISOString();

describe('a duration', () => {
  it.each([
    ['2024-01-31T10:00:00.000Z', 'P1M', '2024-02-29T10:00:00.000Z'],
    ['2023-01-31T10:00:00.000Z', 'P1M', '2023-02-28T10:00:00.000Z'],
    ['2024-02-29T00:00:00.123Z', 'P1Y', '2025-02-28T00:00:00.123Z'],
    ['2024-11-30T23:59:59.999Z', 'P3M', '2025-02-28T23:59:59.999Z'],
    ['2024-01-31T00:00:00.000Z', 'P1M1D', '2024-03-01T00:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 'P2W', '2026-04-11T12:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 'P1Y2M3DT4H5M6S', '2027-05-31T16:05:06.000Z'],
    ['2026-03-28T12:00:00.000Z', 'PT36H', '2026-03-30T00:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 'PT0S', '2026-03-28T12:00:00.000Z'],
  ])('after %s, %s ends at %s', (from, duration, to) => {
    expect(iso(addDuration(Date.parse(from), duration) ?? 0)).toBe(to);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1',
    '1D',
    'P-1D',
    '-P1D',
    'P1.5D',
    'P1D ',
    'P1DT',
    'p1d',
    'P1S',
    'PT1D',
    `P${'9'.repeat(30)}D`,
  ])('is refused as %j', (text) => {
    expect(addDuration(WALL, text)).toBeNull();
  });
});

describe("a sender's time in a test shop whose clock was set", () => {
  it.each([
    ['now', 0, SHOP],
    ['five minutes ago', -5 * MINUTE, SHOP],
    ['in five minutes', 5 * MINUTE, SHOP],
    ['a millisecond more than five minutes ago', -5 * MINUTE - 1, WALL - 5 * MINUTE - 1],
    ["by the shop's own clock", SHOP - WALL - MINUTE, SHOP - MINUTE],
  ])('said %s', (_, offset, expected) => {
    expect(inShopTime(WALL + offset, { wallMs: WALL, nowMs: SHOP })).toBe(expected);
  });

  const sender = { trust: 'server' as const, sentAt: undefined, ownsOrders: true, currency: 'EUR' };
  const occurred = (message: object, clock: object) => {
    const mapped = mapMessage({ type: 'track', userId: 'u', event: 'x', ...message }, { ...sender, ...SET, ...clock });
    return 'event' in mapped ? mapped.event.occurredAtMs : null;
  };
  const SET = { receivedAtMs: SHOP, wallMs: WALL };

  it('of a Segment message is the shop’s now where it just happened, and kept otherwise, but never in the future', () => {
    expect([
      occurred({ timestamp: iso(WALL - MINUTE) }, {}),
      // a clock that is an hour late, corrected by when it says it sent
      occurred({ originalTimestamp: iso(WALL - 61 * MINUTE), sentAt: iso(WALL - 60 * MINUTE) }, {}),
      occurred({ timestamp: iso(WALL - 60 * MINUTE) }, {}),
      occurred({ timestamp: iso(SHOP - MINUTE) }, {}),
      occurred({ timestamp: iso(SHOP + MINUTE) }, {}),
      occurred({}, {}),
    ]).toEqual([SHOP, SHOP, WALL - 60 * MINUTE, SHOP - MINUTE, SHOP, SHOP]);
  });

  it('is what it was where the clock runs with real time', () => {
    const running = { receivedAtMs: WALL, wallMs: undefined };
    expect(occurred({ timestamp: iso(WALL - MINUTE) }, running)).toBe(WALL - MINUTE);
  });

  it('of a Shopify order moves every time of the order with it', () => {
    const just = iso(WALL - MINUTE);
    const old = iso(WALL - 90 * MINUTE);
    const refund = { id: 1, created_at: just, refund_line_items: [], transactions: [], order_adjustments: [] };
    const payload = {
      id: 5,
      currency: 'EUR',
      created_at: old,
      updated_at: just,
      total_price: '10.00',
      subtotal_price: '10.00',
      line_items: [],
      refunds: [refund],
      fulfillments: [{ id: 2, status: 'success', created_at: old, updated_at: just }],
    };
    const webhook = { topic: 'orders/updated', eventId: 'e', triggeredAtMs: WALL, receivedAtMs: SHOP, payload };
    const mapped = mapWebhook({ ...webhook, currency: 'EUR' });
    if (mapped === null) throw new Error('not mapped');
    const { occurredAtMs, fact } = byShopClock(mapped, WALL).event;
    if (fact?.kind !== 'order') throw new Error('no order');
    expect({
      occurredAtMs,
      placed: fact.order.placedAtMs,
      updated: fact.order.updatedAtMs,
      refunds: fact.refunds.map((one) => one.atMs),
      fulfilments: fact.fulfilments.map((one) => one.updatedAtMs),
    }).toEqual({
      occurredAtMs: SHOP,
      placed: WALL - 90 * MINUTE,
      updated: SHOP,
      refunds: [SHOP],
      fulfilments: [SHOP],
    });
  });
});
