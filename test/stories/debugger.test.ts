/** An integrator finds out why an event is missing, and a merchant keeps the next broken one out, over HTTP alone. */
import { expect, it } from 'vitest';
import { ask, eventually, openShop, type StoryShop } from './client.ts';

const WITHIN_MS = 2_000;

function send(shop: StoryShop, body: unknown) {
  return ask('POST', `${shop.url}/v1/batch`, body, {
    Authorization: `Basic ${Buffer.from(`${shop.keys.write}:`).toString('base64')}`,
  });
}

function rated(stars: unknown, messageId: string) {
  return { type: 'track', userId: 'ada', event: 'Product Rated', messageId, properties: { stars, product_id: 'p1' } };
}

async function firstOf(shop: StoryShop, query: string) {
  return eventually(
    async () => (await shop.admin('GET', `/admin/v1/events?${query}`)).body.items[0] ?? null,
    WITHIN_MS,
  );
}

it('an integrator sends broken events and finds out why within two seconds', async () => {
  const shop = await openShop();
  const { cursor } = (await shop.admin('GET', '/admin/v1/events/live')).body;
  const waiting = shop.admin('GET', `/admin/v1/events/live?after=${cursor}`);
  const sentAt = performance.now();
  expect((await send(shop, { batch: [{ type: 'track', event: 'Lost', properties: { a: 1 } }] })).status).toBe(200);
  const { items } = (await waiting).body;
  expect(performance.now() - sentAt).toBeLessThan(WITHIN_MS);
  expect(items).toMatchObject([{ sentName: 'Lost', verdict: 'refused', reason: 'no_user_anon_id' }]);
  const { body } = await shop.admin('GET', `/admin/v1/events/${items[0].id}`);
  expect(JSON.parse(body.raw)).toEqual({ type: 'track', event: 'Lost', properties: { a: 1 } });
  expect((await send(shop, '{"batch": [oops]}')).status).toBe(400);
  const broken = await firstOf(shop, 'reason=invalid_json');
  expect((await shop.admin('GET', `/admin/v1/events/${broken.id}`)).body.raw).toBe('{"batch": [oops]}');
});

it('a merchant fixes a schema in one call and sees the next bad event refused, and drift before that', async () => {
  const shop = await openShop();
  await send(shop, { batch: [rated(5, 'm1'), rated(4, 'm2')] });
  const learned = await eventually(async () => {
    const { items } = (await shop.admin('GET', '/admin/v1/event-schemas?q=rated')).body;
    return items[0] ?? null;
  }, WITHIN_MS);
  await send(shop, { batch: [rated('four', 'm3')] });
  const drifting = await eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/event-schemas/${learned.id}`);
    return body.drift.length > 0 ? body : null;
  }, WITHIN_MS);
  expect(drifting.drift).toMatchObject([{ kind: 'new_type', path: 'stars', type: 'text', before: ['integer'] }]);
  const fixed = await shop.admin('PUT', '/admin/v1/event-rules', {
    event: 'Product Rated',
    action: { kind: 'schema', mode: 'refuse', properties: [{ path: 'stars', type: 'integer', required: true }] },
  });
  expect(fixed.status).toBe(200);
  // live within two seconds: every isolate reads the shop again by then
  const refused = await eventually(async () => {
    await send(shop, { batch: [rated('five', `late-${performance.now()}`)] });
    return (await shop.admin('GET', '/admin/v1/events?verdict=refused')).body.items[0] ?? null;
  }, 2 * WITHIN_MS);
  expect(refused).toMatchObject({
    reason: 'schema_mismatch',
    differences: [{ path: 'stars', rule: 'must be a whole number, not a text' }],
    customer: null,
  });
  expect((await send(shop, { batch: [rated(3, 'good')] })).body).toEqual({ success: true });
  const { body } = await shop.admin('GET', '/admin/v1/customers/user:ada/timeline');
  expect(body.items[0].properties.stars).toBe(3);
});
