/** One attempt against a real server, and its signature as the library of Standard Webhooks reads it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { send, TIMEOUT_MS } from '../../worker/connection/send.ts';
import { newWebhookSecret, signatureOf } from '../../worker/connection/signature.ts';
import { webhookOf } from '../../worker/connection/webhook.ts';

const ROOT = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY';
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

const to = (url: string) => ({ url, headers: {}, body: '{}' });

test('the signature is that of the specification', async () => {
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(await signatureOf(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], signed)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

test('the library verifies a request by the new secret and by the one before, and by no other', async () => {
  const [old, fresh, other] = await Promise.all([null, 'a', 'b'].map((seed) => newWebhookSecret(ROOT, seed)));
  if (old === undefined || fresh === undefined || other === undefined) throw new Error('no secrets');
  const { headers, body } = await webhookOf({ url: '', secrets: [fresh, old] }, 'evt_a-1_2_0', { type: 'Ünïcode' });
  expect(headers['webhook-id']).toBe('evt_a-1_2_0');
  for (const secret of [old, fresh]) expect(new Webhook(secret).verify(body, headers)).toEqual({ type: 'Ünïcode' });
  expect(() => new Webhook(other).verify(body, headers)).toThrow();
  expect(() => new Webhook(fresh).verify(`${body} `, headers)).toThrow();
});

test('a secret follows from its seed, and without one from nothing', async () => {
  expect(await newWebhookSecret(ROOT, 'a')).toBe(await newWebhookSecret(ROOT, 'a'));
  expect(await newWebhookSecret(ROOT, null)).not.toBe(await newWebhookSecret(ROOT, null));
  expect(await newWebhookSecret(ROOT, 'a')).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});

test.each([
  [200, { status: 200, error: null, retryAfterMs: null }],
  [204, { status: 204, error: null, retryAfterMs: null }],
  [302, { status: 302, error: 'redirected', retryAfterMs: null }],
  [410, { status: 410, error: 'refused', retryAfterMs: null }],
  [503, { status: 503, error: 'refused', retryAfterMs: 7_000 }],
])('an answer of %i is %o', async (status, outcome) => {
  const headers =
    status === 302 ? { Location: 'http://169.254.169.254/' } : status === 503 ? { 'Retry-After': '7' } : {};
  const url = await listen((_, response) => response.writeHead(status, headers).end());
  expect(await send(to(url))).toEqual(outcome);
});

test('who answers after the time-out has failed', async () => {
  const url = await listen(() => {});
  expect(await send(to(url), 50)).toEqual({ status: null, error: 'timeout', retryAfterMs: null });
  expect(TIMEOUT_MS).toBe(10_000);
});

test('who cannot be reached has failed', async () => {
  const url = await listen(() => {});
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  expect(await send(to(url))).toEqual({ status: null, error: 'network', retryAfterMs: null });
});
