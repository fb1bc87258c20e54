/** Several rules of one order: which of them earn, what multiplies them, what a refund takes of each. */
import { describe, expect, test } from 'vitest';
import type { OrderEarning } from '../../../worker/domain/earning/programme.ts';
import { emptyOrder } from '../../../worker/domain/order.ts';
import { DAY, line, NOW, paid, refund, refunded, refundLine, rule, snapshot, terms, updated } from '../given.ts';
import { pointsOf, Till } from '../till.ts';
import { baseTerms, campaign, earning, onlyRules, orderRule, selection } from './given-rules.ts';

/** A customer of a tier, in a shop. */
function tillIn(tier: string | null, changes: Parameters<typeof terms>[0]): Till {
  const till = new Till(terms(changes));
  till.record({ ...seen(), traits: { city: 'Graz' } });
  if (till.head !== null && tier !== null) till.head.loyalty = { ...till.head.loyalty, tier: { id: tier } };
  return till;
}

function seen() {
  const about = { source: 'shopify', trust: 'server' as const, name: 'Seen', occurredAtMs: NOW, receivedAtMs: NOW };
  return { key: 'seen', properties: {}, traits: null, fact: null, ...about };
}

/** Which rule gave how much. */
function byRule(till: Till): [string | undefined, number][] {
  return till.entries.map(({ rule, points }) => [rule?.id, points]);
}

describe('several rules of an order', () => {
  test('E7: of two that do not stack only the one of the higher priority earns', () => {
    const rules = [
      orderRule('gold', { priority: 5, onlyTiers: ['gold'], gives: { kind: 'rate', points: 2, perMinor: 100 } }),
    ];
    const changes = { order: rule(), earning: earning({ rules }) };
    const [plain, gold] = [tillIn(null, changes), tillIn('gold', changes)];
    plain.tell(paid(snapshot(5000)));
    gold.tell(paid(snapshot(5000)));
    expect([byRule(plain), byRule(gold)]).toEqual([[['order', 50]], [['gold', 100]]]);
  });

  test('E7: of equal priority the first one earns', () => {
    const till = new Till(terms(onlyRules(orderRule('a'), orderRule('b', { gives: { kind: 'fixed', points: 999 } }))));
    till.tell(paid(snapshot(5000)));
    expect(byRule(till)).toEqual([['a', 50]]);
  });

  test('those that stack add up, one lot for all, an entry for each', () => {
    const rules = [orderRule('welcome', { stackable: true, gives: { kind: 'fixed', points: 25 } })];
    const till = new Till(terms({ order: rule(), earning: earning({ rules }) }));
    till.adjust(10);
    till.tell(paid(snapshot(5000)));
    expect(till.entries.slice(1).map(({ rule, points, balanceAfter }) => [rule?.id, points, balanceAfter])).toEqual([
      ['order', 50, 60],
      ['welcome', 25, 85],
    ]);
    expect(till.lots.map(({ origin, points }) => [origin, points])).toEqual([
      ['adjustment', 10],
      ['order:o1', 75],
    ]);
  });

  test('a debt is paid by the first of them', () => {
    const rules = [orderRule('welcome', { stackable: true, gives: { kind: 'fixed', points: 25 } })];
    const till = new Till(terms({ order: rule(), earning: earning({ rules }) }));
    till.tell(paid(snapshot(6000, { orderId: 'old' })));
    till.adjust(-60);
    till.tell(refunded(refund('a'), 'old'));
    const debt = till.debt;
    const entries = till.tell(paid(snapshot(5000)));
    expect(entries.map(({ points, debt: paidOff }) => [points, paidOff])).toEqual([
      [50, -50],
      [25, -(debt - 50)],
    ]);
  });

  test('a minimum is of what counts, and reached exactly is reached', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { minimumMinor: 5000 }))));
    till.tell(paid(snapshot(4999)));
    till.tell(paid(snapshot(5000, { orderId: 'o2' })));
    expect(byRule(till)).toEqual([['a', 50]]);
  });

  test('one that an edit lifts over its minimum earns, whichever was told first', () => {
    const rules = [orderRule('large', { minimumMinor: 6000, priority: 9, gives: { kind: 'fixed', points: 500 } })];
    const facts = [paid(snapshot(5000)), updated(snapshot(7000, { updatedAtMs: NOW }))];
    const balances = [facts, [...facts].reverse()].map((all) => {
      const till = new Till(terms({ order: rule(), earning: earning({ rules }) }));
      for (const fact of all) till.tell(fact);
      return till.balance;
    });
    expect(balances).toEqual([500, 500]);
  });

  test('only in a segment, by what trusted events say of it when the order is paid', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { segment: 'vip' }))));
    till.tell(paid(snapshot(5000)));
    till.segments.add('vip');
    till.tell(paid(snapshot(7000, { orderId: 'o2' })));
    till.segments.delete('vip');
    till.tell(refunded(refund('r', { moneyMinor: 3500 }), 'o2'));
    expect([byRule(till), till.order('o1')?.withheld]).toEqual([
      [
        ['a', 70],
        ['a', -35],
      ],
      'no_rule',
    ]);
  });
});

describe('lines of an order', () => {
  const lines = [
    line(6000, { lineId: 'shoe', productId: 'p1', variantId: 'v1', sku: 's1', collections: ['Shoes'], tags: ['New'] }),
    line(4000, { lineId: 'sock', productId: 'p2', sku: 's2', collections: ['Socks'] }),
  ];
  const order = snapshot(10_000, { lines, taxMinor: 1000, shippingMinor: 500 });

  function earnedBy(changes: Partial<OrderEarning>): number {
    const till = new Till(terms(onlyRules(orderRule('a', changes))));
    till.tell(paid(order));
    return till.balance;
  }

  test.each([
    ['a product', { products: ['p1'] }, {}, 60],
    ['a variant', { products: ['v1'] }, {}, 60],
    ['a SKU', { products: ['s2'] }, {}, 40],
    ['a collection, whatever its capitals', { collections: ['shoes'] }, {}, 60],
    ['a tag', { tags: ['new', 'old'] }, {}, 60],
    ['either of two', { products: ['p2'], tags: ['new'] }, {}, 100],
    ['everything but a collection', {}, { collections: ['Socks'] }, 60],
    ['a collection without one of its products', { collections: ['shoes', 'socks'] }, { products: ['p1'] }, 40],
    ['nothing that is there', { products: ['p9'] }, {}, 0],
  ])('by %s earn by their own amounts', (_, include, exclude, points) => {
    expect(earnedBy({ select: selection(include, exclude) })).toBe(points);
  });

  test.each([
    ['its discount', { afterDiscounts: false, tax: false, shipping: false, giftCards: false }, 72],
    ['its tax, told of the order alone', { afterDiscounts: true, tax: true, shipping: false, giftCards: false }, 66],
    ['the shipping', { afterDiscounts: true, tax: false, shipping: true, giftCards: false }, 65],
  ])('take their part of what counts besides: %s', (_, base, points) => {
    const till = new Till(terms(onlyRules(orderRule('a', { base, select: selection({ products: ['p1'] }) }))));
    till.tell(paid(snapshot(10_000, { lines, taxMinor: 1000, shippingMinor: 500, discountMinor: 2000 })));
    expect(till.balance).toBe(points);
  });

  test('that are asked for by name lose by their own refunds alone', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { select: selection({ products: ['p1'] }) }))));
    till.tell(paid(snapshot(10_000, { lines })));
    const told = ['sock', 'shoe'].map((lineId) => {
      const netMinor = lineId === 'shoe' ? 6000 : 4000;
      const back = refund(lineId, { lines: [refundLine(netMinor, { lineId })], moneyMinor: netMinor });
      return pointsOf(till.tell(refunded(back)));
    });
    expect(told).toEqual([[], [-60]]);
  });

  test('are no lines where the order has none: what is asked for by name earns nothing', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { select: selection({ products: ['p1'] }) }))));
    till.tell(paid(snapshot(10_000, { lines: [] })));
    expect(till.balance).toBe(0);
  });
});

describe('a multiplier', () => {
  const gold = { gold: { kind: 'multiplier' as const, numerator: 3, denominator: 2 } };

  test.each([
    ['multiplies the tier', true, 99],
    ['stands beside it, and the best counts', false, 66],
  ])('E8: tier 1.5 and campaign 2 on 33: one that stacks %s', (_, stackable, points) => {
    const campaigns = [campaign('double', { stackable })];
    const till = tillIn('gold', { order: rule(), earning: earning({ order: baseTerms({ tiers: gold }), campaigns }) });
    till.tell(paid(snapshot(3300)));
    expect(till.balance).toBe(points);
  });

  test('E8: is rounded once, at the end: a third of 10 three times over is 10', () => {
    const third = { kind: 'multiplier' as const, numerator: 1, denominator: 3 };
    const triple = { kind: 'multiplier' as const, numerator: 3, denominator: 1 };
    const campaigns = [campaign('third', { bonus: third }), campaign('triple', { bonus: triple })];
    const till = new Till(terms({ order: rule(), earning: earning({ campaigns }) }));
    till.tell(paid(snapshot(1000)));
    expect(till.balance).toBe(10);
  });

  test('of a tier may be other points in the place of the rule’s own', () => {
    const order = baseTerms({ tiers: { gold: { kind: 'points', points: 3 } } });
    const till = tillIn('gold', { order: rule(), earning: earning({ order }) });
    till.tell(paid(snapshot(1000)));
    expect(till.balance).toBe(30);
  });

  test.each([
    ['before it began', { startsAtMs: NOW }, 50],
    ['at its first instant', { startsAtMs: NOW - DAY }, 100],
    ['just before it ended', { endsAtMs: NOW - DAY + 1 }, 100],
    ['as it ended', { endsAtMs: NOW - DAY }, 50],
  ])('E9: counts by when the order was placed: %s, and paid a day later', (_, window, points) => {
    const till = new Till(terms({ order: rule(), earning: earning({ campaigns: [campaign('double', window)] }) }));
    till.tell(paid(snapshot(5000, { placedAtMs: NOW - DAY })), NOW);
    expect(till.balance).toBe(points);
  });

  test.each([
    ['a minimum that is not reached', { minimumMinor: 5001 }, 50],
    ['one that is', { minimumMinor: 5000 }, 100],
    ['another rule', { rules: ['other'] }, 50],
    ['the base rate', { rules: ['order'] }, 100],
    ['a segment', { segment: 'vip' }, 50],
    ['a tier', { onlyTiers: ['gold'] }, 50],
  ])('of a campaign asks for %s', (_, changes, points) => {
    const till = new Till(terms({ order: rule(), earning: earning({ campaigns: [campaign('double', changes)] }) }));
    till.tell(paid(snapshot(5000)));
    expect(till.balance).toBe(points);
  });

  test('R1: what multiplied an order that day multiplies its refund, whatever became of it', () => {
    const campaigns = [campaign('double')];
    const till = tillIn('gold', { order: rule(), earning: earning({ order: baseTerms({ tiers: gold }), campaigns }) });
    till.tell(paid(snapshot(3300)));
    till.terms = terms({ order: null }, { programmeVersion: 2 });
    if (till.head !== null) till.head.loyalty = {};
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-99]);
  });
});

describe('an addition of a campaign', () => {
  const bonus = { kind: 'addition' as const, points: 40 };

  test('comes to every order that earns, and to none that does not', () => {
    const till = new Till(terms({ order: rule(), earning: earning({ campaigns: [campaign('plus', { bonus })] }) }));
    till.tell(paid(snapshot(5000)));
    till.tell(paid(snapshot(99, { orderId: 'o2' })));
    expect(byRule(till)).toEqual([
      ['order', 50],
      ['plus', 40],
    ]);
  });

  test('is not multiplied, and goes back in proportion', () => {
    const campaigns = [campaign('plus', { bonus }), campaign('double')];
    const till = new Till(terms({ order: rule(), earning: earning({ campaigns }) }));
    till.tell(paid(snapshot(5000)));
    const told = ['a', 'b'].map((id) => pointsOf(till.tell(refunded(refund(id, { moneyMinor: 2500 })))));
    expect([byRule(till)[0], byRule(till)[1], told]).toEqual([
      ['order', 100],
      ['plus', 40],
      [[-70], [-70]],
    ]);
  });
});

describe('a refund of several rules', () => {
  test('R4: each goes back to the last point, however the parts fall', () => {
    const rules = [
      orderRule('a', { stackable: true, gives: { kind: 'fixed', points: 100 } }),
      orderRule('b', { stackable: true, gives: { kind: 'fixed', points: 10 } }),
    ];
    const till = new Till(terms(onlyRules(...rules)));
    till.tell(paid(snapshot(9999)));
    const told = ['x', 'y', 'z'].map((id) => pointsOf(till.tell(refunded(refund(id, { moneyMinor: 3333 })))));
    expect([told, till.balance]).toEqual([[[-36], [-36], [-38]], 0]);
  });

  test('R5: fixed points go back by what the lines are worth, the remainder with the last refund', () => {
    const lines = [line(25_000, { lineId: 'a' }), line(15_000, { lineId: 'b' })];
    const till = new Till(terms(onlyRules(orderRule('f', { gives: { kind: 'fixed', points: 100 } }))));
    till.tell(paid(snapshot(40_000, { lines })));
    const told = lines.map(({ lineId, netMinor }) => {
      const back = refund(lineId, { lines: [refundLine(netMinor, { lineId })], moneyMinor: netMinor });
      return pointsOf(till.tell(refunded(back)));
    });
    expect(told).toEqual([[-62], [-38]]);
  });

  test('R14: an order un-cancelled has the points of every rule back once', () => {
    const rules = [orderRule('a', { stackable: true, gives: { kind: 'fixed', points: 7 } })];
    const till = new Till(terms({ order: rule(), earning: earning({ rules }) }));
    const cancelled = updated(snapshot(5000, { updatedAtMs: NOW + 1, cancelledAtMs: NOW + 1 }));
    const open = updated(snapshot(5000, { updatedAtMs: NOW + 2 }));
    const told = [paid(snapshot(5000)), cancelled, open, open].map((fact) => pointsOf(till.tell(fact)));
    expect(told).toEqual([[50, 7], [-57], [57], []]);
  });
});

describe('what an order keeps', () => {
  test('is the base rate alone where nothing else earned, as orders were kept before there was more', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(5000)));
    expect(till.order()).toEqual({
      ...emptyOrder('o1'),
      snapshot: snapshot(5000),
      paidAtMs: NOW,
      rule: { ...rule(), version: 1 },
      earned: 50,
      lots: [{ lot: 64, expiresAtMs: 8_640_000_000_000_000 }],
    });
  });

  test('E15: is every rule as it was that day, with its version', () => {
    const rules = [orderRule('a', { gives: { kind: 'fixed', points: 7 } })];
    const till = new Till(terms(onlyRules(...rules), { programmeVersion: 4 }));
    till.tell(paid(snapshot(5000)));
    till.terms = terms(onlyRules(orderRule('a', { gives: { kind: 'fixed', points: 70 } })), { programmeVersion: 5 });
    till.tell(updated(snapshot(9000, { updatedAtMs: NOW })));
    expect([till.order()?.award?.version, till.balance]).toEqual([4, 7]);
  });
});

describe('a limit of a rule of orders', () => {
  const twice = { limits: [{ most: 2, of: 'times' as const, per: 'lifetime' as const }] };

  test('counts orders that earn by it; the next rule comes in when it is used up', () => {
    const first = orderRule('first', { ...twice, priority: 5, gives: { kind: 'fixed', points: 500 } });
    const till = new Till(terms({ order: rule(), earning: earning({ rules: [first] }) }));
    for (const orderId of ['a', 'b', 'c']) till.tell(paid(snapshot(5000, { orderId })));
    expect(byRule(till)).toEqual([
      ['first', 500],
      ['first', 500],
      ['order', 50],
    ]);
  });

  test('is not used by an order that earns nothing, nor twice by one that changes', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { limits: [{ most: 1, of: 'times', per: 'lifetime' }] }))));
    till.tell(paid(snapshot(99, { orderId: 'small' })));
    till.tell(paid(snapshot(5000)));
    till.tell(updated(snapshot(6000, { updatedAtMs: NOW })));
    till.tell(paid(snapshot(5000, { orderId: 'late' })));
    expect(pointsOf(till.entries)).toEqual([50, 10]);
  });

  test('of times beside one of points is not used by an order that grows', () => {
    const limits = [
      { most: 2, of: 'times' as const, per: 'lifetime' as const },
      { most: 900, of: 'points' as const, per: 'lifetime' as const },
    ];
    const till = new Till(terms(onlyRules(orderRule('a', { limits }))));
    till.tell(paid(snapshot(5000)));
    till.tell(updated(snapshot(6000, { updatedAtMs: NOW })));
    till.tell(paid(snapshot(5000, { orderId: 'o2' })));
    expect(pointsOf(till.entries)).toEqual([50, 10, 50]);
  });

  test('of points cuts an order to what is left, however it grows, and a refund is a part of what was given', () => {
    const till = new Till(terms(onlyRules(orderRule('a', { limits: [{ most: 120, of: 'points', per: 'lifetime' }] }))));
    till.tell(paid(snapshot(10_000, { orderId: 'one' })));
    till.tell(paid(snapshot(5000)));
    till.tell(updated(snapshot(9000, { updatedAtMs: NOW })));
    till.tell(refunded(refund('r', { moneyMinor: 4500 })));
    expect(pointsOf(till.entries)).toEqual([100, 20, -10]);
  });
});
