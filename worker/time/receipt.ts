/** A sender's time in a shop whose clock is not real time. Pure. */

const NEAR_MS = 5 * 60_000;

/** What is said to happen within five minutes of real time happens at the shop's now; other times are kept. */
export function inShopTime(saidMs: number, { wallMs, nowMs }: { wallMs: number; nowMs: number }): number {
  return Math.abs(saidMs - wallMs) <= NEAR_MS ? nowMs : saidMs;
}
