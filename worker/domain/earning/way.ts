/** A way to earn, as one customer finds it; and what it is looked at with. */
import type { Channel } from '../consent.ts';
import type { Head } from '../customer.ts';
import { rewardOf } from '../rewards/issue.ts';
import type { Terms } from '../terms.ts';
import type { Compiled } from './compiled.ts';
import type { Judge, Who } from './judge.ts';
import type { EarningRule } from './programme.ts';

export type WayGives =
  | { kind: 'points'; points: number }
  /** `points` for every `perMinor` minor units of the shop's currency. */
  | { kind: 'rate'; points: number; perMinor: number }
  | { kind: 'reward'; name: string };

export interface EarningWay {
  id: string;
  kind: EarningRule['kind'] | 'birthday' | 'referral';
  name: string;
  gives: WayGives;
  /** What an order must come to; 0: anything, or it is no order. */
  minimumMinor: number;
  /** `done`: never again. `later`: a limit is reached, or it has not begun. */
  state: 'available' | 'done' | 'later';
  /** null: now, never, or nobody can say. */
  againAtMs: number | null;
  endsAtMs: number | null;
  /** Of a consent. */
  channel: Channel | null;
}

export interface EarningWays {
  /** What is available first, else in the programme's own order. */
  ways: EarningWay[];
  /** Bonus campaigns that run for this customer now. */
  bonuses: { name: string; endsAtMs: number | null }[];
}

/** The customer, as ways are looked at. */
export type Earner = Who & { head: Pick<Head, 'consents' | 'orders'> };

export interface Scene {
  who: Earner;
  terms: Terms;
  nowMs: number;
  judge: Judge;
  compiled: Compiled;
}

/** null: it is given to nobody any more. */
export function rewardGiven(terms: Terms, id: string): WayGives | null {
  const reward = rewardOf(terms, id);
  if (reward === null || !reward.active || reward.benefit.kind === 'variable') return null;
  return { kind: 'reward', name: reward.name };
}
