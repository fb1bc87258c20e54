/** The ready segments: each can be made as it stands, is what it says, and takes its own parameters within their bounds. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { compile } from '../../worker/domain/segments/compile.ts';
import type { Definition } from '../../worker/domain/segments/definition.ts';
import {
  READY_KEYS,
  READY_SEGMENTS,
  type ReadyKey,
  type ReadyParameters,
  type ReadySegment,
  readyDefinition,
} from '../../worker/domain/segments/ready.ts';
import { pattern } from '../../worker/segments/pattern.ts';
import * as wire from '../../worker/wire/ready-segments.ts';
import { SegmentDefinition } from '../../worker/wire/segment-definition.ts';
import { did, ESPRESSO, LAST_72_HOURS } from '../wire/definitions.ts';

function definitionOf(key: ReadyKey, given: ReadyParameters = {}): Definition {
  const made = readyDefinition(key, given);
  if ('flaws' in made) throw new Error(JSON.stringify(made.flaws));
  return made.definition;
}

function flawsOf(key: ReadyKey, given: ReadyParameters) {
  const made = readyDefinition(key, given);
  return 'flaws' in made ? made.flaws : [];
}

/** The conditions, group by group. */
function groupsOf(key: ReadyKey, given: ReadyParameters = {}): object[][] {
  return definitionOf(key, given).condition_groups.map(({ conditions }) => conditions);
}

/** Every parameter at one end of its bounds. */
function extreme(key: ReadyKey, end: 'least' | 'most'): ReadyParameters {
  const { parameters } = READY_SEGMENTS.find((one) => one.key === key) as ReadySegment;
  return Object.fromEntries(
    parameters.map((one) => {
      if (one.kind === 'choice') return [one.name, one.options.at(end === 'least' ? 0 : -1)];
      if (one.kind === 'number') return [one.name, one[end]];
      return [one.name, end === 'least' ? { unit: 'minute', quantity: 1 } : { unit: 'year', quantity: one.most.year }];
    }),
  );
}

describe.each(READY_KEYS)('%s', (key) => {
  it.each([
    ['as it stands', {}],
    ['with the least of everything', extreme(key, 'least')],
    ['with the most of everything', extreme(key, 'most')],
  ])('%s is taken as a definition, unchanged, and can be asked of customers', (_, given) => {
    const definition = definitionOf(key, wire.ReadyParameters.parse(given));
    expect(SegmentDefinition.parse(definition)).toStrictEqual(definition);
    expect(compile(definition, pattern)).not.toHaveProperty('flaws');
  });

  it('refuses what lies beyond its bounds, and what it does not know', () => {
    const { parameters } = READY_SEGMENTS.find((one) => one.key === key) as ReadySegment;
    const names = parameters.map(({ name }) => name);
    const beyond: Required<ReadyParameters> = {
      window: { unit: 'month', quantity: 1_201 },
      times: 1_001,
      orders: 1,
      amount: 0,
      measure: 'sum',
      appOpens: 0.5,
    };
    const refused = flawsOf(key, beyond).map(({ field, rule }) => [field, rule.startsWith('is not a parameter')]);
    const all = Object.keys(beyond).filter((name) => name !== 'measure' || !names.includes(name));
    expect(refused.sort()).toEqual(all.map((name) => [name, !names.some((one) => one === name)]).sort());
  });
});

describe('the espresso shots are those of Klaviyo:', () => {
  const [[, email], [, sms], [, push]] = ESPRESSO as [[string, object], [string, object], [string, object]];
  const bare = (definition: object) => JSON.parse(JSON.stringify(definition).replace(',"filters":null', ''));

  it('e-mail', () => expect(definitionOf('espresso_email')).toStrictEqual(email));
  it('SMS', () => expect(definitionOf('espresso_sms')).toStrictEqual(bare(sms)));
  it('push, and with the app opened', () => {
    expect(definitionOf('espresso_push', { appOpens: 1 })).toStrictEqual(push);
    expect(groupsOf('espresso_push')).toStrictEqual(groupsOf('espresso_push', { appOpens: 1 }).slice(0, 3));
  });

  it('in a window of one’s own, which is the same everywhere', () => {
    const window = { unit: 'day', quantity: 1 } as const;
    const said = JSON.stringify(LAST_72_HOURS).slice(1, -1);
    const wanted = JSON.stringify({ ...LAST_72_HOURS, ...window }).slice(1, -1);
    expect(definitionOf('espresso_email', { window })).toEqual(
      JSON.parse(JSON.stringify(email).replaceAll(said, wanted)),
    );
  });
});

describe('a ready segment asks for', () => {
  const bought = (more: object) => ({
    type: 'profile-orders',
    measurement: 'count',
    timeframe_filter: { type: 'date', operator: 'alltime' },
    ...more,
  });
  const least = (value: number) => ({ type: 'numeric', operator: 'greater-than-or-equal', value });
  const last = (quantity: number, unit: string) => ({
    timeframe_filter: { type: 'date', operator: 'in-the-last', unit, quantity },
  });

  const CASES: [ReadyKey, ReadyParameters, object[]][] = [
    ['first_time_buyers', {}, [bought({ measurement_filter: { type: 'numeric', operator: 'equals', value: 1 } })]],
    ['returning_buyers', {}, [bought({ measurement_filter: least(2) })]],
    ['returning_buyers', { orders: 5 }, [bought({ measurement_filter: least(5) })]],
    ['high_order_value', { amount: 250.5 }, [bought({ measurement_filter: least(1), total_filter: least(250.5) })]],
    ['high_order_value', { measure: 'sum' }, [bought({ measurement: 'sum', measurement_filter: least(100) })]],
    ['redeemed_last_month', {}, [did('Points Redeemed', { measurement_filter: least(2), ...last(1, 'month') })]],
    ['frequent_referrers', {}, [did('Referral Completed', { measurement_filter: least(3), ...last(12, 'month') })]],
    ['frequent_referrers', { times: 1 }, [did('Referral Completed', last(12, 'month'))]],
    ['recently_reached_tier', {}, [did('VIP Tier Achieved', last(30, 'day'))]],
    [
      'reviewers',
      {},
      ['review_left', 'Product Reviewed'].map((name) =>
        did(name, { timeframe_filter: { type: 'date', operator: 'alltime' } }),
      ),
    ],
    [
      'points_expiring',
      { window: { unit: 'week', quantity: 2 } },
      [
        {
          type: 'profile-loyalty',
          property: 'next_expiry_at',
          filter: { type: 'date', operator: 'in-the-next', unit: 'week', quantity: 2 },
        },
      ],
    ],
    [
      'birthday_this_month',
      {},
      [{ type: 'profile-property', property: 'birthday', filter: { type: 'date', operator: 'anniversary-month' } }],
    ],
  ];
  it.each(CASES)('%s %j', (key, given, conditions) => {
    expect(groupsOf(key, given)).toStrictEqual([conditions]);
  });
});

describe('the list of them', () => {
  it('is what the merchant’s API shows, with its types', () => {
    expect(wire.ReadySegmentList.parse({ items: READY_SEGMENTS })).toEqual({ items: READY_SEGMENTS });
    expect(wire.ReadyKey.options).toEqual([...READY_KEYS]);
    expectTypeOf<wire.ReadyKey>().toEqualTypeOf<ReadyKey>();
    expectTypeOf<wire.ReadyParameters>().toExtend<ReadyParameters>();
    expectTypeOf<ReadyParameters>().toExtend<wire.ReadyParameters>();
  });

  it('says of each parameter what it is where nobody sets it', () => {
    for (const { key, parameters } of READY_SEGMENTS) {
      const usual = Object.fromEntries(parameters.map((one) => [one.name, one.default]));
      expect(readyDefinition(key, wire.ReadyParameters.parse(usual))).toEqual(readyDefinition(key));
    }
  });

  it('is refused a parameter that is none, by name', () => {
    expect(flawsOf('reviewers', { times: 2 })).toEqual([{ field: 'times', rule: 'is not a parameter of reviewers' }]);
    expect(flawsOf('returning_buyers', { orders: 1 })).toEqual([
      { field: 'orders', rule: 'must be a whole number from 2 to 1000' },
    ]);
    expect(wire.ReadyParameters.safeParse({ window: { unit: 'year', quantity: 101 } }).error?.issues).toMatchObject([
      { path: ['window', 'quantity'], message: 'must be at most 100, in years' },
    ]);
  });
});
