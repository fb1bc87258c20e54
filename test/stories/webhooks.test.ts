/** Webhooks over HTTP, to a sink that is down, that fails, and that comes back: nothing is lost, and order holds. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, eventually, openShop, type StoryShop } from './client.ts';
import { Sink } from './sink.ts';

let sink: Sink;
let shop: StoryShop;
let secret: string;
let connection: string;

beforeEach(async () => {
  sink = await Sink.open();
  // only a test shop may send to this machine
  shop = await openShop({ mode: 'test' });
});
afterEach(() => sink.down());

async function connect(events: string[]): Promise<void> {
  const made = await shop.admin('POST', '/admin/v1/connections', { kind: 'webhook', url: sink.url, events });
  expect(made.status).toBe(201);
  connection = made.body.id;
  secret = made.body.secret;
}

const auth = () => ({ Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` });

async function track(...events: [user: string, name: string][]): Promise<void> {
  const batch = events.map(([userId, event]) => ({ type: 'track', userId, event, messageId: randomUUID() }));
  expect((await ask('POST', `${shop.url}/v1/batch`, { batch }, auth())).status).toBe(200);
}

async function statesOf(): Promise<Record<string, number>> {
  const { items } = (await shop.admin('GET', `/admin/v1/connections/${connection}/deliveries?limit=200`)).body;
  const counts: Record<string, number> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Waits until the deliveries are so many in each state. */
async function settled(wanted: Record<string, number>): Promise<void> {
  await eventually(async () => {
    const counts = await statesOf();
    const same = Object.keys({ ...counts, ...wanted }).every((state) => counts[state] === wanted[state]);
    return same ? counts : null;
  }, 15_000);
}

/** What would happen by itself at the next attempt. */
const retryNow = () => shop.admin('POST', `/admin/v1/connections/${connection}/replay`, { state: 'failed' });

const USERS = ['ada', 'bea', 'cid'];
const NAMES = ['One', 'Two', 'Three', 'Four'];
const EVERYTHING = Object.fromEntries(USERS.map((user) => [user, NAMES]));

describe('case 46 and L7', () => {
  it('a sink that is down, then fails, then is well gets everything, in the order of each customer', async () => {
    await connect(['*']);
    await sink.down();
    for (const name of NAMES.slice(0, 2)) await track(...USERS.map((user): [string, string] => [user, name]));
    await settled({ failed: 3, pending: 3 });
    // it is up again, and out of order
    sink.answer = () => 500;
    await sink.up();
    await retryNow();
    await eventually(async () => (sink.received.length >= 3 ? true : null));
    for (const name of NAMES.slice(2)) await track(...USERS.map((user): [string, string] => [user, name]));
    await settled({ failed: 3, pending: 9 });
    const view = await shop.admin('GET', `/admin/v1/connections/${connection}/deliveries?state=failed`);
    expect(view.body.items.map((one: object) => Object.keys(one))).toEqual(
      Array(3).fill(expect.arrayContaining(['id', 'attempts', 'status', 'error', 'nextAttemptAtMs'])),
    );
    for (const { attempts, status } of view.body.items)
      expect({ attempts, status }).toEqual({ attempts: 2, status: 500 });
    sink.answer = () => 200;
    await retryNow();
    await settled({ succeeded: 12 });
    expect(sink.takenBy()).toEqual(EVERYTHING);
    expect(sink.taken).toHaveLength(12);
    expect(sink.ids).toHaveLength(12);
    sink.verify(secret);
  });

  it('a sink that refuses every second request gets all of it under the same ids, and by itself', async () => {
    await connect(['*']);
    const failedOnce = new Set<string>();
    sink.answer = ({ id, body }) => {
      if (body.type !== 'Two' || failedOnce.has(id)) return 200;
      failedOnce.add(id);
      return 429;
    };
    await track(...NAMES.flatMap((name) => USERS.map((user): [string, string] => [user, name])));
    // the first wait of the schedule is five seconds
    await settled({ succeeded: 12 });
    expect(sink.takenBy()).toEqual(EVERYTHING);
    expect([sink.received.length, sink.ids.length]).toEqual([15, 12]);
    sink.verify(secret);
  });
});

it('case 47: five vouchers for one order are one event, in which each child names its parent', async () => {
  await connect(['Voucher Redeemed']);
  const keys = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
  const codes = Array.from({ length: 5 }, (_, n) => `STACK-${n}-${randomUUID().slice(0, 8)}`);
  for (const code of codes) {
    const about = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 100 } };
    expect((await ask('POST', `${shop.url}/v1/vouchers/${code}`, about, keys)).status).toBe(200);
  }
  await track(['ada', 'Seen']);
  const stack = {
    order: { amount: 5_000 },
    customer: { source_id: 'ada' },
    redeemables: codes.map((id) => ({ object: 'voucher', id })),
  };
  const done = await ask('POST', `${shop.url}/v1/redemptions`, stack, keys);
  expect(done.status).toBe(200);
  const { body } = await eventually(async () => sink.taken[0] ?? null);
  const { redemption_id: parent, redemptions } = body.data;
  expect(parent).toBe(done.body.parent_redemption.id);
  expect(redemptions.map((one: { parent_redemption_id: string }) => one.parent_redemption_id)).toEqual(
    Array(5).fill(parent),
  );
  expect(redemptions.map((one: { code: string }) => one.code).sort()).toEqual(codes.toSorted());
  await settled({ succeeded: 1 });
});

it('is described in the document of the API', async () => {
  const { paths } = (await ask('GET', `${shop.url}/openapi.json`)).body;
  const ours = Object.keys(paths).filter((path) => path.startsWith('/admin/v1/connections'));
  expect(ours.sort()).toEqual([
    '/admin/v1/connections',
    '/admin/v1/connections/{id}',
    '/admin/v1/connections/{id}/back-fill',
    '/admin/v1/connections/{id}/deliveries',
    '/admin/v1/connections/{id}/deliveries/{delivery}/replay',
    '/admin/v1/connections/{id}/replay',
    '/admin/v1/connections/{id}/secret',
    '/admin/v1/connections/{id}/test',
  ]);
});
