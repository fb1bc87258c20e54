/** Connections: what a shop's events bring to an address of its own, in which order, how often, and when not. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { secretName } from '../../worker/connection/secret-name.ts';
import { Announcer } from '../../worker/customers/announcer.ts';
import type { Customers } from '../../worker/customers/customers.ts';
import { shardOf } from '../../worker/customers/stubs.ts';
import { forgetShop, shopOf } from '../../worker/shops/cache.ts';
import { type Answer, eventually as awaited, makeShop, newUser, type TestShop, track } from './shop.ts';

/** A busy machine takes its time. */
const eventually = <T>(read: () => Promise<T | null>) => awaited(read, 20_000);

const URL_OF_SINK = 'https://hooks.example.com/in';

interface Sent {
  id: string;
  headers: Record<string, string>;
  text: string;
  body: Answer['body'];
}

/** Everything that the worker sends goes here; what it is answered, each test says. */
class Sink {
  readonly sent: Sent[] = [];
  answer: (sent: Sent) => number | Promise<number> = () => 200;

  async take(request: Request): Promise<Response> {
    const text = await request.text();
    const headers = Object.fromEntries(request.headers);
    const sent = { id: headers['webhook-id'] ?? '', headers, text, body: JSON.parse(text) };
    this.sent.push(sent);
    return new Response(null, { status: await this.answer(sent) });
  }

  /** Waits until so many requests came. */
  async until(count: number): Promise<Sent[]> {
    return eventually(async () => (this.sent.length >= count ? this.sent : null));
  }
}

let sink: Sink;
beforeEach(() => {
  sink = new Sink();
  vi.stubGlobal('fetch', (input: RequestInfo, init?: RequestInit) => sink.take(new Request(input, init)));
});
afterEach(() => vi.unstubAllGlobals());

async function connect(shop: TestShop, about: object = {}): Promise<{ id: string; secret: string }> {
  const wanted = { kind: 'webhook', url: URL_OF_SINK, events: ['*'], ...about };
  const made = await shop.admin('POST', '/admin/v1/connections', wanted);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body;
}

function deliveriesOf(shop: TestShop, id: string, query = ''): Promise<Answer> {
  return shop.admin('GET', `/admin/v1/connections/${id}/deliveries${query}`);
}

/** Waits until all deliveries are in these states, from the newest. */
async function settled(shop: TestShop, id: string, states: string[]): Promise<Answer['body']['items']> {
  return eventually(async () => {
    const { items } = (await deliveriesOf(shop, id)).body;
    const now = items.map(({ state }: { state: string }) => state);
    return JSON.stringify(now) === JSON.stringify(states) ? items : null;
  });
}

async function customerOf(shop: TestShop, user: string): Promise<string> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
}

describe('an event', () => {
  it('comes signed, with who it is of, what it says and a name of its own', async () => {
    const shop = await makeShop();
    const { secret } = await connect(shop);
    const user = newUser();
    await shop.batch(track(user, 'Tea Brewed', { cups: 2 }, { timestamp: '2026-01-02T03:04:05.000Z' }));
    const [sent] = await sink.until(1);
    const customer = await customerOf(shop, user);
    expect(sent?.body).toEqual({
      id: `evt_${customer}_1_0`,
      type: 'Tea Brewed',
      timestamp: expect.any(String),
      recordedAt: expect.any(String),
      shop: shop.id,
      customer: { id: customer, userId: user, shopifyId: null, email: null },
      data: { cups: 2 },
      trust: 'server',
      test: false,
    });
    expect(sent?.id).toBe(`evt_${customer}_1_0`);
    expect(new Webhook(secret).verify(sent?.text ?? '', sent?.headers ?? {})).toEqual(sent?.body);
  });

  it('never comes unsigned: without a secret it waits', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    await shopOf(env, shop.id).dropSecret(secretName(id));
    forgetShop(shop.id);
    await shop.batch(track(newUser(), 'Looked'));
    const [waiting] = await eventually(async () => {
      const { items } = (await deliveriesOf(shop, id)).body;
      // put off, and not just about to be tried
      return items[0]?.nextAttemptAtMs > Date.now() + 500 ? items : null;
    });
    expect([waiting.state, waiting.attempts, sink.sent]).toEqual(['pending', 0, []]);
  });

  it('comes in its order among those of its customer, points after what earned them', async () => {
    const shop = await makeShop();
    await shop.admin('PUT', '/admin/v1/programme', { order: { per: 100, points: 1 } });
    const { id } = await connect(shop);
    const user = newUser();
    const order = { order_id: '1', subtotal: 20, currency: 'EUR' };
    await shop.batch(
      ...['One', 'Two', 'Three'].map((name) => track(user, name)),
      track(user, 'Order Completed', order),
    );
    const types = (await sink.until(5)).map(({ body }) => body.type);
    expect(types).toEqual(['One', 'Two', 'Three', 'Placed Order', 'Points Earned on Order']);
    await settled(shop, id, Array(5).fill('succeeded'));
  });

  it('comes once, however often it is told: by its sender, and by an object that forgot that it had told', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const user = newUser();
    const message = track(user, 'Once');
    await shop.batch(message);
    await settled(shop, id, ['succeeded']);
    await shop.batch(message);
    const customer = await customerOf(shop, user);
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer)}`));
    await runInDurableObject(object, (instance: Customers) =>
      new Announcer(env, Reflect.get(instance, 'store'), () => shop.id).flush(),
    );
    await shop.batch(track(user, 'Twice'));
    await settled(shop, id, ['succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['Once', 'Twice']);
  });

  it('INV-1: is told by whoever comes after an object that died before it told', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Before'));
    const { id } = await connect(shop);
    const customer = await customerOf(shop, user);
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer)}`));
    // the commit is durable, and what was noted of it goes with the instance
    const forgotten = vi.spyOn(Announcer.prototype, 'touch').mockImplementation(() => {});
    await shop.batch(track(user, 'Died'));
    forgotten.mockRestore();
    await runInDurableObject(object, (instance: Customers) => {
      const store = Reflect.get(instance, 'store');
      store.unheard.take();
      return new Announcer(env, store, () => shop.id).flush();
    });
    await settled(shop, id, ['succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['Died']);
  });

  it('is not told where it is not asked for, where it was before, or where an import fills it in', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Tea Early'));
    const { id } = await connect(shop, { events: ['Tea*', 'Cake Eaten'] });
    await shop.batch(track(user, 'Coffee Brewed'), track(user, 'Cake Eaten'), track(user, 'Tea Brewed'));
    await settled(shop, id, ['succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['Cake Eaten', 'Tea Brewed']);
  });
});

describe('customers who come and go', () => {
  it('two who turn out to be one: each event comes once, and then that they are one', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const [ada, bea] = [newUser(), newUser()];
    await shop.batch(track(ada, 'One'), track(bea, 'Two'));
    await settled(shop, id, ['succeeded', 'succeeded']);
    sink.answer = ({ body }) => (body.type === 'Three' ? 500 : 200);
    await shop.batch(track(ada, 'Three'));
    await settled(shop, id, ['failed', 'succeeded', 'succeeded']);
    const gone = await customerOf(shop, ada);
    const merged = await shop.admin('POST', `/admin/v1/customers/user:${ada}/merge`, { into: `user:${bea}` });
    await settled(shop, id, ['succeeded', 'failed', 'succeeded', 'succeeded']);
    sink.answer = () => 200;
    await shop.admin('POST', `/admin/v1/connections/${id}/replay`, { state: 'failed' });
    await settled(shop, id, Array(4).fill('succeeded'));
    const last = sink.sent.slice(-2).map(({ body }) => [body.type, body.customer.id, body.data]);
    expect(last).toEqual([
      ['customer.merged', merged.body.customer, { customer: gone, rows: 2 }],
      ['Three', merged.body.customer, {}],
    ]);
  });

  it('INV-12: one who is erased: that they are gone is told, and nothing of what was kept under another id', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const user = newUser();
    await shop.batch(track(user, 'One'));
    await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points: 5, reason: 'thanks' });
    await settled(shop, id, ['succeeded', 'succeeded']);
    const customer = await customerOf(shop, user);
    await shop.admin('POST', `/admin/v1/customers/user:${user}/erase`);
    await settled(shop, id, ['succeeded', 'succeeded', 'succeeded']);
    const told = sink.sent.map(({ body }) => [body.type, body.customer]);
    expect(told.slice(2)).toEqual([['customer.erased', { id: customer, userId: null, shopifyId: null, email: null }]]);
    await shop.batch(track(newUser(), 'Later'));
    await settled(shop, id, Array(4).fill('succeeded'));
  });
});

describe('a back-fill', () => {
  const backFill = async (shop: TestShop, id: string, about: object = {}) => {
    const { body } = await shop.admin('POST', `/admin/v1/connections/${id}/back-fill`, about);
    return eventually(async () => {
      const job = (await shop.admin('GET', `/admin/v1/jobs/${body.id}`)).body;
      return ['done', 'failed'].includes(job.state) ? job : null;
    });
  };

  it('sends what was recorded before, by the filter, in order, once, and of one who was merged in by the id of then', async () => {
    const shop = await makeShop();
    const [ada, bea] = [newUser(), newUser()];
    await shop.batch(track(ada, 'Tea One'), track(bea, 'Tea Bea'), track(ada, 'Coffee'), track(ada, 'Tea Two'));
    const gone = await customerOf(shop, bea);
    const here = await customerOf(shop, ada);
    await shop.admin('POST', `/admin/v1/customers/user:${bea}/merge`, { into: `user:${ada}` });
    const { id } = await connect(shop, { events: ['Tea*'], state: 'paused' });
    await shop.batch(track(ada, 'Tea Three'));
    await settled(shop, id, ['pending']);
    expect(await backFill(shop, id)).toMatchObject({ state: 'done', result: { customers: 1, events: 3 } });
    expect(await backFill(shop, id)).toMatchObject({ state: 'done', result: { customers: 1, events: 3 } });
    await shop.admin('PATCH', `/admin/v1/connections/${id}`, { state: 'active' });
    await settled(shop, id, Array(4).fill('succeeded'));
    const of = (user: string) => sink.sent.filter((one) => one.id.startsWith(`evt_${user}_`));
    expect(of(here).map(({ body }) => body.type)).toEqual(['Tea One', 'Tea Two', 'Tea Three']);
    expect(of(gone).map(({ id, body }) => [id, body.type, body.customer.id])).toEqual([
      [`evt_${gone}_1_0`, 'Tea Bea', here],
    ]);
    expect(sink.sent).toHaveLength(4);
  });

  it('goes no further back than it is asked to, and fails where the connection is gone', async () => {
    const shop = await makeShop();
    await shop.batch(track(newUser(), 'Long Ago'));
    const { id } = await connect(shop);
    const result = { customers: 1, events: 0 };
    expect(await backFill(shop, id, { sinceMs: Date.now() + 1 })).toMatchObject({ state: 'done', result });
    expect((await shop.admin('POST', '/admin/v1/connections/con_x/back-fill', {})).status).toBe(404);
  });

  it('goes on within a customer who has more rows than one call reads', async () => {
    const shop = await makeShop();
    const user = newUser();
    const some = (count: number) => shop.batch(...Array.from({ length: count }, () => track(user, 'Tea Brewed')));
    await some(2_000);
    await some(300);
    const { id } = await connect(shop, { state: 'paused' });
    expect(await backFill(shop, id)).toMatchObject({ state: 'done', result: { customers: 1, events: 2_300 } });
    expect((await shop.admin('GET', `/admin/v1/connections/${id}`)).body.deliveries.pending).toBe(2_300);
  });
});

describe('what it costs', () => {
  const rowsOfTold = (shop: TestShop, customer: string) => {
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer)}`));
    return runInDurableObject(object, (instance: Customers, state) => ({
      written: Reflect.get(instance, 'store').rowsWritten as number,
      readers: state.storage.sql
        .exec('SELECT reader FROM told ORDER BY reader')
        .toArray()
        .map(({ reader }) => reader),
    }));
  };

  it('is nothing without a connection, and one row for a batch with one', async () => {
    const shop = await makeShop();
    const user = newUser();
    const ten = () => Array.from({ length: 10 }, () => track(user, 'Tea Brewed'));
    await shop.batch(...ten());
    const customer = await customerOf(shop, user);
    const flushed = (before: number, readers: string[]) =>
      eventually(async () => {
        const now = await rowsOfTold(shop, customer);
        return now.written > before && now.readers.length === readers.length ? now : null;
      });
    const first = await flushed(0, ['d1']);
    expect(first.readers).toEqual(['d1']);
    await shop.batch(...ten());
    const plain = await eventually(async () => {
      const now = await rowsOfTold(shop, customer);
      return now.written - first.written === 32 ? now : null;
    });
    const { id } = await connect(shop);
    await shop.batch(...ten());
    await settled(shop, id, Array(10).fill('succeeded'));
    const told = await flushed(plain.written + 32, ['connections', 'd1']);
    await shop.batch(...ten());
    await settled(shop, id, Array(20).fill('succeeded'));
    const again = await flushed(told.written + 32, ['connections', 'd1']);
    expect(again.written - told.written).toBe(33);
  });
});

describe('a sink in trouble', () => {
  it('gets what failed again under the same id, before what came later; others go on', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const [ada, bea] = [newUser(), newUser()];
    sink.answer = ({ body }) => (body.type === 'One' && sink.sent.length < 3 ? 500 : 200);
    await shop.batch(track(ada, 'One'), track(ada, 'Two'));
    await sink.until(1);
    await shop.batch(track(bea, 'Other'));
    await settled(shop, id, ['succeeded', 'pending', 'failed']);
    const [, , failed] = (await deliveriesOf(shop, id)).body.items;
    expect(failed).toMatchObject({ attempts: 1, status: 500, error: 'refused', type: 'One' });
    expect(failed.nextAttemptAtMs - failed.lastAttemptAtMs).toBeGreaterThanOrEqual(4_500);
    expect(failed.nextAttemptAtMs - failed.lastAttemptAtMs).toBeLessThanOrEqual(5_501);
    sink.answer = () => 200;
    const replayed = await shop.admin('POST', `/admin/v1/connections/${id}/replay`, { state: 'failed' });
    expect(replayed.body).toEqual({ replayed: 1, more: false });
    await settled(shop, id, ['succeeded', 'succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['One', 'Other', 'One', 'Two']);
    expect(sink.sent[0]?.id).toBe(sink.sent[2]?.id);
  });

  it('has what it never took kept as dead, gets what came later, and the dead one when it is replayed', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const user = newUser();
    sink.answer = ({ body }) => (body.type === 'Poison' ? 422 : 200);
    await shop.batch(track(user, 'Poison'), track(user, 'Later'));
    await settled(shop, id, ['pending', 'failed']);
    const object = env.CONNECTION.get(env.CONNECTION.idFromName(`connection:${shop.id}:${id}`));
    // nine attempts of the schedule later
    await runInDurableObject(object, (instance, state) => {
      state.storage.sql.exec("UPDATE delivery SET tries = 9, next_ms = 1 WHERE state = 'failed'");
      instance.wake();
    });
    await settled(shop, id, ['succeeded', 'dead']);
    const dead = (await deliveriesOf(shop, id, '?state=dead')).body.items;
    expect(dead).toMatchObject([{ type: 'Poison', attempts: 2, status: 422, nextAttemptAtMs: null }]);
    const standing = (await shop.admin('GET', `/admin/v1/connections/${id}`)).body;
    expect(standing.deliveries).toEqual({ pending: 0, failed: 0, dead: 1, failingSinceMs: null });
    sink.answer = () => 200;
    await shop.admin('POST', `/admin/v1/connections/${id}/deliveries/${dead[0].id}/replay`);
    await settled(shop, id, ['succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['Poison', 'Poison', 'Later', 'Poison']);
    expect(new Set(sink.sent.filter(({ body }) => body.type === 'Poison').map((one) => one.id)).size).toBe(1);
  });

  it('case L7: that is down for two hours gets all of it in order, soon after the first success, under the same ids', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const users = [newUser(), newUser(), newUser()];
    sink.answer = () => 503;
    await shop.batch(...['One', 'Two'].flatMap((name) => users.map((user) => track(user, name))));
    const object = env.CONNECTION.get(env.CONNECTION.idFromName(`connection:${shop.id}:${id}`));
    // the times of the schedule come; the fourth attempt fails two hours and a half after the first
    for (const attempts of [1, 2, 3, 4]) {
      await eventually(async () => {
        const { items } = (await deliveriesOf(shop, id, '?state=failed')).body;
        return items.filter((one: { attempts: number }) => one.attempts === attempts).length === 3 ? items : null;
      });
      if (attempts === 4) break;
      await runInDurableObject(object, (instance, state) => {
        state.storage.sql.exec("UPDATE delivery SET next_ms = 1 WHERE state = 'failed'");
        instance.wake();
      });
    }
    sink.answer = () => 200;
    await runInDurableObject(object, (instance, state) => {
      state.storage.sql.exec('UPDATE failing SET since_ms = ?', Date.now() - 9_000_000);
      state.storage.sql.exec(`UPDATE delivery SET next_ms = 1 WHERE n = (SELECT MIN(n) FROM delivery)`);
      instance.wake();
    });
    await settled(shop, id, Array(6).fill('succeeded'));
    const came = (user: string) => sink.sent.filter(({ body }) => body.customer.userId === user);
    for (const user of users) {
      expect(came(user).map(({ body }) => body.type)).toEqual(['One', 'One', 'One', 'One', 'One', 'Two']);
      expect(new Set(came(user).map((one) => one.id)).size).toBe(2);
    }
  });

  it('that is gone is left alone, with a notice, and nothing is lost until it is resumed', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const user = newUser();
    sink.answer = () => 410;
    await shop.batch(track(user, 'One'));
    const paused = await eventually(async () => {
      const { body } = await shop.admin('GET', `/admin/v1/connections/${id}`);
      return body.state === 'paused' ? body : null;
    });
    expect(paused.pausedFor).toBe('gone');
    const notice = { kind: 'connection.gone', about: { connection: id } };
    await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/notices')).body;
      return items.length > 0 ? items : null;
    }).then((items) => expect(items).toMatchObject([notice]));
    await shop.batch(track(user, 'Two'));
    await settled(shop, id, ['pending', 'failed']);
    expect(sink.sent).toHaveLength(1);
    sink.answer = () => 200;
    await shop.admin('PATCH', `/admin/v1/connections/${id}`, { state: 'active' });
    await settled(shop, id, ['succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['One', 'One', 'Two']);
  });

  it('that took nothing for five days is paused, with a notice', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    sink.answer = () => 503;
    await shop.batch(track(newUser(), 'One'));
    await settled(shop, id, ['failed']);
    const object = env.CONNECTION.get(env.CONNECTION.idFromName(`connection:${shop.id}:${id}`));
    await runInDurableObject(object, (instance, state) => {
      state.storage.sql.exec('UPDATE failing SET since_ms = ?', Date.now() - 5 * 86_400_000);
      state.storage.sql.exec('UPDATE delivery SET next_ms = 1');
      instance.wake();
    });
    const { kind } = await eventually(async () => (await shop.admin('GET', '/admin/v1/notices')).body.items[0] ?? null);
    expect(kind).toBe('connection.failing');
    forgetShop(shop.id);
    expect((await shop.admin('GET', `/admin/v1/connections/${id}`)).body.pausedFor).toBe('failing');
  });
});

describe('the merchant', () => {
  it('pauses: everything is kept, and sent in order on resuming', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop, { state: 'paused' });
    const user = newUser();
    await shop.batch(track(user, 'One'), track(user, 'Two'));
    await settled(shop, id, ['pending', 'pending']);
    expect(sink.sent).toEqual([]);
    await shop.admin('PATCH', `/admin/v1/connections/${id}`, { state: 'active' });
    await settled(shop, id, ['succeeded', 'succeeded']);
    expect(sink.sent.map(({ body }) => body.type)).toEqual(['One', 'Two']);
  });

  it('sees a secret once, and for a while both sign after a new one is made', async () => {
    const shop = await makeShop();
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const wanted = { kind: 'webhook', url: URL_OF_SINK, events: ['*'], description: 'Mine' };
    const made = await shop.admin('POST', '/admin/v1/connections', wanted, key);
    expect((await shop.admin('POST', '/admin/v1/connections', wanted, key)).body).toEqual(made.body);
    const { id, secret, ...shown } = made.body;
    const listed = await shop.admin('GET', '/admin/v1/connections');
    expect(listed.body).toEqual({ items: [{ id, ...shown }], nextCursor: null });
    const turned = await shop.admin('POST', `/admin/v1/connections/${id}/secret`, {});
    await shop.batch(track(newUser(), 'One'));
    const [sent] = await sink.until(1);
    for (const one of [secret, turned.body.secret])
      expect(new Webhook(one).verify(sent?.text ?? '', sent?.headers ?? {})).toEqual(sent?.body);
    const everything = await Promise.all(
      [`/admin/v1/connections`, `/admin/v1/connections/${id}`, `/admin/v1/connections/${id}/deliveries`].map(
        async (path) => JSON.stringify((await shop.admin('GET', path)).body),
      ),
    );
    expect(everything.join('')).not.toContain('whsec_');
  });

  it('tries it out, and sees what came of it; nothing is kept', async () => {
    const shop = await makeShop();
    const { id, secret } = await connect(shop, { state: 'paused' });
    sink.answer = () => 404;
    const tried = await shop.admin('POST', `/admin/v1/connections/${id}/test`);
    expect(tried.body).toEqual({ delivered: false, status: 404, error: 'refused', tookMs: expect.any(Number) });
    const [sent] = sink.sent;
    expect(sent?.body).toMatchObject({ type: 'Connection Tested', test: true, data: {} });
    expect(new Webhook(secret).verify(sent?.text ?? '', sent?.headers ?? {})).toEqual(sent?.body);
    expect((await deliveriesOf(shop, id)).body.items).toEqual([]);
  });

  it('drops it: nothing more is sent, and nothing is there', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    sink.answer = () => 500;
    await shop.batch(track(newUser(), 'One'));
    await settled(shop, id, ['failed']);
    expect((await shop.admin('DELETE', `/admin/v1/connections/${id}`)).status).toBe(204);
    await shop.batch(track(newUser(), 'Two'));
    expect((await deliveriesOf(shop, id)).status).toBe(404);
    const object = env.CONNECTION.get(env.CONNECTION.idFromName(`connection:${shop.id}:${id}`));
    const tables = await runInDurableObject(object, (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'delivery'").toArray(),
    );
    expect(tables).toEqual([]);
    expect(sink.sent).toHaveLength(1);
  });

  it('pages through deliveries, the newest first', async () => {
    const shop = await makeShop();
    const { id } = await connect(shop);
    const user = newUser();
    await shop.batch(...['One', 'Two', 'Three'].map((name) => track(user, name)));
    await settled(shop, id, ['succeeded', 'succeeded', 'succeeded']);
    const first = (await deliveriesOf(shop, id, '?limit=2&state=succeeded')).body;
    const rest = (await deliveriesOf(shop, id, `?limit=2&state=succeeded&cursor=${first.nextCursor}`)).body;
    const types = [...first.items, ...rest.items].map(({ type }: { type: string }) => type);
    expect([types, rest.nextCursor]).toEqual([['Three', 'Two', 'One'], null]);
  });

  it.each([
    [{ url: 'https://10.0.0.1/' }, 'url'],
    [{ url: 'http://localhost:9/' }, 'url'],
    [{ url: 5 }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['a*b'] }, 'events.0'],
    [{ kind: 'pigeon' }, 'kind'],
    [{ maxPerSecond: 0 }, 'maxPerSecond'],
    [{ maxPerSecond: 1.5 }, 'maxPerSecond'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ colour: 'red' }, 'colour'],
  ])('INV-14: is told which field is wrong in %o, and nothing is made', async (about, field) => {
    const shop = await makeShop();
    const wanted = { kind: 'webhook', url: URL_OF_SINK, events: ['*'], ...about };
    const refused = await shop.admin('POST', '/admin/v1/connections', wanted);
    expect([refused.status, refused.body.errors.map((one: { field: string }) => one.field)]).toEqual([400, [field]]);
    expect((await shop.admin('GET', '/admin/v1/connections')).body.items).toEqual([]);
  });

  it("INV-10, INV-13: finds no other shop's connection, and makes none by asking", async () => {
    const [own, other] = [await makeShop(), await makeShop()];
    const { id } = await connect(own);
    const paths = ['', '/deliveries'].map((path) => `/admin/v1/connections/${id}${path}`);
    for (const path of paths) expect((await other.admin('GET', path)).status).toBe(404);
    expect((await other.admin('POST', `/admin/v1/connections/${id}/test`)).status).toBe(404);
    expect((await other.admin('DELETE', `/admin/v1/connections/${id}`)).status).toBe(404);
    const object = env.CONNECTION.get(env.CONNECTION.idFromName(`connection:${own.id}:${id}`));
    await own.admin('GET', `/admin/v1/connections/${id}`);
    const tables = await runInDurableObject(object, (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'delivery'").toArray(),
    );
    expect(tables).toEqual([]);
  });
});
