/** Where every source ends: one event of one customer, with where it came from and what it states about an order. */
import type { ConsentChange } from './consent.ts';
import type { JsonObject } from './json.ts';
import type { OrderFact } from './order-facts.ts';
import type { ListChange } from './segments/states.ts';

/** Strongest first: the order of this list is the order in which identifiers decide who a customer is. */
export const IDENTIFIER_KINDS = ['order', 'user', 'shopify', 'email', 'phone', 'external', 'anonymous'] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

export interface Identifier {
  kind: IdentifierKind;
  value: string;
}

/** `server`: a secret or a signature vouches for it. `browser`: anyone could have sent it. */
export type Trust = 'server' | 'browser';

/** What marks an event as filled in afterwards: it counts at its own time, and nobody is told of it as of something new. */
export interface Backfill {
  /** The import and its line: told again from there, it is the same telling. */
  from: string;
  /** Whether it earns, by the programme of the day it is recorded. */
  earn: boolean;
}

export interface CustomerEvent {
  /** Idempotency key within the customer: source and message id. Never holds a corrected time. */
  key: string;
  source: string;
  trust: Trust;
  /** The one name an event has here, whatever its sender calls it. */
  name: string;
  /** When the sender says it happened, corrected for its clock, never later than `receivedAtMs`. */
  occurredAtMs: number;
  receivedAtMs: number;
  properties: JsonObject;
  traits: JsonObject | null;
  fact: OrderFact | null;
  /** What it says of consent; absent: nothing. */
  consents?: ConsentChange[];
  /** What it says of lists. */
  lists?: ListChange[];
  /** It tells of an order whose shop platform owns the orders: it shows in the timeline and counts for nothing. */
  aside?: boolean;
  /** Absent: it is told as it happens. */
  backfill?: Backfill;
  /** `traits` are all that the source knows, as of this instant: an older telling is not taken over. Absent: only what is named. */
  profileAtMs?: number;
}

/** Names that mean the same event. The right side is what is stored, counted and shown. */
const ALIASES: Readonly<Record<string, string>> = {
  'Order Completed': 'Placed Order',
  'Order Placed': 'Placed Order',
  'Order Refunded': 'Refunded Order',
  'Order Cancelled': 'Cancelled Order',
  'Order Canceled': 'Cancelled Order',
  'Order Updated': 'Updated Order',
  'Email Opened': 'Opened Email',
  'Email Link Clicked': 'Clicked Email',
  'Push Notification Tapped': 'Opened Push',
  'Application Opened': 'Opened App',
  'Email Bounced': 'Bounced Email',
  'Email Marked as Spam': 'Marked Email as Spam',
  'Email Marked As Spam': 'Marked Email as Spam',
  'Email Unsubscribed': 'Unsubscribed from Email Marketing',
  'SMS Bounced': 'Bounced SMS',
  'SMS Marked as Spam': 'Marked SMS as Spam',
  'SMS Marked As Spam': 'Marked SMS as Spam',
  'SMS Unsubscribed': 'Unsubscribed from SMS Marketing',
  'Unsubscribed from SMS': 'Unsubscribed from SMS Marketing',
};

export function canonicalName(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
}
