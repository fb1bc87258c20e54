import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicable } from '../../../worker/domain/vouchers/applicable.ts';
import { billOf } from '../../../worker/domain/vouchers/bill.ts';
import { type Counts, type Facts, NO_FACTS } from '../../../worker/domain/vouchers/facts.ts';
import { needsOf } from '../../../worker/domain/vouchers/needs.ts';
import { redeem } from '../../../worker/domain/vouchers/redeem.ts';
import type { RuleCondition, RuleTree } from '../../../worker/domain/vouchers/rule-definition.ts';
import { ruleHolds } from '../../../worker/domain/vouchers/rule-evaluate.ts';
import { isRating, isReview, ruleFlaws } from '../../../worker/domain/vouchers/rules.ts';
import { ask, campaign, cart, customer, facts, giftCard, item, NOW, naming, off, rule, voucher } from './offers.ts';

const CART = cart(
  [
    item(1_000, 2, { productId: 'mug', collections: ['kitchen'], metadata: { colour: 'red', sizes: ['s', 'm'] } }),
    item(3_000, 1, { productId: 'lamp', variantId: 'lamp-xl', tags: ['new'], metadata: { colour: 'blue' } }),
  ],
  { metadata: { from: 'app', weight: '12' } },
);
const HELD = voucher({ holder: 'c1', campaign: 'camp_1' });
const FACTS = facts({
  customer: customer({
    segments: ['seg_vip'],
    tier: 'gold',
    orders: 2,
    traits: { plan: 'pro', address: { city: 'Paris' }, since: '2026-01-05', tags: ['a', 'b'] },
  }),
  channel: 'web',
  metadata: { card: 'Visa' },
  caller: { apiKey: 'app_1', login: null },
  counts: {
    'voucher.customer.day': 1,
    'campaign.redemptions.month': 9,
    'campaign.orders_minor': 90_000,
    'campaign.discount_minor': 4_600,
  },
});

const answer = (when: RuleTree, changes: Partial<Facts> = {}) =>
  applicable(
    ask(HELD, { bill: billOf(CART), facts: { ...FACTS, ...changes }, campaign: campaign(), rules: [rule(when)] }),
  );
const passes = (when: RuleTree, changes: Partial<Facts> = {}) => answer(when, changes).applicable;
const at_least = (value: number) => ({ op: 'at_least' as const, value });
const is = (...values: string[]) => ({ op: 'any_of' as const, values });

describe('a condition holds, and its opposite does not, where', () => {
  test.each<[string, RuleCondition]>([
    ['the customer is in one of the segments', { kind: 'segment', anyOf: ['seg_x', 'seg_vip'] }],
    ['the customer has one of the tiers', { kind: 'tier', anyOf: ['gold'] }],
    ['a trait is so', { kind: 'trait', path: 'plan', test: is('pro', 'max') }],
    [
      'a trait within another is so',
      { kind: 'trait', path: 'address.city', test: { op: 'starts_with', texts: ['Pa'] } },
    ],
    ['a trait’s list holds it', { kind: 'trait', path: 'tags', test: is('b') }],
    ['a trait is a later date', { kind: 'trait', path: 'since', test: { op: 'after', at: '2026-01-01' } }],
    ['a trait is not set', { kind: 'trait', path: 'nothing', test: { op: 'unset' } }],
    ['the customer has ordered so often', { kind: 'customer_orders', test: at_least(2) }],
    ['the customer holds the voucher', { kind: 'holder' }],
    ['the order is so much', { kind: 'order_amount', of: 'initial', test: at_least(5_000) }],
    [
      'the order is so much after this voucher',
      { kind: 'order_amount', of: 'after', test: { op: 'is', value: 4_500 } },
    ],
    ['the order’s metadata say so', { kind: 'order_metadata', path: 'from', test: is('app') }],
    [
      'a number is told as a text',
      { kind: 'order_metadata', path: 'weight', test: { op: 'number', test: { op: 'between', from: 12, to: 12 } } },
    ],
    [
      'any line is so',
      { kind: 'items', which: 'any', where: { kind: 'item', anyOf: [{ kind: 'variant', id: 'lamp-xl' }] } },
    ],
    [
      'every line is so',
      { kind: 'items', which: 'every', where: { kind: 'item_metadata', path: 'colour', test: is('red', 'blue') } },
    ],
    ['no line is so', { kind: 'items', which: 'none', where: { kind: 'item_price', test: at_least(3_001) } }],
    [
      'the cheapest line is so',
      { kind: 'items', which: 'cheapest', where: { kind: 'item', anyOf: [{ kind: 'collection', id: 'kitchen' }] } },
    ],
    [
      'the dearest line is so',
      { kind: 'items', which: 'dearest', where: { kind: 'item', anyOf: [{ kind: 'tag', tag: 'new' }] } },
    ],
    ['there are so many pieces', { kind: 'items_sum', of: 'pieces', where: null, test: { op: 'is', value: 3 } }],
    ['there are so many lines', { kind: 'items_sum', of: 'lines', where: null, test: { op: 'is', value: 2 } }],
    [
      'lines that fit come to so much',
      {
        kind: 'items_sum',
        of: 'amount',
        where: { kind: 'item_quantity', test: at_least(2) },
        test: { op: 'is', value: 2_000 },
      },
    ],
    [
      'this redemption is the second of the day',
      { kind: 'redemptions', of: 'voucher', by: 'customer', per: 'day', test: { op: 'at_most', value: 2 } },
    ],
    [
      'the campaign’s tenth of the month is this',
      { kind: 'redemptions', of: 'campaign', by: 'all', per: 'month', test: { op: 'is', value: 10 } },
    ],
    [
      'the campaign’s orders come to so much with this',
      { kind: 'campaign_money', of: 'orders', test: { op: 'at_most', value: 95_000 } },
    ],
    [
      'the campaign has given so much with this',
      { kind: 'campaign_money', of: 'discounts', test: { op: 'is', value: 5_100 } },
    ],
    [
      'the redemption’s metadata say so',
      { kind: 'redemption_metadata', path: 'card', test: { op: 'none_of', values: ['Amex'] } },
    ],
    ['it comes by a channel', { kind: 'channel', anyOf: ['web'] }],
    ['a key asks', { kind: 'api_key', test: is('app_1') }],
    ['nobody’s login asks', { kind: 'login', test: { op: 'unset' } }],
    ['it is time', { kind: 'dates', from: '2026-06-10T12:00:00Z', until: '2026-06-10T12:00:00.001Z' }],
    ['it is a Wednesday', { kind: 'validity', validity: { kind: 'weekdays', days: [3] } }],
  ])('%s', (_, condition) => {
    expect(ruleFlaws(condition, { trigger: null })).toEqual([]);
    expect([passes(condition), passes({ kind: 'not', of: condition })]).toEqual([true, false]);
  });

  test('this is no more than the second redemption of a code that was redeemed once, which the code itself knows', () => {
    const when = (value: number) =>
      rule({ kind: 'redemptions', of: 'voucher', by: 'all', per: 'ever', test: { op: 'at_most', value } });
    const of = (value: number) =>
      applicable(ask(voucher({ limit: null, redeemed: 1 }), { rules: [when(value)] })).applicable;
    expect([of(2), of(1)]).toEqual([true, false]);
  });

  test('it is the first order', () => {
    expect(passes({ kind: 'first_order' })).toBe(false);
    expect(passes({ kind: 'first_order' }, { customer: customer() })).toBe(true);
  });

  test('all that was ever spent from a gift card is so much with this', () => {
    const card = giftCard(2_500);
    const most = (value: number) => rule({ kind: 'gift_spent', test: { op: 'at_most', value } });
    const spending = (value: number) => applicable(ask(card, { creditsMinor: 400, rules: [most(value)] })).applicable;
    expect([spending(400), spending(399)]).toEqual([true, false]);
  });

  test('what triggered a distribution is so', () => {
    const when: RuleTree = { kind: 'event', path: 'items[].sku', test: is('A') };
    const of = (event: Facts['event']) => ({
      facts: { ...FACTS, event },
      voucher: null,
      bill: null,
      taken: null,
      creditsMinor: null,
      nowMs: NOW,
    });
    expect(ruleHolds(when, of({ name: 'Cart Viewed', properties: { items: [{ sku: 'B' }, { sku: 'A' }] } }))).toBe(
      true,
    );
    expect(ruleHolds(when, of({ name: 'Cart Viewed', properties: {} }))).toBe(false);
    expect(ruleHolds({ kind: 'not', of: when }, of(null))).toBe(false);
  });
});

describe('one line at a time', () => {
  const both = (which: 'any' | 'every'): RuleTree => ({
    kind: 'items',
    which,
    where: {
      kind: 'all',
      of: [
        { kind: 'item_price', test: at_least(3_000) },
        { kind: 'item_quantity', test: at_least(2) },
      ],
    },
  });
  test('is held against all that is asked of it', () => {
    expect(passes(both('any'))).toBe(false);
    expect(
      passes({
        kind: 'all',
        of: [
          { kind: 'items', which: 'any', where: { kind: 'item_price', test: at_least(3_000) } },
          { kind: 'items', which: 'any', where: { kind: 'item_quantity', test: at_least(2) } },
        ],
      }),
    ).toBe(true);
  });
});

describe('what cannot be told', () => {
  const nobody = { customer: null };
  test.each<[string, RuleCondition, Partial<Facts>, string]>([
    ['of whom nobody named', { kind: 'segment', anyOf: ['seg_vip'] }, nobody, 'missing_customer'],
    [
      'of a customer’s count without a customer',
      { kind: 'redemptions', of: 'voucher', by: 'customer', per: 'day', test: at_least(0) },
      nobody,
      'missing_customer',
    ],
    [
      'of a count that nobody gave',
      { kind: 'redemptions', of: 'voucher', by: 'all', per: 'week', test: at_least(0) },
      {},
      'redemption_rules_violated',
    ],
  ])('%s fails, and so does its opposite', (_, condition, changes, key) => {
    expect(answer(condition, changes)).toMatchObject({ applicable: false, key });
    expect(answer({ kind: 'not', of: condition }, changes)).toMatchObject({ applicable: false, key });
  });

  test('of a cart without lines, or of no cart, names what is missing', () => {
    const rules = [rule({ kind: 'items_sum', of: 'pieces', where: null, test: at_least(0) })];
    expect(applicable(ask(HELD, { rules }))).toMatchObject({ key: 'missing_order_items' });
    expect(applicable(ask(HELD, { rules, bill: null }))).toMatchObject({ key: 'missing_order' });
  });

  test('does not matter where something else decides', () => {
    const unknown: RuleCondition = { kind: 'segment', anyOf: ['x'] };
    expect(passes({ kind: 'any', of: [unknown, { kind: 'channel', anyOf: ['web'] }] }, nobody)).toBe(true);
    expect(answer({ kind: 'all', of: [unknown, { kind: 'channel', anyOf: ['app'] }] }, nobody)).toMatchObject({
      key: 'redemption_rules_violated',
    });
  });
});

describe('a rule that fails', () => {
  test('says which condition did, with its figures, under the key of its subject', () => {
    const when: RuleTree = {
      kind: 'all',
      of: [
        { kind: 'tier', anyOf: ['gold'] },
        { kind: 'order_amount', of: 'now', test: { op: 'more_than', value: 9_000 } },
      ],
    };
    expect(answer(when)).toEqual({
      applicable: false,
      key: 'order_rules_violated',
      message: 'order does not match validation rules',
      details: 'rule val_1: order_amount at when.of.1 does not hold',
      ownMessage: null,
      facts: {
        rule: 'val_1',
        condition: 'order_amount',
        path: 'when.of.1',
        told: 5_000,
        op: 'more_than',
        value: 9_000,
      },
    });
  });

  test('tells nothing of the customer', () => {
    expect(JSON.stringify(answer({ kind: 'trait', path: 'plan', test: is('basic') }))).not.toMatch(/pro|basic/);
  });

  const gold: RuleTree = { kind: 'tier', anyOf: ['platin'] };
  test.each<[string, RuleTree, string | null]>([
    [
      'the condition’s own',
      { kind: 'all', of: [{ ...gold, message: 'For platin' }], message: 'For some' },
      'For platin',
    ],
    ['else that of the group around it', { kind: 'all', of: [gold], message: 'For some' }, 'For some'],
    [
      'of a negation too',
      { kind: 'not', of: { kind: 'tier', anyOf: ['gold'] }, message: 'Not for gold' },
      'Not for gold',
    ],
    ['else that of the rule', gold, 'Not for you'],
  ])('speaks with the merchant’s words: %s', (_, when, words) => {
    const rules = [rule(when, { message: 'Not for you' })];
    expect(applicable(ask(HELD, { facts: FACTS, rules }))).toMatchObject({ ownMessage: words });
  });
});

describe('a definition is refused', () => {
  const plain: RuleCondition = { kind: 'holder' };
  const deep = (levels: number): RuleTree => (levels === 0 ? plain : { kind: 'not', of: deep(levels - 1) });
  const many = (count: number): RuleTree => ({ kind: 'all', of: Array<RuleTree>(count).fill(plain) });
  const fields = (when: RuleTree, trigger: string | null = null) =>
    ruleFlaws(when, { trigger }).map(({ field }) => field);

  test('that is nested deeper than 32, or holds more than 100 conditions', () => {
    expect([fields(deep(32)), fields(many(100))]).toEqual([[], []]);
    expect(fields(deep(33))).toEqual([`when${'.of'.repeat(32)}`]);
    expect(fields(many(101))).toEqual(['when']);
  });

  test('however large it is, in no time', () => {
    let bomb: RuleTree = plain;
    for (let level = 0; level < 30; level += 1) bomb = { kind: 'any', of: [bomb, bomb] };
    expect(fields(bomb)).toEqual(['when']);
    expect(fields(deep(5_000))).toHaveLength(1);
  });

  test.each<[string, RuleTree, string]>([
    ['of nothing', { kind: 'any', of: [] }, 'when.of'],
    ['of no segment', { kind: 'segment', anyOf: [] }, 'when.anyOf'],
    ['of parts of a cent', { kind: 'order_amount', of: 'now', test: at_least(1.5) }, 'when.test'],
    [
      'of an endless number',
      { kind: 'items_sum', of: 'pieces', where: null, test: at_least(Number.POSITIVE_INFINITY) },
      'when.test',
    ],
    ['that ends before it starts', { kind: 'customer_orders', test: { op: 'between', from: 2, to: 1 } }, 'when.test'],
    ['of no path', { kind: 'trait', path: 'a..[', test: { op: 'set' } }, 'when.path'],
    ['of no date', { kind: 'trait', path: 'a', test: { op: 'after', at: '2026-02-31' } }, 'when.test.at'],
    ['of dates in the wrong order', { kind: 'dates', from: '2026-02-02', until: '2026-02-01' }, 'when.until'],
    [
      'of frames',
      {
        kind: 'validity',
        validity: { kind: 'frames', every: { months: 0, days: 1, ms: 0 }, open: { months: 0, days: 0, ms: 1 } },
      },
      'when.validity',
    ],
    [
      'with something wrong of a line',
      { kind: 'items', which: 'any', where: { kind: 'all', of: [{ kind: 'item', anyOf: [] }] } },
      'when.where.of.0.anyOf',
    ],
    ['with too many words', { ...plain, message: 'x'.repeat(501) }, 'when.message'],
  ])('%s', (_, when, field) => {
    expect(fields(when)).toEqual([field]);
  });

  test('that asks how a review rates, of whatever the review triggers', () => {
    const stars: RuleTree = { kind: 'event', path: 'review.rating', test: { op: 'number', test: at_least(4) } };
    expect(ruleFlaws({ kind: 'all', of: [stars] }, { trigger: 'Product Reviewed' })).toEqual([
      { field: 'when.of.0.path', rule: 'must not ask how a review rates: nothing is given for good ones' },
    ]);
    expect([
      fields(stars, 'review_left'),
      fields(stars, 'Order Completed'),
      fields({ ...stars, path: 'review.product_id' }, 'review_left'),
    ]).toEqual([['when.path'], [], []]);
  });

  test.each(['rating', 'stars', 'overallScore', 'review.star_rating', 'reviews[].score', 'NPS'])(
    '%s is a rating',
    (path) => {
      expect(isRating(path)).toBe(true);
    },
  );

  test.each(['starting_at', 'product_id', 'underscore', 'generation', 'migrating', 'body'])('%s is none', (path) => {
    expect(isRating(path)).toBe(false);
  });

  test('only where a review triggers it', () => {
    expect(['review_left', 'Product Reviewed', 'Review Created'].map(isReview)).toEqual([true, true, true]);
    expect(['Order Completed', null].map(isReview)).toEqual([false, false]);
  });
});

describe('case 34: the budget of a campaign', () => {
  const capped = campaign({ caps: { redemptions: null, discountMinor: 10_000, ordersMinor: null } });
  const having = (given: number) =>
    applicable(
      ask(voucher({ benefit: { kind: 'discount', discount: off(999), applicable: { only: [], not: [] } } }), {
        campaign: capped,
        facts: facts({ counts: { 'campaign.discount_minor': given } }),
      }),
    );

  test('of 100.00 has room for 9.99 while no more than 90.01 were given', () => {
    expect(having(9_001).applicable).toBe(true);
    expect(having(9_002)).toMatchObject({ key: 'redemption_rules_violated', facts: { limit: 10_000, used: 9_002 } });
  });

  test('in redemptions is used up by the last one', () => {
    const few = campaign({ caps: { redemptions: 3, discountMinor: null, ordersMinor: null } });
    const by = (count: number) =>
      applicable(ask(voucher(), { campaign: few, facts: facts({ counts: { 'campaign.redemptions.ever': count } }) }));
    expect([by(2).applicable, by(3)]).toMatchObject([true, { key: 'quantity_exceeded' }]);
  });
});

describe('validate, the wallet and redeem', () => {
  const leaf = fc.constantFrom<RuleCondition>(
    { kind: 'segment', anyOf: ['s1'] },
    { kind: 'tier', anyOf: ['gold'] },
    { kind: 'trait', path: 'plan', test: is('pro') },
    { kind: 'first_order' },
    { kind: 'holder' },
    { kind: 'order_amount', of: 'now', test: at_least(1_000) },
    { kind: 'items_sum', of: 'pieces', where: null, test: at_least(2) },
    { kind: 'redemptions', of: 'voucher', by: 'customer', per: 'day', test: { op: 'at_most', value: 1 } },
    { kind: 'redemptions', of: 'campaign', by: 'all', per: 'ever', test: { op: 'at_most', value: 2 } },
    { kind: 'campaign_money', of: 'discounts', test: { op: 'at_most', value: 900 } },
    { kind: 'channel', anyOf: ['web'] },
  );
  const { tree } = fc.letrec<{ tree: RuleTree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), of: tie('tree') }),
    ),
  }));
  const count = fc.integer({ min: 0, max: 3 });
  const known = fc.record({
    customer: fc.option(
      fc.record({
        id: fc.constantFrom('c1', 'c2'),
        segments: fc.subarray(['s1', 's2']),
        tier: fc.constantFrom('gold', null),
        traits: fc.constantFrom({ plan: 'pro' }, {}),
        orders: count,
      }),
    ),
    counts: fc.record({
      'voucher.customer.day': count,
      'voucher.customer.ever': count,
      'campaign.redemptions.ever': count,
      'campaign.customer.ever': count,
      'campaign.discount_minor': fc.integer({ min: 0, max: 1_000 }),
    }),
    channel: fc.constantFrom('web', null),
  });
  const asked = fc.record({
    when: tree,
    known,
    pieces: count,
    voucher: fc.record({
      holder: fc.constantFrom('c1', null),
      holderOnly: fc.boolean(),
      redeemed: fc.integer({ min: 0, max: 1 }),
      limitPerCustomer: fc.constantFrom(null, 2),
    }),
    limitPerCustomer: fc.constantFrom(null, 2),
    most: fc.constantFrom(null, 2),
  });
  type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;
  const asking = ({ when, known, pieces, voucher: changes, limitPerCustomer, most }: Asked) =>
    ask(voucher({ ...changes, campaign: 'camp_1', limit: 2 }), {
      campaign: campaign({ limitPerCustomer, caps: { redemptions: most, discountMinor: null, ordersMinor: null } }),
      rules: [rule(when)],
      facts: { ...facts(), ...known },
      bill: billOf(cart(pieces === 0 ? 900 : [item(600, pieces)])),
    });

  test('give one answer: what is offered is accepted, what is refused is refused with the same words', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const [offered, done] = [applicable(asking(one)), redeem(asking(one), naming('r_1'))];
        if (offered.applicable) expect(done).toMatchObject({ redemption: { taken: offered.taken, failure: null } });
        else expect(done).toEqual({ refused: expect.objectContaining({ key: offered.key, details: offered.details }) });
      }),
      { numRuns: 300 },
    );
  });

  test('need no more than is said to be needed', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const full = asking(one);
        const needs = needsOf(full);
        const { customer: whole } = full.facts;
        const counts = Object.fromEntries(needs.counts.map((name) => [name, full.facts.counts[name]])) as Counts;
        const loaded =
          whole === null || !needs.customer
            ? null
            : {
                id: whole.id,
                segments: whole.segments.filter((segment) => needs.segments.includes(segment)),
                tier: needs.tier ? whole.tier : null,
                traits: needs.traits.includes('plan') ? whole.traits : {},
                orders: needs.orders ? whole.orders : 0,
              };
        const bare = { ...full.facts, ...NO_FACTS, channel: full.facts.channel, counts, customer: loaded };
        expect(applicable({ ...full, facts: bare })).toEqual(applicable(full));
      }),
      { numRuns: 300 },
    );
  });
});
