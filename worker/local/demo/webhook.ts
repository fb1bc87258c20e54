/** Signs and posts webhooks the way Shopify does: base64 HMAC of the exact bytes, one event id for every try. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { toJson } from './payload.ts';

export type Source = { url: string; domain: string; secret: string };

const TRIES = 3;

/** Answers the last HTTP status, or null where nobody answered. */
export async function postWebhook(source: Source, topic: string, payload: unknown): Promise<number | null> {
  const body = toJson(payload);
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': source.domain,
    'x-shopify-api-version': '2026-07',
    'x-shopify-webhook-id': randomUUID(),
    'x-shopify-event-id': randomUUID(),
    'x-shopify-triggered-at': new Date().toISOString(),
    'x-shopify-hmac-sha256': createHmac('sha256', source.secret).update(body).digest('base64'),
  };
  let status: number | null = null;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await sleep(200 * attempt);
    status = await post(source.url, headers, body);
    if (status !== null && status < 500 && status !== 429) return status;
  }
  return status;
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(5_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}
