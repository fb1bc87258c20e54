/** When the expiry of whole balances was switched on, as the shop keeps it: whoever switches it off and on, or changes it, begins a whole period anew. */
import type { Programme } from '../programme.ts';

export function withSwitch(programme: Programme, before: Programme | null, nowMs: number): Programme {
  const { inactivity } = programme;
  if (inactivity === undefined) return programme;
  return { ...programme, inactivity: { ...inactivity, switchedOnAtMs: switchedOnAtMs(programme, before, nowMs) } };
}

function switchedOnAtMs({ inactivity }: Programme, before: Programme | null, nowMs: number): number | null {
  const [is, was] = [inactivity?.expiry ?? null, before?.inactivity?.expiry ?? null];
  if (is === null) return null;
  const isSame = was !== null && is.unit === was.unit && is.quantity === was.quantity && is.until === was.until;
  return isSame ? (before?.inactivity?.switchedOnAtMs ?? nowMs) : nowMs;
}
