import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../worker/domain/json.ts';
import { applicable } from '../../../worker/domain/vouchers/applicable.ts';
import { billOf } from '../../../worker/domain/vouchers/bill.ts';
import type { RuleTree } from '../../../worker/domain/vouchers/rule-definition.ts';
import { readLogic } from '../../../worker/domain/vouchers/rule-logic.ts';
import { fromVoucherify } from '../../../worker/domain/vouchers/voucherify-rules.ts';
import { ask, cart, customer, facts, item, rule, voucher } from './offers.ts';

function read(source: JsonObject, currency = 'USD') {
  const result = fromVoucherify(source, { currency });
  if ('flaws' in result) throw new Error(JSON.stringify(result.flaws));
  return result;
}

function flawsOf(source: JsonObject, currency = 'USD') {
  const result = fromVoucherify(source, { currency });
  return 'flaws' in result ? result.flaws : [];
}

const one = (name: string, conditions: JsonObject, more: JsonObject = {}): JsonObject => ({
  rules: { '1': { name, conditions, ...more }, logic: '1' },
});

describe('a rule of a Voucherify client', () => {
  test('is read with its logic and its words', () => {
    const source = {
      name: 'Once for new customers',
      error: { message: 'You are not new' },
      rules: {
        '1': {
          name: 'customer.segment',
          conditions: { $is: ['seg_new'] },
          error: { message: 'Only for new customers' },
          rules: {},
        },
        '2': { name: 'redemption.count.per_customer', conditions: { $less_than_or_equal: [1] } },
        '3': { name: 'order.amount', conditions: { $more_than: [10_000] } },
        logic: '1 and (2 OR NOT 3)',
      },
    };
    expect(read(source)).toEqual({
      when: {
        kind: 'all',
        of: [
          { kind: 'segment', anyOf: ['seg_new'], message: 'Only for new customers' },
          {
            kind: 'any',
            of: [
              { kind: 'redemptions', of: 'voucher', by: 'customer', per: 'ever', test: { op: 'at_most', value: 1 } },
              { kind: 'not', of: { kind: 'order_amount', of: 'now', test: { op: 'more_than', value: 10_000 } } },
            ],
          },
        ],
      },
      applicable: null,
      message: 'You are not new',
    });
  });

  test.each<[string, JsonObject, RuleTree]>([
    ['order.initial_amount', { $is: [500] }, { kind: 'order_amount', of: 'initial', test: { op: 'is', value: 500 } }],
    [
      'order.total_amount',
      { $less_than: [500] },
      { kind: 'order_amount', of: 'after', test: { op: 'less_than', value: 500 } },
    ],
    ['customer.loyalty.tier', { $in: ['gold', 'platin'] }, { kind: 'tier', anyOf: ['gold', 'platin'] }],
    ['customer.segment', { $is_not: [{ id: 'seg_1' }] }, { kind: 'not', of: { kind: 'segment', anyOf: ['seg_1'] } }],
    ['publication.redeemable_by_linked_customer', { $is: [true] }, { kind: 'holder' }],
    [
      'campaign.orders.amount',
      { $less_than_or_equal: [100] },
      { kind: 'campaign_money', of: 'orders', test: { op: 'at_most', value: 100 } },
    ],
    [
      'campaign.orders.amount_discounted',
      { $less_than_or_equal: [100] },
      { kind: 'campaign_money', of: 'discounts', test: { op: 'at_most', value: 100 } },
    ],
    [
      'campaign.redemptions.count.daily',
      { $less_than: [5] },
      { kind: 'redemptions', of: 'campaign', by: 'all', per: 'day', test: { op: 'less_than', value: 5 } },
    ],
    [
      'campaign.redemptions.customers_count.monthly',
      { $less_than: [5] },
      { kind: 'redemptions', of: 'campaign', by: 'customer', per: 'month', test: { op: 'less_than', value: 5 } },
    ],
    [
      'redemption.count.weekly',
      { $less_than: [5] },
      { kind: 'redemptions', of: 'voucher', by: 'all', per: 'week', test: { op: 'less_than', value: 5 } },
    ],
    ['redemption.gift.amount', { $less_than: [5] }, { kind: 'gift_spent', test: { op: 'less_than', value: 5 } }],
    ['redemption.api_key', { $is: ['app_1'] }, { kind: 'api_key', test: { op: 'any_of', values: ['app_1'] } }],
    ['redemption.user.login', { $is: ['ann'] }, { kind: 'login', test: { op: 'any_of', values: ['ann'] } }],
    [
      'order.items.count',
      { $more_than_or_equal: [3] },
      { kind: 'items_sum', of: 'pieces', where: null, test: { op: 'at_least', value: 3 } },
    ],
    [
      'order.items.price_each',
      { $more_than: [3] },
      { kind: 'items', which: 'every', where: { kind: 'item_price', test: { op: 'more_than', value: 3 } } },
    ],
    [
      'product.price',
      { $more_than: [3], $less_than: [9] },
      {
        kind: 'items',
        which: 'any',
        where: {
          kind: 'all',
          of: [
            { kind: 'item_price', test: { op: 'more_than', value: 3 } },
            { kind: 'item_price', test: { op: 'less_than', value: 9 } },
          ],
        },
      },
    ],
    [
      'sku.id',
      { $is: ['s1'] },
      { kind: 'items', which: 'any', where: { kind: 'item', anyOf: [{ kind: 'variant', id: 's1' }] } },
    ],
    [
      'order.items.none',
      { $is: [{ id: 'p', type: 'products_collection' }] },
      { kind: 'items', which: 'none', where: { kind: 'item', anyOf: [{ kind: 'collection', id: 'p' }] } },
    ],
    [
      'order.items.cheapest',
      { $is: [{ id: 'prod_1', source_id: 'mug', object: 'product' }] },
      {
        kind: 'items',
        which: 'cheapest',
        where: {
          kind: 'item',
          anyOf: [
            { kind: 'product', id: 'prod_1' },
            { kind: 'product', id: 'mug' },
          ],
        },
      },
    ],
    [
      'order.items.most_expensive',
      { $is: ['x'] },
      {
        kind: 'items',
        which: 'dearest',
        where: {
          kind: 'item',
          anyOf: [
            { kind: 'product', id: 'x' },
            { kind: 'variant', id: 'x' },
          ],
        },
      },
    ],
  ])('knows %s', (name, conditions, when) => {
    expect(read(one(name, conditions)).when).toEqual(when);
  });

  test.each<[JsonObject, object]>([
    [{ $is: ['Visa', 3, true] }, { op: 'any_of', values: ['Visa', 3, true] }],
    [{ $is_not: ['Visa'] }, { op: 'none_of', values: ['Visa'] }],
    [{ $contains: ['isa'] }, { op: 'contains', texts: ['isa'] }],
    [{ $not_contains: ['isa'] }, { op: 'contains_none', texts: ['isa'] }],
    [{ $starts_with: ['V'] }, { op: 'starts_with', texts: ['V'] }],
    [{ $ends_with: ['a'] }, { op: 'ends_with', texts: ['a'] }],
    [{ $after: ['2026-01-01T00:00:00Z'] }, { op: 'after', at: '2026-01-01T00:00:00Z' }],
    [{ $before: ['2026-01-01'] }, { op: 'before', at: '2026-01-01' }],
    [{ $has_value: [true] }, { op: 'set' }],
    [{ $is_unknown: [true] }, { op: 'unset' }],
    [{ $more_than_or_equal: [1.5] }, { op: 'number', test: { op: 'at_least', value: 1.5 } }],
  ])('knows of metadata %j', (conditions, asked) => {
    const path = { property: 'card' };
    expect(read(one('redemption.metadata', conditions, path)).when).toEqual({
      kind: 'redemption_metadata',
      path: 'card',
      test: asked,
    });
    expect(read(one('order.metadata', conditions, path)).when).toEqual({
      kind: 'order_metadata',
      path: 'card',
      test: asked,
    });
    expect(read(one('customer.metadata', conditions, path)).when).toEqual({ kind: 'trait', path: 'card', test: asked });
    expect(read(one('custom_event.metadata', conditions, path)).when).toEqual({
      kind: 'event',
      path: 'card',
      test: asked,
    });
  });

  test('names a customer’s metadata as the shop keeps them', () => {
    const source = one('customer.metadata', { $is: ['x'] }, { property: 'club' });
    expect(fromVoucherify(source, { currency: 'USD', traitOf: (property) => `metadata.${property}` })).toMatchObject({
      when: { path: 'metadata.club' },
    });
  });
});

describe('amounts', () => {
  test.each([
    ['USD', 1_000, 1_000],
    ['JPY', 1_000, 10],
    ['KWD', 1_000, 10_000],
  ])('in hundredths of %s: %i is %i minor units', (currency, hundredths, minor) => {
    expect(read(one('order.amount', { $more_than: [hundredths] }), currency).when).toMatchObject({
      test: { value: minor },
    });
  });

  test('that are not whole in the currency are refused', () => {
    expect(flawsOf(one('order.amount', { $more_than: [1_050] }), 'JPY')).toEqual([
      { field: 'rules.1.conditions.$more_than', rule: 'must be hundredths that are whole in JPY' },
    ]);
    expect(read(one('product.quantity', { $more_than: [1_050] }), 'JPY').when).toMatchObject({
      where: { test: { value: 1_050 } },
    });
  });
});

describe('rules inside a rule about products', () => {
  const inside = (name: string, rules: JsonObject, ids = ['a', 'b']): JsonObject => one(name, { $is: ids }, { rules });
  const mugs = cart([
    item(2_000, 1, { productId: 'a' }),
    item(500, 3, { productId: 'b' }),
    item(9_000, 9, { productId: 'c' }),
  ]);
  const passes = (source: JsonObject) =>
    applicable(
      ask(voucher(), { bill: billOf(mugs), rules: [rule(read(source).when)], facts: facts({ customer: customer() }) }),
    ).applicable;
  const quantity = (least: number) => ({ name: 'product.quantity', conditions: { $more_than_or_equal: [least] } });
  const price = (least: number) => ({ name: 'product.price', conditions: { $more_than_or_equal: [least] } });

  test('are held against one line at a time', () => {
    expect(passes(inside('product.id', { '1': quantity(3), '2': price(500), logic: '1 AND 2' }))).toBe(true);
    expect(passes(inside('product.id', { '1': quantity(3), '2': price(2_000), logic: '1 AND 2' }))).toBe(false);
    expect(passes(inside('product.id', { '1': quantity(3), '2': price(2_000), logic: '1 OR 2' }))).toBe(true);
    expect(passes(inside('product.id', { '1': quantity(9), logic: '1' }))).toBe(false);
  });

  test('sum up the lines that it chose', () => {
    const sum = (name: string, least: number) => ({ name, conditions: { $more_than_or_equal: [least] } });
    expect(passes(inside('order.items.any', { '1': sum('order.items.aggregated_quantity', 4), logic: '1' }))).toBe(
      true,
    );
    expect(passes(inside('order.items.any', { '1': sum('order.items.aggregated_quantity', 5), logic: '1' }))).toBe(
      false,
    );
    expect(passes(inside('product.id', { '1': sum('product.metadata.aggregated_amount', 3_500), logic: '1' }))).toBe(
      true,
    );
    expect(passes(inside('product.id', { '1': sum('product.metadata.aggregated_amount', 3_501), logic: '1' }))).toBe(
      false,
    );
  });

  test('of none are held against any, and turned', () => {
    expect(passes(inside('order.items.none', { '1': quantity(4), logic: '1' }))).toBe(true);
    expect(passes(inside('order.items.none', { '1': quantity(3), logic: '1' }))).toBe(false);
  });

  test('of every one are held against every line', () => {
    expect(passes(inside('order.items.every', { '1': price(500), logic: '1' }, ['a', 'b', 'c']))).toBe(true);
    expect(passes(inside('order.items.every', { '1': price(501), logic: '1' }, ['a', 'b', 'c']))).toBe(false);
  });

  test('say what the discount applies to', () => {
    const applies = (isSo: boolean) => ({
      '1': { name: 'product.discount_applicable', conditions: { $is: [isSo] } },
      logic: '1',
    });
    expect(read(inside('product.id', applies(true), ['a']))).toMatchObject({
      when: { kind: 'items', which: 'any', where: { kind: 'item', anyOf: [{ kind: 'product', id: 'a' }] } },
      applicable: { only: [{ kind: 'product', id: 'a' }], not: [] },
    });
    expect(read(inside('product.id', applies(false), ['a'])).applicable).toEqual({
      only: [],
      not: [{ kind: 'product', id: 'a' }],
    });
    expect(flawsOf(one('product.discount_applicable', { $is: [true] }))).toMatchObject([{ field: 'rules.1' }]);
  });
});

describe('applicable_to', () => {
  test('names what the discount takes in and leaves out', () => {
    const included = [{ object: 'product', id: 'a', effect: 'APPLY_TO_EVERY', target: 'ITEM', strict: true }];
    const excluded = [{ object: 'products_collection', id: 'sale' }];
    expect(read({ applicable_to: { included, excluded, included_all: false } }).applicable).toEqual({
      only: [{ kind: 'product', id: 'a' }],
      not: [{ kind: 'collection', id: 'sale' }],
    });
    expect(read({ applicable_to: { included, excluded: [], included_all: true } }).applicable).toBe(null);
  });

  test.each([
    ['effect', 'APPLY_FROM_CHEAPEST'],
    ['repeat', 2],
    ['skip_initially', 1],
    ['quantity_limit', 3],
    ['target', 'UNIT'],
  ])('refuses what it cannot do: %s %s', (key, value) => {
    const included = [{ object: 'product', id: 'a', [key]: value }];
    expect(flawsOf({ applicable_to: { included } })).toEqual([
      { field: `applicable_to.included.0.${key}`, rule: 'is not supported' },
    ]);
  });
});

describe('what is not known is refused by its path', () => {
  const fields = (source: JsonObject) => flawsOf(source).map(({ field }) => field);
  test.each<[string, JsonObject, string]>([
    ['a name', one('order.colour', { $is: ['red'] }), 'rules.1.name'],
    ['a name that every object has', one('constructor', { $is: ['x'] }), 'rules.1.name'],
    ['a name of what does not exist here', one('redemption.count.per_user', { $less_than: [1] }), 'rules.1.name'],
    [
      'a name within another',
      one('product.id', { $is: ['a'] }, { rules: { x: { name: 'product.smell', conditions: { $is: [1] } } } }),
      'rules.1.rules.x.name',
    ],
    ['an operator', one('order.metadata', { $like: ['x'] }, { property: 'a' }), 'rules.1.conditions.$like'],
    [
      'an operator that numbers have not',
      one('order.amount', { $starts_with: [1] }),
      'rules.1.conditions.$starts_with',
    ],
    ['a text for a number', one('order.amount', { $more_than: ['100'] }), 'rules.1.conditions.$more_than'],
    ['two numbers for one', one('order.amount', { $more_than: [1, 2] }), 'rules.1.conditions.$more_than'],
    ['no conditions', one('order.amount', {}), 'rules.1.conditions'],
    ['metadata without a property', one('order.metadata', { $is: ['x'] }), 'rules.1.property'],
    ['something other than a segment', one('customer.segment', { $is: [3] }), 'rules.1.conditions.$is'],
    ['a rule that is none', { rules: { '1': 'order.amount', logic: '1' } }, 'rules.1'],
    [
      'logic that is none',
      { rules: { '1': { name: 'order.amount', conditions: { $is: [1] } }, logic: '1 AND' } },
      'rules.logic',
    ],
    [
      'logic of what is not there',
      { rules: { '1': { name: 'order.amount', conditions: { $is: [1] } }, logic: '1 AND 2' } },
      'rules.logic',
    ],
    [
      'a rule that logic leaves out',
      {
        rules: {
          '1': { name: 'order.amount', conditions: { $is: [1] } },
          '2': { name: 'order.amount', conditions: { $is: [1] } },
          logic: '1',
        },
      },
      'rules.2',
    ],
    ['bundles', { bundle_rules: { '1': {} } }, 'bundle_rules'],
  ])('%s', (_, source, field) => {
    expect(fields(source)).toEqual([field]);
  });

  test('and however deep or often it is said, at once', () => {
    let deep: JsonObject = { '1': { name: 'order.amount', conditions: { $is: [1] } } };
    for (let level = 0; level < 500; level += 1)
      deep = { '1': { name: 'order.amount', conditions: { $is: [1] }, rules: deep }, logic: '1 AND 1 AND 1 AND 1' };
    expect(fields({ rules: deep })).toEqual([`rules${'.1.rules'.repeat(17)}`]);
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`r${at}`, { name: 'order.amount', conditions: { $is: [1] } }]),
    );
    expect(fields({ rules: many })).toHaveLength(20);
    expect(
      flawsOf({
        rules: { '1': { name: 'order.amount', conditions: { $is: [1] } }, logic: Array(300).fill('1').join(' OR ') },
      }),
    ).toHaveLength(1);
  });
});

describe('logic', () => {
  const key = (name: string) => ({ kind: 'key', key: name });
  test.each([
    ['1', key('1')],
    ['(1) and (2)', { kind: 'all', of: [key('1'), key('2')] }],
    ['1 OR 2 AND 3', { kind: 'any', of: [key('1'), { kind: 'all', of: [key('2'), key('3')] }] }],
    ['not 1 and $RULE', { kind: 'all', of: [{ kind: 'not', of: key('1') }, key('$RULE')] }],
    ['((1 OR 2))', { kind: 'any', of: [key('1'), key('2')] }],
  ])('reads %s', (text, logic) => {
    expect(readLogic(text)).toEqual(logic);
  });

  test.each([
    '',
    '1 2',
    '(1',
    '1)',
    'AND 1',
    '1 OR OR 2',
    'NOT',
    '('.repeat(5_000),
    `${'('.repeat(40)}1${')'.repeat(40)}`,
  ])('refuses %.20s', (text) => {
    expect(readLogic(text)).toBe(null);
  });
});
