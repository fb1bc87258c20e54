/** One operation with a key of its own, sent again with the same key until somebody says what became of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import { adjust, type Customer, type Outcome, type Shop, sendBatch, sendWebhook } from './shop.ts';

export type Operation = { key: string; customer: Customer } & (
  | { kind: 'adjust'; points: number }
  | { kind: 'order'; points: number }
  | { kind: 'track' }
);
/** `done` is false where the answer was a refusal: then nothing may have happened. */
export type Settled = { operation: Operation; done: boolean; tries: number; body: string };

const GIVE_UP_MS = 60_000;

export function chooseOperation(random: Random, customers: Customer[], key: string): Operation {
  const customer = random.pick(customers);
  switch (random.pick(['adjust', 'adjust', 'order', 'track', 'track'])) {
    case 'adjust':
      return { kind: 'adjust', key, customer, points: random.pick([1, 2, 7, 50, 300, -1, -5, -40]) };
    case 'order':
      return orderFor(customer, key, random.integer(1, 90));
    default:
      return { kind: 'track', key, customer };
  }
}

export const orderFor = (customer: Customer, key: string, points: number): Operation => ({
  kind: 'order',
  key: String(820_000_000_000_000_000n + BigInt(key)),
  customer,
  points,
});

export async function settle(shop: Shop, operation: Operation): Promise<Settled> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let tries = 1; performance.now() < giveUpAt; tries += 1) {
    const outcome = await send(shop, operation);
    if (outcome !== 'unknown') return { operation, tries, done: isDone(operation, outcome), body: outcome.body };
    await sleep(20 + Math.random() * 60);
  }
  throw new Error(`nobody answered for ${operation.kind} ${operation.key}`);
}

/** The only refusal that is expected is of a debit that the balance does not cover. */
function isDone(operation: Operation, outcome: Exclude<Outcome, 'unknown'>): boolean {
  if (outcome.status < 300) return true;
  if (operation.kind === 'adjust' && operation.points < 0 && outcome.status === 422) return false;
  throw new Error(`${operation.kind} ${operation.key} was answered ${outcome.status}: ${outcome.body}`);
}

export function send(shop: Shop, operation: Operation): Promise<Outcome> {
  const { key, customer } = operation;
  switch (operation.kind) {
    case 'adjust':
      return adjust(shop, { email: customer.email, key, points: operation.points });
    case 'order':
      return sendWebhook(shop, {
        eventId: `paid-${key}`,
        topic: 'orders/paid',
        body: orderPaid(key, customer, operation.points),
      });
    case 'track':
      return sendBatch(shop, [
        { type: 'track', event: 'Product Viewed', messageId: key, userId: customer.userId, properties: { key } },
      ]);
  }
}

/** Written by hand because the id is beyond 2^53. One euro earns one point, and nothing here is taxed or shipped. */
function orderPaid(id: string, { email, shopifyId }: Customer, euros: number): string {
  const amount = `${euros}.00`;
  const set = { shop_money: { amount, currency_code: 'EUR' }, presentment_money: { amount, currency_code: 'EUR' } };
  const line = {
    title: 'Tea',
    quantity: 1,
    price: amount,
    price_set: set,
    gift_card: false,
    taxable: false,
    tax_lines: [],
  };
  const rest = {
    email,
    name: `#${id.slice(-6)}`,
    test: false,
    currency: 'EUR',
    created_at: '2026-10-01T10:00:00Z',
    updated_at: '2026-10-01T10:00:00Z',
    financial_status: 'paid',
    taxes_included: true,
    subtotal_price: amount,
    subtotal_price_set: set,
    current_subtotal_price: amount,
    current_subtotal_price_set: set,
    total_price: amount,
    total_price_set: set,
    current_total_price: amount,
    current_total_price_set: set,
    total_tax: '0.00',
    total_discounts: '0.00',
  };
  const customer = `{"id":${shopifyId},"email":"${email}"}`;
  const lines = `[{"id":${BigInt(id) + 1n},${JSON.stringify(line).slice(1)}]`;
  return `{"id":${id},"customer":${customer},"line_items":${lines},${JSON.stringify(rest).slice(1)}`;
}
