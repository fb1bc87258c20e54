/**
 * What senders' own words say of consent: the traits of a profile, and events by their common names. What is not
 * understood is named and left out; it never guesses a permission.
 */
import {
  CHANNELS,
  type Channel,
  CONSENT_STATES,
  type ConsentChange,
  type ConsentState,
  type Proof,
  proofOf,
} from './consent.ts';
import { isObject, type Json, type JsonObject, textOf } from './json.ts';

export interface ConsentReading {
  changes: ConsentChange[];
  /** The parts that were not understood, as dotted names. */
  unread: string[];
}

export interface Telling {
  /** When the event happened: the time of what brings none of its own. */
  atMs: number;
  source: string;
}

const LONGEST_SOURCE = 100;
const LONGEST_NAME = 40;
const LATEST_MS = 8_640_000_000_000_000;

/**
 * `traits.consent`: a channel (`email`, `sms`, `push`) to true, false, a state, or `{state, at?, source?, proof?}` with
 * `at` as ISO 8601 or milliseconds. Where it says nothing of e-mail, `accepts_marketing` (`acceptsMarketing`) does.
 */
export function consentOfTraits(traits: JsonObject, telling: Telling): ConsentReading {
  const reading: ConsentReading = { changes: [], unread: [] };
  const told = traits.consent ?? {};
  if (!isObject(told)) return { changes: legacyOf(traits, telling), unread: ['consent'] };
  for (const [name, value] of Object.entries(told)) {
    const channel = CHANNELS.find((one) => one === name);
    const change = channel === undefined || value === null ? null : changeOf(channel, value, telling);
    if (change !== null) reading.changes.push(change);
    else if (value !== null) reading.unread.push(`consent.${name.slice(0, LONGEST_NAME)}`);
  }
  const saysEmail = Object.hasOwn(told, 'email');
  return saysEmail ? reading : { ...reading, changes: [...legacyOf(traits, telling), ...reading.changes] };
}

function changeOf(channel: Channel, value: Json, telling: Telling): ConsentChange | null {
  const said = isObject(value) ? value : { state: value };
  const state = stateOf(said.state);
  const isUndated = said.at === undefined || said.at === null;
  const atMs = isUndated ? telling.atMs : instantOf(said.at ?? null);
  if (state === null || atMs === null) return null;
  const source = textOf(said, 'source')?.slice(0, LONGEST_SOURCE) ?? telling.source;
  const proof = isObject(said.proof) ? proofOf(said.proof) : {};
  const change = { kind: 'state' as const, channel, state, atMs, source, proof };
  return isUndated ? { ...change, undated: true } : change;
}

function stateOf(value: Json | undefined): ConsentState | null {
  if (typeof value === 'boolean') return value ? 'subscribed' : 'unsubscribed';
  return CONSENT_STATES.find((state) => state === value) ?? null;
}

function instantOf(value: Json): number | null {
  const at = typeof value === 'string' ? new Date(value).getTime() : value;
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 && at <= LATEST_MS ? at : null;
}

function legacyOf(traits: JsonObject, { atMs, source }: Telling): ConsentChange[] {
  const accepts = traits.accepts_marketing ?? traits.acceptsMarketing;
  if (typeof accepts !== 'boolean') return [];
  const state = accepts ? 'subscribed' : 'unsubscribed';
  const proof = { method: 'accepts_marketing' };
  return [{ kind: 'state', channel: 'email', state, atMs, source, proof, undated: true }];
}

type Meaning = { channel: Channel } & (
  | { kind: 'state'; state: ConsentState }
  | { kind: 'suppressed'; reason: 'bounced' | 'complained' }
);

/** By the one name an event has here; `Unsubscribed` alone is Segment's name for e-mail. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  Unsubscribed: { channel: 'email', kind: 'state', state: 'unsubscribed' },
  'Unsubscribed from Email Marketing': { channel: 'email', kind: 'state', state: 'unsubscribed' },
  'Unsubscribed from SMS Marketing': { channel: 'sms', kind: 'state', state: 'unsubscribed' },
  'Subscribed to Email Marketing': { channel: 'email', kind: 'state', state: 'subscribed' },
  'Subscribed to SMS Marketing': { channel: 'sms', kind: 'state', state: 'subscribed' },
  'Bounced Email': { channel: 'email', kind: 'suppressed', reason: 'bounced' },
  'Bounced SMS': { channel: 'sms', kind: 'suppressed', reason: 'bounced' },
  'Marked Email as Spam': { channel: 'email', kind: 'suppressed', reason: 'complained' },
  'Marked SMS as Spam': { channel: 'sms', kind: 'suppressed', reason: 'complained' },
};

/** What an event says of consent by its name alone. A soft bounce (a full mailbox, say) says nothing yet. */
export function consentOfEvent(name: string, properties: JsonObject, telling: Telling): ConsentChange[] {
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  if (meaning === undefined || (meaning.kind === 'suppressed' && isSoft(properties))) return [];
  const proof: Proof = { method: name };
  return meaning.kind === 'state' ? [{ ...telling, ...meaning, proof }] : [{ ...telling, ...meaning }];
}

function isSoft(properties: JsonObject): boolean {
  const kinds = ['bounce_type', 'bounceType', 'Bounce Type', 'type'].map((name) => textOf(properties, name));
  return kinds.some((kind) => kind !== null && /^(soft|transient)/i.test(kind));
}
