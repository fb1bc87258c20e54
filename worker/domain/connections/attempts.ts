/**
 * What follows from an attempt to deliver: done, again and when, or given up. Pure. The schedule is the one that Standard
 * Webhooks suggests: the last attempt is a little more than three days after the first.
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How long after the first, the second … failed attempt the next one is made. */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** So much of a wait is added or taken by chance, so that what failed together does not come back together. */
const JITTER = 0.1;
/** The other side may ask for more time, up to this. */
const LONGEST_ASKED_MS = 24 * HOUR_MS;
/** After so long with nothing but failures a connection is paused. */
export const FAILING_MS = 5 * 24 * HOUR_MS;

/** What came of one attempt; `status` null: nobody answered. */
export interface Outcome {
  status: number | null;
  /** null: delivered. */
  error: 'timeout' | 'network' | 'redirected' | 'refused' | 'lost' | null;
  /** What the other side asked for in Retry-After. */
  retryAfterMs: number | null;
}

export type Verdict =
  | { state: 'succeeded' }
  /** `gone`: nothing more is wanted there. */
  | { state: 'failed'; nextMs: number; gone: boolean }
  | { state: 'dead' };

/** `tries`: attempts by now, this one included; `chance`: 0 up to 1. */
export function verdictOf(outcome: Outcome, at: { tries: number; nowMs: number; chance: number }): Verdict {
  if (outcome.error === null) return { state: 'succeeded' };
  // it is not there any more, and never will be
  if (outcome.error === 'lost') return { state: 'dead' };
  const wait = RETRY_AFTER_MS[at.tries - 1];
  const gone = outcome.status === 410;
  if (wait === undefined && !gone) return { state: 'dead' };
  const jittered = (wait ?? LONGEST_ASKED_MS) * (1 + JITTER * (2 * at.chance - 1));
  const asked = Math.min(outcome.retryAfterMs ?? 0, LONGEST_ASKED_MS);
  return { state: 'failed', nextMs: Math.ceil(at.nowMs + Math.max(jittered, asked)), gone };
}

/** Whether the other side as a whole is out of order, and not this one event. */
export function isOutage({ status, error }: Pick<Outcome, 'status' | 'error'>): boolean {
  if (error === 'timeout' || error === 'network') return true;
  return status !== null && (status >= 500 || [408, 425, 429].includes(status));
}

const SECONDS = /^\d{1,9}$/;
const HTTP_DATE = /^[A-Z][a-z]{2,8}, /;

/** Seconds or a date, as HTTP has it; null for anything else. */
export function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (SECONDS.test(text.trim())) return Number(text.trim()) * SECOND_MS;
  const atMs = HTTP_DATE.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
