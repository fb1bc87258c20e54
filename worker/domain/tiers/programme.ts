/** The tiers, what counts towards them, how long one is kept. */

export type TierProgramme = Record<string, never>;
