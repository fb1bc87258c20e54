/** Distributions: what sets them off, once for each occasion, and by whose word. */
import { describe, expect, it } from 'vitest';
import type { Head } from '../../../worker/domain/customer.ts';
import {
  type Distribution,
  MOST_DISTRIBUTIONS,
  withChange,
} from '../../../worker/domain/distributions/distribution.ts';
import {
  byBackFill,
  byEntering,
  byEvent,
  isAwaited,
  type Whom,
} from '../../../worker/domain/distributions/triggered.ts';
import type { CustomerEvent } from '../../../worker/domain/event.ts';
import type { Cause } from '../../../worker/domain/segments/membership.ts';
import { NOW, terms } from '../given.ts';

function distribution(more: Partial<Distribution> = {}): Distribution {
  return {
    id: 'dst_1',
    name: 'Welcome',
    campaign: 'camp_1',
    trigger: { on: 'segment', segment: 'seg_1' },
    when: null,
    holderOnly: true,
    byJobs: false,
    active: true,
    createdAtMs: NOW,
    updatedAtMs: NOW,
    ...more,
  };
}

const head = { traits: { city: 'Cork' }, loyalty: {} } as unknown as Head;
const whom = (segments: string[] = ['seg_1']): Whom => ({
  customer: 'a-1',
  head,
  isIn: (segment) => segments.includes(segment),
  nowMs: NOW,
});
const withThem = (...distributions: Distribution[]) => terms({}, { distributions });
const asked = (one: Distribution, occasion: string) => [
  {
    op: `${one.id}:a-1:${occasion}`,
    kind: 'distribution.give',
    body: { distribution: one.id, campaign: one.campaign },
  },
];

function event(properties: CustomerEvent['properties'] = {}): CustomerEvent {
  const times = { occurredAtMs: NOW, receivedAtMs: NOW };
  return {
    key: 'k',
    name: 'Tasted',
    source: 'segment',
    trust: 'server',
    traits: null,
    fact: null,
    properties,
    ...times,
  };
}

const POINTS: Cause = { kind: 'points' };
const entering = (more: object = {}) => ({ segment: 'seg_1', seq: 7, cause: POINTS, filledIn: false, ...more });

describe('entering a segment', () => {
  it('asks once, by the number of the row that says so', () => {
    const one = distribution();
    expect(byEntering(whom(), entering(), withThem(one))).toEqual(asked(one, '7'));
    expect(isAwaited('seg_1', withThem(one))).toBe(true);
  });

  it('asks for nobody who is there by the word of a browser alone', () => {
    expect(byEntering(whom([]), entering(), withThem(distribution()))).toEqual([]);
  });

  it('by a changed definition or an import asks only where that is wanted', () => {
    const [plain, wanted] = [distribution(), distribution({ id: 'dst_2', byJobs: true })];
    const both = withThem(plain, wanted);
    const definition: Cause = { kind: 'definition' };
    expect(byEntering(whom(), entering({ cause: definition }), both)).toEqual(asked(wanted, '7'));
    expect(byEntering(whom(), entering({ filledIn: true }), both)).toEqual(asked(wanted, '7'));
  });

  it('asks nothing of one that is paused, or that waits for another segment or an event', () => {
    const others = [
      distribution({ active: false }),
      distribution({ trigger: { on: 'segment', segment: 'seg_2' } }),
      distribution({ trigger: { on: 'event', event: 'Tasted' } }),
    ];
    expect(byEntering(whom(), entering(), withThem(...others))).toEqual([]);
    expect(isAwaited('seg_1', withThem(...others))).toBe(false);
  });
});

describe('an event', () => {
  const test = { op: 'any_of' as const, values: ['gold'] };
  const one = distribution({
    trigger: { on: 'event', event: 'Tasted' },
    when: {
      kind: 'all',
      of: [
        { kind: 'event', path: 'level', test },
        { kind: 'segment', anyOf: ['seg_1'] },
      ],
    },
  });

  it('asks where its own conditions hold, and those on the customer', () => {
    expect(byEvent(whom(), event({ level: 'gold' }), 3, withThem(one))).toEqual(asked(one, '3'));
  });

  it('asks nothing where one of them does not, or by another name', () => {
    expect(byEvent(whom(), event({ level: 'plain' }), 3, withThem(one))).toEqual([]);
    expect(byEvent(whom([]), event({ level: 'gold' }), 3, withThem(one))).toEqual([]);
    expect(byEvent(whom(), { ...event({ level: 'gold' }), name: 'Else' }, 3, withThem(one))).toEqual([]);
  });
});

it('a back-fill asks for each member under one name, however often it runs', () => {
  const one = distribution();
  const [first] = asked(one, 'back-fill');
  expect(byBackFill(one, whom(), withThem(one))).toEqual(first);
  expect(byBackFill(one, whom([]), withThem(one))).toBeNull();
});

describe('the distributions of a shop', () => {
  it('are changed where they are, and dropped', () => {
    const [one, two] = [distribution(), distribution({ id: 'dst_2' })];
    const change = { active: false, updatedAtMs: NOW + 1 };
    expect(withChange([one, two], { kind: 'change', id: 'dst_2', change })).toEqual([one, { ...two, ...change }]);
    expect(withChange([one, two], { kind: 'drop', id: 'dst_1' })).toEqual([two]);
    expect(withChange([one], { kind: 'change', id: 'dst_2', change })).toBe('unknown');
    expect(withChange([one], { kind: 'drop', id: 'dst_2' })).toBe('unknown');
  });

  it('are added once, and no more than a shop may have', () => {
    const all = Array.from({ length: MOST_DISTRIBUTIONS }, (_, at) => distribution({ id: `dst_${at}` }));
    const again = { kind: 'add' as const, distribution: distribution({ id: 'dst_0', name: 'Another' }) };
    expect(withChange(all, again)).toEqual(all);
    expect(withChange(all, { kind: 'add', distribution: distribution({ id: 'dst_new' }) })).toBe('full');
  });
});
