/** The rules of `semantics.md` about values: what is set, what a negative means, lists, paths, patterns and numbers. */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../worker/domain/json.ts';
import { compile } from '../../../worker/domain/segments/compile.ts';
import type { StringFilter, ValueFilter } from '../../../worker/domain/segments/definition.ts';
import { holds, lived, trait } from './ask.ts';
import { pattern } from './held-against.ts';

/** What a filter says of the trait `x`, or of another. */
function says(filter: ValueFilter, traits: JsonObject, { name = 'x', klaviyo = false } = {}): boolean {
  return holds(trait(name, filter), lived({ traits }), { klaviyo });
}

const UNSET: [string, JsonObject][] = [
  ['missing', {}],
  ['null', { x: null }],
  ['the empty text', { x: '' }],
];

/** Each with its opposite, and a value that its positive lets pass. */
const PAIRS: [positive: ValueFilter, negative: ValueFilter, passing: Json][] = [
  [{ type: 'string', operator: 'equals', value: 'US' }, { type: 'string', operator: 'not-equals', value: 'US' }, 'US'],
  [
    { type: 'string', operator: 'contains', value: 'S' },
    { type: 'string', operator: 'not-contains', value: 'S' },
    'USA',
  ],
  [
    { type: 'string', operator: 'starts-with', value: 'U' },
    { type: 'string', operator: 'not-starts-with', value: 'U' },
    'US',
  ],
  [
    { type: 'string', operator: 'ends-with', value: 'S' },
    { type: 'string', operator: 'not-ends-with', value: 'S' },
    'US',
  ],
  [{ type: 'string', operator: 'regex', value: '^U' }, { type: 'string', operator: 'nregex', value: '^U' }, 'US'],
  [{ type: 'string', operator: 'in', value: ['US'] }, { type: 'string', operator: 'not-in', value: ['US'] }, 'US'],
  [
    { type: 'string', operator: 'phone-country-code-in', value: ['49', '+1'] },
    { type: 'string', operator: 'phone-country-code-not-in', value: ['49', '+1'] },
    '+12025550100',
  ],
  [{ type: 'numeric', operator: 'equals', value: 3 }, { type: 'numeric', operator: 'not-equals', value: 3 }, 3],
  [
    { type: 'list', operator: 'contains', value: 'a' },
    { type: 'list', operator: 'not-contains', value: 'a' },
    ['b', 'a'],
  ],
  [
    { type: 'list', operator: 'contains-any', value: ['a', 'z'] },
    { type: 'list', operator: 'not-contains-any', value: ['a', 'z'] },
    ['a'],
  ],
  [
    { type: 'list', operator: 'contains-all', value: ['a', 'b'] },
    { type: 'list', operator: 'not-contains-all', value: ['a', 'b'] },
    ['b', 'a'],
  ],
  [
    { type: 'list', operator: 'contains-substring', value: 'a' },
    { type: 'list', operator: 'not-contains-substring', value: 'a' },
    ['xay'],
  ],
];
const NAMED = PAIRS.map((pair) => [`${pair[1].type} ${pair[1].operator}`, ...pair] as const);

describe('a negative operator', () => {
  test.each(NAMED)('%s is the exact opposite of its positive', (_, positive, negative, passing) => {
    const all: JsonObject[] = [{ x: passing }, { x: 'other' }, { x: 7 }, { x: true }, { x: [] }, { x: { y: 1 } }];
    for (const traits of [...all, ...UNSET.map(([, unset]) => unset)])
      expect([traits, says(negative, traits)]).toEqual([traits, !says(positive, traits)]);
    expect(says(positive, { x: passing })).toBe(true);
    expect(says(positive, { x: 'other' })).toBe(false);
  });

  test.each(NAMED)(
    '%s passes where nothing is set, and skips it as Klaviyo does where that is asked',
    (_, __, negative) => {
      for (const [, traits] of UNSET) {
        expect(says(negative, traits)).toBe(true);
        expect(says(negative, traits, { klaviyo: true })).toBe(false);
      }
      expect(says(negative, { x: 'other' }, { klaviyo: true })).toBe(true);
    },
  );

  test('passes of several values only where none of them passes its positive', () => {
    const not = (value: string): StringFilter => ({ type: 'string', operator: 'not-equals', value });
    expect(says(not('a'), { x: ['a', 'b'] })).toBe(false);
    expect(says(not('c'), { x: ['a', 'b'] })).toBe(true);
  });
});

describe('a phone’s country', () => {
  test.each([
    ['+4915112345678', ['US', 'DE'], true],
    ['+4915112345678', ['49'], true],
    ['+4915112345678', ['GB'], false],
    ['+12025550100', ['US'], true],
    // nothing in a number tells Canada from the United States
    ['+12025550100', ['CA'], true],
    ['+18765550100', ['US', '+1'], false],
    ['+18765550100', ['JM'], true],
    ['004915112345678', ['DE'], false],
    ['+4915112345678', ['XX', ''], false],
  ])('of %s is one of %j: %j', (x, value, expected) => {
    expect(says({ type: 'string', operator: 'phone-country-code-in', value }, { x })).toBe(expected);
    expect(says({ type: 'string', operator: 'phone-country-code-not-in', value }, { x })).toBe(!expected);
  });
});

describe('what is set', () => {
  const isSet: ValueFilter = { type: 'existence', operator: 'is-set' };
  const notSet: ValueFilter = { type: 'existence', operator: 'not-set' };

  test.each(UNSET)('%s is not', (_, traits) => {
    for (const klaviyo of [false, true]) {
      expect(says(isSet, traits, { klaviyo })).toBe(false);
      expect(says(notSet, traits, { klaviyo })).toBe(true);
    }
  });

  test.each<[Json]>([[0], [false], [[]], [{}], [' ']])('%j is', (x) => {
    expect(says(isSet, { x })).toBe(true);
    expect(says(notSet, { x })).toBe(false);
  });

  test('of an empty list its members are not', () => {
    expect(says(isSet, { x: [] }, { name: 'x[]' })).toBe(false);
  });
});

describe('capitals', () => {
  const equals = (case_sensitive?: boolean): ValueFilter => ({
    type: 'string',
    operator: 'equals',
    value: 'abc',
    case_sensitive,
  });
  const found = (case_sensitive?: boolean): ValueFilter => ({
    type: 'string',
    operator: 'regex',
    value: '^a\\D',
    case_sensitive,
  });
  const held = (case_sensitive?: boolean): ValueFilter => ({
    type: 'list',
    operator: 'contains',
    value: 'abc',
    case_sensitive,
  });

  test.each([
    ['texts', equals, 'ABC'],
    ['patterns', found, 'ABC'],
    ['lists', held, ['ABC']],
  ] as const)('of %s count only where that is asked, or Klaviyo reads', (_, filter, x) => {
    const json: Json = typeof x === 'string' ? x : [...x];
    expect(says(filter(), { x: json })).toBe(true);
    expect(says(filter(true), { x: json })).toBe(false);
    expect(says(filter(), { x: json }, { klaviyo: true })).toBe(false);
    expect(says(filter(false), { x: json }, { klaviyo: true })).toBe(true);
  });

  test('of a pattern’s own classes stay what they are', () => {
    expect(says({ type: 'string', operator: 'regex', value: '\\D' }, { x: '123' })).toBe(false);
    expect(says({ type: 'string', operator: 'regex', value: 'a|\\d' }, { x: 'A' })).toBe(true);
  });
});

describe('a pattern', () => {
  test('is looked for anywhere in the text', () => {
    expect(says({ type: 'string', operator: 'regex', value: 'b+' }, { x: 'abbc' })).toBe(true);
  });

  test('that is none is refused wherever it stands, by name', () => {
    const bad: StringFilter = { type: 'string', operator: 'nregex', value: '(' };
    const consent_status = {
      subscription: 'any' as const,
      filters: [{ field: 'custom_source' as const, filter: bad }],
    };
    const consent = { channel: 'email' as const, can_receive_marketing: true, consent_status };
    const conditions = [trait('x', bad), { type: 'profile-marketing-consent' as const, consent }];
    const made = compile({ condition_groups: [{ conditions }] }, pattern);
    expect('flaws' in made ? made.flaws.map(({ field }) => field) : []).toEqual([
      'condition_groups.0.conditions.0.filter.value',
      'condition_groups.0.conditions.1.consent.consent_status.filters.0.filter.value',
    ]);
  });
});

describe('a list', () => {
  const length = (operator: string, value: number) =>
    ({ type: 'list', operator: `length-${operator}`, value }) as ValueFilter;

  test.each<[string, number, JsonObject, boolean]>([
    ['equals', 0, {}, true],
    ['equals', 0, { x: [] }, true],
    ['less-than', 1, { x: '' }, true],
    ['equals', 1, { x: 'alone' }, true],
    ['equals', 2, { x: ['a', 'a'] }, true],
    ['equals', 2, { x: [{ sku: 'a' }, { sku: 'b' }] }, true],
    ['greater-than', 1, { x: ['a', 'b'] }, true],
    ['greater-than', 2, { x: ['a', 'b'] }, false],
    ['greater-than-or-equal', 2, { x: ['a', 'b'] }, true],
    ['less-than-or-equal', 2, { x: ['a', 'b', 'c'] }, false],
  ])('has a length: %s %i of %j is %j', (operator, value, traits, expected) => {
    expect(says(length(operator, value), traits)).toBe(expected);
  });

  test('that is not set has no length where Klaviyo reads; an empty one has', () => {
    expect(says(length('equals', 0), {}, { klaviyo: true })).toBe(false);
    expect(says(length('equals', 0), { x: [] }, { klaviyo: true })).toBe(true);
  });

  test('holds numbers by their text', () => {
    expect(says({ type: 'list', operator: 'contains', value: '2' }, { x: [2] })).toBe(true);
    expect(says({ type: 'list', operator: 'contains-all', value: [2, 'a'] }, { x: ['A', '2'] })).toBe(true);
  });

  test('holds all of several only where it holds each', () => {
    expect(says({ type: 'list', operator: 'contains-all', value: ['a', 'b'] }, { x: ['a'] })).toBe(false);
    expect(says({ type: 'list', operator: 'not-contains-all', value: ['a', 'b'] }, { x: ['a'] })).toBe(true);
    expect(says({ type: 'list', operator: 'contains-any', value: ['a', 'b'] }, { x: ['a'] })).toBe(true);
  });

  test('holds a text only whole, unless part of one is asked for', () => {
    expect(says({ type: 'list', operator: 'contains', value: 'a' }, { x: ['ab'] })).toBe(false);
    expect(says({ type: 'list', operator: 'contains-substring', value: 'a' }, { x: ['ab'] })).toBe(true);
  });

  test.each<[string, ValueFilter, Json]>([
    ['texts', { type: 'string', operator: 'starts-with', value: 'b' }, ['a', 'bc']],
    ['numbers', { type: 'numeric', operator: 'greater-than', value: 5 }, [1, '6']],
    ['truths', { type: 'boolean', operator: 'equals', value: false }, [true, 'No']],
    ['dates', { type: 'date', operator: 'calendar-month', value: 3 }, ['2026-01-01', '2026-03-01']],
  ])('of %s passes where one of them does', (_, filter, x) => {
    expect(says(filter, { x })).toBe(true);
  });
});

describe('a path', () => {
  const traits: JsonObject = {
    'a.b': 'own',
    a: { b: 'below' },
    products: [
      { price: 5, sku: 'x', tags: ['t1'] },
      { price: 20, sku: null, tags: ['t2', 't3'] },
    ],
    address: { city: 'Berlin' },
  };
  const equals = (value: string): ValueFilter => ({ type: 'string', operator: 'equals', value });

  test.each<[string, ValueFilter, boolean]>([
    ['a.b', equals('own'), true],
    ['a.b', equals('below'), false],
    ['a\\.b', equals('own'), true],
    ['address.city', equals('Berlin'), true],
    ['address.street', { type: 'existence', operator: 'not-set' }, true],
    ['products[].price', { type: 'numeric', operator: 'greater-than', value: 10 }, true],
    ['products.price', { type: 'numeric', operator: 'greater-than', value: 10 }, true],
    ['products[].price', { type: 'numeric', operator: 'greater-than', value: 20 }, false],
    ['products[].tags', { type: 'list', operator: 'contains-all', value: ['t1', 't3'] }, true],
    ['products[].tags[]', { type: 'list', operator: 'length-equals', value: 3 }, true],
    ['products.sku', { type: 'string', operator: 'not-equals', value: 'X' }, false],
    ['products', { type: 'list', operator: 'length-equals', value: 2 }, true],
    ['toString', { type: 'existence', operator: 'is-set' }, false],
    ['a.constructor', { type: 'existence', operator: 'is-set' }, false],
  ])('%s: %j is %j', (name, filter, expected) => {
    expect(says(filter, traits, { name })).toBe(expected);
  });
});

describe('a value', () => {
  test.each<[string, ValueFilter, Json, boolean]>([
    ['a number is compared as its text', { type: 'string', operator: 'equals', value: '2.5' }, 2.5, true],
    ['a boolean is compared as its text', { type: 'string', operator: 'equals', value: 'TRUE' }, true, true],
    ['a text that is a number is one', { type: 'numeric', operator: 'equals', value: 2.5 }, ' 2.50 ', true],
    ['another text is no number', { type: 'numeric', operator: 'less-than', value: 1e9 }, '12 EUR', false],
    ['nothing is no number', { type: 'numeric', operator: 'less-than', value: 1e9 }, ' ', false],
    ['a truth is no number', { type: 'numeric', operator: 'equals', value: 1 }, true, false],
    ['both ends of between are included', { type: 'numeric', operator: 'between', start: 1, end: 2 }, 2, true],
    ['1 is true', { type: 'boolean', operator: 'equals', value: true }, 1, true],
    ['Yes is true', { type: 'boolean', operator: 'equals', value: true }, 'Yes', true],
    ['none is false', { type: 'boolean', operator: 'equals', value: false }, 'None', true],
    ['what is neither is not false', { type: 'boolean', operator: 'equals', value: false }, 'maybe', false],
    ['what is not set is not false', { type: 'boolean', operator: 'equals', value: false }, null, false],
    ['seconds are a date', { type: 'date', operator: 'calendar-month', value: 9 }, 1_000_000_000, true],
    ['milliseconds are a date', { type: 'date', operator: 'calendar-month', value: 9 }, 1_000_000_000_000, true],
    ['31 February is no date', { type: 'date', operator: 'alltime' }, '2026-02-31', false],
    ['13-01 is no birthday', { type: 'date', operator: 'alltime' }, '13-01', false],
  ])('%s', (_, filter, x, expected) => {
    expect(says(filter, { x })).toBe(expected);
  });
});
