/** How conditions are joined, and what of a definition is refused: by the field, and by the rule that it breaks. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../worker/domain/segments/compile.ts';
import type { Condition, Definition, GroupCondition } from '../../../worker/domain/segments/definition.ts';
import { evaluate } from '../../../worker/domain/segments/evaluate.ts';
import { FOREVER } from '../../../worker/domain/segments/truth.ts';
import { BERLIN, counted, lived, NOON, trait } from './ask.ts';
import { compiled, pattern } from './held-against.ts';
import { factsOf } from './life-history.ts';

const yes = trait('known', { type: 'existence', operator: 'is-set' });
const no = trait('missing', { type: 'existence', operator: 'is-set' });
const life = lived({ traits: { known: 1, soon: '2026-06-16', later: '2026-06-17' } });

function truthOf(definition: Definition) {
  return evaluate(compiled(definition), factsOf(life, NOON), { ...BERLIN, pattern }, NOON);
}

function joined(...groups: Condition[][]) {
  return truthOf({ condition_groups: groups.map((conditions) => ({ conditions })) }).holds;
}

function group(operator: GroupCondition['operator'], ...conditions: Condition[]): GroupCondition {
  return { type: 'group', operator, conditions };
}

function nested(depth: number, inner: Condition): Condition {
  return depth === 0 ? inner : group(depth % 2 === 0 ? 'and' : 'or', nested(depth - 1, inner));
}

function flawsOf(...groups: Condition[][]) {
  const made = compile({ condition_groups: groups.map((conditions) => ({ conditions })) }, pattern);
  return 'flaws' in made ? made.flaws : [];
}

describe('conditions', () => {
  test.each([
    [[[yes, no], [yes]], true],
    [[[yes, no], [no]], false],
    [[[no, no]], false],
    [[[group('and', yes, no)]], false],
    [[[group('or', yes, no)]], true],
    [[[group('not', no)]], true],
    [[[group('not', group('or', yes, no))]], false],
    [[[group('not', group('and', yes, no))], [yes]], true],
  ])('of a group are joined by OR, groups by AND (%#)', (groups, expected) => {
    expect(joined(...groups)).toBe(expected);
  });

  test('nested twenty deep are accepted, and asked', () => {
    expect(joined([nested(20, yes)])).toBe(true);
    expect(joined([nested(20, no)])).toBe(false);
    expect(joined([group('not', nested(20, no))])).toBe(true);
  });

  const afterToday = (name: string): Condition => trait(name, { type: 'date', operator: 'after', date: 'today' });
  const midnight = (day: number) => Date.parse('2026-06-15T22:00:00Z') + day * 86_400_000;

  test('of which one keeps the whole from changing are not woken for', () => {
    const both = (operator: 'and' | 'or') =>
      truthOf({ condition_groups: [{ conditions: [group(operator, afterToday('soon'), afterToday('later'))] }] });
    expect(both('and')).toEqual({ holds: true, nextMs: midnight(0) });
    expect(both('or')).toEqual({ holds: true, nextMs: midnight(1) });
    expect(truthOf({ condition_groups: [{ conditions: [afterToday('soon'), yes] }] })).toEqual({
      holds: true,
      nextMs: FOREVER,
    });
  });
});

describe('a definition', () => {
  test('holds a hundred conditions, wherever they stand', () => {
    expect(
      flawsOf(
        Array.from({ length: 60 }, () => yes),
        [group('or', ...Array.from({ length: 40 }, () => no))],
      ),
    ).toEqual([]);
  });

  test('of 101 conditions is refused', () => {
    const flaws = flawsOf(
      Array.from({ length: 60 }, () => yes),
      [group('or', ...Array.from({ length: 41 }, () => no))],
    );
    expect(flaws).toEqual([{ field: 'condition_groups', rule: 'may hold at most 100 conditions in all' }]);
  });

  test('too deep to follow is refused where it is', () => {
    expect(flawsOf([nested(31, yes)])).toEqual([]);
    const [flaw] = flawsOf([yes, nested(32, yes)]);
    expect(flaw).toEqual({
      field: `condition_groups.0.conditions.1${'.conditions.0'.repeat(31)}`,
      rule: 'may be nested at most 32 deep',
    });
  });

  test('of a thousand groups in each other is refused like any other', () => {
    expect(flawsOf([nested(1000, yes)])).toHaveLength(1);
  });

  test('negates one condition at a time', () => {
    const field = 'condition_groups.0.conditions.0.conditions';
    expect(flawsOf([group('not', yes, no)])).toMatchObject([{ field }]);
    expect(flawsOf([group('not')])).toMatchObject([{ field }]);
  });

  test.each<[string, Condition]>([
    ['measurement_filter', counted('A', { measurement_filter: { type: 'existence', operator: 'is-set' } })],
    [
      'measurement_filter',
      counted('A', { measurement_filter: { type: 'numeric', operator: 'between', start: 2, end: 1 } }),
    ],
    [
      'timeframe_filter',
      counted('A', { timeframe_filter: { type: 'date', operator: 'between', unit: 'day', start: 3, end: 3 } }),
    ],
    [
      'metric_filters.0.filter.value',
      counted('A', { metric_filters: [{ property: 'x', filter: { type: 'string', operator: 'regex', value: '[' } }] }),
    ],
    ['filter', trait('x', { type: 'date', operator: 'between', unit: 'day', start: 3, end: 1 })],
    [
      'filter',
      {
        type: 'profile-predictive-analytics',
        dimension: 'historic_clv',
        filter: { type: 'numeric', operator: 'between', start: 2, end: 1 },
      },
    ],
    [
      'timeframe_filter',
      {
        type: 'profile-vouchers',
        measurement: 'redeemed',
        measurement_filter: { type: 'numeric', operator: 'equals', value: 1 },
        timeframe_filter: { type: 'date', operator: 'between', unit: 'day', start: 3, end: 1 },
      },
    ],
    [
      'measurement_filter',
      {
        type: 'profile-orders',
        measurement: 'first',
        measurement_filter: { type: 'numeric', operator: 'equals', value: 1 },
        timeframe_filter: { type: 'date', operator: 'alltime' },
      },
    ],
  ])('that no life could be held against is refused by its %s', (field, condition) => {
    expect(flawsOf([yes, condition]).map((flaw) => flaw.field)).toEqual([`condition_groups.0.conditions.1.${field}`]);
  });

  test('names what can change it, by the names under which that is stored', () => {
    const since = { type: 'date', operator: 'since-event', metric_id: 'Email Opened', which: 'last' } as const;
    const conditions = [
      counted('Order Completed', { timeframe_filter: since }),
      trait('shoe.size', { type: 'existence', operator: 'is-set' }),
    ];
    const { needs } = compiled({ condition_groups: [{ conditions }] });
    // a trait may have the dot in its own name
    expect([...needs].sort()).toEqual(['event:Opened Email', 'event:Placed Order', 'trait:shoe', 'trait:shoe.size']);
  });
});
