/** Rules that give a reward in the place of points: once, as a row of its own after what earned it. */
import { describe, expect, test } from 'vitest';
import type { Reward, RewardProgramme } from '../../../worker/domain/rewards/programme.ts';
import { NO_REWARDS } from '../../../worker/domain/rewards/programme.ts';
import { event, NOW, paid, refund, refunded, rule, snapshot, terms, updated } from '../given.ts';
import { pointsOf, Till } from '../till.ts';
import { earning, eventRule, orderRule } from './given-rules.ts';

const MUG: Reward = {
  id: 'mug',
  name: 'Mug',
  text: null,
  active: true,
  benefit: { kind: 'perk' },
  price: null,
  tierPrices: {},
  stock: null,
  limit: null,
  onlyFor: { segments: [], tiers: [] },
  expires: null,
  minimumMinor: null,
  applicable: { only: [], not: [] },
  combinable: true,
  prefix: 'MUG-',
};
const rewards: RewardProgramme = { ...NO_REWARDS, rewards: [MUG] };
const gives = { kind: 'reward' as const, reward: 'mug' };

function issued(till: Till) {
  return till.journal.flatMap(({ name, about, seq }) => (name === 'Reward Issued' ? [[about.for, seq]] : []));
}

describe('a rule that gives a reward', () => {
  test('of an event gives it after the event’s row, as often as its limit says', () => {
    const limits = [{ most: 1, of: 'times' as const, per: 'lifetime' as const }];
    const rules = [eventRule('survey', 'Survey', { gives, limits })];
    const till = new Till(terms({ rewards, earning: earning({ rules }) }));
    for (const key of ['a', 'b']) till.record(event(key, { name: 'Survey' }));
    expect([issued(till), till.balance]).toEqual([[['survey', 2]], 0]);
  });

  test('of an order gives it once it is large enough, beside the points of others, and never again', () => {
    const rules = [orderRule('mug', { stackable: true, minimumMinor: 6000, gives })];
    const till = new Till(terms({ order: rule(), rewards, earning: earning({ rules }) }));
    till.tell(paid(snapshot(5000)));
    expect(issued(till)).toEqual([]);
    till.tell(updated(snapshot(6000, { updatedAtMs: NOW })));
    till.tell(updated(snapshot(7000, { updatedAtMs: NOW + 1 })));
    expect([issued(till).length, till.balance]).toEqual([1, 70]);
    expect(pointsOf(till.tell(refunded(refund('a'))))).toEqual([-70]);
    expect(issued(till)).toHaveLength(1);
  });

  test('that the programme has no more gives nothing, and the event is kept', () => {
    const till = new Till(terms({ earning: earning({ rules: [eventRule('survey', 'Survey', { gives })] }) }));
    till.record(event('a', { name: 'Survey' }));
    expect(till.journal.map(({ kind }) => kind)).toEqual(['event']);
  });
});
