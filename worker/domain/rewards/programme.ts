/** What points can be spent on. */

export type RewardProgramme = Record<string, never>;
