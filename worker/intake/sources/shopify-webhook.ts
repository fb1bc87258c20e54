/** One verified delivery of Shopify's, and the event that any of its topics becomes. */
import type { CustomerEvent } from '../../domain/event.ts';
import type { JsonObject } from '../../domain/json.ts';
import { instantOf } from './shopify-json.ts';

export interface Webhook {
  topic: string;
  /** The event's id; equal for every delivery and every subscription of the same event. */
  eventId: string;
  triggeredAtMs: number | null;
  receivedAtMs: number;
  /** Real time, where the shop's clock was set to another. */
  wallMs?: number;
  payload: JsonObject;
  currency: string;
}

/** When it happened: as Shopify says, as the payload says, else now; never later than it was received. */
export function occurredAt({ triggeredAtMs, payload, receivedAtMs }: Webhook): number {
  const said = triggeredAtMs ?? instantOf(payload, 'updated_at') ?? receivedAtMs;
  return Math.max(0, Math.min(said, receivedAtMs));
}

export function eventOf(webhook: Webhook, name: string, properties: JsonObject): CustomerEvent {
  return {
    key: `shopify:${webhook.topic}:${webhook.eventId}`,
    source: 'shopify',
    trust: 'server',
    name,
    occurredAtMs: occurredAt(webhook),
    receivedAtMs: webhook.receivedAtMs,
    properties,
    traits: null,
    fact: null,
  };
}
