/** What others ask of a campaign's budget, and what they are answered. */
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { CountName, Counts } from '../domain/vouchers/facts.ts';
import type { ShopCalendar } from '../domain/vouchers/tally.ts';
import type { Coordinator } from '../holds/coordinator.ts';

/** What one redemption takes of the budget; all of it fits, or none of it is kept. */
export interface Taking {
  /** Names it for ever: asked again, the answer is the same. */
  op: string;
  cost: Cost;
  customer: string | null;
  /** By the shop's clock. */
  atMs: number;
  calendar: ShopCalendar;
  /** Which counts the caller needs; without this one. */
  counts: CountName[];
  /** Of something that has no definition here, such as the stock of a reward; null: those of the campaign. */
  caps: Caps | null;
  /** What the rules that the asker goes by let through in all: not guarded here, but shares never pass it. Absent: nothing is known. */
  bounds?: Caps | null;
}

/** `own`: what the asker keeps here already does not count against it. */
export interface CountCall extends Pick<Taking, 'counts' | 'customer' | 'atMs' | 'calendar'> {
  own?: string[];
}

export interface ReserveCall extends Taking {
  /** -1: it is to be given back, once the coordinator has taken something back. */
  by: 1 | -1;
  /** Who will know whether it came about; asked where nobody says so within seconds. */
  coordinator: Coordinator;
}

export type Reserved =
  | { granted: true; counts: Counts /** Shares decide; told by the root alone. */; split?: true }
  /** `ended`: it was voided before it was asked for. */
  | { granted: false; full: keyof Cost | 'ended'; room: number; split?: true };

/** What an object of codes redeemed or took back by itself, by its own numbers. */
export interface HeardEntry {
  seq: number;
  /** -1: taken back. */
  by: 1 | -1;
  cost: Cost;
  customer: string | null;
  atMs: number;
}

export interface HearCall {
  object: string;
  entries: HeardEntry[];
  calendar: ShopCalendar;
  nowMs: number;
}

export interface Spent {
  used: Cost;
  held: Cost;
}
