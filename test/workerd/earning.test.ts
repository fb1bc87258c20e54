/** Earning rules, waiting points, members and the dry run through the whole worker: what it costs, what it keeps, what it refuses. */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Customers } from '../../worker/customers/customers.ts';
import { call, makeShop, newUser, type TestShop, track } from './shop.ts';

const DAY = 86_400_000;
const PROGRAMME = { order: { points: 1, perMinor: 100 }, worth: null };

const earn = (earning: object, more: object = {}) => ({ ...PROGRAMME, ...more, earning });
const put = (shop: TestShop, programme: object) => shop.admin('PUT', '/admin/v1/programme', programme);

async function shopWith(programme: object, about: object = {}): Promise<TestShop> {
  const shop = await makeShop(about);
  const answer = await put(shop, programme);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return shop;
}

function order(id: string, euros: number, more: object = {}) {
  const products = [{ product_id: 'p1', name: 'Beans', price: euros, quantity: 1, category: 'Coffee' }];
  return { order_id: id, subtotal: euros, total: euros, currency: 'EUR', products, ...more };
}

async function customer(shop: TestShop, user: string) {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
}

async function entries(shop: TestShop, user: string) {
  const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/points`);
  return body.items.map((one: { rule: { id: string } | null; points: number }) => [one.rule?.id ?? null, one.points]);
}

const pendingOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}/pending-points`)).body.items;

describe('a programme’s rules', () => {
  it('are answered with every usual value filled in, and a programme without them stays as it was', async () => {
    const shop = await makeShop();
    expect((await put(shop, PROGRAMME)).body.programme.earning).toBeUndefined();
    const rules = [
      { kind: 'event', id: 'visit', name: 'Visit', event: 'Visited', gives: { kind: 'fixed', points: 5 } },
    ];
    const { status, body } = await put(shop, earn({ rules }));
    expect([status, body.programme.earning]).toEqual([
      200,
      {
        order: null,
        campaigns: [],
        wait: null,
        rules: [
          {
            ...rules[0],
            conditions: [],
            rounding: 'floor',
            moneyProperty: null,
            trust: 'server',
            startsAtMs: null,
            endsAtMs: null,
            segment: null,
            onlyTiers: [],
            tiers: {},
            limits: [],
            stackable: false,
            priority: 0,
          },
        ],
      },
    ]);
  });

  const fixed = { kind: 'fixed', points: 5 };
  const visit = { kind: 'event', id: 'visit', name: 'Visit', event: 'Visited', gives: fixed };
  const is = (value: unknown) => ({ type: 'numeric', operator: 'greater-than', value });
  it.each([
    [
      'INV-14: 0 points',
      { rules: [{ ...visit, gives: { kind: 'fixed', points: 0 } }] },
      'earning.rules.0.gives.points',
    ],
    [
      'INV-14: 1.5 points',
      { rules: [{ ...visit, gives: { kind: 'fixed', points: 1.5 } }] },
      'earning.rules.0.gives.points',
    ],
    ['an unknown field', { rules: [{ ...visit, colour: 'red' }] }, 'earning.rules.0.colour'],
    ['the id of the base rate', { rules: [{ ...visit, id: 'order' }] }, 'earning.rules.0.id'],
    ['an id that is used twice', { rules: [visit, visit] }, 'earning.rules.1.id'],
    ['an end before the start', { rules: [{ ...visit, startsAtMs: 5, endsAtMs: 5 }] }, 'earning.rules.0.endsAtMs'],
    [
      'a rate of no money',
      { rules: [{ ...visit, gives: { kind: 'rate', points: 1, perMinor: 1 } }] },
      'earning.rules.0.moneyProperty',
    ],
    [
      'a campaign for no rule',
      { campaigns: [{ id: 'c', name: 'C', bonus: { kind: 'addition', points: 1 }, rules: ['x'] }] },
      'earning.campaigns.0.rules.0',
    ],
    ['a tier that is not there', { rules: [{ ...visit, onlyTiers: ['gold'] }] }, 'earning.rules.0.onlyTiers.0'],
    ['a segment that is not there', { rules: [{ ...visit, segment: 'nobody' }] }, 'earning.rules.0.segment'],
    [
      'a reward that is not there',
      { rules: [{ ...visit, gives: { kind: 'reward', reward: 'mug' } }] },
      'earning.rules.0.gives.reward',
    ],
    [
      'a pattern nobody can read',
      {
        rules: [
          { ...visit, conditions: [{ property: 'x', filter: { type: 'string', operator: 'regex', value: '(' } }] },
        ],
      },
      'earning.rules.0.conditions.0.filter.value',
    ],
    [
      'a review by its rating',
      { rules: [{ ...visit, kind: 'review', conditions: [{ property: 'rating', filter: is(3) }] }] },
      'earning.rules.0.conditions.0.property',
    ],
    [
      'a review by its stars, as an event of another name',
      {
        rules: [
          {
            ...visit,
            event: 'review_left',
            conditions: [
              { property: 'review.starCount', filter: is(3) },
              { property: 'review.numStars', filter: is(3) },
            ],
          },
        ],
      },
      'earning.rules.0.conditions.1.property',
    ],
    [
      'a sign-up without a limit',
      { rules: [{ kind: 'sign_up', id: 's', name: 'S', gives: fixed, limits: [] }] },
      'earning.rules.0.limits',
    ],
    ['a wait of 0 days', { wait: { after: 'paid', days: 0 } }, 'earning.wait.days'],
  ])('refuse %s, by field and rule, and change nothing', async (_, earning, field) => {
    const shop = await makeShop();
    const { status, body } = await put(shop, earn(earning));
    expect([status, body.errors?.map((one: { field: string }) => one.field)]).toEqual([
      400,
      expect.arrayContaining([field]),
    ]);
    expect((await shop.admin('GET', '/admin/v1/programme')).body.version).toBe(1);
  });

  it('of several kinds earn by what is told, each saying which it was', async () => {
    const limits = [{ most: 1, per: { days: 30 } }];
    const rules = [
      { kind: 'sign_up', id: 'hello', name: 'Hello', gives: { kind: 'fixed', points: 20 } },
      { kind: 'review', id: 'review', name: 'Review', gives: { kind: 'fixed', points: 7 }, limits },
      { kind: 'profile', id: 'profile', name: 'Profile', traits: ['city'], gives: { kind: 'fixed', points: 3 } },
      {
        kind: 'order',
        id: 'coffee',
        name: 'Coffee',
        stackable: true,
        gives: { kind: 'fixed', points: 9 },
        select: { include: { collections: ['coffee'] } },
      },
    ];
    const shop = await shopWith(earn({ rules }));
    const user = newUser();
    await shop.batch(
      track(user, 'Signed Up'),
      track(user, 'Product Reviewed', { rating: 1 }),
      track(user, 'Product Reviewed', { rating: 5 }),
      { type: 'identify', userId: user, traits: { city: 'Graz' }, messageId: crypto.randomUUID() },
      track(user, 'Order Completed', order('o-several', 40)),
    );
    expect(await entries(shop, user)).toEqual([
      ['coffee', 9],
      ['order', 40],
      ['profile', 3],
      ['review', 7],
      ['hello', 20],
    ]);
  });
});

describe('rows written', () => {
  async function cost(shop: TestShop, user: string, message: object): Promise<number> {
    const { id } = await customer(shop, user);
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
    const rows = () =>
      runInDurableObject<Customers, number>(object, (instance) => Reflect.get(instance, 'store').rowsWritten);
    const before = await rows();
    await shop.batch(message);
    return (await rows()) - before;
  }

  it('are 8 for an order that earns by three rules and a campaign, and 4 for an event that no rule names', async () => {
    const rules = ['a', 'b'].map((id) => ({
      kind: 'order',
      id,
      name: id,
      stackable: true,
      gives: { kind: 'fixed', points: 5 },
    }));
    const campaigns = [{ id: 'double', name: 'Double', bonus: { kind: 'multiplier', numerator: 2 } }];
    const shop = await shopWith(earn({ rules, campaigns }));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    // the alarm and what D1 was told are rows of their own now and then; the least of three is the cost itself
    const orders = [];
    for (const id of ['r1', 'r2', 'r3'])
      orders.push(await cost(shop, user, track(user, 'Order Completed', order(id, 40))));
    const plain = [];
    for (let at = 0; at < 3; at += 1) plain.push(await cost(shop, user, track(user, 'Seen')));
    expect([Math.min(...orders), Math.min(...plain)]).toEqual([8, 4]);
    expect((await customer(shop, user)).points.balance).toBe(3 * (80 + 10 + 10));
  });
});

describe('points that wait', () => {
  const WAIT = { wait: { after: 'paid', days: 14 } };

  it('are listed with what they came from, and are spendable at their instant, whether or not an alarm rang', async () => {
    const shop = await shopWith(earn(WAIT), { mode: 'test' });
    const user = newUser();
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT0S' });
    await shop.batch(track(user, 'Order Completed', order('o-wait', 40)));
    const [item, ...more] = await pendingOf(shop, user);
    expect([item, more]).toEqual([
      {
        id: expect.any(Number),
        points: 40,
        rule: { id: 'order', name: 'Orders' },
        orderId: 'o-wait',
        sinceMs: expect.any(Number),
        releasesAtMs: item.sinceMs + 14 * DAY,
      },
      [],
    ]);
    expect((await customer(shop, user)).points).toMatchObject({ balance: 0, usable: 0, pending: 40 });
    await shop.admin('POST', '/admin/v1/clock', { toMs: item.releasesAtMs - 1 });
    expect((await customer(shop, user)).points.balance).toBe(0);
    await shop.admin('POST', '/admin/v1/clock', { toMs: item.releasesAtMs });
    expect((await customer(shop, user)).points).toMatchObject({ balance: 40, pending: 0 });
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items[0]).toMatchObject({ kind: 'points.released', name: 'Points Released', atMs: item.releasesAtMs });
    expect(await pendingOf(shop, user)).toEqual([]);
  });

  it('INV-2: are approved once under a key, voided once, and what is gone is not found', async () => {
    const shop = await shopWith(earn(WAIT));
    const user = newUser();
    await shop.batch(track(user, 'Order Completed', order('a', 40)), track(user, 'Order Completed', order('b', 30)));
    const [first, second] = await pendingOf(shop, user);
    const decide = (id: number, action: string, key: string) =>
      shop.admin(
        'POST',
        `/admin/v1/customers/user:${user}/pending-points/${id}/${action}`,
        {},
        { 'Idempotency-Key': key },
      );
    const approved = await decide(first.id, 'approve', 'k1');
    expect([approved.status, approved.body]).toEqual([
      200,
      { customer: (await customer(shop, user)).id, pending: first.id, points: 40, action: 'approve', balance: 40 },
    ]);
    const again = await decide(first.id, 'approve', 'k1');
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([200, approved.body, 'true']);
    expect((await decide(first.id, 'approve', 'k2')).status).toBe(404);
    expect((await decide(first.id, 'approve', 'k2')).headers.get('idempotent-replayed')).toBe('true');
    expect((await decide(second.id, 'void', 'k1')).status).toBe(422);
    expect((await decide(second.id, 'void', 'k3')).body).toMatchObject({ points: 30, action: 'void', balance: null });
    expect((await customer(shop, user)).points).toMatchObject({ balance: 40, pending: 0 });
    expect((await decide(0, 'void', 'k4')).status).toBe(404);
  });

  it('are listed page by page', async () => {
    const shop = await shopWith(earn(WAIT));
    const user = newUser();
    for (const id of ['a', 'b', 'c']) await shop.batch(track(user, 'Order Completed', order(`page-${id}`, 10)));
    const path = `/admin/v1/customers/user:${user}/pending-points?limit=2`;
    const one = (await shop.admin('GET', path)).body;
    const two = (await shop.admin('GET', `${path}&cursor=${one.nextCursor}`)).body;
    expect([one.items.length, two.items.length, two.nextCursor]).toEqual([2, 1, null]);
    expect(new Set([...one.items, ...two.items].map(({ orderId }) => orderId)).size).toBe(3);
  });

  it('R12: go along with a customer who turns out to be another one, and a refund there takes them', async () => {
    const shop = await shopWith(earn(WAIT));
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'Seen'), track(b, 'Order Completed', order('merged', 100)));
    await shop.admin('POST', `/admin/v1/customers/user:${b}/merge`, { into: `user:${a}` });
    expect((await customer(shop, a)).points).toMatchObject({ balance: 0, pending: 100 });
    await shop.batch(track(b, 'Order Refunded', { order_id: 'merged', refund_id: 'r', total: 20 }));
    expect((await customer(shop, a)).points).toMatchObject({ balance: 0, pending: 80 });
    const [item] = await pendingOf(shop, a);
    const approved = await shop.admin('POST', `/admin/v1/customers/user:${a}/pending-points/${item.id}/approve`, {});
    expect([approved.status, approved.body.balance]).toEqual([200, 80]);
    await shop.batch(track(b, 'Order Refunded', { order_id: 'merged', refund_id: 's', total: 80 }));
    expect((await customer(shop, a)).points).toMatchObject({ balance: 0, debt: 0 });
  });
});

describe('a segment that guards a rule', () => {
  it('counts trusted events alone, whoever else put the shopper into it', async () => {
    const shop = await makeShop();
    const looked = {
      type: 'profile-metric',
      metric_id: 'Looked',
      measurement: 'count',
      measurement_filter: { type: 'numeric', operator: 'greater-than', value: 0 },
      timeframe_filter: { type: 'date', operator: 'alltime' },
    };
    const made = await shop.admin('POST', '/admin/v1/segments', {
      name: 'Lookers',
      definition: { condition_groups: [{ conditions: [looked] }] },
    });
    const segment = made.body.segment.id;
    const rules = [
      { kind: 'event', id: 'visit', name: 'Visit', event: 'Visited', segment, gives: { kind: 'fixed', points: 5 } },
    ];
    expect((await put(shop, earn({ rules }))).status).toBe(200);
    const user = newUser();
    const browser = { batch: [track(user, 'Looked')], writeKey: shop.keys.publishable };
    await shop.batch(track(user, 'Seen'));
    await call('POST', '/v1/batch', browser);
    await shop.batch(track(user, 'Visited'));
    expect(await entries(shop, user)).toEqual([]);
    await shop.batch(track(user, 'Looked'), track(user, 'Visited'));
    expect(await entries(shop, user)).toEqual([['visit', 5]]);
  });
});

describe('members', () => {
  it('join by the merchant’s word, earn their sign-up once, and are kept out until taken back', async () => {
    const rules = [{ kind: 'sign_up', id: 'hello', name: 'Hello', gives: { kind: 'fixed', points: 20 } }];
    const shop = await shopWith(earn({ rules }, { members: { enrolment: 'join' } }));
    const user = newUser();
    await shop.batch(track(user, 'Order Completed', order('early', 40)));
    const change = (state: string, key: string) =>
      shop.admin('PUT', `/admin/v1/customers/user:${user}/membership`, { state }, { 'Idempotency-Key': key });
    const joined = await change('member', 'k1');
    expect([joined.status, joined.body]).toEqual([200, { customer: (await customer(shop, user)).id, state: 'member' }]);
    expect((await change('member', 'k1')).headers.get('idempotent-replayed')).toBe('true');
    await change('disabled', 'k2');
    await shop.batch(track(user, 'Order Completed', order('out', 40)));
    await change('member', 'k3');
    await shop.batch(track(user, 'Order Completed', order('in', 10)));
    expect(await entries(shop, user)).toEqual([
      ['order', 10],
      ['hello', 20],
    ]);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    const told = body.items.filter(({ kind }: { kind: string }) => kind === 'member.changed');
    expect(told.map(({ name }: { name: string }) => name)).toEqual([
      'Joined Programme',
      'Left Programme',
      'Joined Programme',
    ]);
    expect((await change('guest', 'k4')).status).toBe(400);
  });
});

describe('a dry run', () => {
  const coffee = {
    kind: 'order',
    id: 'coffee',
    name: 'Coffee',
    stackable: true,
    gives: { kind: 'fixed', points: 9 },
    select: { include: { collections: ['Coffee'] } },
  };
  const large = {
    kind: 'order',
    id: 'large',
    name: 'Large',
    priority: 5,
    minimumMinor: 10_000,
    gives: { kind: 'fixed', points: 500 },
  };
  const once = {
    kind: 'order',
    id: 'first',
    name: 'First',
    stackable: true,
    limits: [{ most: 1, per: 'lifetime' }],
    gives: { kind: 'fixed', points: 100 },
  };
  const double = { id: 'double', name: 'Double', bonus: { kind: 'multiplier', numerator: 2 }, rules: ['order'] };
  const EARNING = { rules: [coffee, large, once], campaigns: [double] };
  const cart = { items: [{ productId: 'p1', priceMinor: 2050, quantity: 2, collections: ['coffee'] }] };

  it('says what a cart earns by each rule, and why another gives nothing', async () => {
    const shop = await shopWith(earn(EARNING));
    const { status, body } = await shop.admin('POST', '/admin/v1/earnings/preview', { cart });
    const nothing = { reward: null, multipliedBy: [], releasesAtMs: null, hindrance: null, baseMinor: 4100 };
    expect([status, body]).toEqual([
      200,
      {
        state: 'member',
        tier: null,
        points: 82 + 9 + 100,
        rules: [
          { ...nothing, id: 'order', name: 'Orders', points: 82, multipliedBy: ['double'] },
          { ...nothing, id: 'coffee', name: 'Coffee', points: 9 },
          { ...nothing, id: 'large', name: 'Large', points: 0, hindrance: 'below_minimum' },
          { ...nothing, id: 'first', name: 'First', points: 100 },
        ],
        campaigns: [{ id: 'double', name: 'Double', hindrance: null }],
      },
    ]);
  });

  it('INV-13: of a customer is what the order then earns, and leaves no trace of itself', async () => {
    const shop = await shopWith(earn(EARNING));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const ask = async () =>
      (await shop.admin('POST', '/admin/v1/earnings/preview', { customer: `user:${user}`, cart })).body.points;
    const { seq } = await customer(shop, user);
    const [first, again] = [await ask(), await ask()];
    expect((await customer(shop, user)).seq).toBe(seq);
    await shop.batch(track(user, 'Order Completed', order('real', 41)));
    expect([first, again, (await customer(shop, user)).points.balance]).toEqual([191, 191, 191]);
    expect(await ask()).toBe(91);
    expect((await shop.admin('POST', '/admin/v1/earnings/preview', { customer: 'user:nobody', cart })).status).toBe(
      404,
    );
  });

  it('INV-13: for a page needs the publishable key, and makes nobody', async () => {
    const shop = await shopWith(earn(EARNING), { origins: ['https://beans.example'] });
    const ids = async () => (await listDurableObjectIds(env.CUSTOMERS)).length;
    const before = await ids();
    const ask = (body: object, headers: Record<string, string> = {}) =>
      call('POST', '/hub/v1/earnings/preview', body, headers);
    const origin = { Origin: 'https://beans.example' };
    const answer = await ask({ key: shop.keys.publishable, cart }, origin);
    expect([answer.status, answer.body.points, answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      191,
      origin.Origin,
    ]);
    expect((await ask({ cart })).status).toBe(401);
    expect((await ask({ key: shop.keys.secret, cart })).status).toBe(403);
    expect((await ask({ key: shop.keys.publishable, cart }, { Origin: 'https://other.example' })).status).toBe(403);
    expect((await ask({ key: shop.keys.publishable, cart: { items: [{ priceMinor: -1 }] } })).status).toBe(400);
    expect(await ids()).toBe(before);
  });
});
