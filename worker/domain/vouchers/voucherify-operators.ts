/** Voucherify's operators (`{ "$is": [...], "$more_than": [...] }`) as tests; several of them have to hold all. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { exponentOf } from '../money.ts';
import type { ItemSelector } from './discount.ts';
import type { NumberTest, Said, Tree, ValueTest } from './rule-definition.ts';

/** Where what cannot be read is told; `at` within the conditions. Reading goes on with something harmless. */
export type Say = (at: string, rule: string) => void;

const MOST_VALUES = 100;
const IS = new Set(['$is', '$in']);
const IS_NOT = new Set(['$is_not', '$not_in']);
const UNKNOWN = 'is no operator that is known here';

const COMPARISONS = new Map<string, 'more_than' | 'less_than' | 'at_least' | 'at_most'>(
  Object.entries({
    $more_than: 'more_than',
    $more_than_or_equal: 'at_least',
    $more_than_equal: 'at_least',
    $less_than: 'less_than',
    $less_than_or_equal: 'at_most',
    $less_than_equal: 'at_most',
  } as const),
);

/** For each operator its tests, one of which has to hold. */
export type Tests<Test> = Test[][];

/** `currency`: the numbers are hundredths of it, wanted in minor units; null: they are plain. */
export function numberTests(conditions: JsonObject, currency: string | null, say: Say): Tests<NumberTest> {
  return operatorsOf(conditions, say).map(([operator, values]): NumberTest[] => {
    const numbers = values.map((value) => wholeOf(value, currency, (rule) => say(operator, rule)));
    const op = COMPARISONS.get(operator);
    if (op !== undefined) return [{ op, value: only(numbers, operator, say) ?? 0 }];
    if (IS.has(operator)) return numbers.map((value) => ({ op: 'is', value }));
    if (operator === '$is_not') return [{ op: 'is_not', value: only(numbers, operator, say) ?? 0 }];
    say(operator, UNKNOWN);
    return [];
  });
}

function wholeOf(value: Json, currency: string | null, say: (rule: string) => void): number {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
  const minor = isWhole && currency !== null ? minorOf(value, currency) : value;
  if (typeof minor === 'number' && Number.isSafeInteger(minor)) return minor;
  say(isWhole ? `must be hundredths that are whole in ${currency}` : 'must be whole numbers');
  return 0;
}

/** Hundredths in minor units: what is not whole in the currency stays a fraction. */
function minorOf(hundredths: number, currency: string): number {
  const exponent = exponentOf(currency);
  return exponent < 2 ? hundredths / 10 ** (2 - exponent) : hundredths * 10 ** (exponent - 2);
}

export function valueTests(conditions: JsonObject, say: Say): Tests<ValueTest> {
  return operatorsOf(conditions, say).map(([operator, values]) => {
    const test = valueTest(operator, values, say);
    return test === null ? [] : [test];
  });
}

function valueTest(operator: string, values: readonly Json[], say: Say): ValueTest | null {
  const op = COMPARISONS.get(operator);
  if (op !== undefined) {
    const value = only(values, operator, say);
    if (typeof value === 'number') return { op: 'number', test: { op, value } };
    if (value !== undefined) say(operator, 'must be a number');
    return null;
  }
  const texts = () => plains(values, operator, say).map(String);
  if (IS.has(operator)) return { op: 'any_of', values: plains(values, operator, say) };
  if (IS_NOT.has(operator)) return { op: 'none_of', values: plains(values, operator, say) };
  switch (operator) {
    case '$contains':
      return { op: 'contains', texts: texts() };
    case '$not_contains':
    case '$not_contain':
      return { op: 'contains_none', texts: texts() };
    case '$starts_with':
      return { op: 'starts_with', texts: texts() };
    case '$ends_with':
      return { op: 'ends_with', texts: texts() };
    case '$after':
    case '$before':
      return { op: operator === '$after' ? 'after' : 'before', at: only(texts(), operator, say) ?? '' };
    case '$has_value':
      return { op: values[0] === false ? 'unset' : 'set' };
    case '$is_unknown':
      return { op: values[0] === false ? 'set' : 'unset' };
    default:
      say(operator, UNKNOWN);
      return null;
  }
}

function plains(values: readonly Json[], operator: string, say: Say): (string | number | boolean)[] {
  return values.flatMap((value) => {
    if (value !== null && typeof value !== 'object') return [value];
    say(operator, 'must be texts, numbers or truths');
    return [];
  });
}

/** What is asked of ids or goods: to be one of them, or none of them. */
export interface Among<One> {
  of: One[];
  isNot: boolean;
}

/** Values are ids, or objects that hold one. */
export function idTests(conditions: JsonObject, say: Say): Among<string>[] {
  return amongTests(conditions, say, (value, at) => idsOf(value, at, say).slice(0, 1));
}

export function selectorTests(conditions: JsonObject, plainKind: PlainKind, say: Say): Among<ItemSelector>[] {
  return amongTests(conditions, say, (value, at) => selectorsOf(value, plainKind, (rule) => say(at, rule)));
}

function amongTests<One>(conditions: JsonObject, say: Say, read: (value: Json, at: string) => One[]): Among<One>[] {
  return operatorsOf(conditions, say).map(([operator, values]) => {
    if (!IS.has(operator) && !IS_NOT.has(operator)) say(operator, UNKNOWN);
    return { of: values.flatMap((value) => read(value, operator)), isNot: IS_NOT.has(operator) };
  });
}

export type PlainKind = 'product' | 'variant' | 'either';

const KINDS = new Map<string, PlainKind | 'collection'>(
  Object.entries({
    product: 'product',
    sku: 'variant',
    products_collection: 'collection',
    product_or_sku: 'either',
  } as const),
);

/** One of Voucherify's goods: an id, or `{ id, source_id, object | type }`; by either of its ids, and of `either` as either kind. */
export function selectorsOf(value: Json, plainKind: PlainKind, say: (rule: string) => void): ItemSelector[] {
  const ids = idsOf(value, '', (_, rule) => say(rule));
  const said = isObject(value) ? (value.object ?? value.type) : undefined;
  const kind = typeof said === 'string' ? KINDS.get(said) : plainKind;
  if (kind === undefined) say('must be products, SKUs or collections');
  const kinds = kind === 'either' || kind === undefined ? (['product', 'variant'] as const) : ([kind] as const);
  return ids.flatMap((id) => kinds.map((one) => ({ kind: one, id })));
}

function idsOf(value: Json, at: string, say: Say): string[] {
  const told = isObject(value) ? [value.id ?? null, value.source_id ?? null] : [value];
  const ids = told.filter((id) => typeof id === 'string' && id !== '').map(String);
  if (ids.length === 0) say(at, 'must be ids, or objects with an id');
  return [...new Set(ids)];
}

/** Whether a truth is asked for: `{ "$is": [true] }`. */
export function truthOf(conditions: JsonObject, say: Say): boolean {
  const [first, ...more] = operatorsOf(conditions, say);
  if (first?.[0] === '$is' && more.length === 0 && first[1].length === 1 && typeof first[1][0] === 'boolean')
    return first[1][0];
  say('$is', 'must be true or false');
  return true;
}

/** The conditions made of tests: all operators have to hold, of each operator one test. */
export function treeOf<Test, Condition extends { kind: string }>(
  tests: Tests<Test>,
  make: (test: Test) => Condition & Said,
): Tree<Condition> {
  return grouped(
    'all',
    tests.map((of) => grouped('any', of.map(make))),
  );
}

export function grouped<Condition extends { kind: string }>(
  kind: 'all' | 'any',
  of: Tree<Condition>[],
): Tree<Condition> {
  const [first, ...more] = of;
  return first !== undefined && more.length === 0 ? first : { kind, of };
}

function operatorsOf(conditions: JsonObject, say: Say): [string, Json[]][] {
  const operators = Object.entries(conditions);
  if (operators.length === 0) say('', 'must hold an operator, such as $is');
  return operators.map(([operator, values]): [string, Json[]] => {
    const list = Array.isArray(values) ? values : [values];
    if (list.length === 0 || list.length > MOST_VALUES) say(operator, `must hold 1 to ${MOST_VALUES} values`);
    return [operator, list.slice(0, MOST_VALUES)];
  });
}

function only<Value>(values: readonly Value[], operator: string, say: Say): Value | undefined {
  if (values.length !== 1) say(operator, 'must hold exactly one value');
  return values[0];
}
