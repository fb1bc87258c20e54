/** One transaction for a call; where an input trips a bug, each is tried alone, so that the rest is stored. */
import type { Terms } from '../domain/terms.ts';
import { StaleTerms } from './due.ts';
import { type Group, type GroupAnswer, recordFailure, recordGroups } from './record.ts';
import type { CustomerStore } from './store.ts';

interface Recording {
  terms: Terms;
  now: number;
  /** Told of bugs. */
  report: (msg: string, error: unknown) => void;
}

export function recordAll(store: CustomerStore, groups: Group[], recording: Recording): GroupAnswer[] {
  const { terms, now, report } = recording;
  try {
    return store.transaction((batch) => recordGroups({ store, batch, terms }, groups, now));
  } catch (error) {
    if (error instanceof StaleTerms) throw error;
    report('an input tripped a bug', error);
    return groups.map((group) => recordSingly(store, group, recording));
  }
}

function recordSingly(store: CustomerStore, group: Group, { terms, now, report }: Recording): GroupAnswer {
  const all: GroupAnswer = { moved: null, answers: [] };
  for (const input of group.inputs) {
    try {
      const single = [{ ...group, inputs: [input] }];
      const [answer] = store.transaction((batch) => recordGroups({ store, batch, terms }, single, now));
      if (answer === undefined) throw new Error('no answer for the input');
      if (answer.moved !== null) return answer;
      all.answers.push(...answer.answers);
    } catch (error) {
      report('an input tripped a bug', error);
      if (input.kind !== 'event') throw error;
      store.transaction((batch) => recordFailure(batch, group.customer, input.event, error, now));
      all.answers.push({ verdict: 'failed' });
    }
  }
  return all;
}
