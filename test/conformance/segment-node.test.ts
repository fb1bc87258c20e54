/** Segment's own Node client, unmodified, with nothing changed but its host and its key. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { afterEach, expect, it } from 'vitest';
import { eventually, openShop, type StoryShop } from '../stories/client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function clientOf(shop: StoryShop, more: object = {}): Analytics {
  return new Analytics({ writeKey: shop.keys.write, host: shop.url, flushInterval: 200, ...more });
}

async function customerOf(shop: StoryShop, ref: string) {
  return eventually(async () => {
    const { status, body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
    return status === 200 ? body : null;
  });
}

async function namesOf(shop: StoryShop, ref: string): Promise<string[]> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=200`);
  return body.items.map((one: { name: string }) => one.name).reverse();
}

it('delivers every kind of call, in its order, to the customer it names', async () => {
  const shop = await openShop();
  const client = clientOf(shop);
  client.identify({ userId: 'u1', traits: { email: 'u1@example.com', firstName: 'Una' } });
  client.track({ userId: 'u1', event: 'Product Viewed', properties: { product_id: 'p' } });
  client.page({ userId: 'u1', name: 'Home' });
  client.screen({ userId: 'u1', name: 'Main' });
  client.group({ userId: 'u1', groupId: 'g' });
  client.alias({ userId: 'u1', previousId: 'before' });
  client.track({
    userId: 'u1',
    event: 'Order Completed',
    properties: { order_id: 'o', subtotal: 25, total: 30, currency: 'EUR' },
  });
  await client.closeAndFlush();
  const names = [
    'Identified',
    'Product Viewed',
    'Viewed Page',
    'Viewed Screen',
    'Joined Group',
    'Aliased',
    'Placed Order',
  ];
  expect(await namesOf(shop, 'user:u1')).toEqual(names);
  expect((await customerOf(shop, 'email:u1@example.com')).points.balance).toBe(25);
});

it('delivers what it flushes in many batches, each event once', async () => {
  const shop = await openShop();
  const client = clientOf(shop, { flushAt: 20 });
  for (let at = 0; at < 45; at += 1) client.track({ userId: 'many', event: `E${at}` });
  await client.closeAndFlush();
  expect([...(await namesOf(shop, 'user:many'))].sort()).toEqual(
    Array.from({ length: 45 }, (_, at) => `E${at}`).sort(),
  );
});

it('retries a batch whose answer was lost, and the order in it earns once', async () => {
  const shop = await openShop();
  const flaky = await between(shop.url, { loseAnswers: 2, refuse: 0 });
  const client = new Analytics({ writeKey: shop.keys.write, host: flaky.url, flushInterval: 100 });
  client.track({ userId: 'r', event: 'Order Completed', properties: { order_id: 'o', subtotal: 40, currency: 'EUR' } });
  await client.closeAndFlush();
  expect(flaky.seen()).toBeGreaterThanOrEqual(3);
  expect((await customerOf(shop, 'user:r')).points.balance).toBe(40);
  expect(await namesOf(shop, 'user:r')).toEqual(['Placed Order']);
});

it('waits for Retry-After when it is told to, and loses nothing', async () => {
  const shop = await openShop();
  await shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 1 });
  const client = clientOf(shop, { flushAt: 1 });
  for (let at = 0; at < 5; at += 1) client.track({ userId: 'w', event: `E${at}` });
  await client.closeAndFlush();
  const found = await eventually(async () => {
    const names = await namesOf(shop, 'user:w').catch(() => []);
    return names.length === 5 ? names : null;
  }, 15_000);
  expect(found.sort()).toEqual(['E0', 'E1', 'E2', 'E3', 'E4']);
});

it('drops what a revoked key sends, and says so to its owner', async () => {
  const shop = await openShop();
  const { items } = (await shop.admin('GET', '/admin/v1/keys')).body;
  const { id } = items.find((key: { kind: string }) => key.kind === 'write');
  expect((await shop.admin('DELETE', `/admin/v1/keys/${id}`)).status).toBe(204);
  const client = clientOf(shop);
  const failures: unknown[] = [];
  client.on('error', (error) => failures.push(error.code));
  client.track({ userId: 'x', event: 'X' });
  await client.closeAndFlush();
  expect(failures).toEqual(['delivery_failure']);
});

/** A peer between client and edge that passes requests on and then loses the first answers. */
async function between(target: string, faults: { loseAnswers: number; refuse: number }) {
  let seen = 0;
  const server = createServer((request, response) => {
    seen += 1;
    void pass(target, request, response, seen <= faults.loseAnswers);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen: () => seen };
}

async function pass(target: string, request: IncomingMessage, response: ServerResponse, lose: boolean): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = { authorization: String(request.headers.authorization), 'content-type': 'application/json' };
  const answer = await fetch(target + String(request.url), { method: 'POST', headers, body: Buffer.concat(chunks) });
  const body = await answer.text();
  if (lose) response.destroy();
  else response.writeHead(answer.status).end(body);
}
