/** A customer's life at random: points by hand, order facts in any order and more than once, and time going by. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { BonusCampaign, Limit, OrderEarning, Wait } from '../../worker/domain/earning/programme.ts';
import type { OrderFact, Refund } from '../../worker/domain/order-facts.ts';
import type { Programme } from '../../worker/domain/programme.ts';
import { takesFrom } from './audit.ts';
import { campaign, earning, orderRule, selection } from './earning/given-rules.ts';
import { DAY, line, NOW, refund, refundLine, rule, snapshot } from './given.ts';
import type { Till } from './till.ts';

export type Step =
  | { kind: 'adjust'; points: number; lifeDays: number | null; afterHours: number }
  | { kind: 'tell'; fact: OrderFact; afterHours: number };

/** At most a day; most steps follow at once. */
const pause = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 24 }));

/** What a version of an order says follows from its number, as with a shop: told twice it is the same. */
function versionOf(orderId: string, version: number, paid: boolean): OrderFact {
  const subtotal = ((version * 7919) % 240) * 50;
  const updatedAtMs = NOW + version * 1000;
  const gift = version % 11 === 0 ? Math.min(subtotal, 2500) : 0;
  const order = snapshot(subtotal, {
    orderId,
    updatedAtMs,
    taxMinor: (version % 4) * 100,
    shippingMinor: (version % 3) * 250,
    discountMinor: (version % 5) * 300,
    currency: version % 13 === 12 ? 'EUR' : 'USD',
    cancelledAtMs: version % 6 === 5 ? updatedAtMs - 500 : null,
    refunded: version % 17 === 16,
    lines: [
      line(subtotal - gift, { lineId: 'goods', productId: 'goods', quantity: 3 }),
      line(gift, { lineId: 'card', giftCard: true }),
    ],
  });
  return { kind: 'order', paid, order, refunds: [], fulfilments: [] };
}

/** A refund's lines follow from its number; only its money may settle later. */
function refundOf(number: number, money: number | null): Refund {
  const lines = number % 3 === 0 ? [] : [refundLine(number % 3 === 1 ? null : 900, { lineId: 'goods' })];
  return refund(`r${number}`, { lines, moneyMinor: money, shippingMinor: number % 4 === 0 ? 250 : 0 });
}

export function factOf(orderId: string): fc.Arbitrary<OrderFact> {
  const money = fc.option(fc.integer({ min: 0, max: 6000 }), { freq: 6 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.nat(40), fc.boolean()).map(([at, paid]) => versionOf(orderId, at, paid)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.nat(5), money)
        .map(([number, moneyMinor]): OrderFact => ({ kind: 'refund', orderId, refund: refundOf(number, moneyMinor) })),
    },
    {
      weight: 1,
      arbitrary: fc.nat(40).map((at): OrderFact => ({ kind: 'cancellation', orderId, atMs: NOW + at * 1000 + 250 })),
    },
  );
}

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('adjust' as const),
    points: fc.integer({ min: -90, max: 110 }).filter((points) => points !== 0),
    lifeDays: fc.option(fc.integer({ min: 1, max: 9 })),
    afterHours: pause,
  }),
  fc.record({
    kind: fc.constant('tell' as const),
    fact: fc.constantFrom('o1', 'o2', 'o3').chain(factOf),
    afterHours: pause,
  }),
);

export const programmeOfLife: fc.Arbitrary<Partial<Programme>> = fc.record({
  expiresAfterDays: fc.constantFrom(null, 2, 5),
  overdrawn: fc.constantFrom('debt' as const, 'stop_at_zero' as const),
  order: fc
    .tuple(fc.constantFrom('floor' as const, 'half-up' as const, 'ceil' as const), fc.tuple(fc.boolean(), fc.boolean()))
    .map(([rounding, [discounts, more]]) =>
      rule({
        points: 3,
        perMinor: 200,
        rounding,
        base: { afterDiscounts: !discounts, tax: more, shipping: more, giftCards: more },
      }),
    ),
});

const fraction = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 }));
const wait: fc.Arbitrary<Wait | null> = fc.constantFrom(
  null,
  { after: 'paid', days: 1 },
  { after: 'paid', days: 4 },
  { after: 'delivered', days: 0, longestDays: 3 },
);
const limits: fc.Arbitrary<Limit[]> = fc.constantFrom<Limit[]>(
  [],
  [{ most: 2, of: 'times', per: 'lifetime' }],
  [{ most: 60, of: 'points', per: 'lifetime' }],
);

function ruleNamed(id: string): fc.Arbitrary<OrderEarning> {
  const gives = fc.oneof(
    fc.integer({ min: 1, max: 90 }).map((points) => ({ kind: 'fixed' as const, points })),
    fc.integer({ min: 1, max: 9 }).map((points) => ({ kind: 'rate' as const, points, perMinor: 300 })),
  );
  const select = fc.constantFrom(null, selection({ products: ['goods'] }), selection({}, { products: ['goods'] }));
  return fc
    .record({
      gives,
      select,
      limits,
      wait: fc.option(wait, { nil: undefined }),
      stackable: fc.boolean(),
      priority: fc.nat(2),
      minimumMinor: fc.constantFrom(0, 4000),
      rounding: fc.constantFrom('floor' as const, 'half-up' as const, 'ceil' as const),
    })
    .map((changes) => orderRule(id, changes));
}

function campaignNamed(id: string): fc.Arbitrary<BonusCampaign> {
  const bonus = fc.oneof(
    fraction.map(([numerator, denominator]) => ({ kind: 'multiplier' as const, numerator, denominator })),
    fc.integer({ min: 1, max: 40 }).map((points) => ({ kind: 'addition' as const, points })),
  );
  return fc
    .record({ bonus, stackable: fc.boolean(), minimumMinor: fc.constantFrom(0, 3000) })
    .map((changes) => campaign(id, changes));
}

/** A programme with several rules, campaigns and waiting times, beside the base rate or without it. */
export const programmeOfRules: fc.Arbitrary<Partial<Programme>> = fc
  .record({
    life: programmeOfLife,
    rules: fc.tuple(ruleNamed('a'), ruleNamed('b'), ruleNamed('c')),
    campaigns: fc.tuple(campaignNamed('x'), campaignNamed('y')),
    some: fc.tuple(fc.nat(3), fc.nat(2), fc.boolean()),
    wait,
    overdrawn: fc.constantFrom('debt' as const, 'negative_balance' as const, 'stop_at_zero' as const),
  })
  .map(({ life, rules, campaigns, some: [most, few, hasBase], wait, overdrawn }) => ({
    ...life,
    overdrawn,
    ...(hasBase ? {} : { order: null }),
    earning: earning({ rules: rules.slice(0, most), campaigns: campaigns.slice(0, few), wait }),
  }));

/** Lives one step at `at`, and holds what was taken against what had to be taken. */
export function live(till: Till, one: Step, at: number): void {
  till.due(at);
  const lots = till.lots;
  if (one.kind === 'adjust') {
    const expiresAtMs = one.lifeDays === null ? null : at + one.lifeDays * DAY;
    const [entry] = till.adjust(one.points, at, { expiresAtMs });
    if (one.points > 0 || entry === undefined) return;
    expect(entry.lots.map(({ lot, points }) => [lot, points])).toEqual(takesFrom(lots, -one.points));
    return;
  }
  const entries = till.tell(one.fact, at);
  const back = entries.find((entry) => entry.kind === 'clawed_back');
  if (back === undefined || entries.length > 1) return;
  const own = `order:${back.orderId}`;
  const taken = back.lots.reduce((sum, { points }) => sum - points, 0);
  const wanted = takesFrom(lots, taken, (lot) => lot.origin === own);
  expect(back.lots.map(({ lot, points }) => [lot, points])).toEqual(wanted);
}
