/** What a voucher client says of a customer, as an event like that of any other source. Pure. */
import type { CustomerEvent, Identifier } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Receipt } from '../shops/shop-time.ts';
import type { EventReason } from '../wire/event-reasons.ts';
import { mapMessage, type Sender } from './segment.ts';

export interface ToldCustomer {
  /** The user id; null: none is named. */
  sourceId: string | null;
  /** Stands for a customer who has no name but this. */
  made: string | null;
  traits: JsonObject;
  /** Names the telling: again under it nothing is told. */
  messageId: string;
}

/** Who is named, and the event; a reason where a name is none. By the same reading as Segment's `identify`. */
export function identified(
  { sourceId, made, traits, messageId }: ToldCustomer,
  sender: Pick<Sender, 'trust' | 'visitor' | 'currency'> & Receipt,
): { identifiers: Identifier[]; event: CustomerEvent } | { refused: EventReason } {
  const message = {
    type: 'identify',
    messageId,
    traits,
    ...(sourceId === null ? {} : { userId: sourceId }),
    ...(made === null ? {} : { context: { externalIds: [{ id: made, type: 'voucherify', collection: 'users' }] } }),
  };
  const mapped = mapMessage(message, { ...sender, sentAt: null, ownsOrders: false });
  if ('refused' in mapped) return mapped;
  return {
    identifiers: mapped.subject.identifiers,
    event: { ...mapped.event, source: 'voucher_client', key: keyOf(mapped) },
  };
}

function keyOf({ event }: { event: CustomerEvent }): string {
  return `v${event.key}`;
}
