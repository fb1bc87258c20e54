/** Which event rules may be kept together, and what they say of an event. */
import { describe, expect, it } from 'vitest';
import {
  type EventRule,
  MOST_RULES,
  namedBy,
  ruleFor,
  rulingOn,
  withoutRule,
  withRule,
} from '../../worker/domain/event-rules.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { differencesFrom, type FixedProperty } from '../../worker/domain/schema-check.ts';

const rename = (event: string, to: string, source: EventRule['source'] = 'all'): EventRule => ({
  event,
  source,
  action: { kind: 'rename', to },
});
const block = (event: string, source: EventRule['source'] = 'all'): EventRule => ({
  event,
  source,
  action: { kind: 'block' },
});
const fixed = (event: string, mode: 'warn' | 'refuse', properties: FixedProperty[] = []): EventRule => ({
  event,
  source: 'all',
  action: { kind: 'schema', mode, properties },
});
const must = (path: string, type: FixedProperty['type'], more: Partial<FixedProperty> = {}): FixedProperty => ({
  path,
  type,
  required: true,
  nullable: false,
  ...more,
});

describe('a rule', () => {
  it('takes the place of the one for its name and source, and leaves the others', () => {
    const rules = [block('a'), block('a', 'segment'), block('b')];
    expect(withRule(rules, rename('a', 'c'))).toEqual([block('a', 'segment'), block('b'), rename('a', 'c')]);
    expect(withoutRule(rules, { event: 'a', source: 'segment' })).toEqual([block('a'), block('b')]);
  });

  it('for one source goes before the one for all', () => {
    const rules = [block('a'), rename('a', 'b', 'segment')];
    expect([ruleFor(rules, 'segment', 'a'), ruleFor(rules, 'shopify', 'a'), ruleFor(rules, 'shopify', 'x')]).toEqual([
      rules[1],
      rules[0],
      null,
    ]);
  });

  it('is found by hostile names like by any other, and by no name it does not have', () => {
    const rules = [block('__proto__'), block('a b', 'segment')];
    expect(ruleFor(rules, 'segment', '__proto__')).toEqual(rules[0]);
    expect([ruleFor(rules, 'segment', 'constructor'), ruleFor(rules, 'segment', 'b')]).toEqual([null, null]);
  });

  it.each(['Placed Order', 'Order Completed', 'Refunded Order', 'Order Canceled', 'Paid Order', 'Fulfilled Order'])(
    'is kept about %s only where it warns: the event carries the facts of an order',
    (name) => {
      const refusal = expect.objectContaining({ field: 'event' });
      const refused = [block(name), block(name, 'segment'), rename(name, 'x'), fixed(name, 'refuse')];
      expect(refused.map((rule) => withRule([], rule))).toEqual([refusal, refusal, refusal, refusal]);
      expect(withRule([], fixed(name, 'warn'))).toEqual([fixed(name, 'warn')]);
    },
  );

  it('never renames in chains, in circles, or to the name itself', () => {
    const rules = [rename('a', 'b')];
    expect([
      withRule(rules, rename('b', 'c')),
      withRule(rules, rename('c', 'a')),
      withRule(rules, rename('b', 'a')),
    ]).toEqual([
      expect.objectContaining({ field: 'event' }),
      expect.objectContaining({ field: 'action.to' }),
      expect.objectContaining({ field: 'action.to' }),
    ]);
    expect(withRule([], rename('a', 'a'))).toEqual({ field: 'action.to', rule: 'must be another name' });
    expect(withRule([rename('a', 'b', 'segment')], rename('b', 'c', 'all'))).toMatchObject({ field: 'event' });
    // two sources never see each other's names
    expect(withRule([rename('a', 'b', 'segment')], rename('b', 'c', 'shopify'))).toHaveLength(2);
  });

  it("makes an order event of Segment's events only", () => {
    expect(withRule([], rename('order_done', 'Order Completed', 'segment'))).toHaveLength(1);
    expect(withRule([], rename('order_done', 'Order Completed'))).toMatchObject({ field: 'action.to' });
    expect(withRule([], rename('Updated Customer', 'Placed Order', 'shopify'))).toMatchObject({ field: 'action.to' });
  });

  it('is refused where there are too many, or where all of them are too long', () => {
    const many = Array.from({ length: MOST_RULES }, (_, at) => block(`e${at}`));
    expect(withRule(many, block('one more'))).toMatchObject({ field: 'event' });
    expect(withRule(many, rename('e1', 'x'))).toHaveLength(MOST_RULES);
    const long = Array.from({ length: 300 }, (_, at) => must(`${at}${'p'.repeat(240)}`, 'text'));
    expect(withRule([], fixed('a', 'warn', long))).toMatchObject({ field: 'action' });
  });
});

describe('an event', () => {
  it('is renamed, and then held against the rule of its new name', () => {
    const rules = [rename('a', 'b'), block('b')];
    expect([namedBy(rules, 'segment', 'a'), namedBy(rules, 'segment', 'c')]).toEqual([
      { name: 'b', rule: rules[1] },
      { name: 'c', rule: null },
    ]);
  });

  it('that states facts of an order passes whatever rule there is', () => {
    const strict = fixed('a', 'refuse', [must('id', 'text')]);
    expect([rulingOn(block('a'), {}, true), rulingOn(strict, {}, true)]).toEqual([
      { kind: 'pass', differences: [] },
      { kind: 'pass', differences: [{ path: 'id', rule: 'is required' }] },
    ]);
    expect([rulingOn(block('a'), {}, false), rulingOn(strict, {}, false)]).toEqual([
      { kind: 'drop', reason: 'blocked_by_rule', differences: [] },
      { kind: 'drop', reason: 'schema_mismatch', differences: [{ path: 'id', rule: 'is required' }] },
    ]);
  });

  it('that differs passes where the rule only warns, with what differs', () => {
    const lenient = fixed('a', 'warn', [must('id', 'text')]);
    expect([rulingOn(lenient, { id: 1 }, false), rulingOn(lenient, { id: 'x' }, false)]).toEqual([
      { kind: 'pass', differences: [{ path: 'id', rule: 'must be a text, not a whole number' }] },
      { kind: 'pass', differences: [] },
    ]);
  });
});

describe('a fixed schema', () => {
  const differs = (property: FixedProperty, content: JsonObject) =>
    differencesFrom([property], content).map((one) => one.rule);

  it('takes a whole number for a number and a date for a text, not the other way round', () => {
    expect(differs(must('a', 'number'), { a: 1 })).toEqual([]);
    expect(differs(must('a', 'text'), { a: '2026-05-04' })).toEqual([]);
    expect(differs(must('a', 'integer'), { a: 1.5 })).toEqual(['must be a whole number, not a number']);
    expect(differs(must('a', 'date-time'), { a: 'soon' })).toEqual(['must be a date or time (ISO 8601), not a text']);
  });

  it.each([
    ['text', 1],
    ['number', '1'],
    ['boolean', 'true'],
    ['object', []],
    ['list', {}],
  ] as const)('wants a %s and no other type', (type, value) => {
    expect(differs(must('a', type), { a: value as never })).toHaveLength(1);
  });

  it('asks for a property in every object that could hold it, and not where that object is missing', () => {
    const price = must('products[].price', 'number');
    expect(differs(price, { products: [{ price: 1 }, {}] })).toEqual(['is required']);
    expect(differs(price, { products: [] })).toEqual([]);
    expect(differs(price, {})).toEqual([]);
    expect(differs(must('products', 'list'), {})).toEqual(['is required']);
    expect([differs(must('at.city', 'text'), {}), differs(must('at.city', 'text'), { at: 'x' })]).toEqual([[], []]);
  });

  it('takes null only where it is allowed', () => {
    expect(differs(must('a', 'text', { nullable: true }), { a: null })).toEqual([]);
    expect(differs(must('a', 'text'), { a: null })).toEqual(['must not be null']);
  });

  it('finds a key of an own property alone: __proto__ and constructor are names like others', () => {
    expect(differs(must('constructor', 'text'), {})).toEqual(['is required']);
    expect(differs(must('__proto__.x', 'integer'), JSON.parse('{"__proto__":{"x":"y"}}'))).toEqual([
      'must be a whole number, not a text',
    ]);
  });

  it('tells at most 20 differences', () => {
    const properties = Array.from({ length: 50 }, (_, at) => must(`p${at}`, 'text'));
    expect(differencesFrom(properties, {})).toHaveLength(20);
  });
});
