/**
 * How many objects share the codes of a generation: fixed for a generation that has codes, for these are found by it. To
 * have more, add a generation; codes that are made from then on live there.
 */

/** 0: codes that were typed or imported; they carry no generation. */
const SHARDS: readonly number[] = [16, 16];

/** Codes are made in this one. */
export const NEWEST = SHARDS.length - 1;

/** null: nothing was ever made in it. */
export function shardsOf(generation: number): number | null {
  return SHARDS[generation] ?? null;
}
