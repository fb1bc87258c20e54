/** The budget of an earning rule over the API: all customers of a shop share it, and together they never get more. */
import { describe, expect, it } from 'vitest';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const survey = (budget: unknown) => ({
  order: null,
  earning: {
    rules: [
      { kind: 'event', id: 'survey', name: 'Survey', event: 'Surveyed', gives: { kind: 'fixed', points: 15 }, budget },
    ],
  },
});

async function shopWith(budget: object, about: object = {}): Promise<TestShop> {
  const shop = await makeShop(about);
  const put = await shop.admin('PUT', '/admin/v1/programme', survey(budget));
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return shop;
}

const pointsOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points;

/** Everybody's balances once nobody waits any more. */
function settled(shop: TestShop, users: string[]): Promise<number[]> {
  return eventually(async () => {
    const all = await Promise.all(users.map((user) => pointsOf(shop, user)));
    return all.every(({ pending }) => pending === 0) ? all.map(({ balance }) => balance) : null;
  }, 10_000);
}

describe.each(['shared', 'per_customer'])('INV-6: a budget (%s)', (layout) => {
  it('of points is given to as many as it is enough for, whoever comes at once', async () => {
    const shop = await shopWith({ most: 100, of: 'points' }, { layout });
    const users = Array.from({ length: 12 }, newUser);
    await Promise.all(users.map((user) => shop.batch(track(user, 'Surveyed'))));
    const balances = await settled(shop, users);
    expect(balances.toSorted((a, b) => b - a)).toEqual([...Array(6).fill(15), ...Array(6).fill(0)]);
  });

  it('of times is given so often', async () => {
    const shop = await shopWith({ most: 2, of: 'times' }, { layout });
    const user = newUser();
    await shop.batch(...[1, 2, 3].map(() => track(user, 'Surveyed')));
    expect(await settled(shop, [user])).toEqual([30]);
  });
});

it('a budget that is raised is given on from where it stood', async () => {
  const shop = await shopWith({ most: 15, of: 'points' });
  const [first, second, third] = [newUser(), newUser(), newUser()];
  for (const user of [first, second]) {
    await shop.batch(track(user, 'Surveyed'));
    await settled(shop, [user]);
  }
  expect(await settled(shop, [first, second])).toEqual([15, 0]);
  await shop.admin('PUT', '/admin/v1/programme', survey({ most: 30, of: 'points' }));
  await shop.batch(track(third, 'Surveyed'));
  expect(await settled(shop, [third])).toEqual([15]);
});

const doubled = (budget: unknown) => ({
  order: { points: 1, perMinor: 100 },
  earning: {
    rules: [
      {
        kind: 'order',
        id: 'double',
        name: 'Double',
        gives: { kind: 'rate', points: 1, perMinor: 100 },
        stackable: true,
        budget,
      },
    ],
  },
});

function order(id: string, euros: number): object {
  const products = [{ product_id: 'p1', name: 'Beans', price: euros, quantity: 1 }];
  return { order_id: id, subtotal: euros, total: euros, currency: 'EUR', products };
}

describe('INV-6: a budget of an order rule', () => {
  it('is given to as many orders as it is enough for whole, and what is refunded is there for others', async () => {
    const shop = await makeShop();
    expect((await shop.admin('PUT', '/admin/v1/programme', doubled({ most: 100 }))).status).toBe(200);
    const users = Array.from({ length: 6 }, newUser);
    await Promise.all(users.map((user, at) => shop.batch(track(user, 'Order Completed', order(`o${at}`, 40)))));
    const balances = await settled(shop, users);
    expect(balances.toSorted((a, b) => b - a)).toEqual([80, 80, 40, 40, 40, 40]);

    const at = balances.indexOf(80);
    const refund = { order_id: `o${at}`, refund_id: 'half', total: 20 };
    await shop.batch(
      track(users[at] ?? '', 'Order Refunded', refund),
      track(users[at] ?? '', 'Order Refunded', refund),
    );
    expect(await settled(shop, [users[at] ?? ''])).toEqual([40]);
    // 20 were left, and 20 come back: a moment later there is room for one more whole order
    await eventually(async () => {
      const late = newUser();
      await shop.batch(track(late, 'Order Completed', order(late, 40)));
      return (await settled(shop, [late]))[0] === 80 ? true : null;
    }, 10_000);
    const last = newUser();
    await shop.batch(track(last, 'Order Completed', order('last', 1)));
    expect(await settled(shop, [last])).toEqual([1]);
  });

  it('INV-2: an order that is told again takes of it once, and one of another customer finds it used up', async () => {
    const shop = await makeShop();
    await shop.admin('PUT', '/admin/v1/programme', doubled({ most: 1, of: 'times' }));
    const [first, second] = [newUser(), newUser()];
    const told = track(first, 'Order Completed', order('once', 40));
    await shop.batch(told);
    await shop.batch(told, track(first, 'Order Updated', order('once', 40)));
    expect(await settled(shop, [first])).toEqual([80]);
    await shop.batch(track(second, 'Order Completed', order('twice', 40)));
    expect(await settled(shop, [second])).toEqual([40]);
  });

  it('INV-14: is refused where the rule gives a reward', async () => {
    const shop = await makeShop();
    const programme = doubled({ most: 5 });
    const rules = programme.earning.rules.map((rule) => ({ ...rule, gives: { kind: 'reward', reward: 'mug' } }));
    const { status, body } = await shop.admin('PUT', '/admin/v1/programme', { ...programme, earning: { rules } });
    expect([status, body.errors[0].field]).toEqual([400, 'earning.rules.0.budget']);
  });
});

it.each([
  [{ most: 0 }, 'earning.rules.0.budget.most'],
  [{ most: 1.5 }, 'earning.rules.0.budget.most'],
  [{ most: '5' }, 'earning.rules.0.budget.most'],
  [{ most: 5, of: 'money' }, 'earning.rules.0.budget.of'],
  [{ most: 5, per: 'day' }, 'earning.rules.0.budget.per'],
  [5, 'earning.rules.0.budget'],
])('INV-14: a budget %j is refused', async (budget, field) => {
  const shop = await makeShop();
  const { status, body } = await shop.admin('PUT', '/admin/v1/programme', survey(budget));
  expect([status, body.errors[0].field]).toEqual([400, field]);
});
