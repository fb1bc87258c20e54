/** Tiers, birthdays and ends of points as a shop has them: through the API, on a clock that is told what time it is. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Customers } from '../../worker/customers/customers.ts';
import { shardOf } from '../../worker/customers/stubs.ts';
import { type Answer, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

/** 10 January 2030, noon in Berlin: later than any test runs. */
const START = Date.UTC(2030, 0, 10, 11);
const at = (text: string) => Date.parse(text.includes('T') ? text : `${text}T11:00:00Z`);

const points = (count: number) => ({ kind: 'points', points: count });
const ladder = (changes: object = {}) => ({
  metric: 'points',
  window: 'calendar_year',
  tiers: [
    { id: 'bronze', name: 'Bronze', threshold: 100, entry: points(1) },
    { id: 'silver', name: 'Silver', threshold: 500, entry: points(5), perks: ['Free gift wrap'] },
    { id: 'gold', name: 'Gold', threshold: 1000, entry: points(10) },
  ],
  ...changes,
});
const ORDER = { points: 1, perMinor: 100 };

async function still(programme: object | null = null): Promise<TestShop> {
  const shop = await makeShop({ mode: 'test' });
  await clock(shop, START);
  if (programme !== null) await put(shop, programme);
  return shop;
}

async function clock(shop: TestShop, toMs: number): Promise<void> {
  const { status, body } = await shop.admin('POST', '/admin/v1/clock', { toMs });
  if (status !== 200 || body.status !== 'ready') throw new Error(JSON.stringify(body));
}

/** Saves a programme and waits until everybody was held against it. */
async function put(shop: TestShop, programme: object): Promise<Answer> {
  const answer = await shop.admin('PUT', '/admin/v1/programme', { order: ORDER, ...programme });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  if (answer.body.job !== null) await ended(shop, answer.body.job.id);
  return answer;
}

const ended = (shop: TestShop, id: string) =>
  eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/jobs/${id}`);
    return body.state === 'done' ? body : null;
  }, 10_000);

const buy = (shop: TestShop, user: string, units: number, orderId: string = crypto.randomUUID()) =>
  shop.batch(track(user, 'Order Completed', { order_id: orderId, subtotal: units, total: units, currency: 'EUR' }));

const tierOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}/tier`)).body;

interface Row {
  name: string;
  kind: string;
  atMs: number;
  recordedAtMs: number;
  properties: Record<string, unknown>;
}

/** What the programme did by itself, oldest first: its name, and when. */
async function did(shop: TestShop, user: string): Promise<Row[]> {
  const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=200`)).body;
  return items.filter((row: Row) => row.kind !== 'event' && row.name !== null).reverse();
}

const names = async (shop: TestShop, user: string) =>
  (await did(shop, user)).map(({ name, properties }) => [name, properties.tier_from, properties.tier_to]);

const balanceOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.balance;

/** Parts of a programme that break a rule, and the field that is named for it. */
const BAD: [object, string][] = [
  [{ tiers: ladder({ tiers: [] }) }, 'tiers.tiers'],
  [{ tiers: ladder({ metric: 'visits' }) }, 'tiers.metric'],
  [{ tiers: ladder({ graceDays: 1e21 }) }, 'tiers.graceDays'],
  [{ tiers: ladder({ noticeDays: 0 }) }, 'tiers.noticeDays'],
  [{ tiers: ladder({ startsAtMs: '5' }) }, 'tiers.startsAtMs'],
  [{ tiers: ladder({ tiers: [{ id: 'a', name: 'A', threshold: -1 }] }) }, 'tiers.tiers.0.threshold'],
  [{ tiers: ladder({ tiers: [{ id: 'A b', name: 'A', threshold: 1 }] }) }, 'tiers.tiers.0.id'],
  [
    { tiers: ladder({ tiers: [2, 1].map((threshold) => ({ id: `t${threshold}`, name: 'A', threshold })) }) },
    'tiers.tiers',
  ],
  [{ tiers: ladder({ tiers: [1, 2].map((threshold) => ({ id: 't', name: 'A', threshold })) }) }, 'tiers.tiers'],
  [{ tiers: ladder({ colour: 'red' }) }, 'tiers.colour'],
  [
    { tiers: ladder({ tiers: [{ id: 'a', name: 'A', threshold: 1, entry: { kind: 'reward', reward: 'gone' } }] }) },
    'tiers.tiers.0.entry.reward',
  ],
  [{ birthdays: { bonus: points(1.5) } }, 'birthdays.bonus.points'],
  [{ birthdays: { bonus: points(1), leadDays: -1 } }, 'birthdays.leadDays'],
  [{ birthdays: { bonus: points(1), tiers: { gold: points(2) } } }, 'birthdays.tiers.gold'],
  [{ inactivity: { expiry: { unit: 'month', quantity: 121 } } }, 'inactivity.expiry.quantity'],
  [{ inactivity: { activities: ['dancing'] } }, 'inactivity.activities.0'],
  [{ inactivity: { notices: { warning: 3, last_chance: 3 } } }, 'inactivity.notices.last_chance'],
];

const BAD_LOCKS: [object, string][] = [
  [{ tier: 'diamond', reason: 'x' }, 'tier'],
  [{ tier: 'gold', untilMs: START, reason: 'x' }, 'untilMs'],
  [{ tier: 'gold', untilMs: 1.5, reason: 'x' }, 'untilMs'],
  [{ tier: 'gold', reason: '' }, 'reason'],
  [{ tier: 'gold' }, 'reason'],
  [{ tier: 5, reason: 'x' }, 'tier'],
  [{ tier: 'gold', reason: 'x', more: 1 }, 'more'],
];

describe('a programme', () => {
  it('keeps its tiers, birthdays and inactivity, with what is not said filled in, and tells of its job', async () => {
    const shop = await still();
    const inactivity = { expiry: { unit: 'month', quantity: 12 }, notices: { warning: 30 }, switchedOnAtMs: 5 };
    const saved = await put(shop, { tiers: ladder(), birthdays: { bonus: points(100) }, inactivity });
    expect(saved.body.job).toMatchObject({ kind: 'evaluate_programme' });
    const { programme } = (await shop.admin('GET', '/admin/v1/programme')).body;
    expect(programme).toMatchObject({
      tiers: { spent: 'paid', entryRewards: 'each_passed', onRefund: 'at_once', graceDays: 0, noticeDays: null },
      birthdays: { leadDays: 30, leapDay: 'february_28', tiers: {} },
      inactivity: {
        expiry: { until: 'day' },
        activities: ['order', 'earn', 'redeem'],
        switchedOnAtMs: START,
        notices: { warning: 30, last_chance: null },
      },
    });
    await clock(shop, START + 86_400_000);
    const again = await put(shop, { ...programme, order: ORDER });
    expect([again.body.job, again.body.programme.inactivity.switchedOnAtMs]).toEqual([null, START]);
  });

  it('INV-14: is refused where a field breaks its rule, and stays as it is', async () => {
    const shop = await still();
    const told: [string, string][] = [];
    for (const [part, field] of BAD) {
      const { status, body } = await shop.admin('PUT', '/admin/v1/programme', { order: ORDER, ...part });
      told.push([field, status === 400 ? body.errors[0].field : String(status)]);
    }
    expect(told.map(([, found]) => found)).toEqual(told.map(([wanted]) => wanted));
    expect((await shop.admin('GET', '/admin/v1/programme')).body.version).toBe(1);
  });
});

describe('orders', () => {
  it('T10: that come at once make one upgrade, from the right tier', async () => {
    const shop = await still({ tiers: ladder() });
    const user = newUser();
    await buy(shop, user, 100);
    await Promise.all(Array.from({ length: 20 }, () => buy(shop, user, 20)));
    expect(await names(shop, user)).toEqual([
      ['VIP Tier Achieved', null, 'bronze'],
      ['VIP Tier Achieved', 'bronze', 'silver'],
    ]);
    expect(await tierOf(shop, user)).toMatchObject({
      tier: { id: 'silver', perks: ['Free gift wrap'] },
      progress: 500,
      next: { tier: { id: 'gold' }, missing: 500 },
      keep: { untilMs: at('2031-12-31T23:00:00Z'), missing: null },
      locked: null,
    });
    expect(await balanceOf(shop, user)).toBe(506);
  });

  it('write one row more where they move somebody, and none where they do not', async () => {
    const shop = await still();
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    const stub = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(id)}`));
    const rowsOf = (units: number) =>
      runInDurableObject(stub as DurableObjectStub<Customers>, async (object) => {
        const orderId = crypto.randomUUID();
        const minor = units * 100;
        const none = { shippingMinor: 0, shippingTaxMinor: 0, taxMinor: 0, discountMinor: 0, lines: [] };
        const state = { currency: 'EUR', test: false, cancelledAtMs: null, refunded: false, taxesIncluded: false };
        const times = { placedAtMs: START, updatedAtMs: START };
        const order = { orderId, name: '#1', ...times, ...state, ...none, subtotalMinor: minor, totalMinor: minor };
        const fact = { kind: 'order' as const, paid: true, order, refunds: [], fulfilments: [] };
        const about = {
          source: 'segment',
          trust: 'server' as const,
          name: 'Placed Order',
          properties: {},
          traits: null,
        };
        const event = { key: `s:${orderId}`, ...about, occurredAtMs: START, receivedAtMs: START, fact };
        const call = { shop: shop.id, version: 1 };
        const isQuiet = async () =>
          (await object.record({ ...call, groups: [], waitMs: 1_000 })).projected ? true : null;
        await eventually(isQuiet, 10_000);
        const groups = [{ customer: id, known: true, inputs: [{ kind: 'event' as const, event }] }];
        return (await object.record({ ...call, groups, waitMs: 0 })).rowsWritten;
      });
    // the copies' cursor may be written meanwhile, which is none of the order's
    const least = async (units: number[]) => {
      let rows = Number.POSITIVE_INFINITY;
      for (const each of units) rows = Math.min(rows, await rowsOf(each));
      return rows;
    };
    const plain = await least([10, 10, 10]);
    await put(shop, { tiers: ladder(), inactivity: { expiry: { unit: 'month', quantity: 12 } } });
    expect(plain).toBeLessThanOrEqual(8);
    expect(await least([10, 10, 10])).toBe(plain);
    // the row, its place among points and among names, and the lot of what entering gives
    expect(await least([100, 400, 500])).toBe(plain + 4);
    expect(await least([10, 10, 10])).toBe(plain);
  });
});

describe('T8: other rules', () => {
  it('say how many they would move before they are saved, and move them quietly when they are', async () => {
    const shop = await still({ tiers: ladder() });
    const [small, middle, large] = [newUser(), newUser(), newUser()];
    for (const [user, units] of [
      [small, 60],
      [middle, 300],
      [large, 1200],
    ] as const)
      await buy(shop, user, units);
    const lower = ladder({ tiers: ladder().tiers.map((one) => ({ ...one, threshold: one.threshold / 2 })) });
    const { body: job } = await shop.admin('POST', '/admin/v1/programme/tiers/preview', { tiers: lower });
    const { result } = await ended(shop, job.id);
    expect(result).toMatchObject({ customers: 3, moved: 2 });
    expect(result.moves).toEqual(
      expect.arrayContaining([
        { from: null, to: 'bronze', customers: 1 },
        { from: 'bronze', to: 'silver', customers: 1 },
      ]),
    );
    expect(result.tiers).toContainEqual({ tier: 'gold', before: 1, after: 1 });
    expect(await names(shop, small)).toEqual([]);
    const saved = await put(shop, { tiers: lower });
    expect((await ended(shop, saved.body.job.id)).result).toEqual({ customers: 3, moved: 2 });
    expect(await names(shop, middle)).toEqual([
      ['VIP Tier Achieved', null, 'bronze'],
      ['VIP Tier Achieved', 'bronze', 'silver'],
    ]);
    expect([await balanceOf(shop, small), await balanceOf(shop, middle)]).toEqual([60, 301]);
  });

  it('refuse to be looked at where they could not be saved', async () => {
    const shop = await still();
    const entry = { kind: 'reward', reward: 'gone' };
    const tiers = ladder({ tiers: [{ id: 'a', name: 'A', threshold: 1, entry }] });
    const { status, body } = await shop.admin('POST', '/admin/v1/programme/tiers/preview', { tiers });
    expect([status, body.errors[0].field]).toEqual([400, 'tiers.tiers.0.entry.reward']);
  });

  it('reach who did nothing since, and who is asked for before the job came', async () => {
    const shop = await still();
    const user = newUser();
    await buy(shop, user, 700);
    await shop.admin('PUT', '/admin/v1/programme', { order: ORDER, tiers: ladder() });
    expect((await tierOf(shop, user)).tier.id).toBe('silver');
  });
});

describe('a tier by hand', () => {
  it('T11, INV-2: is set once for a key, holds until its end, and is let go', async () => {
    const shop = await still({ tiers: ladder() });
    const user = newUser();
    await buy(shop, user, 100);
    const path = `/admin/v1/customers/user:${user}/tier`;
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const wanted = { tier: 'gold', untilMs: at('2030-02-01'), reason: 'a friend' };
    const set = await shop.admin('PUT', path, wanted, key);
    expect([set.status, set.body.tier.id, set.body.locked]).toEqual([200, 'gold', { untilMs: at('2030-02-01') }]);
    expect((await shop.admin('PUT', path, wanted, key)).headers.get('idempotent-replayed')).toBe('true');
    expect((await shop.admin('PUT', path, { ...wanted, tier: null }, key)).body.key).toBe('idempotency_mismatch');
    await clock(shop, at('2030-01-31'));
    expect((await tierOf(shop, user)).tier.id).toBe('gold');
    await clock(shop, at('2030-02-01'));
    expect((await did(shop, user)).at(-1)).toMatchObject({ name: 'VIP Tier Lost', atMs: at('2030-02-01') });
    await shop.admin('PUT', path, { tier: null, reason: 'a cheat' });
    expect((await tierOf(shop, user)).tier).toBeNull();
    const free = await shop.admin('POST', `${path}/release`, { reason: 'an error' });
    expect([free.status, free.body.tier.id, free.body.locked]).toEqual([200, 'bronze', null]);
  });

  it('INV-14: is refused where a field breaks its rule, and nothing changes', async () => {
    const shop = await still({ tiers: ladder() });
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const told: string[] = [];
    for (const [body] of BAD_LOCKS) {
      const answer = await shop.admin('PUT', `/admin/v1/customers/user:${user}/tier`, body);
      told.push(answer.status === 400 ? answer.body.errors[0].field : String(answer.status));
    }
    expect(told).toEqual(BAD_LOCKS.map(([, field]) => field));
    expect((await tierOf(shop, user)).tier).toBeNull();
  });

  it('is of nobody’s whom the shop does not know, and of no shop’s that has no tiers', async () => {
    const shop = await still();
    const user = newUser();
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}/tier`)).status).toBe(404);
    await shop.batch(track(user, 'Seen'));
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}/tier`)).status).toBe(404);
  });
});

describe('a birthday by hand', () => {
  it('is the profile’s, and refuses a day that there is not', async () => {
    const shop = await still({ birthdays: { bonus: points(50) } });
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const path = `/admin/v1/customers/user:${user}/birthday`;
    for (const birthday of ['1990-02-30', '17.05.', 5, ''])
      expect((await shop.admin('PUT', path, { birthday })).body.errors[0].field).toBe('birthday');
    expect((await shop.admin('PUT', path, { birthday: '1990-05-17' })).body.birthday).toBe('--05-17');
    const { traits } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    expect(traits).toMatchObject({ birthday: '1990-05-17' });
    await clock(shop, at('2030-05-17'));
    expect(await balanceOf(shop, user)).toBe(50);
  });
});

describe('two customers who turn out to be one', () => {
  it('L6: hold what both reached, each reward once, and what was due to either', async () => {
    const shop = await still({ tiers: ladder(), birthdays: { bonus: points(50) } });
    const [one, other] = [newUser(), newUser()];
    await buy(shop, one, 300);
    await buy(shop, other, 250);
    await shop.batch({
      type: 'identify',
      userId: other,
      traits: { birthday: '1990-05-17' },
      messageId: crypto.randomUUID(),
    });
    const merged = await shop.admin('POST', `/admin/v1/customers/user:${other}/merge`, { into: `user:${one}` });
    expect(merged.status).toBe(200);
    expect(await tierOf(shop, one)).toMatchObject({ tier: { id: 'silver' }, progress: 550 });
    expect(await balanceOf(shop, one)).toBe(550 + 1 + 1 + 5);
    await clock(shop, at('2030-05-18'));
    expect((await did(shop, one)).at(-1)).toMatchObject({
      name: 'Birthday Reward Issued',
      atMs: at('2030-05-16T22:00:00Z'),
    });
  });
});

describe('two years', () => {
  it.each(['shared', 'per_customer'])(
    'INV-9: everything at its own instant, however far the clock goes at once (%s)',
    async (layout) => {
      const shop = await makeShop({ mode: 'test', layout });
      await clock(shop, START);
      await put(shop, {
        expiresAfterDays: 400,
        tiers: ladder({ noticeDays: 30, graceDays: 14 }),
        birthdays: { bonus: points(50), tiers: { silver: points(70) } },
        inactivity: { expiry: { unit: 'month', quantity: 9 }, notices: { warning: 30, last_chance: 3 } },
      });
      const user = newUser();
      const traits = { birthday: '1992-02-29' };
      await shop.batch({ type: 'identify', userId: user, traits, messageId: crypto.randomUUID() });
      await buy(shop, user, 600);
      await clock(shop, at('2030-11-01'));
      await buy(shop, user, 100);
      await clock(shop, at('2032-06-01'));
      const rows = await did(shop, user);
      const told = rows.map(({ name, atMs, properties: { stage, points: count, tier_to, reason } }) => {
        const about = [tier_to, stage, count, reason].filter((one) => one != null);
        return [new Date(atMs).toISOString().slice(0, 16), name, ...about].join(' ');
      });
      expect(told).toEqual([
        '2030-01-10T11:00 VIP Tier Achieved silver 6',
        // the 29th is the 28th: midnight in Berlin is 23:00 of the day before
        '2030-02-27T23:00 Birthday Reward Issued 70',
        // the last order was on 10 January: nine months, to the end of the day
        '2030-09-10T22:00 Points Expiring warning 676 inactivity',
        '2030-10-07T22:00 Points Expiring last_chance 676 inactivity',
        '2030-10-10T22:00 Points Expired 676 inactivity',
        '2031-02-27T23:00 Birthday Reward Issued 70',
        '2031-07-02T22:00 Points Expiring warning 170 inactivity',
        '2031-07-29T22:00 Points Expiring last_chance 170 inactivity',
        '2031-08-01T22:00 Points Expired 170 inactivity',
        '2031-12-01T23:00 VIP Tier Expiring silver',
        '2032-01-14T23:00 VIP Tier Lost',
        '2032-02-28T23:00 Birthday Reward Issued 50',
      ]);
      expect(rows.slice(1).every((row) => row.recordedAtMs === row.atMs)).toBe(true);
      expect(await balanceOf(shop, user)).toBe(50);
    },
  );
});
