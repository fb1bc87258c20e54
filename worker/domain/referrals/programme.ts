/** What bringing a friend brings, and what keeps it honest. */
import type { Bonus } from '../loyalty/bonus.ts';

export interface ReferralChecks {
  /** Nobody brings themselves, however they spell their e-mail. */
  self: boolean;
  /** Nor anybody who bought before. */
  knownCustomers: boolean;
  /** Nor anybody who sits at the same browser. */
  sameBrowser: boolean;
  /** More claims than this from one address within so many days wait for a look; null: any number may come. */
  perAddress: { count: number; days: number } | null;
}

export interface ReferralProgramme {
  /** Points come with the friend's order, a reward with the claim: it is for that order. null: nothing. */
  friend: Bonus | null;
  referrer: Bonus | null;
  /** What the friend's order must come to after discounts, without tax, shipping and gift cards. */
  minimumMinor: number;
  /** So many days of the shop's calendar an order has to stand before it counts. */
  waitingDays: number;
  /** A link is good for so many days after it was followed. */
  claimWithinDays: number;
  /** A friend who ordered nothing is forgotten after so many days; null: never. */
  expiresAfterDays: number | null;
  /** Every member, or those who bought something themselves. */
  whoRefers: 'members' | 'buyers';
  /** Which of two people counts who refer the same friend before that one orders. */
  attribution: 'last' | 'first';
  /** Where links lead, on the shop's own pages; null: the shop makes its links itself. */
  landingUrl: string | null;
  checks: ReferralChecks;
}
