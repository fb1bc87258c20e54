/** Segment's endpoints through the whole worker: keys, limits, verdicts, identities. */
import { describe, expect, it } from 'vitest';
import { call, eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

async function verdictOf(shop: TestShop, messageId: string) {
  return eventually(async () => {
    const { body } = await shop.admin('GET', '/admin/v1/events?limit=1000');
    return body.items.find((one: { messageId: string }) => one.messageId === messageId) ?? null;
  });
}

async function balanceOf(shop: TestShop, user: string): Promise<number> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}`);
  return body.points.balance;
}

function order(orderId: string, euros: number, more: object = {}): object {
  return { order_id: orderId, subtotal: euros, total: euros + 8, shipping: 5, tax: 3, currency: 'EUR', ...more };
}

describe('the write key', () => {
  it('is read from Basic auth, with or without its colon, and from the body', async () => {
    const shop = await makeShop();
    const body = { userId: newUser(), event: 'X' };
    const basic = (text: string) => ({ Authorization: `Basic ${btoa(text)}` });
    expect((await call('POST', '/v1/track', body, basic(`${shop.keys.write}:`))).status).toBe(200);
    expect((await call('POST', '/v1/track', body, basic(shop.keys.write))).status).toBe(200);
    expect((await call('POST', '/v1/track', { ...body, writeKey: shop.keys.write })).status).toBe(200);
  });

  it('is refused with 401 where it is missing, made up, changed by a letter, or of another kind', async () => {
    const shop = await makeShop();
    const body = { userId: newUser(), event: 'X' };
    const other = (await makeShop()).keys.write;
    const mixed = shop.keys.write.slice(0, 24) + other.slice(24);
    const changed = shop.keys.write.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const writeKey of ['', 'wk_1', mixed, changed]) {
      expect((await call('POST', '/v1/track', { ...body, writeKey })).body.key, writeKey).toBe('unauthorized');
    }
    expect((await call('POST', '/v1/track', { ...body, writeKey: shop.keys.secret })).body.key).toBe(
      'secret_key_refused',
    );
  });

  it('stands in the query only where it is publishable', async () => {
    const shop = await makeShop();
    const body = { anonymousId: newUser(), event: 'X' };
    expect((await call('POST', `/v1/track?writeKey=${shop.keys.publishable}`, body)).status).toBe(200);
    expect((await call('POST', `/v1/track?writeKey=${shop.keys.write}`, body)).status).toBe(401);
  });
});

describe('limits', () => {
  it('case 45: refuses a batch over 500 KB, one over 2,500 events and a single call over 32 KB, each with 400', async () => {
    const shop = await makeShop();
    const user = newUser();
    const large = track(user, 'X', { text: 'y'.repeat(30_000) });
    expect((await shop.batch(...Array.from({ length: 18 }, () => large))).body.key).toBe('payload_too_large');
    const many = Array.from({ length: 2_501 }, () => ({ type: 'track', userId: 'u', event: 'x' }));
    expect((await shop.batch(...many)).body.key).toBe('payload_too_large');
    expect((await shop.segment('/v1/track', track(user, 'X', { text: 'y'.repeat(33_000) }))).status).toBe(400);
    expect((await shop.segment('/v1/batch', '{"batch":[')).body.key).toBe('invalid_json');
    expect((await shop.segment('/v1/batch', { batch: 'no' })).body.errors).toEqual([
      { field: 'batch', rule: 'must be a list of messages' },
    ]);
  });

  it('refuses one event over 32 KB by itself and stores the rest of the batch', async () => {
    const shop = await makeShop();
    const user = newUser();
    const large = { ...track(user, 'Large', { text: 'ü'.repeat(20_000) }), messageId: 'large' };
    expect((await shop.batch(large, track(user, 'Small'))).status).toBe(200);
    expect(await verdictOf(shop, 'large')).toMatchObject({ verdict: 'refused', reason: 'too_large' });
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items.map((one: { name: string }) => one.name)).toEqual(['Small']);
  });

  it('answers 429 with Retry-After once a key sends more than the shop allows, and nothing is stored', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 1 });
    const answers = [];
    for (let sent = 0; sent < 6; sent += 1) answers.push(await shop.batch(track(user, `E${sent}`)));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items).toHaveLength(answers.length - refused.length);
  });

  it('stores 2,500 events of 2,500 new customers in one batch', async () => {
    const shop = await makeShop();
    const run = newUser();
    const batch = Array.from({ length: 2_500 }, (_, at) => ({
      type: 'track',
      userId: `${run}-${at}`,
      event: 'X',
      messageId: `${at}`,
    }));
    expect((await shop.batch(...batch)).status).toBe(200);
    const names = await eventually(async () => {
      const { body } = await shop.admin('GET', `/admin/v1/customers?q=${run}-2499`);
      return body.items.length > 0 ? body.items : null;
    });
    expect(names[0].userId).toBe(`${run}-2499`);
    expect((await shop.admin('GET', `/admin/v1/customers/user:${run}-1234`)).status).toBe(200);
  });
});

describe('a packed body', () => {
  async function packed(text: string): Promise<ArrayBuffer> {
    return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  }

  async function send(shop: TestShop, body: BodyInit): Promise<number> {
    const headers = { 'Content-Encoding': 'gzip', Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
    return (await worker.fetch(new Request('https://edge.test/v1/batch', { method: 'POST', headers, body }))).status;
  }

  it('is read; one that unpacks to more than a batch, or is none, is 400', async () => {
    const shop = await makeShop();
    const user = newUser();
    expect(await send(shop, await packed(JSON.stringify({ batch: [track(user, 'X')] })))).toBe(200);
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(200);
    expect(await send(shop, await packed(' '.repeat(20_000_000)))).toBe(400);
    expect(await send(shop, 'not gzip')).toBe(400);
  });
});

describe('what arrives', () => {
  it('INV-2 case 39: a repeated message counts once, in another batch and in the same one', async () => {
    const shop = await makeShop();
    const user = newUser();
    const message = track(user, 'Order Completed', order('o', 100));
    await shop.batch(message, message);
    await shop.batch(message);
    expect(await balanceOf(shop, user)).toBe(100);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items).toHaveLength(1);
  });

  it('an order earns once, however many messages tell of it, and its refunds take back exactly what it earned', async () => {
    const shop = await makeShop();
    const user = newUser();
    const refund = (id: string) =>
      track(user, 'Order Refunded', { order_id: 'o', refund_id: id, total: 36, currency: 'EUR' });
    await shop.batch(track(user, 'Order Completed', order('o', 100)), track(user, 'Order Completed', order('o', 100)));
    await shop.batch(refund('1'), refund('2'), refund('2'), refund('3'));
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/points`);
    expect(body.items.map((entry: { points: number }) => entry.points)).toEqual([-34, -33, -33, 100]);
    expect(await balanceOf(shop, user)).toBe(0);
  });

  it('a cancelled order stays at nothing, whatever is told of it later or before', async () => {
    const shop = await makeShop();
    const user = newUser();
    const at = (seconds: number) => ({ timestamp: new Date(Date.now() - 60_000 + seconds * 1_000).toISOString() });
    await shop.batch(
      track(user, 'Order Completed', order('a', 10), at(2)),
      track(user, 'Order Cancelled', { order_id: 'a' }, at(1)),
    );
    await shop.batch(track(user, 'Order Updated', order('a', 12), at(9)));
    await shop.batch(track(user, 'Order Cancelled', { order_id: 'b' }), track(user, 'Order Completed', order('b', 10)));
    expect(await balanceOf(shop, user)).toBe(0);
  });

  it('a refund finds its order whoever sends it, and whenever', async () => {
    const shop = await makeShop();
    const [user, service] = [newUser(), newUser()];
    const refund = (id: string) => ({ order_id: id, total: 10, currency: 'EUR' });
    await shop.batch(track(user, 'X'), track(service, 'X'));
    await shop.batch({ type: 'track', event: 'Order Refunded', anonymousId: 'backend', properties: refund('b') });
    await shop.batch(track(user, 'Order Completed', { order_id: 'a', subtotal: 50, total: 50, currency: 'EUR' }));
    await shop.batch(track(user, 'Order Completed', { order_id: 'b', subtotal: 50, total: 50, currency: 'EUR' }));
    await shop.batch(track(service, 'Order Refunded', refund('a')));
    expect(await balanceOf(shop, user)).toBe(80);
  });

  it('from a page whose origin the shop does not list is refused with the publishable key', async () => {
    const shop = await makeShop({ origins: ['https://good.example'] });
    const send = (origin: string) =>
      call('POST', '/v1/track', { anonymousId: 'a', event: 'X', writeKey: shop.keys.publishable }, { Origin: origin });
    expect((await send('https://evil.example')).body.key).toBe('origin_not_allowed');
    expect((await send('https://good.example')).status).toBe(200);
  });

  it('an order in another currency earns nothing', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Order Completed', order('o', 100, { currency: 'USD' })));
    expect(await balanceOf(shop, user)).toBe(0);
  });

  it("a browser's order is told in the timeline and earns nothing", async () => {
    const shop = await makeShop();
    const user = newUser();
    const message = track(user, 'Order Completed', order('o', 100));
    await call('POST', '/v1/batch', { batch: [message], writeKey: shop.keys.publishable });
    expect(await balanceOf(shop, user)).toBe(0);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items.map((one: { name: string; trust: string }) => [one.name, one.trust])).toEqual([
      ['Placed Order', 'browser'],
    ]);
  });

  it('an event without anyone to belong to is refused by itself, with the reason', async () => {
    const shop = await makeShop();
    const user = newUser();
    const messageId = crypto.randomUUID();
    expect((await shop.batch({ type: 'track', event: 'X', messageId }, track(user, 'Y'))).status).toBe(200);
    expect(await verdictOf(shop, messageId)).toMatchObject({ verdict: 'refused', reason: 'no_user_anon_id' });
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(200);
  });

  it('case 40: a clock that runs a day ahead is corrected by what it says of the sending', async () => {
    const shop = await makeShop();
    const user = newUser();
    const ahead = Date.now() + 86_400_000;
    const timestamp = new Date(ahead - 60_000).toISOString();
    await shop.segment('/v1/batch', {
      batch: [track(user, 'X', {}, { timestamp })],
      sentAt: new Date(ahead).toISOString(),
    });
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(Math.abs(Date.now() - 60_000 - body.items[0].atMs)).toBeLessThan(5_000);
  });

  it('user id, e-mail and anonymous id lead to one customer; a second user id on one e-mail makes another', async () => {
    const shop = await makeShop();
    const [a, b] = [newUser(), newUser()];
    const email = `${a}@example.com`;
    await shop.batch({ type: 'identify', userId: a, anonymousId: `anon-${a}`, traits: { email: email.toUpperCase() } });
    await shop.batch({ type: 'identify', userId: b, traits: { email } });
    const ids = await Promise.all(
      [`user:${a}`, `email:${email}`, `anonymous:anon-${a}`, `user:${b}`].map(
        async (ref) => (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body.id,
      ),
    );
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).not.toBe(ids[0]);
  });
});
