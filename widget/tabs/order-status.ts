/** Of an order's three states, the one that the shopper wants to know. */
import type { DeliveryStatus, OrderSummary } from '../../worker/wire/hub.ts';
import type { StatusKey } from '../strings/keys.ts';

export type Tone = 'done' | 'moving' | 'attention' | 'ended';
export interface Status {
  readonly key: StatusKey;
  readonly tone: Tone;
}

type States = Pick<OrderSummary, 'payment' | 'fulfilment' | 'delivery'>;

/** Money that went back ends the story; then the carrier knows most; then the shop's own fulfilment. */
export function statusOf({ payment, fulfilment, delivery }: States): Status {
  if (payment === 'cancelled' || payment === 'refunded') return { key: payment, tone: 'ended' };
  if (delivery) return { key: delivery, tone: deliveryTone(delivery) };
  if (fulfilment === 'unfulfilled' && payment === 'pending') return { key: 'pending', tone: 'attention' };
  return {
    key: fulfilment,
    tone: fulfilment === 'fulfilled' ? 'done' : 'moving',
  };
}

export function deliveryTone(status: DeliveryStatus): Tone {
  if (status === 'delivered') return 'done';
  return status === 'failure' || status === 'attempted_delivery' || status === 'ready_for_pickup'
    ? 'attention'
    : 'moving';
}
