/** Test clocks: time that moves only when told, through everything that falls due, in the order of time. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Customers } from '../../worker/customers/customers.ts';
import { ADVANCE_CLOCK } from '../../worker/jobs/advance-clock.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { shopOf } from '../../worker/shops/cache.ts';
import { Shop } from '../../worker/shops/shop.ts';
import { type Answer, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const testShop = (layout: 'shared' | 'per_customer' = 'shared') => makeShop({ mode: 'test', layout });
const advance = (shop: TestShop, body: object, headers?: Record<string, string>) =>
  shop.admin('POST', '/admin/v1/clock', body, headers);
const nowOf = async (shop: TestShop): Promise<number> => (await shop.admin('GET', '/admin/v1/clock')).body.nowMs;

function give(shop: TestShop, user: string, points: number, expiresAtMs: number): Promise<Answer> {
  return shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points, reason: 'r', expiresAtMs });
}

async function makeUsers(shop: TestShop, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, newUser);
  await shop.batch(...users.map((userId) => ({ type: 'identify', userId, traits: {} })));
  return users;
}

interface Entry {
  kind: string;
  points: number;
  atMs: number;
  recordedAtMs: number;
}

async function entriesOf(shop: TestShop, user: string): Promise<Entry[]> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}/points`)).body.items;
}

async function balanceOf(shop: TestShop, user: string): Promise<number> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.balance;
}

const stubOf = (shop: TestShop) => env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));

describe('a test clock', () => {
  it('runs with real time until it is first set, and then stands still', async () => {
    const shop = await testShop();
    const before = await shop.admin('GET', '/admin/v1/clock');
    expect(before.body).toMatchObject({ frozen: false, status: 'ready', jobId: null });
    expect(Math.abs(before.body.nowMs - Date.now())).toBeLessThan(1_000);
    const set = await advance(shop, { by: 'PT0S' });
    expect([set.status, set.body.frozen]).toEqual([200, true]);
    const toMs = set.body.nowMs + 3 * DAY;
    expect((await advance(shop, { toMs })).body).toEqual({ nowMs: toMs, frozen: true, status: 'ready', jobId: null });
    await scheduler.wait(5);
    expect(await nowOf(shop)).toBe(toMs);
    expect((await advance(shop, { by: 'P1D' })).body.nowMs).toBe(toMs + DAY);
  });

  it('is no live shop’s', async () => {
    const shop = await makeShop();
    for (const answer of [await shop.admin('GET', '/admin/v1/clock'), await advance(shop, { by: 'P1D' })]) {
      expect([answer.status, answer.body.key, answer.body.detail]).toEqual([
        409,
        'conflict',
        expect.stringContaining('live'),
      ]);
    }
  });

  it('never runs backwards', async () => {
    const shop = await testShop();
    const { nowMs } = (await advance(shop, { by: 'P1D' })).body;
    expect((await advance(shop, { toMs: nowMs - 1 })).body.key).toBe('conflict');
    expect(await nowOf(shop)).toBe(nowMs);
  });

  it.each([
    [{}, ''],
    [{ by: 'P1D', toMs: 5e12 }, ''],
    [{ by: '1D' }, 'by'],
    [{ by: 'P200Y' }, 'by'],
    [{ by: 5 }, 'by'],
    [{ toMs: -1 }, 'toMs'],
    [{ toMs: 1.5 }, 'toMs'],
    [{ toMs: 1e21 }, 'toMs'],
    [{ toMs: '5' }, 'toMs'],
    [{ toMs: null }, 'toMs'],
    [{ by: 'P1D', now: 1 }, 'now'],
  ])('INV-14: refuses %j and does not move', async (body, field) => {
    const shop = await testShop();
    const answer = await advance(shop, body);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
    expect((await shop.admin('GET', '/admin/v1/clock')).body.frozen).toBe(false);
  });

  it('INV-2: moves once for a key, however often it comes', async () => {
    const shop = await testShop();
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await advance(shop, { by: 'P1D' }, headers);
    expect((await advance(shop, { by: 'P1D' }, headers)).body).toEqual(first.body);
    expect(await nowOf(shop)).toBe(first.body.nowMs);
  });
});

describe.each(['shared', 'per_customer'] as const)('an advance (%s)', (layout) => {
  it('does what falls due over all objects in the order of time, each at its own instant', async () => {
    const shop = await testShop(layout);
    const { nowMs } = (await advance(shop, { by: 'PT0S' })).body;
    const users = await makeUsers(shop, 6);
    const expiries = users.flatMap((user, at) =>
      [0, 1].map((round) => ({ user, atMs: nowMs + DAY + (round * 6 + at) * HOUR })),
    );
    for (const { user, atMs } of expiries) await give(shop, user, 10, atMs);
    const instants: number[] = [];
    const dueBy = Customers.prototype.dueBy;
    vi.spyOn(Customers.prototype, 'dueBy').mockImplementation(function (this: Customers, at) {
      instants.push(at);
      return dueBy.call(this, at);
    });
    expect((await advance(shop, { by: 'P7D' })).body).toMatchObject({ status: 'ready', nowMs: nowMs + 7 * DAY });
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
    const found = (await Promise.all(users.map((user) => entriesOf(shop, user)))).flat();
    const expired = found.filter(({ kind }) => kind === 'expired').sort((a, b) => a.atMs - b.atMs);
    expect(expired.map(({ atMs, recordedAtMs, points }) => ({ atMs, recordedAtMs, points }))).toEqual(
      expiries.map(({ atMs }) => ({ atMs, recordedAtMs: atMs, points: -10 })).sort((a, b) => a.atMs - b.atMs),
    );
    expect(await Promise.all(users.map((user) => balanceOf(shop, user)))).toEqual(users.map(() => 0));
  });
});

describe('an advance', () => {
  it('goes on after a crash before any of its steps was saved, and does nothing twice', async () => {
    const shop = await testShop();
    const [user = ''] = await makeUsers(shop, 1);
    const nowMs = await nowOf(shop);
    for (let day = 1; day <= 4; day += 1) await give(shop, user, 10, nowMs + day * DAY);
    const step = JOB_KINDS[ADVANCE_CLOCK]?.step;
    let crashes = 0;
    vi.spyOn(JOB_KINDS[ADVANCE_CLOCK] as { step: NonNullable<typeof step> }, 'step').mockImplementation(
      async (call) => {
        const outcome = await step?.({ ...call, untilMs: Date.now() + 20 });
        crashes += 1;
        if (crashes % 2 === 1) await runInDurableObject(stubOf(shop), (_, state) => state.abort('crash'));
        if (outcome === undefined) throw new Error('no step');
        return outcome;
      },
    );
    const toMs = nowMs + 3 * DAY + HOUR;
    const started = advance(shop, { toMs }).catch(() => null);
    await eventually(async () => {
      const jobs = await jobsOf(env, shop.id)
        .page(1, null)
        .catch(() => null);
      return jobs?.jobs[0]?.state === 'done' ? true : null;
    }, 15_000);
    await started;
    expect(crashes).toBeGreaterThan(1);
    const expired = (await entriesOf(shop, user)).filter(({ kind }) => kind === 'expired');
    expect(expired.map(({ atMs }) => atMs)).toEqual([3, 2, 1].map((day) => nowMs + day * DAY));
    expect([await nowOf(shop), await balanceOf(shop, user)]).toEqual([toMs, 10]);
  });

  it('knows what is due where the clock itself crashes, whenever it crashes', async () => {
    const shop = await testShop();
    const users = await makeUsers(shop, 3);
    const { nowMs } = (await advance(shop, { by: 'PT0S' })).body;
    const crash = () =>
      runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`)), (_, state) =>
        state.abort('crash'),
      ).catch(() => {});
    const [early = '', late = '', never = ''] = users;
    await give(shop, early, 10, nowMs + 2 * DAY);
    await crash();
    await give(shop, late, 10, nowMs + 4 * DAY);
    await advance(shop, { by: 'P1D' });
    await crash();
    await advance(shop, { by: 'P2D' });
    await give(shop, never, 10, nowMs + 400 * DAY);
    await crash();
    await advance(shop, { by: 'P2D' });
    const found = (await Promise.all(users.map((user) => entriesOf(shop, user)))).flat();
    const expired = found.filter(({ kind }) => kind === 'expired');
    expect(expired.map(({ atMs, recordedAtMs }) => [atMs - nowMs, recordedAtMs - nowMs])).toEqual([
      [2 * DAY, 2 * DAY],
      [4 * DAY, 4 * DAY],
    ]);
  });

  it('asks the object of a write that died between entering and leaving', async () => {
    const shop = await testShop();
    const [user = ''] = await makeUsers(shop, 1);
    const nowMs = (await advance(shop, { by: 'PT0S' })).body.nowMs;
    await give(shop, user, 10, nowMs + DAY);
    const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    await shopOf(env, shop.id).enterClock(`customers:${shop.id}:${id.split('-')[0]}`);
    await advance(shop, { by: 'P2D' });
    const [newest] = await entriesOf(shop, user);
    expect(newest).toMatchObject({ kind: 'expired', atMs: nowMs + DAY, recordedAtMs: nowMs + DAY });
  });

  it('is refused while another is under way, which answers 202 where it takes long', async () => {
    const shop = await testShop();
    const held = Promise.withResolvers<void>();
    const step = JOB_KINDS[ADVANCE_CLOCK]?.step;
    vi.spyOn(JOB_KINDS[ADVANCE_CLOCK] as { step: NonNullable<typeof step> }, 'step').mockImplementation(
      async (call) => {
        await held.promise;
        if (step === undefined) throw new Error('no step');
        return step(call);
      },
    );
    const first = advance(shop, { by: 'P1D' });
    const job = await eventually(() => jobsOf(env, shop.id).openOf(ADVANCE_CLOCK));
    expect((await shop.admin('GET', '/admin/v1/clock')).body).toMatchObject({ status: 'advancing', jobId: job.id });
    const second = await advance(shop, { by: 'P1D' });
    expect([second.status, second.body.key, second.headers.get('location')]).toEqual([
      409,
      'conflict',
      `/admin/v1/jobs/${job.id}`,
    ]);
    held.resolve();
    expect((await first).body).toMatchObject({ status: 'ready' });
  });

  it('takes events meanwhile, at the instant that the clock has reached', async () => {
    const shop = await testShop();
    const users = await makeUsers(shop, 4);
    const { nowMs } = (await advance(shop, { by: 'PT0S' })).body;
    for (const [at, user] of users.entries()) {
      for (let day = 1; day <= 10; day += 1) await give(shop, user, 1, nowMs + day * DAY + at * HOUR);
    }
    let going = true;
    const sent: string[] = [];
    const traffic = (async () => {
      while (going) {
        const user = users[sent.length % users.length] ?? '';
        expect((await shop.batch(track(user, `Looked ${sent.length}`))).status).toBe(200);
        sent.push(user);
      }
    })();
    const answer = await advance(shop, { by: 'P20D' });
    going = false;
    await traffic;
    expect(answer.body).toMatchObject({ status: 'ready', nowMs: nowMs + 20 * DAY });
    for (const user of users) {
      const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=200`)).body;
      const recorded = items.map((row: Entry) => row.recordedAtMs).reverse();
      expect(recorded).toEqual([...recorded].sort((a, b) => a - b));
      const expired = items.filter((row: Entry) => row.kind === 'points.expired');
      expect(expired.every((row: Entry) => row.atMs === row.recordedAtMs)).toBe(true);
      expect(expired.length).toBe(10);
    }
  });
});

it('what is due is said by the last write that began alone, and a clock that waits lets none begin', async () => {
  const clock = shopOf(env, (await testShop()).id);
  const enter = async () => {
    const entered = await clock.enterClock('customers:x');
    return entered.state === 'entered' ? entered.token : null;
  };
  const { nowMs } = await clock.clock();
  const [first, second] = [(await enter()) ?? '', (await enter()) ?? ''];
  await clock.leaveClock({ object: 'customers:x', token: first, dueMs: null });
  const asked = await clock.stepClock(nowMs + DAY, []);
  expect(asked).toMatchObject({ reached: false, objects: [{ object: 'customers:x', token: second }] });
  expect(await enter()).toBeNull();
  const due = { object: 'customers:x', token: second, dueMs: nowMs + HOUR };
  expect(await clock.stepClock(nowMs + DAY, [due])).toMatchObject({ reached: false, nowMs: nowMs + HOUR });
  expect(await enter()).not.toBeNull();
});

it.each([
  ['on time', 0, 1],
  ['ten minutes late', 10 * MINUTE, 1],
  ['doubled', 0, 2],
  ['dropped', 0, 0],
])('INV-9: an alarm that is %s changes no answer of a live shop', async (_, lateMs, times) => {
  const shop = await makeShop();
  const [user = ''] = await makeUsers(shop, 1);
  const nowMs = Date.now();
  for (const [points, hours] of [
    [10, 1],
    [5, 2],
  ] as const)
    await give(shop, user, points, nowMs + hours * HOUR);
  const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
  const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs + HOUR + lateMs });
  for (let rings = 0; rings < times; rings += 1) await runInDurableObject(object, (instance) => instance.alarm());
  vi.setSystemTime(nowMs + HOUR + 20 * MINUTE);
  const read = await balanceOf(shop, user);
  await shop.batch(track(user, 'Looked'));
  const entries = (await entriesOf(shop, user)).map(({ kind, points, atMs }) => ({ kind, points, atMs }));
  expect({ read, after: await balanceOf(shop, user), newest: entries[0], count: entries.length }).toEqual({
    read: 5,
    after: 5,
    newest: { kind: 'expired', points: -10, atMs: nowMs + HOUR },
    count: 3,
  });
});

it('a live shop asks no clock, whatever it reads or writes', async () => {
  const asked = [
    vi.spyOn(Shop.prototype, 'clock'),
    vi.spyOn(Shop.prototype, 'enterClock'),
    vi.spyOn(Shop.prototype, 'leaveClock'),
  ];
  const shop = await makeShop();
  const [user = ''] = await makeUsers(shop, 1);
  await give(shop, user, 10, Date.now() + DAY);
  expect(await balanceOf(shop, user)).toBe(10);
  for (const spy of asked) expect(spy).not.toHaveBeenCalled();
  const test = await testShop();
  const [other = ''] = await makeUsers(test, 1);
  await balanceOf(test, other);
  for (const spy of asked) await vi.waitFor(() => expect(spy).toHaveBeenCalled());
});

describe('in a test shop whose clock was set', () => {
  it('receipt is by the shop’s clock, and what just happened happened then', async () => {
    const shop = await testShop();
    const [user = ''] = await makeUsers(shop, 1);
    const { nowMs } = (await advance(shop, { by: 'P1Y' })).body;
    await shop.batch(track(user, 'Now', {}, { timestamp: new Date().toISOString() }));
    const then = nowMs - 5 * DAY;
    await shop.batch(track(user, 'Then', {}, { timestamp: new Date(then).toISOString() }));
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=2`)).body;
    expect(items.map((row: Entry & { name: string }) => [row.name, row.atMs, row.recordedAtMs])).toEqual([
      ['Then', then, nowMs],
      ['Now', nowMs, nowMs],
    ]);
  });

  it('INV-9: an alarm of real time does nothing, and sets no other', async () => {
    const shop = await testShop();
    const [user = ''] = await makeUsers(shop, 1);
    const expiresAtMs = (await nowOf(shop)) + 10 * MINUTE;
    await give(shop, user, 10, expiresAtMs);
    await shopOf(env, shop.id).stepClock(0, []);
    const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).not.toBeNull();
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAtMs + HOUR });
    await runDurableObjectAlarm(object);
    await runDurableObjectAlarm(object);
    vi.useRealTimers();
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).toBeNull();
    expect((await entriesOf(shop, user))[0]?.kind).toBe('adjusted');
    await advance(shop, { by: 'PT10M' });
    expect((await entriesOf(shop, user))[0]).toMatchObject({ kind: 'expired', atMs: expiresAtMs });
  });
});
