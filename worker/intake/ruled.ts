/** The shop's event rules, applied to what a source maps to: before any object is called, alike for every source. */

import { type CustomerEvent, canonicalName } from '../domain/event.ts';
import { type EventRule, type EventSource, namedBy, rulingOn } from '../domain/event-rules.ts';
import { isObject, type JsonObject, textOf } from '../domain/json.ts';
import type { Difference } from '../domain/schema-check.ts';
import { type Mapped, mapMessage, type Sender } from '../mapping/segment.ts';
import type { Delivery } from '../routing/deliver.ts';
import type { EventReason } from '../wire/event-reasons.ts';

/** What the rules made of an event; absent where the shop has none. */
export interface Ruled {
  /** The name it goes by, before aliases. */
  name: string;
  renamed: boolean;
  differences: Difference[];
}

export type RuledDelivery = (Delivery & { ruled?: Ruled }) | { refused: EventReason; ruled?: Ruled };
export type RuledMapped = Mapped & { ruled?: Ruled };

/** One Segment message: renamed as it was sent, mapped, and held against the rule of the name it then has. */
export function mapRuled(message: unknown, sender: Sender, rules: readonly EventRule[]): RuledMapped {
  if (rules.length === 0) return mapMessage(message, sender);
  const sent = sentNameOf(message);
  const named = sent === null ? null : namedBy(rules, 'segment', sent);
  const renamed = named !== null && named.name !== sent;
  const mapped = mapMessage(renamed && isObject(message) ? { ...message, event: named.name } : message, sender);
  if ('refused' in mapped) return mapped;
  // calls without a name of their own have one only now
  const { name, rule } = named ?? namedBy(rules, 'segment', mapped.event.name);
  const event =
    named === null && name !== mapped.event.name ? { ...mapped.event, name: canonicalName(name) } : mapped.event;
  const ruling = rulingOn(rule, contentOf(event, isIdentify(message)), event.fact !== null);
  const ruled = { name, renamed: renamed || event !== mapped.event, differences: ruling.differences };
  return ruling.kind === 'drop' ? { refused: ruling.reason, ruled } : { ...mapped, event, ruled };
}

/** An event of a shop platform, whose names are ours to begin with. */
export function ruleDelivery(delivery: Delivery, source: EventSource, rules: readonly EventRule[]): RuledDelivery {
  if (rules.length === 0) return delivery;
  const { event } = delivery;
  const { name, rule } = namedBy(rules, source, event.name);
  const renamed = name !== event.name && event.fact === null;
  const ruling = rulingOn(rule, event.properties, event.fact !== null);
  const ruled = { name: renamed ? name : event.name, renamed, differences: ruling.differences };
  if (ruling.kind === 'drop') return { refused: ruling.reason, ruled };
  return { ...delivery, event: renamed ? { ...event, name: canonicalName(name) } : event, ruled };
}

/** What a schema speaks of: the traits of an identify call, the properties of any other event. */
export function contentOf(event: CustomerEvent, identify: boolean): JsonObject {
  return identify ? (event.traits ?? {}) : event.properties;
}

export function isIdentify(message: unknown): boolean {
  return isObject(message) && message.type === 'identify';
}

export function sentNameOf(message: unknown): string | null {
  return isObject(message) && message.type === 'track' ? textOf(message, 'event') : null;
}
