/** A shop brings its past along: a file of 20,000 lines, some of them bad, over HTTP. */
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { ask, eventually, openShop, type StoryShop } from './client.ts';

const LINES = 20_000;
const USERS = 400;
/** Every so many lines one is bad. */
const BAD = 250;

/** The events of two years, with their message ids; line 1 is the header. */
function past(): string {
  const rows = Array.from({ length: LINES }, (_, at) => {
    if (at % BAD === 7) return `,,Played,yesterday,m${at},,,`;
    const isOrder = at % 10 === 0;
    const order = isOrder ? `o${at},"19.90",EUR` : ',,';
    const at2023 = new Date(Date.UTC(2023, 0, 1) + at * 3_600_000).toISOString();
    return `u${at % USERS},u${at % USERS}@example.com,${isOrder ? 'Order Completed' : 'Played'},${at2023},m${at},${order}`;
  });
  const header = 'user_id,email,event,timestamp,message_id,properties.order_id,properties.subtotal,properties.currency';
  return [header, ...rows].join('\r\n');
}

async function bring(shop: StoryShop, about: object, file: string) {
  const made = await shop.admin('POST', '/admin/v1/imports', { kind: 'events', format: 'csv', ...about });
  const path = `/admin/v1/imports/${made.body.id}`;
  const bytes = Buffer.from(file);
  const parts = [bytes.subarray(1_000_001), bytes.subarray(0, 1_000_001)];
  for (const [at, part] of parts.entries()) {
    const init = {
      method: 'PUT',
      headers: { Authorization: `Bearer ${shop.keys.secret}`, 'Content-Encoding': 'gzip' },
    };
    const kept = await fetch(`${shop.url}${path}/parts/${2 - at}`, { ...init, body: gzipSync(part) });
    expect(await kept.json()).toMatchObject({ part: 2 - at, bytes: part.length });
  }
  expect((await shop.admin('POST', `${path}/start`, { parts: 2 })).status).toBe(202);
  return eventually(async () => {
    const { body } = await shop.admin('GET', path);
    return body.endedAtMs === null ? null : { path, ...body };
  }, 25_000);
}

it('foresees, imports once, and imports nothing again; ordinary events go on meanwhile', async () => {
  const shop = await openShop();
  const file = past();
  const bad = LINES / BAD;
  const good = { lines: LINES, updated: 0, skipped: 0, refused: bad, failed: 0 };
  const foreseen = await bring(shop, { dryRun: true }, file);
  expect(foreseen.counts).toEqual({ ...good, created: LINES - bad, duplicate: 0, newCustomers: USERS });
  expect((await shop.admin('GET', '/admin/v1/customers')).body.items).toEqual([]);

  const importing = bring(shop, {}, file);
  const live = await ask(
    'POST',
    `${inject('url')}/v1/track`,
    { userId: 'live', event: 'Played' },
    {
      Authorization: `Basic ${btoa(`${shop.keys.write}:`)}`,
    },
  );
  expect(live.status).toBe(200);
  const done = await importing;
  expect([done.state, done.counts]).toEqual(['done', foreseen.counts]);

  const report = await shop.admin('GET', `${done.path}/lines?limit=1000`);
  expect(report.body.items).toHaveLength(bad);
  expect(report.body.items[0]).toMatchObject({ line: 9, verdict: 'refused', rule: expect.any(String) });
  const again = await bring(shop, {}, file);
  expect(again.counts).toEqual({ ...good, created: 0, duplicate: LINES - bad, newCustomers: 0 });

  const ordersOf = (user: number) =>
    Array.from({ length: LINES }, (_, at) => at).filter((at) => at % USERS === user && at % 10 === 0 && at % BAD !== 7);
  for (const user of [0, 10, 7]) {
    const { body } = await shop.admin('GET', `/admin/v1/customers/email:u${user}@example.com`);
    expect([body.orders, body.points.lifetime, body.points.balance]).toEqual([ordersOf(user).length, 0, 0]);
  }
});
