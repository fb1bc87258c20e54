/** What somebody may ask of a customer under an idempotency key, each once: a new one is a file of its own and two lines here. */
import { type Adjustment, decideAdjustment } from './adjustment.ts';
import type { State } from './customer.ts';
import type { Decision } from './decision.ts';
import type { Terms } from './terms.ts';

/** Every one has a `key` and the `fingerprint` of its request: the same key with another request is refused. */
export type Operation = Adjustment;

export function decideOperation(state: State, operation: Operation, terms: Terms, now: number): Decision {
  switch (operation.op) {
    case 'adjust':
      return decideAdjustment(state, operation, terms, now);
  }
}
