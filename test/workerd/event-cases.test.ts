/** The hard cases of events on their way in, by their numbers, where several ways lead in: Segment's clients and Voucherify's. */
import { describe, expect, it } from 'vitest';
import { call, eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

interface Noted {
  messageId: string;
  verdict: string;
  reason: string | null;
}

/** What the event log says of these messages, by their ids, once it says so of all. */
function verdicts(shop: TestShop, ids: string[]): Promise<Map<string, Noted>> {
  return eventually(async () => {
    const { items } = (await shop.admin('GET', '/admin/v1/events?limit=1000')).body as { items: Noted[] };
    const found = new Map(items.map((one) => [one.messageId, one]));
    return ids.every((id) => found.has(id)) ? found : null;
  });
}

const names = async (shop: TestShop, ref: string): Promise<string[]> =>
  (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=100`)).body.items.map(
    ({ name }: { name: string }) => name,
  );

const send = (path: string, body: BodyInit, headers: Record<string, string>) =>
  worker.fetch(new Request(`https://edge.test${path}`, { method: 'POST', headers, body }));

describe('case 39: a message id', () => {
  it('that comes again by the same source is one event, and by another source another one', async () => {
    const shop = await makeShop();
    const [user, messageId] = [newUser(), crypto.randomUUID()];
    const keys = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, 'Idempotency-Key': messageId };
    const bySegment = () => shop.batch(track(user, 'By Segment', {}, { messageId }));
    const byVoucherify = () =>
      call('POST', '/v1/events', { event: 'by_voucherify', customer: { source_id: user } }, keys);
    for (const tell of [bySegment, byVoucherify, bySegment, byVoucherify]) expect((await tell()).status).toBe(200);
    expect((await names(shop, `user:${user}`)).filter((name) => /^by/i.test(name)).toSorted()).toEqual([
      'By Segment',
      'by_voucherify',
    ]);
  });

  it('of 101 characters is refused with the reason, of 100 it is taken', async () => {
    const shop = await makeShop();
    const [user, long] = [newUser(), 'm'.repeat(100)];
    const sent = [track(user, 'Taken', {}, { messageId: long }), track(user, 'Not', {}, { messageId: `${long}m` })];
    expect((await shop.batch(...sent)).status).toBe(200);
    expect(await names(shop, `user:${user}`)).toEqual(['Taken']);
    const noted = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/events?limit=100')).body as { items: Noted[] };
      return items.find(({ verdict }) => verdict === 'refused') ?? null;
    });
    expect(noted.reason).toBe('message_id_too_long');
  });
});

describe('case 43: a user id that says nobody', () => {
  it.each(['null', '0000', 'anonymous'])(
    '%s leads to nobody, and its event is kept with who sent it',
    async (userId) => {
      const shop = await makeShop();
      const [one, other] = [newUser(), newUser()];
      for (const anonymousId of [one, other])
        await shop.batch({ type: 'track', userId, anonymousId, event: 'Looked', messageId: anonymousId });
      const ids = await Promise.all(
        [one, other].map(async (id) => (await shop.admin('GET', `/admin/v1/customers/anonymous:${id}`)).body.id),
      );
      expect(new Set(ids).size).toBe(2);
      expect(await names(shop, `anonymous:${one}`)).toEqual(['Looked']);
      expect((await shop.admin('GET', `/admin/v1/customers/user:${userId}`)).status).toBe(404);
    },
  );
});

describe('case 44: the bytes of', () => {
  it('RudderStack’s server client, gzip that is called a form, are read', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    const text = JSON.stringify({ batch: [track(user, 'Packed')], sentAt: new Date().toISOString() });
    const body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    const { status } = await send('/v1/batch', body, {
      'Content-Encoding': 'gzip',
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${btoa(`${shop.keys.write}:`)}`,
    });
    expect([status, await names(shop, `user:${user}`)]).toEqual([200, ['Packed']]);
  });

  it('Segment’s browser client, JSON that is called text, and a beacon with its key in the address, are read', async () => {
    const [shop, id] = [await makeShop(), newUser()];
    const event = (name: string) => ({ type: 'track', anonymousId: id, event: name, messageId: name });
    const text = { 'Content-Type': 'text/plain' };
    const page = await send('/v1/t', JSON.stringify({ ...event('Text'), writeKey: shop.keys.publishable }), text);
    const batch = JSON.stringify({ batch: [event('Beacon')], sentAt: new Date().toISOString() });
    const beacon = await send(`/beacon/v1/batch?writeKey=${shop.keys.publishable}`, batch, text);
    expect([page.status, beacon.status]).toEqual([200, 200]);
    expect((await names(shop, `anonymous:${id}`)).toSorted()).toEqual(['Beacon', 'Text']);
  });
});

describe('case 45: a batch', () => {
  it('of 20 with a bad one stores the 19, and the event log says why not that one', async () => {
    const [shop, user, bad] = [await makeShop(), newUser(), crypto.randomUUID()];
    const good = Array.from({ length: 19 }, (_, at) => track(user, `Event ${at}`));
    const sent = [...good.slice(0, 7), { type: 'track', userId: user, messageId: bad }, ...good.slice(7)];
    expect((await shop.batch(...sent)).status).toBe(200);
    expect(await names(shop, `user:${user}`)).toHaveLength(19);
    expect((await verdicts(shop, [bad])).get(bad)).toMatchObject({ verdict: 'refused', reason: 'no_event_name' });
  });

  it('of 2,501 events, and one event of 600 KB, are 400 and nothing of them is stored', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    const many = Array.from({ length: 2_501 }, () => ({ type: 'track', userId: user, event: 'x' }));
    for (const sent of [many, [track(user, 'Huge', { text: 'y'.repeat(600_000) })]])
      expect((await shop.batch(...sent)).status).toBe(400);
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(404);
  });
});
