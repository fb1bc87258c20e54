/**
 * A line of a file as the event of a customer, or the rule it breaks. Pure. The profile of a customers file is of now and
 * replaces what is known; everything else counts at the time it names.
 */
import { CHANNELS, CONSENT_STATES, type ConsentChange, proofOf, SUPPRESSION_REASONS } from '../domain/consent.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { isObject, type Json, type JsonObject, textOf } from '../domain/json.ts';
import { MESSAGE_TYPES, mapMessage } from '../mapping/segment.ts';
import type { Delivery } from '../routing/deliver.ts';
import { CONSENT, fieldsOfObject, type ImportKind, PROOF } from './columns.ts';
import type { Fields, Flaw } from './fields.ts';
import { readJson } from './json-text.ts';
import { LineReader, type Now } from './line-reader.ts';
import { personOf, said } from './person.ts';

export interface Setting extends Now {
  kind: ImportKind;
  currency: string;
  /** Whether order events count as orders; else they only show in the timeline. */
  ownsOrders: boolean;
  earn: boolean;
  /** Of a list: which one, and what becomes of the people of the file. */
  list?: { id: string; name: string; change: 'added' | 'removed' };
}

export interface Told {
  delivery: Delivery;
  /** The line's own message id; null where it has none, and counts once for each import. */
  messageId: string | null;
  /** Why it counts for less than it seems to. */
  note: string | null;
}

export type LineReading = { told: Told; flaw: null } | { told: null; flaw: Flaw };

const SOURCE = 'import';
const LONGEST_SOURCE = 100;
const SUPPRESSED = 'suppressed';

/** `from`: names the import and the line, the same whenever it is read. */
export function readObject(value: JsonObject, from: string, setting: Setting): LineReading {
  if (setting.kind === 'events' && MESSAGE_TYPES.some((type) => type === value.type)) {
    return readMessage(value, from, setting);
  }
  const fields = fieldsOfObject(setting.kind, value);
  return 'rule' in fields ? { told: null, flaw: fields } : readFields(fields, from, setting);
}

export function readFields(fields: Fields, from: string, setting: Setting): LineReading {
  const reader = new LineReader(fields, setting);
  const person = personOf(reader);
  const read = LINES[setting.kind](reader, person, setting);
  if (reader.flaw !== null) return { told: null, flaw: reader.flaw };
  return toldBy({ ...read.message, ...withoutNull(read.atMs) }, from, setting, read.event);
}

/** What a line makes: a message as Segment's clients send it, and what the event has beyond it. */
interface Line {
  message: JsonObject;
  atMs: number | null;
  event: Partial<CustomerEvent>;
}

function customerLine(reader: LineReader, person: JsonObject): Line {
  const traits = new Map<string, Json>();
  for (const [name, value] of reader.fields) if (name.startsWith('traits.')) traits.set(name.slice(7), value);
  const [firstName, lastName] = [reader.text('first_name'), reader.text('last_name')];
  const shopifyId = reader.text('shopify_id');
  const known = said({ firstName, lastName, birthday: reader.birthday('birthday'), shopifyId });
  const { context } = person;
  const inContext = isObject(context) && isObject(context.traits) ? context.traits : {};
  const all = { ...Object.fromEntries(traits), ...inContext, ...known };
  return {
    message: { ...person, type: 'identify', traits: all },
    atMs: reader.instant('created_at'),
    event: { name: 'Imported Customer' },
  };
}

function consentLine(reader: LineReader, person: JsonObject): Line {
  const { atMs, consents } = consentsOf(reader, null);
  return { message: { ...person, type: 'track', event: 'Imported Consent' }, atMs, event: { consents } };
}

/** `elseMs`: of what names no time. */
function consentsOf(reader: LineReader, elseMs: number | null) {
  const channel = reader.oneOf('channel', CHANNELS);
  const state = reader.oneOf('state', [...CONSENT_STATES, SUPPRESSED, 'lifted'] as const);
  const atMs =
    reader.instant('at') ?? elseMs ?? reader.refuse('at', 'is required: of two statements the later one stands');
  const source = reader.text('source') ?? SOURCE;
  if (source.length > LONGEST_SOURCE) reader.refuse('source', `must have at most ${LONGEST_SOURCE} characters`);
  const proof = proofOf(said(Object.fromEntries(PROOF.map((field) => [field, reader.text(field)]))));
  const consents: ConsentChange[] = [];
  if (channel !== null && state !== null) {
    const told = { channel, atMs, source };
    if (state === SUPPRESSED) {
      const reason = reader.oneOf('reason', SUPPRESSION_REASONS) ?? 'manual';
      consents.push({ ...told, kind: SUPPRESSED, reason });
    } else if (state === 'lifted') consents.push({ ...told, kind: 'lifted' });
    else consents.push({ ...told, kind: 'state', state, proof });
  }
  return { atMs, consents };
}

/** Since when somebody is on the list also dates their consent, where that names no time of its own. */
function listLine(reader: LineReader, person: JsonObject, { list }: Setting): Line {
  if (list === undefined) throw new Error('a line of no list');
  const { id, name, change } = list;
  const sinceMs = reader.instant('subscribed_at');
  const saysConsent = CONSENT.some((field) => reader.fields.has(field));
  const isAdded = change === 'added';
  const traits = said({ userId: reader.id('user_id'), email: reader.email(), phone: reader.phone() });
  return {
    message: {
      ...person,
      type: 'track',
      event: isAdded ? 'Subscribed to List' : 'Unsubscribed from List',
      properties: { list: id, list_name: name },
    },
    atMs: isAdded ? sinceMs : null,
    event: {
      // who is taken off says nothing of themselves
      traits: isAdded && Object.keys(traits).length > 0 ? traits : null,
      lists: [{ list: id, change, sinceMs: isAdded ? sinceMs : null }],
      ...(saysConsent ? { consents: consentsOf(reader, sinceMs).consents } : {}),
    },
  };
}

function eventLine(reader: LineReader, person: JsonObject): Line {
  const event = reader.required('event');
  const atMs = reader.instant('timestamp') ?? reader.refuse('timestamp', 'is required');
  const properties = new Map(Object.entries(propertiesOf(reader)));
  for (const [name, value] of reader.fields) if (name.startsWith('properties.')) properties.set(name.slice(11), value);
  const message = { ...person, type: 'track', properties: Object.fromEntries(properties) };
  return { message: { ...message, ...said({ event, messageId: reader.text('message_id') }) }, atMs, event: {} };
}

/** The `properties` column holds JSON; in a JSON line they are an object already. */
function propertiesOf(reader: LineReader): JsonObject {
  const value = reader.fields.get('properties') ?? {};
  const read = typeof value === 'string' ? readJson(value) : { value, rule: null };
  if (isObject(read.value)) return read.value;
  reader.refuse('properties', read.rule ?? 'must be a JSON object');
  return {};
}

const LINES: Record<ImportKind, (reader: LineReader, person: JsonObject, setting: Setting) => Line> = {
  customers: customerLine,
  consents: consentLine,
  events: eventLine,
  list: listLine,
};

/** An exported message, as a source once sent it: its time is the one that Segment corrected then. */
function readMessage(message: JsonObject, from: string, setting: Setting): LineReading {
  const { originalTimestamp, sentAt, receivedAt, ...rest } = message;
  const reader = new LineReader(new Map(), setting);
  const told = rest.timestamp ?? originalTimestamp ?? receivedAt ?? null;
  const atMs = told === null ? reader.refuse('timestamp', 'is required') : reader.instantIn('timestamp', told);
  if (reader.flaw !== null) return { told: null, flaw: reader.flaw };
  return toldBy({ ...rest, ...withoutNull(atMs) }, from, setting, {});
}

function withoutNull(atMs: number | null): JsonObject {
  return atMs === null ? {} : { timestamp: atMs };
}

function toldBy(message: JsonObject, from: string, setting: Setting, beyond: Partial<CustomerEvent>): LineReading {
  const { nowMs, currency, ownsOrders, earn, kind } = setting;
  const messageId = textOf(message, 'messageId') ?? textOf(message, 'message_id');
  const sender = { trust: 'server' as const, receivedAtMs: nowMs, sentAt: undefined, currency, ownsOrders };
  const mapped = mapMessage({ ...message, messageId: messageId ?? from }, sender);
  if ('refused' in mapped)
    return { told: null, flaw: FLAWS[mapped.refused] ?? { field: 'line', rule: mapped.refused } };
  const { subject, event, note } = mapped;
  const missing = note === null ? undefined : FLAWS[note];
  if (missing !== undefined) return { told: null, flaw: missing };
  const key = messageId === null ? `i:${from}` : event.key;
  const profile = kind === 'customers' ? { profileAtMs: nowMs } : {};
  const backfill = { from, earn };
  return {
    told: {
      delivery: { subject, event: { ...event, ...profile, ...beyond, key, source: SOURCE, backfill } },
      messageId,
      note,
    },
    flaw: null,
  };
}

/** Why Segment's map refuses a message, as a rule of the line. */
const FLAWS: Readonly<Record<string, Flaw>> = {
  too_deep: { field: 'line', rule: 'must not nest deeper than 32 levels' },
  message_id_too_long: { field: 'message_id', rule: 'must have at most 100 characters' },
  message_id_not_text: { field: 'message_id', rule: 'must hold no control characters' },
  no_event_name: { field: 'event', rule: 'is required, and has at most 255 characters' },
  id_too_long: { field: 'line', rule: 'every identifier must have at most 255 characters' },
  id_not_text: { field: 'line', rule: 'no identifier may hold control characters' },
  no_user_anon_id: { field: 'line', rule: 'names nobody' },
  no_order_id: { field: 'properties.order_id', rule: 'is required of an order' },
  no_amount: { field: 'properties.subtotal', rule: 'is required of an order, as a decimal number such as 49.95' },
};
