/**
 * Segment's messages as customer events. Pure: what a client sent goes in, an event or the reason for refusing it comes
 * out. Contract: the HTTP tracking API; limits are Segment's own, enforced here because its clients do not.
 */

import type { Subject } from '../directory/match.ts';
import { type CustomerEvent, canonicalName, type Identifier, type Trust } from '../domain/event.ts';
import { emailOf, isPlain, LONGEST_ID } from '../domain/identifier.ts';
import { flawOf, isObject, type JsonObject, objectOf, textOf } from '../domain/json.ts';
import type { Receipt } from '../shops/shop-time.ts';
import { inShopTime } from '../time/receipt.ts';
import type { EventReason } from '../wire/event-reasons.ts';
import { consentOfMessage, withoutConsent } from './segment-consent.ts';
import { namedBy, namingId } from './segment-identity.ts';
import { isAside, type OrderReading, orderFactOf } from './segment-order.ts';

export const MESSAGE_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const LARGEST_MESSAGE = 32 * 1024;
const LONGEST_MESSAGE_ID = 100;
export interface Sender extends Receipt {
  trust: Trust;
  /** The address of a browser. */
  visitor?: string;
  /** The batch's clock when it was sent, for events without their own. */
  sentAt: unknown;
  /** Whether order events of this source count; else they only show in the timeline. */
  ownsOrders: boolean;
  currency: string;
}

export type Mapped = { subject: Subject; event: CustomerEvent; note: EventReason | null } | { refused: EventReason };

/** One message of a batch, or of a single call whose address named its type. */
export function mapMessage(message: unknown, sender: Sender): Mapped {
  if (!isObject(message)) return { refused: 'not_an_object' };
  const flaw = flawOf(message);
  if (flaw !== null) return { refused: flaw };
  const type = MESSAGE_TYPES.find((one) => one === message.type);
  if (type === undefined) return { refused: 'unknown_type' };
  const messageId = textOf(message, 'messageId') ?? textOf(message, 'message_id') ?? crypto.randomUUID();
  if (messageId.length > LONGEST_MESSAGE_ID) return { refused: 'message_id_too_long' };
  if (!isPlain(messageId)) return { refused: 'message_id_not_text' };
  const name = nameOf(type, message);
  if (name === null) return { refused: 'no_event_name' };
  if (!isPlain(name)) return { refused: 'event_name_not_text' };
  const traits = traitsOf(type, message);
  const named = namedBy(message, traits, sender.trust);
  if ('refused' in named) return named;
  const properties = propertiesOf(type, message);
  const occurredAtMs = occurredAt(message, sender);
  const order = orderFactOf(name, properties, {
    ...sender,
    occurredAtMs,
    messageId,
  });
  const consent = consentOfMessage({ type, name, traits, properties }, { atMs: occurredAtMs, source: 'segment' });
  const identifiers = identifiersWith(order, named.identifiers);
  const subject = {
    identifiers,
    trust: sender.trust,
    ...(named.formerly === null ? {} : { formerly: named.formerly }),
    ...(sender.visitor === undefined ? {} : { visitor: sender.visitor }),
  };
  const event: CustomerEvent = {
    key: `${sender.trust === 'server' ? 's' : 'b'}:${messageId}`,
    source: 'segment',
    trust: sender.trust,
    name,
    occurredAtMs,
    receivedAtMs: sender.receivedAtMs,
    properties,
    traits: profileChange(type, message, traits, sender.trust),
    fact: order.fact,
    ...(isAside(name, sender) ? { aside: true } : {}),
    ...consent.part,
  };
  return {
    subject,
    event,
    note: order.note ?? consent.note,
  };
}

/** A refund or a cancellation is found by its order alone: whoever sends it need not be who bought. */
function identifiersWith(order: OrderReading, identifiers: Identifier[]): Identifier[] {
  if (order.fact === null) return identifiers;
  const own: Identifier = { kind: 'order', value: order.orderId };
  return order.fact.kind === 'order' ? [...identifiers, own] : [own];
}

/** Segment's correction: the client's clock error is what `sentAt` says too much; a time in the future is now. */
function occurredAt(message: JsonObject, sender: Sender): number {
  const { receivedAtMs, wallMs } = sender;
  const said = instantOf(message.originalTimestamp ?? message.timestamp);
  if (said === null) return receivedAtMs;
  const sent = instantOf(message.sentAt ?? sender.sentAt);
  const corrected = sent === null ? said : (wallMs ?? receivedAtMs) - (sent - said);
  const at = wallMs === undefined ? corrected : inShopTime(corrected, { wallMs, nowMs: receivedAtMs });
  return Math.max(0, Math.min(at, receivedAtMs));
}

function instantOf(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const at = new Date(value).getTime();
  return Number.isFinite(at) ? at : null;
}

function nameOf(type: MessageType, message: JsonObject): string | null {
  if (type === 'track') {
    const event = textOf(message, 'event');
    return event === null || event.length > LONGEST_ID ? null : canonicalName(event);
  }
  const names = {
    identify: 'Identified',
    page: 'Viewed Page',
    screen: 'Viewed Screen',
    group: 'Joined Group',
    alias: 'Aliased',
  };
  return names[type];
}

function propertiesOf(type: MessageType, message: JsonObject): JsonObject {
  const properties = objectOf(message, 'properties');
  if (type === 'page' || type === 'screen') return { ...properties, ...labelled(message, ['name', 'category']) };
  if (type === 'group')
    return {
      ...objectOf(message, 'traits'),
      ...labelled(message, ['groupId']),
    };
  if (type === 'alias') return labelled(message, ['previousId']);
  return properties;
}

function labelled(message: JsonObject, names: string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (textOf(message, name) === null ? [] : [[name, message[name] ?? null]])),
  );
}

function traitsOf(type: MessageType, message: JsonObject): JsonObject {
  const inContext = objectOf(objectOf(message, 'context'), 'traits');
  return type === 'identify' ? { ...inContext, ...objectOf(message, 'traits') } : inContext;
}

/** What the profile takes over: traits of an identify call, with the ids that a trusted sender vouches for. */
function profileChange(type: MessageType, message: JsonObject, traits: JsonObject, trust: Trust): JsonObject | null {
  const change: JsonObject = type === 'identify' ? { ...withoutConsent(traits) } : {};
  const names: [string, string][] = [
    ['first_name', 'firstName'],
    ['last_name', 'lastName'],
  ];
  for (const [theirs, ours] of names) {
    if (change[theirs] !== undefined && change[ours] === undefined) change[ours] = change[theirs];
  }
  const email = emailOf(traits);
  const userId = namingId(message, 'userId');
  if (email !== null && trust === 'server') change.email = email;
  if (userId !== null && trust === 'server') change.userId = userId;
  return Object.keys(change).length === 0 ? null : change;
}
