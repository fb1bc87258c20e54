/**
 * Whether a customer may be written to, channel by channel: what they said last, who vouches for it, and whether an
 * address was suppressed. Changes commute; nothing here knows how a source tells them.
 */
import { type JsonObject, textOf } from './json.ts';

export const CHANNELS = ['email', 'sms', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The more restrictive the later: of two statements of the same instant the later one here stands. */
export const CONSENT_STATES = ['subscribed', 'pending', 'never_subscribed', 'unsubscribed'] as const;
/** `pending`: a double opt-in was asked for and not answered. */
export type ConsentState = (typeof CONSENT_STATES)[number];

export const SUPPRESSION_REASONS = ['manual', 'bounced', 'complained'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export const PROOF_FIELDS = ['method', 'optInLevel', 'ip', 'form', 'text', 'url'] as const;
/** What the merchant can show for a consent, each at most `LONGEST_PROOF` characters. */
export type Proof = { [field in (typeof PROOF_FIELDS)[number]]?: string };
export const LONGEST_PROOF = 300;

export interface Consent {
  state: ConsentState;
  /** When the customer said so, not when we heard of it. */
  atMs: number;
  source: string;
  /** As of the event that told it (`Trust`). */
  trust: 'server' | 'browser';
  proof: Proof;
  /** As of `ConsentChange`. */
  undated?: true;
}

export interface Suppression {
  reason: SuppressionReason;
  atMs: number;
  source: string;
}

export interface ChannelConsent {
  consent: Consent | null;
  suppression: Suppression | null;
  /** The last lifting: what was suppressed before it stays lifted, however late it is told. */
  liftedAtMs: number | null;
}

/** A channel that nobody ever said anything of is absent. */
export type Consents = { [channel in Channel]?: ChannelConsent };

interface Told {
  channel: Channel;
  /** null: as of now, and after whatever stands; for who acts on what they see. */
  atMs: number | null;
  source: string;
}

/** One thing that a source says of one channel. */
export type ConsentChange =
  /** `undated`: a profile that is sent again and again, and does not say since when; such a grant yields to everything else. */
  | (Told & { kind: 'state'; state: ConsentState; proof: Proof; undated?: true })
  | (Told & { kind: 'suppressed'; reason: SuppressionReason })
  | (Told & { kind: 'lifted' });

/** A change as the journal keeps it: at its instant, and whether it moved anything. */
export type RecordedConsent = ConsentChange & { atMs: number; applied: boolean };

export interface Teller {
  trust: Consent['trust'];
  /** The customer is known to the shop. */
  known: boolean;
  nowMs: number;
}

const NOTHING: ChannelConsent = { consent: null, suppression: null, liftedAtMs: null };

/** The consents after the changes, in any order the same; `recorded` has one entry for each change. */
export function applyConsents(
  consents: Consents,
  changes: readonly ConsentChange[],
  teller: Teller,
): { consents: Consents; recorded: RecordedConsent[] } {
  let now = consents;
  const recorded = changes.map((change): RecordedConsent => {
    const before = now[change.channel] ?? NOTHING;
    const dated = { ...change, atMs: instantOf(change, before, teller.nowMs) };
    const after = isBeyond(change, teller) ? before : applyOne(before, dated, teller.trust);
    if (after !== before) now = { ...now, [change.channel]: after };
    return { ...dated, applied: after !== before };
  });
  return { consents: now, recorded };
}

/** A browser speaks for somebody the shop does not know, and never of suppressions. */
function isBeyond(change: ConsentChange, { trust, known }: Teller): boolean {
  return trust === 'browser' && (known || change.kind !== 'state');
}

function instantOf(change: ConsentChange, before: ChannelConsent, nowMs: number): number {
  if (change.atMs !== null) return Math.max(0, Math.min(change.atMs, nowMs));
  const standing = change.kind === 'lifted' ? before.suppression?.atMs : before.consent?.atMs;
  if (change.kind === 'suppressed') return Math.max(nowMs, before.liftedAtMs ?? 0);
  return Math.max(nowMs, (standing ?? -1) + 1);
}

function applyOne(
  before: ChannelConsent,
  change: ConsentChange & { atMs: number },
  trust: Teller['trust'],
): ChannelConsent {
  const { atMs, source } = change;
  switch (change.kind) {
    case 'state': {
      const words = { state: change.state, atMs, source, trust, proof: change.proof };
      const consent: Consent = change.undated ? { ...words, undated: true } : words;
      return before.consent !== null && !outranks(consent, before.consent) ? before : { ...before, consent };
    }
    case 'suppressed': {
      const suppression = { reason: change.reason, atMs, source };
      if (before.liftedAtMs !== null && atMs < before.liftedAtMs) return before;
      const older = before.suppression !== null && !isLater(suppression, before.suppression);
      return older ? before : { ...before, suppression };
    }
    case 'lifted': {
      if (before.liftedAtMs !== null && atMs <= before.liftedAtMs) return before;
      const held = before.suppression !== null && before.suppression.atMs >= atMs;
      return { ...before, suppression: held ? before.suppression : null, liftedAtMs: atMs };
    }
  }
}

/** Whose word stands: a trusted one's, then any but a grant without its time, then the newer, then the more restrictive; last, any order that never changes. */
function outranks(a: Consent, b: Consent): boolean {
  if (a.trust !== b.trust) return a.trust === 'server';
  if (isVague(a) !== isVague(b)) return isVague(b);
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  const strict = CONSENT_STATES.indexOf(a.state) - CONSENT_STATES.indexOf(b.state);
  return strict === 0 ? textOfConsent(a) > textOfConsent(b) : strict > 0;
}

/** A server that identifies at each login says `accepts_marketing: true` long after the shopper unsubscribed elsewhere. */
function isVague({ undated, state }: Consent): boolean {
  return undated === true && (state === 'subscribed' || state === 'pending');
}

function textOfConsent({ source, proof, undated }: Consent): string {
  return JSON.stringify([undated ?? false, source, ...PROOF_FIELDS.map((field) => proof[field] ?? '')]);
}

function isLater(a: Suppression, b: Suppression): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  const graver = SUPPRESSION_REASONS.indexOf(a.reason) - SUPPRESSION_REASONS.indexOf(b.reason);
  return graver === 0 ? a.source > b.source : graver > 0;
}

export type Refusal = SuppressionReason | Exclude<ConsentState, 'subscribed'> | 'unproved';
export type Reception = { allowed: true } | { allowed: false; reason: Refusal };

/** Whether marketing may go out on the channel. `unproved`: only a browser said that they subscribed. */
export function canReceive(consents: Consents, channel: Channel): Reception {
  const { consent, suppression } = consents[channel] ?? NOTHING;
  if (suppression !== null) return { allowed: false, reason: suppression.reason };
  if (consent === null) return { allowed: false, reason: 'never_subscribed' };
  if (consent.state !== 'subscribed') return { allowed: false, reason: consent.state };
  return consent.trust === 'server' ? { allowed: true } : { allowed: false, reason: 'unproved' };
}

/** The texts of a proof that are known here, cut to their length; common other spellings are read as well. */
export function proofOf(from: JsonObject): Proof {
  const told: Proof = {};
  for (const field of PROOF_FIELDS) {
    const text = textOf(from, field) ?? (field === 'optInLevel' ? textOf(from, 'opt_in_level') : null);
    if (text !== null) told[field] = text.slice(0, LONGEST_PROOF);
  }
  return told;
}

/** One of two customers that become one. */
export interface ConsentHolder {
  known: boolean;
  consents: Consents;
}

/**
 * The consents of two customers that turn out to be one; either may be named first. The same state keeps its older date,
 * of different ones the newer stands, and who is suppressed on either side stays so. What a browser said for somebody
 * unknown is dropped where the other one is known.
 */
export function mergeConsents(survivor: ConsentHolder, loser: ConsentHolder): Consents {
  const known = survivor.known || loser.known;
  const merged: Consents = {};
  for (const channel of CHANNELS) {
    const sides = [survivor, loser].flatMap((side) => sideOf(side, channel, known));
    const [one = null, other = null] = sides;
    const both = one !== null && other !== null ? mergeChannel(one, other) : (one ?? other);
    if (both !== null && !isNothing(both)) merged[channel] = both;
  }
  return merged;
}

function sideOf({ known, consents }: ConsentHolder, channel: Channel, becomesKnown: boolean): ChannelConsent[] {
  const own = consents[channel];
  if (own === undefined) return [];
  const dropped = becomesKnown && !known && own.consent?.trust === 'browser';
  return [dropped ? { ...own, consent: null } : own];
}

function mergeChannel(a: ChannelConsent, b: ChannelConsent): ChannelConsent {
  const suppressions = [a.suppression, b.suppression].filter((one) => one !== null);
  const [first = null, second = null] = suppressions;
  const suppression = first !== null && second !== null && isLater(second, first) ? second : first;
  const lifted = [a.liftedAtMs, b.liftedAtMs].filter((at) => at !== null);
  // a lifting of the one never lifted the other's
  const liftedAtMs = suppression !== null || lifted.length === 0 ? null : Math.max(...lifted);
  return { consent: mergeStates(a.consent, b.consent), suppression, liftedAtMs };
}

function mergeStates(a: Consent | null, b: Consent | null): Consent | null {
  if (a === null || b === null) return a ?? b;
  const [stands, yields] = outranks(b, a) ? [b, a] : [a, b];
  const sameWord =
    stands.state === yields.state && stands.trust === yields.trust && isVague(stands) === isVague(yields);
  return sameWord && yields.atMs < stands.atMs ? yields : stands;
}

function isNothing({ consent, suppression, liftedAtMs }: ChannelConsent): boolean {
  return consent === null && suppression === null && liftedAtMs === null;
}
