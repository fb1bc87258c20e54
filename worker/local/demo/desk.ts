/** Every change to an order, told to the edge as the shop platform tells it: one signed webhook per fact. */
import type { Order } from './order.ts';
import type { OrderBook } from './order-book.ts';
import { fulfilmentPayload, orderPayload, refundPayload } from './payload.ts';
import { giveBack, type Till } from './till.ts';
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

/** Where orders are kept, and where what happens to them is told. */
export type Desk = { orders: OrderBook; source: Source; till: Till };

type Ask = { order: Order; action: DeskAction; line: string };

export async function act(desk: Desk, { order, action, line }: Ask): Promise<string | null> {
  if (order.cancelledAtIso !== null) return null;
  if (action === 'refund') return refund(desk, order, [line]);
  if (action === 'cancel') return cancel(desk, order);
  return post(desk, order, action);
}

async function post(desk: Desk, order: Order, action: 'ship' | 'deliver'): Promise<string | null> {
  const isDue = action === 'ship' ? order.fulfilment === null : order.fulfilment?.delivered === false;
  if (!isDue) return null;
  if (action === 'ship') desk.orders.ship(order);
  else desk.orders.deliver(order);
  const after = again(desk, order);
  const topic = action === 'ship' ? 'fulfillments/create' : 'fulfillments/update';
  return tell(desk.source, [
    [topic, fulfilmentPayload(after)],
    ['orders/updated', orderPayload(after)],
  ]);
}

async function refund(desk: Desk, order: Order, lineIds: string[]): Promise<string | null> {
  if (!order.lines.some((line) => line.refundId === null && lineIds.includes(line.id))) return null;
  const made = desk.orders.refund(order, lineIds, 0);
  const after = again(desk, order);
  return tell(desk.source, [
    ['refunds/create', refundPayload(after, made)],
    ['orders/updated', orderPayload(after)],
  ]);
}

/** What is still open is refunded first, postage with it: the platform sends both facts, in no promised order. */
async function cancel(desk: Desk, order: Order): Promise<string | null> {
  if (order.fulfilment !== null) return null;
  const redeemed = order.codes?.redeemed ?? null;
  if (redeemed !== null) await giveBack(desk.till, redeemed);
  const lineIds = order.lines.map((line) => line.id);
  const made = desk.orders.refund(order, lineIds, order.shippingMinor);
  desk.orders.cancel(again(desk, order));
  const after = again(desk, order);
  return tell(desk.source, [
    ['refunds/create', refundPayload(after, made)],
    ['orders/cancelled', orderPayload(after)],
  ]);
}

const again = ({ orders }: Desk, order: Order): Order => orders.find(order.id) ?? order;

async function tell(source: Source, webhooks: [topic: string, payload: unknown][]): Promise<string | null> {
  for (const [topic, payload] of webhooks) {
    const status = await postWebhook(source, topic, payload);
    if (status === null) return `The edge did not answer when it was sent ${topic}.`;
    if (status >= 300) return `The edge refused ${topic} with status ${status}.`;
  }
  return null;
}
