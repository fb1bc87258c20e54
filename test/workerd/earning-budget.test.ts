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
