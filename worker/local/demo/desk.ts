/** Every change to an order, told to the edge as the shop platform tells it: one signed webhook per fact. */
import type { Order, Refund } from './order.ts';
import { fulfilmentPayload, orderPayload, refundPayload } from './payload.ts';
import type { ShopData } from './shop-data.ts';
import { postWebhook, type Source } from './webhook.ts';

export type DeskAction = 'ship' | 'deliver' | 'refund' | 'cancel';

export const isDeskAction = (text: string): text is DeskAction =>
  ['ship', 'deliver', 'refund', 'cancel'].includes(text);

/** Each of these answers a sentence for the page: null when the edge took everything. */
export async function tellPlaced(source: Source, order: Order): Promise<string | null> {
  const payload = orderPayload(order);
  return tell(source, [
    ['orders/create', { ...payload, financial_status: 'pending' }],
    ['orders/paid', payload],
  ]);
}

export async function act(
  data: ShopData,
  source: Source,
  request: { order: Order; action: DeskAction; line: string },
): Promise<string | null> {
  const { order, action, line } = request;
  if (order.cancelledAtIso !== null) return null;
  if (action === 'refund') return refund(data, source, order, [line]);
  if (action === 'cancel') return cancel(data, source, order);
  return post(data, source, order, action);
}

async function post(data: ShopData, source: Source, order: Order, action: 'ship' | 'deliver'): Promise<string | null> {
  const isDue = action === 'ship' ? order.fulfilment === null : order.fulfilment?.delivered === false;
  if (!isDue) return null;
  if (action === 'ship') data.ship(order);
  else data.deliver(order);
  const after = again(data, order);
  const topic = action === 'ship' ? 'fulfillments/create' : 'fulfillments/update';
  return tell(source, [
    [topic, fulfilmentPayload(after)],
    ['orders/updated', orderPayload(after)],
  ]);
}

async function refund(data: ShopData, source: Source, order: Order, lineIds: string[]): Promise<string | null> {
  if (!order.lines.some((line) => line.refundId === null && lineIds.includes(line.id))) return null;
  const made = data.refund(order, lineIds, 0);
  const after = again(data, order);
  return tell(source, [
    ['refunds/create', refundPayload(after, made)],
    ['orders/updated', orderPayload(after)],
  ]);
}

/** What is still open is refunded first, postage with it: the platform sends both facts, in no promised order. */
async function cancel(data: ShopData, source: Source, order: Order): Promise<string | null> {
  if (order.fulfilment !== null) return null;
  const made: Refund = data.refund(
    order,
    order.lines.map((line) => line.id),
    order.shippingMinor,
  );
  data.cancel(again(data, order));
  const after = again(data, order);
  return tell(source, [
    ['refunds/create', refundPayload(after, made)],
    ['orders/cancelled', orderPayload(after)],
  ]);
}

const again = (data: ShopData, order: Order): Order => data.find(order.id) ?? order;

async function tell(source: Source, webhooks: [topic: string, payload: unknown][]): Promise<string | null> {
  for (const [topic, payload] of webhooks) {
    const status = await postWebhook(source, topic, payload);
    if (status === null) return `The edge did not answer when it was sent ${topic}.`;
    if (status >= 300) return `The edge refused ${topic} with status ${status}.`;
  }
  return null;
}
