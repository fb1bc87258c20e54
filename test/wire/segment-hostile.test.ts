/** JSON that was made to harm: too deep, too much, or named as what every object inherits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthFlaw, SegmentDefinition } from '../../worker/wire/segment-definition.ts';
import { put } from './definition-api.ts';
import { did, of, trait } from './definitions.ts';

describe('hostile JSON', () => {
  const nested = (depth: number, inside: string) => {
    const opening = '{"type":"group","operator":"and","conditions":['.repeat(depth);
    return `{"condition_groups":[{"conditions":[${opening}${inside}${']}'.repeat(depth)}]}]}`;
  };
  const MANY = JSON.stringify(Array(101).fill(did('A')));

  it.each([10_000, 41, 40])('%i groups in groups are refused without a word about what is in them', async (depth) => {
    const { status, body } = await put(nested(depth, '{}'));
    expect({ status, rules: body.errors?.map(({ rule }) => rule) }).toEqual({
      status: 400,
      rules: ['must be nested at most 40 deep'],
    });
  });

  it('39 groups in groups are read to the bottom', async () => {
    expect((await put(nested(39, JSON.stringify(did('A'))))).status).toBe(200);
    expect((await put(nested(39, '{}'))).body.errors?.map(({ field }) => field)).toEqual([
      `condition_groups.0.conditions.0${'.conditions.0'.repeat(39)}.type`,
    ]);
  });

  it('is no deeper to look at than to refuse: 100,000 levels', () => {
    let condition: unknown = did('A');
    for (let level = 0; level < 100_000; level++)
      condition = { type: 'group', operator: 'and', conditions: [condition] };
    expect(depthFlaw(of(condition))?.rule).toBe('must be nested at most 40 deep');
    expect(SegmentDefinition.safeParse(of(condition)).error?.issues).toHaveLength(1);
  });

  it.each([
    [
      'in a value',
      '{"type":"profile-property","property":"a","filter":{"type":"string","operator":"equals","value":@}}',
    ],
    ['in a filter', '{"type":"profile-property","property":"a","filter":@}'],
    ['in a field that nobody knows', '{"type":"profile-property","property":"a","x":@}'],
  ])('10,000 lists in lists %s are refused', async (_, condition) => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect((await put(`{"condition_groups":[{"conditions":[${condition.replace('@', deep)}]}]}`)).status).toBe(400);
  });

  it('too many conditions or groups are refused once, wherever they are', async () => {
    const rule = 'must hold 1 to 100';
    const path = 'condition_groups.0.conditions';
    expect((await put(`{"condition_groups":${MANY}}`)).body.errors).toEqual([{ field: 'condition_groups', rule }]);
    expect((await put(`{"condition_groups":[{"conditions":${MANY}}]}`)).body.errors).toEqual([{ field: path, rule }]);
    const inside = `{"type":"group","operator":"or","conditions":${MANY}}`;
    expect((await put(`{"condition_groups":[{"conditions":[${inside}]}]}`)).body.errors).toEqual([
      { field: `${path}.0.conditions`, rule },
    ]);
    const empty = { conditions: Array(100).fill({}) };
    expect((await put(JSON.stringify({ condition_groups: Array(11).fill(empty) }))).body.errors).toEqual([
      { field: 'condition_groups', rule: 'must hold at most 1000 conditions and groups, nested ones included' },
    ]);
  });

  it('keys named __proto__ are unknown fields wherever they are, and change nothing', async () => {
    const condition = '{"type":"profile-region","in_region":true,"region":"united_states","__proto__":{"polluted":1}}';
    const { body } = await put(
      `{"__proto__":{"polluted":1},"condition_groups":[{"conditions":[${condition}],"__proto__":[]}]}`,
    );
    const rule = 'is not a known field';
    expect(body.errors).toEqual([
      { field: 'condition_groups.0.conditions.0.__proto__', rule },
      { field: 'condition_groups.0.__proto__', rule },
      { field: '__proto__', rule },
    ]);
    const inherited = '{"__proto__":{"condition_groups":[{"conditions":[]}]}}';
    expect((await put(inherited)).body.errors).toContainEqual({ field: '__proto__', rule });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('-0 is kept as 0', () => {
    const told = of(trait('a', { type: 'numeric', operator: 'equals', value: -0 }));
    expect(SegmentDefinition.parse(told)).toStrictEqual(
      of(trait('a', { type: 'numeric', operator: 'equals', value: 0 })),
    );
  });

  it('whatever JSON it is, it is answered', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => void SegmentDefinition.safeParse(json)));
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        (json) => void SegmentDefinition.safeParse(of(json, { ...did('A'), metric_filters: json })),
      ),
    );
  });
});
