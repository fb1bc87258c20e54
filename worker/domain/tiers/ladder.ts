/** The tiers in their order: which one a value reaches, and which of two is higher. -1 stands for none. */
import type { Tier, TierProgramme } from './programme.ts';

/** The place of a tier; -1: none, or one that the programme does not have. */
export function rankOf({ tiers }: TierProgramme, id: string | null | undefined): number {
  return tiers.findIndex((tier) => tier.id === id);
}

/** The place of the highest tier that a value reaches. */
export function rankAt({ tiers }: TierProgramme, value: number): number {
  return tiers.findLastIndex(({ threshold }) => threshold <= value);
}

export function tierAt({ tiers }: TierProgramme, rank: number): Tier | null {
  return tiers[rank] ?? null;
}

/** What a customer was held against, in short: other tiers or thresholds have another. */
export function ladderOf({ tiers }: TierProgramme): string {
  return digest(JSON.stringify(tiers.map(({ id, threshold }) => [id, threshold])));
}

/** 53 bits of a text (cyrb53): for telling apart settings of one shop, not for anything that somebody may want to forge. */
export function digest(text: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
