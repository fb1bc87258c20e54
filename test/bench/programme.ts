/** The programme under load: spends of one customer early and late in their life, and orders that earn by a full programme. */
import { type Measured, runLoad } from './load.ts';
import type { Target } from './scenes.ts';
import { type BenchShop, batch } from './shop.ts';

const SPENDS = 200;
const ORDERS = 2_000;
const BUYERS = 500;
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
const points = (count: number) => ({ kind: 'points', points: count });
const tier = (id: string, threshold: number) => ({ id, name: id, threshold, entry: points(10) });

/** Everything that a large shop's programme has, all of which an order is held against. */
export const FULL = {
  order: { points: 1, perMinor: 100 },
  expiry: { kind: 'period', unit: 'month', quantity: 12 },
  earning: {
    order: { tiers: { silver: { kind: 'multiplier', numerator: 3, denominator: 2 } } },
    rules: [
      { kind: 'sign_up', id: 'welcome', name: 'Welcome', gives: { kind: 'fixed', points: 50 } },
      {
        ...{ kind: 'order', id: 'large', name: 'Large', gives: { kind: 'fixed', points: 20 }, stackable: true },
        ...{ minimumMinor: 5_000, limits: [{ most: 3, per: 'month' }] },
      },
    ],
    campaigns: [{ id: 'double', name: 'Double', bonus: { kind: 'multiplier', numerator: 2 } }],
  },
  inactivity: { notices: { warning: 30, last_chance: 3 } },
  tiers: {
    ...{ metric: 'points', window: 'rolling_year', noticeDays: 30 },
    tiers: [tier('bronze', 0), tier('silver', 500), tier('gold', 1_000_000)],
  },
  birthdays: { bonus: points(100) },
  rewards: {
    rewards: [{ id: 'off', name: 'Off', benefit: { kind: 'amount', amountMinor: 100 }, price: 10 }],
    noticeDays: 3,
  },
  referrals: { friend: points(50), referrer: points(100), waitingDays: 14 },
};

export async function saveProgramme(shop: BenchShop, programme: object): Promise<void> {
  const answer = await shop.admin('PUT', '/admin/v1/programme', programme);
  if (answer.status !== 200) throw new Error(`programme: ${answer.status} ${await answer.text()}`);
}

/** A customer with so many ledger entries, and points for every spend of so many rounds. */
export async function makeSpender(shop: BenchShop, user: string, entries: number, rounds: number): Promise<void> {
  const orders = upTo(entries).map((at) => order(user, `${user}-${at}`, 100));
  for (let at = 0; at < orders.length; at += 1_000) {
    const body = batch(orders.slice(at, at + 1_000));
    const answer = await fetch(`${shop.url}/v1/batch`, { method: 'POST', headers: shop.segment, body });
    if (answer.status !== 200) throw new Error(`orders: ${answer.status}`);
  }
  const give = { points: SPENDS * rounds * 10, reason: 'bench' };
  const given = await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, give);
  if (given.status !== 200) throw new Error(`points: ${given.status}`);
}

/** Spends of one customer, one after another. */
export function spends(shop: BenchShop, user: string): Promise<Measured> {
  const url = `${shop.url}/admin/v1/customers/user:${user}/rewards/off/redeem`;
  const headers = { Authorization: `Bearer ${shop.secret}`, 'Content-Type': 'application/json' };
  const target = { url, headers, method: 'POST' as const, body: () => '{}' };
  return runLoad({ ...target, requests: SPENDS, connections: 1, pace: 0 });
}

/** Paid orders, one a request, of customers who have bought before. `run` makes them new again. */
export function earningOrders(target: Target, run: string): Promise<Measured> {
  const bodies = upTo(ORDERS).map((at) => batch([order(`buyer-${at % BUYERS}`, `${run}-${at}`, 60)]));
  const body = (at: number) => bodies[at] ?? '';
  return runLoad({ ...target, method: 'POST', body, requests: ORDERS, connections: 10, pace: 0 });
}

function order(user: string, id: string, subtotal: number): object {
  const properties = { order_id: id, subtotal, currency: 'EUR' };
  return { type: 'track', userId: user, event: 'Order Completed', messageId: id, properties };
}
