/**
 * Ends an operation that others keep something for and that never came: asked under its own key, so that where it came
 * after all this changes nothing, and where it did not it never will.
 */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow } from '../work.ts';

export interface Abandonment {
  op: 'abandon';
  /** Those of the operation. */
  key: string;
  fingerprint: string;
}

export function decideAbandonment(state: State, input: Abandonment, terms: Terms, now: number): Decision {
  const work = open(state);
  const refusal = { reason: 'abandoned' as const };
  const about = { fingerprint: input.fingerprint, refusal };
  const times = { atMs: now, recordedAtMs: now };
  pushRow(work, { kind: 'voucher.refused', ...times, key: input.key, terms, entries: [], about });
  return { changes: close(work, now), refusal };
}
