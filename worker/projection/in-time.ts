/** How long D1 may take. */
import { within } from '../time/deadline.ts';

const TIMEOUT_MS = 3_000;

/** What D1 answers, or a throw where it takes too long; whether it did the work is then unknown. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return within(TIMEOUT_MS, work, () => {
    throw new Error(`D1 did not answer within ${TIMEOUT_MS} ms`);
  });
}
