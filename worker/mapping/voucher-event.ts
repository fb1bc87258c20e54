/** A custom event as a voucher client tells it, as an event like that of any other source. Pure. */
import type { CustomerEvent } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Receipt } from '../shops/shop-time.ts';
import type { EventReason } from '../wire/event-reasons.ts';
import { mapMessage, type Sender } from './segment.ts';

export interface ToldEvent {
  name: string;
  metadata: JsonObject;
  /** Whose it is. */
  customer: string;
  /** Names the telling: again under it nothing is told. */
  messageId: string;
}

/** By the same reading as Segment's `track`. What it may state of an order only shows: orders have one source, and it is not this. */
export function customEvent(
  { name, metadata, customer, messageId }: ToldEvent,
  sender: Pick<Sender, 'trust' | 'visitor' | 'currency'> & Receipt,
): { event: CustomerEvent; note: EventReason | null } | { refused: EventReason } {
  const message = { type: 'track', event: name, properties: metadata, anonymousId: customer, messageId };
  const mapped = mapMessage(message, { ...sender, sentAt: null, ownsOrders: false });
  if ('refused' in mapped) return mapped;
  const { event, note } = mapped;
  return { event: { ...event, source: 'voucher_client', key: `v${event.key}` }, note };
}
