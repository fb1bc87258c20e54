/** Custom events of voucher clients: a server's count as a server's, a page's as a page's; and what is known of their properties. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, eventually, makeShop, newUser, type TestShop } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

type Headers = Record<string, string>;
function ask(method: string, path: string, body?: unknown, more: Headers = {}, one = shop): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': one.id, 'X-App-Token': one.keys.secret, ...more });
}

function page(path: string, body: unknown, more: Headers = {}, one = shop): Promise<Answer> {
  const keys = { 'X-Client-Application-Id': one.id, 'X-Client-Token': one.keys.publishable };
  return call('POST', `/client/v1${path}`, body, { ...keys, Origin: 'https://shop.example', ...more });
}

async function timeline(user: string): Promise<{ name: string; trust: string; properties: object }[]> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
  return body.items
    .filter(({ name }: { name: string }) => name !== 'Identified')
    .map(({ name, trust, properties }: { name: string; trust: string; properties: object }) => ({
      name,
      trust,
      properties,
    }));
}

const said = (user: string, event = 'review_left', metadata: object = { product: 'tea' }) => ({
  event,
  customer: { source_id: user },
  metadata,
});

describe('an event', () => {
  it('of a server is stored as one, with its metadata, of a customer who is made by it', async () => {
    const user = newUser();
    const told = await ask('POST', '/v1/events', said(user));
    expect(told.body).toEqual({
      object: 'event',
      type: 'review_left',
      customer: { id: expect.any(String), object: 'customer' },
      referral: null,
      loyalty: null,
    });
    expect(await timeline(user)).toEqual([{ name: 'review_left', trust: 'server', properties: { product: 'tea' } }]);
  });

  it('of a page is a page’s word', async () => {
    const user = newUser();
    expect((await page('/events', said(user))).status).toBe(200);
    expect(await timeline(user)).toEqual([{ name: 'review_left', trust: 'browser', properties: { product: 'tea' } }]);
  });

  it('is told once per Idempotency-Key, and a page’s keys are not a server’s', async () => {
    const [user, headers] = [newUser(), { 'Idempotency-Key': crypto.randomUUID() }];
    const first = await ask('POST', '/v1/events', said(user), headers);
    expect((await ask('POST', '/v1/events', said(user), headers)).body).toEqual(first.body);
    const other = await ask('POST', '/v1/events', said(user, 'other'), headers);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    for (let at = 0; at < 2; at += 1) await page('/events', said(user), headers);
    expect((await timeline(user)).map(({ trust }) => trust)).toEqual(['browser', 'server']);
  });

  it('that states an order only shows', async () => {
    const user = newUser();
    const order = { order_id: `o-${user}`, total: 50, currency: 'EUR', products: [] };
    await ask('POST', '/v1/events', said(user, 'Order Completed', order));
    expect(await timeline(user)).toMatchObject([{ name: 'Placed Order' }]);
    expect((await ask('GET', `/v1/customers/${user}`)).body.summary.orders.total_count).toBe(0);
  });

  it.each([
    [{ event: 'x', customer: {} }, 'missing_customer'],
    [{ event: '', customer: { source_id: 'u' } }, 'invalid_payload'],
    [{ customer: { source_id: 'u' } }, 'invalid_payload'],
    [{ event: 'x', customer: { source_id: 'u' }, metadata: 'y' }, 'invalid_payload'],
    [{ event: 'x\u0000', customer: { source_id: 'u' } }, 'invalid_payload'],
  ])('that is none is refused: %j', async (body, key) => {
    const answer = await ask('POST', '/v1/events', body);
    expect([answer.status, answer.body.key]).toEqual([400, key]);
  });

  it('is held against the shop’s event rules, and noted with what became of it', async () => {
    const one = await makeShop();
    const rule = (event: string, action: object) =>
      one.admin('PUT', '/admin/v1/event-rules', { event, source: 'vouchers', action });
    const properties = [{ path: 'stars', type: 'integer', required: true }];
    for (const made of [
      await rule('left', { kind: 'rename', to: 'review_left' }),
      await rule('spam', { kind: 'block' }),
      await rule('strict', { kind: 'schema', mode: 'refuse', properties }),
    ])
      expect(made.status).toBeLessThan(300);
    const user = newUser();
    await eventually(async () =>
      (await ask('POST', '/v1/events', said(user, 'spam'), {}, one)).status === 404 ? true : null,
    );
    expect((await ask('POST', '/v1/events', said(user, 'left'), {}, one)).status).toBe(200);
    const strict = await ask('POST', '/v1/events', said(user, 'strict', { stars: 'five' }), {}, one);
    expect([strict.status, strict.body.key]).toEqual([400, 'metadata_validation_failed']);
    expect(strict.body.details).toContain('stars');
    const noted = await eventually(async () => {
      const { body } = await one.admin('GET', '/admin/v1/events?source=vouchers');
      return body.items.length < 3 ? null : body.items;
    });
    const verdicts = new Map(
      noted.map(({ sentName, verdict }: { sentName: string; verdict: string }) => [sentName, verdict]),
    );
    expect(Object.fromEntries(verdicts)).toMatchObject({ left: 'renamed', spam: 'blocked', strict: 'refused' });
  });
});

describe('a metadata schema', () => {
  it('of what vouchers are about takes anything; of an event it says what was learned, or fixed', async () => {
    const one = await makeShop();
    const metadata = { product: 'tea', stars: 5, when: '2026-01-01T12:00:00Z', tags: ['a'], gift: true };
    await ask('POST', '/v1/events', said(newUser(), 'learned', metadata), {}, one);
    const properties = [{ path: 'stars', type: 'integer', required: true }];
    const action = { kind: 'schema', mode: 'refuse', properties };
    await one.admin('PUT', '/admin/v1/event-rules', { event: 'fixed', source: 'all', action });
    const read = async (name: string) => (await ask('GET', `/v1/metadata-schemas/${name}`, undefined, {}, one)).body;
    const learned = await eventually(async () => {
      const found = await read('learned');
      return found.object === 'metadata_schema' ? found : null;
    });
    expect(learned).toMatchObject({ related_object: 'custom_event', name: 'learned', allow_defined_only: false });
    expect(learned.properties).toEqual({
      product: { type: 'string', array: false, optional: false },
      stars: { type: 'number', array: false, optional: false },
      when: { type: 'datetime', array: false, optional: false },
      tags: { type: 'string', array: true, optional: false },
      gift: { type: 'boolean', array: false, optional: false },
    });
    expect(
      await eventually(async () => ((await read('fixed')).object === 'metadata_schema' ? read('fixed') : null)),
    ).toMatchObject({
      name: 'fixed',
      allow_defined_only: true,
      properties: { stars: { type: 'number', array: false, optional: false } },
    });
    expect(await read('voucher')).toMatchObject({
      related_object: 'voucher',
      properties: {},
      allow_defined_only: false,
    });
    expect(await read('nothing')).toMatchObject({ code: 404, key: 'resource_not_found', resource_id: 'nothing' });
    const { body } = await ask('GET', '/v1/metadata-schemas', undefined, {}, one);
    expect(body).toMatchObject({ object: 'list', data_ref: 'schemas', total: body.schemas.length });
    const names = body.schemas.map(
      (schema: { name?: string; related_object: string }) => schema.name ?? schema.related_object,
    );
    expect(names).toEqual(expect.arrayContaining(['customer', 'voucher', 'learned', 'fixed']));
  });
});
