/** A friend whom a customer brought, as the one who brought them keeps it: what the friend's object said last, and what came of it. */
import type { Given, ReferralStatus } from './state.ts';

export interface Made {
  id: string;
  status: ReferralStatus;
  reasons: string[];
  flagged: boolean;
  /** The customer who was brought, by the id of the day it was told. */
  friend: string;
  startedAtMs: number;
  changedAtMs: number;
  /** Of the change that was told last. */
  version: number;
  /** What the referrer got, while it is theirs. */
  given: Given | null;
}
