/** Rules with a budget of the whole shop: their points wait until it is granted, and are gone where it is not. */
import { describe, expect, it } from 'vitest';
import { budgetOf } from '../../../worker/domain/earning/budget.ts';
import type { EventEarning, Wait } from '../../../worker/domain/earning/programme.ts';
import { NEVER } from '../../../worker/domain/ledger.ts';
import { DAY, event, NOW, terms } from '../given.ts';
import { Till } from '../till.ts';
import { earning, eventRule } from './given-rules.ts';

const BUDGET = { most: 100, of: 'points' as const };

function till(changes: Partial<EventEarning> = {}, wait: Wait | null = null): Till {
  const about = { gives: { kind: 'fixed' as const, points: 15 }, budget: BUDGET, wait, ...changes };
  return new Till(terms({ order: null, earning: earning({ rules: [eventRule('survey', 'Surveyed', about)] }) }));
}

const survey = (one: Till, key = 'a', at = NOW) =>
  one.record(event(key, { name: 'Surveyed', occurredAtMs: at, receivedAtMs: at }), at);

function answer(one: Till, granted: boolean, at = NOW): void {
  const errand = one.errands.shift();
  if (errand === undefined) throw new Error('nobody was asked');
  one.answer(errand, { granted }, at);
}

describe('points of a rule with a budget', () => {
  it('wait, and the shop is asked for them once', () => {
    const one = till();
    survey(one);
    expect([one.balance, one.pending.map(({ points, releasesAtMs }) => [points, releasesAtMs])]).toEqual([
      0,
      [[15, NEVER]],
    ]);
    expect(one.errands).toEqual([
      {
        op: expect.stringMatching(/^budget:c:\d+$/),
        kind: 'budget.take',
        body: { rule: 'survey', points: 15, sinceMs: NOW, untilMs: NOW },
      },
    ]);
  });

  it('are there at once when they are granted', () => {
    const one = till();
    survey(one);
    answer(one, true);
    expect([one.balance, one.pending, one.head?.loyalty.pending]).toEqual([15, [], undefined]);
    expect(one.journal.at(-1)).toMatchObject({ kind: 'points.released', name: 'Points Released' });
  });

  it('wait their days when they are granted, where the rule has some', () => {
    const one = till({}, { after: 'paid', days: 10 });
    survey(one);
    answer(one, true);
    expect(one.pending.map(({ points, releasesAtMs }) => [points, releasesAtMs])).toEqual([[15, NOW + 10 * DAY]]);
    one.due(NOW + 10 * DAY);
    expect([one.balance, one.pending]).toEqual([15, []]);
  });

  it('are gone, without a word, when nothing is left', () => {
    const one = till();
    survey(one);
    answer(one, false);
    expect([one.balance, one.pending, one.head?.loyalty.pending, one.head?.nextDueMs]).toEqual([
      0,
      [],
      undefined,
      null,
    ]);
    expect(one.journal.at(-1)).toMatchObject({ kind: 'points.pending', name: null, entries: [] });
  });

  it('INV-7: of two awards each is answered by itself, in any order', () => {
    const one = till();
    survey(one, 'a', NOW);
    survey(one, 'b', NOW + 1);
    one.errands.reverse();
    answer(one, false, NOW + 2);
    answer(one, true, NOW + 2);
    expect([one.balance, one.pending]).toEqual([15, []]);
  });

  it('that the merchant approved meanwhile stay, and give back what was granted for them', () => {
    const one = till();
    survey(one);
    const [pending] = one.pending;
    const about = { key: 'k', fingerprint: 'k', pending: pending?.id ?? 0, reason: null };
    one.operate({ op: 'pending', action: 'approve', ...about });
    answer(one, true);
    expect([one.balance, one.pending]).toEqual([15, []]);
    expect(one.errands).toMatchObject([{ kind: 'budget.give_back', body: { rule: 'survey', points: 15 } }]);
  });

  it('count towards the limits of the rule from the event on', () => {
    const one = till({ limits: [{ most: 1, of: 'times', per: 'lifetime' }] });
    survey(one, 'a');
    survey(one, 'b');
    expect([one.pending.length, one.errands.length]).toEqual([1, 1]);
  });
});

it('a rule without a budget asks nobody, and one that is gone has none', () => {
  const one = till({ budget: null });
  survey(one);
  expect([one.balance, one.errands]).toEqual([15, []]);
  expect([budgetOf(one.terms, 'survey'), budgetOf(one.terms, 'gone'), budgetOf(till().terms, 'survey')]).toEqual([
    null,
    null,
    BUDGET,
  ]);
});
