/**
 * What the answer to an errand makes of the customer who asked. The caller has looked up that the errand is still open,
 * and drops it in the same transaction: an answer that comes twice finds nothing to answer.
 */
import type { Changes, State } from './customer.ts';
import type { Answered } from './errand.ts';
import type { When } from './loyalty/part.ts';
import { afterDecision, errandAnswered } from './loyalty/parts.ts';
import { releaseDue } from './loyalty/releases.ts';
import type { Terms } from './terms.ts';
import { close, open } from './work.ts';

export function decideAnswer(state: State, answered: Answered, terms: Terms, when: When): Changes {
  const work = open(state);
  errandAnswered(work, answered, terms, when);
  const entries = work.rows.flatMap((row) => row.entries);
  if (work.rows.length > 0) afterDecision(work, { ...when, event: null, entries }, terms);
  releaseDue(work, terms, when);
  return close(work, when.nowMs);
}
