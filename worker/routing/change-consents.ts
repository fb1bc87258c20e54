/** Records a change of consent that somebody makes here and now, and answers what stands after it. */
import { customersOf } from '../customers/stubs.ts';
import type { ConsentChange, Consents } from '../domain/consent.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { ProblemError } from '../wire/problem.ts';
import { operate } from './follow.ts';

const NOTHING = { activity: 0, orders: 0 };

export interface ConsentOrder {
  customer: string;
  /** Within the customer; a rerun with the same key changes nothing. */
  key: string;
  /** `api` or `hub`. */
  source: string;
  changes: ConsentChange[];
}

export interface ConsentsNow {
  consents: Consents;
  rowsWritten: number;
}

/** Follows a customer who has moved. Throws `unavailable` where the customer kept moving. */
export async function changeConsents(env: Env, shop: ShopSnapshot, order: ConsentOrder): Promise<ConsentsNow> {
  const { receivedAtMs } = await receiptOf(env, shop);
  const input = { kind: 'event' as const, event: eventOf(order, receivedAtMs) };
  const told = await operate(env, shop, { customer: order.customer, input, waitMs: 0 });
  if (told.answer.verdict === 'failed') throw new Error('the change was not recorded');
  const standing = await customersOf(env, shop.id, told.customer).standing(told.customer, NOTHING);
  if (standing === null || standing.moved !== null) {
    throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
  }
  return { consents: standing.consents, rowsWritten: told.rowsWritten };
}

function eventOf({ key, source, changes }: ConsentOrder, now: number): CustomerEvent {
  return {
    key,
    source,
    trust: 'server',
    name: 'Updated Consent',
    occurredAtMs: now,
    receivedAtMs: now,
    properties: {},
    traits: null,
    fact: null,
    consents: changes,
  };
}
