/** Voucherify's own Node client, unmodified, with nothing changed but its address and its keys; what it lacks is asked over HTTP. */
import { VoucherifyServerSide } from '@voucherify/sdk';
import { expect, it } from 'vitest';
import { type Answer, ask, eventually, openShop, type StoryShop } from '../stories/client.ts';

function clientOf(shop: StoryShop, more: object = {}) {
  return VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url, ...more });
}

function get(shop: StoryShop, path: string): Promise<Answer> {
  return ask('GET', shop.url + path, undefined, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret });
}

/** Who viewed something, in the last so many hours or ever. */
async function viewers(shop: StoryShop, name: string, hours: number | null = null): Promise<string> {
  const condition = {
    type: 'profile-metric',
    metric_id: 'Viewed',
    measurement: 'count',
    measurement_filter: { type: 'numeric', operator: 'greater-than-or-equal', value: 1 },
    timeframe_filter: {
      type: 'date',
      ...(hours === null ? { operator: 'alltime' } : { operator: 'in-the-last', unit: 'hour', quantity: hours }),
    },
  };
  const definition = { condition_groups: [{ conditions: [condition] }] };
  const made = await shop.admin('POST', '/admin/v1/segments', { name, definition });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.segment.id;
}

/** Once everybody has been looked at. */
function done(shop: StoryShop, id: string): Promise<Answer> {
  return eventually(async () => {
    const answer = await get(shop, `/v1/segments/${id}`);
    return answer.body.initial_sync_status === 'DONE' ? answer : null;
  }, 20_000);
}

async function tell(shop: StoryShop, userId: string, event: string): Promise<void> {
  const headers = { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
  expect((await ask('POST', `${shop.url}/v1/track`, { userId, event }, headers)).status).toBe(200);
}

const clockBy = (shop: StoryShop, by: string) => shop.admin('POST', '/admin/v1/clock', { by });

it('reads a segment', async () => {
  const shop = await openShop();
  const id = await viewers(shop, 'Viewers');
  await done(shop, id);
  const segment = await clientOf(shop).segments.get(id);
  expect(segment).toMatchObject({
    id,
    name: 'Viewers',
    initial_sync_status: 'DONE',
    metadata: {},
    filter: {},
    type: 'auto-update',
    object: 'segment',
  });
  expect(new Date(segment.created_at).toISOString()).toBe(segment.created_at);
});

it("lists a customer's segments by either id, as of now", async () => {
  const shop = await openShop({ mode: 'test' });
  await clockBy(shop, 'PT0S');
  const ever = await viewers(shop, 'Ever');
  const lately = await viewers(shop, 'Lately', 72);
  // an advance waits its turn behind a job
  await done(shop, lately);
  const { segments } = clientOf(shop);
  const user = 'region/eu 42%';
  await tell(shop, user, 'Seen');
  expect(await segments.list(user)).toEqual({ object: 'list', data_ref: 'data', data: [], total: 0 });
  await tell(shop, user, 'Viewed');
  const data = [
    { id: ever, name: 'Ever', object: 'segment' },
    { id: lately, name: 'Lately', object: 'segment' },
  ];
  expect(await segments.list(user)).toEqual({ object: 'list', data_ref: 'data', data, total: 2 });
  const customer = (await shop.admin('GET', `/admin/v1/customers/user:${encodeURIComponent(user)}`)).body;
  expect((await segments.list(customer.id)).data).toEqual(data);
  await clockBy(shop, 'P3D');
  expect((await segments.list(user)).data).toEqual(data.slice(0, 1));
});

it('pages the list of segments', async () => {
  const shop = await openShop();
  const made: string[] = [];
  for (const name of ['A', 'B', 'C']) made.push(await viewers(shop, name));
  for (const id of made) await done(shop, id);
  const page = async (query: string) => (await get(shop, `/v1/segments?${query}`)).body;
  const [first, second] = [await page('limit=2&page=1'), await page('limit=2&page=2')];
  expect([first.object, first.data_ref, first.total, second.total]).toEqual(['list', 'data', 3, 3]);
  const ids = [...first.data, ...second.data].map(({ id }) => id);
  expect(ids).toEqual(made.toReversed());
  expect(first.data[0]).toEqual((await get(shop, `/v1/segments/${made[2]}`)).body);
});

it('is told why it is refused, in the fields that it reads', async () => {
  const [shop, other] = [await openShop(), await openShop()];
  const id = await viewers(other, 'Others');
  await tell(other, 'u', 'Viewed');
  const { segments } = clientOf(shop);
  const missing = { code: 404, key: 'resource_not_found', message: 'Resource not found', resource_type: 'segment' };
  await expect(segments.get(id)).rejects.toMatchObject({ ...missing, resource_id: id, request_id: expect.any(String) });
  await expect(segments.list('u')).rejects.toMatchObject({ ...missing, resource_type: 'customer', resource_id: 'u' });
  const strangers = [{ secretKey: other.keys.secret }, { applicationId: other.id }, { secretKey: shop.keys.write }];
  for (const keys of strangers) {
    const refused = { code: 401, key: 'unauthorized', message: 'Unauthorized', details: expect.any(String) };
    await expect(clientOf(shop, keys).segments.get(id)).rejects.toMatchObject(refused);
  }
  const byAnother = { code: 405, key: 'method_not_allowed', request_id: expect.any(String) };
  await expect(segments.create({ name: 'X', type: 'static' })).rejects.toMatchObject(byAnother);
  await expect(segments.delete(id)).rejects.toMatchObject(byAnother);
});
