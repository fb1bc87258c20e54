/** Lives at random: their instants lie at the edges of windows, where clocks change, and a millisecond beside. */
import fc from 'fast-check';
import { CHANNELS, type ChannelConsent, CONSENT_STATES, SUPPRESSION_REASONS } from '../../../worker/domain/consent.ts';
import type { Json, JsonObject } from '../../../worker/domain/json.ts';
import { emptyOrder, type Order } from '../../../worker/domain/order.ts';
import type { HeldVoucher } from '../../../worker/domain/segments/facts.ts';
import { line, refund, snapshot } from '../given.ts';
import { EVENTS, MEMBERS, NUMBERS, TEXTS } from './arbitrary-filters.ts';
import { BIRTHDAYS, DATE_TEXTS, instant, jitter, MINUTE, type Span, span, zone } from './instants.ts';
import type { Life, LifeEvent, Shop } from './naive.ts';
import { calendarOf, later, rangeOf, startOfDay } from './naive-calendar.ts';

const some = fc.constantFrom;

/** An instant, said before `now` is known. */
type Place =
  | { atMs: number }
  /** So far away from now. */
  | { span: Span; ahead: boolean; off: number }
  /** The first or last instant of what a definition may name. */
  | { text: string; edge: 'first' | 'last'; off: number }
  /** In the last days of a month, where months go wrong. */
  | { monthsAgo: number; day: number; quarter: number };
const hours: fc.Arbitrary<Span> = fc.record({
  unit: some('hour' as const),
  quantity: fc.integer({ min: 0, max: 1000 }),
});
const place: fc.Arbitrary<Place> = fc.oneof(
  { weight: 1, arbitrary: instant.map((atMs) => ({ atMs })) },
  {
    weight: 4,
    arbitrary: fc.record({ text: some(...DATE_TEXTS, 'today'), edge: some('first', 'last'), off: some(0, 0, 1, -1) }),
  },
  { weight: 3, arbitrary: fc.record({ span, ahead: some(false), off: jitter }) },
  // lately: inside of most windows, which it leaves one day
  { weight: 4, arbitrary: fc.record({ span: hours, ahead: some(false), off: jitter }) },
  {
    weight: 2,
    arbitrary: fc.record({
      monthsAgo: some(0, 1, 1, 2),
      day: fc.integer({ min: 27, max: 31 }),
      quarter: fc.integer({ min: 0, max: 95 }),
    }),
  },
);
const anyPlace: fc.Arbitrary<Place> = fc.oneof(place, fc.record({ span, ahead: fc.boolean(), off: jitter }));

type When = (where: Place) => number;

function whenOf(nowMs: number, timeZone: string): When {
  return (where) => {
    if ('atMs' in where) return where.atMs;
    if ('day' in where) {
      const { year, month } = calendarOf(timeZone, nowMs);
      return (
        startOfDay(timeZone, { year, month: month - where.monthsAgo, day: where.day }) + where.quarter * 15 * MINUTE
      );
    }
    if ('text' in where) return rangeOf(timeZone, where.text, nowMs)[where.edge] + where.off;
    const { unit, quantity } = where.span;
    return later(timeZone, nowMs, unit, where.ahead ? quantity : -quantity) + where.off;
  };
}

/** A value whose instants are still places. */
type Draft =
  | string
  | number
  | boolean
  | null
  | Draft[]
  | { [key: string]: Draft }
  | { place: Place; as: 'ms' | 's' | 'iso' };

function isPlace(draft: Draft): draft is { place: Place; as: 'ms' | 's' | 'iso' } {
  return typeof draft === 'object' && draft !== null && Object.hasOwn(draft, 'place');
}

function written(draft: Draft, when: When): Json {
  if (isPlace(draft)) {
    const atMs = when(draft.place);
    if (draft.as === 'iso') return new Date(atMs).toISOString();
    return draft.as === 's' ? Math.floor(atMs / 1000) : atMs;
  }
  if (Array.isArray(draft)) return draft.map((one) => written(one, when));
  if (typeof draft !== 'object' || draft === null) return draft;
  return Object.fromEntries(Object.entries(draft).map(([key, one]) => [key, written(one, when)]));
}

const plain: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 4, arbitrary: some(...TEXTS) },
  { weight: 4, arbitrary: some(...NUMBERS) },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: some(null, '') },
);
const member = fc.oneof({ weight: 4, arbitrary: some<Draft[]>(...MEMBERS) }, { weight: 1, arbitrary: plain });
const date: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ place: anyPlace, as: some('ms' as const, 's' as const, 'iso' as const) }) },
  { weight: 2, arbitrary: some(...DATE_TEXTS) },
  { weight: 1, arbitrary: some(...BIRTHDAYS, '13-01', '') },
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 6 });

/** What `property` names: lists, objects, lists of objects, dates, a name with a dot in it, and nothing at all. */
const content: fc.Arbitrary<{ [key: string]: Draft }> = fc
  .record({
    value: optional(plain),
    tags: optional(fc.oneof(fc.array(member, { maxLength: 3 }), plain)),
    'dotted.name': optional(plain),
    address: optional(fc.record({ city: plain, country: some('DE', 'Germany', 'us', '') })),
    products: optional(fc.array(fc.record({ price: plain, sku: some('a', 'B', null) }), { maxLength: 3 })),
    when: optional(date),
    dates: optional(fc.array(date, { maxLength: 2 })),
  })
  .map((all) => defined(all));

function defined(all: { [key: string]: Draft | undefined }): { [key: string]: Draft } {
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

const profile = fc
  .tuple(
    content,
    fc.record({
      birthday: optional(date),
      firstName: optional(some('a', 'Ab', '')),
      first_name: optional(some('B', 'ab')),
      phone: optional(some('+4915112345678', '+12025550100', '+18765550100')),
      country: optional(some('US', 'de', 'CH', '')),
    }),
  )
  .map(([one, other]) => ({ ...one, ...defined(other) }));

const event = fc.record({
  name: some(...EVENTS, 'Placed Order', 'Placed Order', 'Viewed'),
  place,
  trusted: some(true, true, false),
  properties: content,
  aside: some(false, false, false, false, false, false, true),
});

const order = fc.record({
  place,
  total: some(0, 100, 1000, 2599, 25),
  currency: some('EUR', 'EUR', 'EUR', 'USD'),
  test: some(false, false, true),
  cancelled: some(false, false, false, true),
  refunded: some(false, false, false, false, true),
  back: fc.array(some(0, 100, 500, null), { maxLength: 2 }),
  products: fc.array(some('p1', 'p2', 'p3'), { maxLength: 2 }),
  bare: some(false, false, false, false, false, true),
});
type OrderDraft = typeof order extends fc.Arbitrary<infer T> ? T : never;

function orderOf(draft: OrderDraft, number: number, when: When): Order {
  const { total, currency, test, cancelled, refunded } = draft;
  const atMs = when(draft.place);
  const empty = emptyOrder(`o${number}`);
  if (draft.bare) return empty;
  const lines = draft.products.map((productId, at) =>
    line(0, { lineId: `l${at}`, productId, sku: at === 0 ? 'SKU-1' : null }),
  );
  return {
    ...empty,
    snapshot: snapshot(total, { orderId: empty.orderId, placedAtMs: atMs, currency, test, refunded, lines }),
    cancelledAtMs: cancelled ? atMs + 1 : null,
    refunds: draft.back.map((moneyMinor, at) => refund(`r${at}`, { moneyMinor })),
  };
}

const consents = fc.dictionary(
  some(...CHANNELS),
  fc.record({
    consent: fc.option(
      fc.record({
        state: some(...CONSENT_STATES, 'subscribed' as const),
        place,
        source: some('us', 'shopify', 'ab'),
        trust: some('server' as const, 'server' as const, 'browser' as const),
        method: fc.option(some('form', 'import'), { nil: undefined }),
        optInLevel: fc.option(some('single_opt_in', 'confirmed_opt_in', 'Double'), { nil: undefined }),
        form: fc.option(some('a', 'ab'), { nil: undefined }),
      }),
      { freq: 4 },
    ),
    suppression: fc.option(fc.record({ reason: some(...SUPPRESSION_REASONS), place, source: some('us') }), { freq: 2 }),
  }),
  { maxKeys: 3 },
);
type ConsentDraft = (typeof consents extends fc.Arbitrary<infer T> ? T : never)[string];

function consentOf({ consent, suppression }: ConsentDraft, when: When): ChannelConsent {
  const proof = (from: NonNullable<typeof consent>) =>
    defined({ method: from.method, optInLevel: from.optInLevel, form: from.form }) as Record<string, string>;
  return {
    consent: consent && {
      state: consent.state,
      atMs: when(consent.place),
      source: consent.source,
      trust: consent.trust,
      proof: proof(consent),
    },
    suppression: suppression && {
      reason: suppression.reason,
      atMs: when(suppression.place),
      source: suppression.source,
    },
    liftedAtMs: null,
  };
}

const voucher = fc.record({
  campaign: some('c1', 'c2', null),
  starts: fc.option(anyPlace),
  ends: fc.option(anyPlace),
  usable: some(true, true, false),
  redeemed: fc.array(place, { maxLength: 2 }),
});

/** A customer's life as it stands at `nowMs`, and the shop that asks. */
export interface Situation {
  nowMs: number;
  life: Life;
  shop: Shop;
}

const shop: fc.Arbitrary<Shop> = fc.record({
  timeZone: zone,
  currency: some('EUR'),
  guard: some(false, false, false, true),
  countsTests: some(false, false, true),
});

export const situation: fc.Arbitrary<Situation> = fc
  .record({
    nowMs: instant,
    shop,
    traits: profile,
    consents,
    points: fc.record({ balance: some(...NUMBERS), debt: some(0, 0, 3), lifetime: some(0, 3, 25.99) }),
    seen: fc.tuple(place, place),
    events: fc.array(event, { maxLength: 9, size: 'max' }),
    orders: fc.array(order, { maxLength: 4, size: 'max' }),
    groups: fc.dictionary(some('L1', 'L2', 'L3'), place, { maxKeys: 2 }),
    lots: fc.array(fc.record({ points: fc.integer({ min: 1, max: 3 }), place: anyPlace }), { maxLength: 2 }),
    vouchers: fc.array(voucher, { maxLength: 3 }),
  })
  .map((draft): Situation => {
    const { nowMs, shop, points } = draft;
    const when = whenOf(nowMs, shop.timeZone);
    // nothing that happened lies in the future
    const past: When = (where) => Math.min(when(where), nowMs);
    const content = (all: { [key: string]: Draft }) => written(all, when) as JsonObject;
    const life: Life = {
      ...points,
      traits: content(draft.traits),
      consents: Object.fromEntries(Object.entries(draft.consents).map(([id, one]) => [id, consentOf(one, past)])),
      firstSeenMs: past(draft.seen[0]),
      lastSeenMs: past(draft.seen[1]),
      events: draft.events.map(
        ({ name, place, trusted, properties, aside }): LifeEvent => ({
          name,
          atMs: past(place),
          trusted,
          properties: content(properties),
          aside,
        }),
      ),
      orders: draft.orders.map((one, number) => orderOf(one, number, past)),
      groups: Object.fromEntries(Object.entries(draft.groups).map(([id, one]) => [id, past(one)])),
      lots: draft.lots.map(({ points, place }) => ({ points, atMs: when(place) })),
      vouchers: draft.vouchers.map(
        ({ campaign, starts, ends, usable, redeemed }, number): HeldVoucher => ({
          voucher: `v${number}`,
          campaign,
          startsMs: starts && when(starts),
          endsMs: ends && when(ends),
          usable,
          redeemedMs: redeemed.map(past),
        }),
      ),
    };
    return { nowMs, life, shop };
  });
