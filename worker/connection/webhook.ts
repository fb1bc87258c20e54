/** The webhook as a destination: an event as its JSON body, with the headers of Standard Webhooks. */
import { eventId, type Pointer, type ToldEffect } from '../domain/connections/told.ts';
import type { Identifier } from '../domain/event.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Outgoing } from './send.ts';
import { signatureOf } from './signature.ts';

/** Of the customer as of the sending: who they are may have become known since. */
export interface Addressee {
  id: string;
  names: Identifier[];
}

export interface ToldEvent {
  pointer: Pick<Pointer, 'customer' | 'seq' | 'effect'>;
  row: Pick<JournalRow, 'kind' | 'atMs' | 'recordedAtMs' | 'about'>;
  effect: Pick<ToldEffect, 'type' | 'data'>;
  addressee: Addressee;
}

/** The body of an event; `timestamp`: when it happened; `trust`: whose word it is, ours or a server's, or a browser's. */
export function bodyOf(
  { pointer, row, effect, addressee }: ToldEvent,
  shop: { id: string; test: boolean },
): JsonObject {
  const nameOf = (kind: Identifier['kind']) => addressee.names.find((one) => one.kind === kind)?.value ?? null;
  return {
    id: eventId(pointer),
    type: effect.type,
    timestamp: new Date(row.atMs).toISOString(),
    recordedAt: new Date(row.recordedAtMs).toISOString(),
    shop: shop.id,
    customer: { id: addressee.id, userId: nameOf('user'), shopifyId: nameOf('shopify'), email: nameOf('email') },
    data: effect.data,
    trust: row.kind === 'event' && row.about.trust === 'browser' ? 'browser' : 'server',
    test: shop.test,
  };
}

/** A request that is signed now; `secrets`: those that are good, the newest first. */
export async function webhookOf(
  { url, secrets }: { url: string; secrets: readonly string[] },
  id: string,
  body: JsonObject,
): Promise<Outgoing> {
  const text = JSON.stringify(body);
  const timestamp = Math.floor(Date.now() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Regulars-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': await signatureOf(secrets, { id, timestamp, body: text }),
  };
  return { url, headers, body: text };
}
