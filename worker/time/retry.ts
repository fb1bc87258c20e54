/** How long to wait before trying again what failed. */

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 300_000;

/** Doubles from a quarter of a second to five minutes, with up to half of it random, so that objects do not march in step. */
export function retryAfterMs(failures: number): number {
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return wait / 2 + (wait / 2) * Math.random();
}
