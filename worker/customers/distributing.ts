/** What entering a segment sets off: distributions that wait for it. Where value is given only trusted events count. */
import type { Head } from '../domain/customer.ts';
import { byEntering, isAwaited, type Whom } from '../domain/distributions/triggered.ts';
import type { Errand } from '../domain/errand.ts';
import { type Cause, guardedSince, type Transition } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import type { Batch } from './batch.ts';

export interface Deciding {
  batch: Batch;
  terms: Terms;
}

/** With the customer as the look leaves them. */
export function whomOf({ batch, terms }: Deciding, customer: string, head: Head, nowMs: number): Whom {
  const since = guardedSince({ head, history: batch.history(customer) }, terms.segments, nowMs);
  return { customer, head, isIn: (segment) => since(segment) !== null, nowMs };
}

export interface Entered {
  customer: string;
  head: Head;
  transitions: Transition[];
  /** Of the row of the first transition; the others follow it. */
  firstSeq: number;
  cause: Cause;
  atMs: number;
}

/** Nothing where nobody waits for any of it. */
export function setOff(deciding: Deciding, entered: Entered): Errand[] {
  const { batch, terms } = deciding;
  const { customer, head, transitions, firstSeq, cause, atMs } = entered;
  let whom: Whom | null = null;
  return transitions.flatMap(({ segment, change }, place) => {
    if (change !== 'entered' || !isAwaited(segment.id, terms)) return [];
    whom ??= whomOf(deciding, customer, head, atMs);
    const row = cause.kind === 'event' ? batch.rowAt(customer, cause.seq) : null;
    const entering = { segment: segment.id, seq: firstSeq + place, cause, filledIn: row?.about.backfill === true };
    return byEntering(whom, entering, terms);
  });
}
