/** What the programme gives by itself, for a tier or a birthday: points, or a reward by its id. */

export type Bonus = { kind: 'points'; points: number } | { kind: 'reward'; reward: string };
