/** Plays claims, orders, refunds and merges against a real shop in which callers and objects die, and says what must come of it. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import type { Customers } from '../../worker/customers/customers.ts';
import { ERRAND_KINDS } from '../../worker/customers/errand-kinds.ts';
import type { ReferralsOf } from '../../worker/customers/referral-reader.ts';
import type { CustomerStore } from '../../worker/customers/store.ts';
import { customersOf, shardOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import { REFERRAL_ERRAND } from '../../worker/domain/referrals/changing.ts';
import { codeOf } from '../../worker/domain/referrals/code.ts';
import { mapMessage } from '../../worker/mapping/segment.ts';
import { claimReferral } from '../../worker/referrals/claim.ts';
import { deliver } from '../../worker/routing/deliver.ts';
import { mergeCustomers } from '../../worker/routing/merge.ts';
import { openShop } from '../../worker/shops/cache.ts';
import type { ShopSnapshot } from '../../worker/shops/settings.ts';
import { type Crash, crashingEnv } from './crashing.ts';
import { PROMISE, referralShop } from './referral-shop.ts';

export const MINIMUM = 50;
const SMALL = 20;
const LARGE = 80;

/** People by number; the first two refer, everybody may be a friend. */
const REFERRERS = 2;
const PEOPLE = 5;

export type Step = { crash: Crash | null; kill: number | null } & (
  | { kind: 'claim'; friend: number; by: number }
  | { kind: 'order'; of: number; large: boolean }
  | { kind: 'refund'; order: number }
  | { kind: 'merge'; loser: number; survivor: number }
);

const person = fc.integer({ min: 0, max: PEOPLE - 1 });
const friend = fc.integer({ min: REFERRERS, max: PEOPLE - 1 });
const faults = {
  crash: fc.option(
    fc.record({ at: fc.integer({ min: 0, max: 6 }), when: fc.constantFrom<Crash['when']>('before', 'after') }),
    { freq: 3 },
  ),
  /** Whose object dies after the step. */
  kill: fc.option(person, { freq: 4 }),
};

function stepOf(merges: boolean): fc.Arbitrary<Step> {
  const kinds: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('claim' as const),
        friend,
        by: fc.integer({ min: 0, max: REFERRERS - 1 }),
        ...faults,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('order' as const), of: friend, large: fc.boolean(), ...faults }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('refund' as const), order: fc.integer({ min: 0, max: 3 }), ...faults }),
    },
  ];
  const merge = fc.record({ kind: fc.constant('merge' as const), loser: person, survivor: person, ...faults });
  return fc.oneof(...kinds, ...(merges ? [{ weight: 3, arbitrary: merge }] : []));
}

export interface Life {
  layout: 'shared' | 'per_customer';
  steps: Step[];
  /** What becomes of each call to a referrer, in turn. */
  calls: ('ok' | 'before' | 'after')[];
}

export function lives(merges: boolean): fc.Arbitrary<Life> {
  return fc.record({
    layout: fc.constantFrom('shared' as const, 'per_customer' as const),
    steps: fc.array(stepOf(merges), { minLength: 2, maxLength: 12, size: 'max' }),
    calls: fc.array(fc.constantFrom('ok' as const, 'ok' as const, 'before' as const, 'after' as const), {
      maxLength: 12,
    }),
  });
}

interface Play {
  shop: ShopSnapshot;
  names: { user: string; email: string }[];
  /** Orders by number: whose, and its id. */
  orders: { of: number; id: string }[];
}

export interface Person {
  id: string;
  balance: number;
  referrals: ReferralsOf;
}

/** Everybody at the end, once nothing is open any more. */
export async function play(life: Life): Promise<{ people: Person[]; game: Play }> {
  const made = await referralShop({ minimumMinor: MINIMUM * 100 }, { layout: life.layout });
  const shop = await openShop(env, made.id);
  if (shop === null) throw new Error('no shop');
  const names = Array.from({ length: PEOPLE }, (_, at) => ({ user: `p${at}-${made.id}`, email: `p${at}@x.org` }));
  const game: Play = { shop, names, orders: [] };
  for (const at of Array.from({ length: REFERRERS }, (_, one) => one))
    await send(game, env, at, { type: 'identify' }, `i${at}`);
  const calls = [...life.calls];
  const real = ERRAND_KINDS[REFERRAL_ERRAND];
  if (real === undefined) throw new Error('nobody tells referrers');
  ERRAND_KINDS[REFERRAL_ERRAND] = async (...asked) => {
    const fate = calls.shift() ?? 'ok';
    if (fate === 'before') throw new Error('crashed before');
    const answer = await real(...asked);
    if (fate === 'after') throw new Error('crashed after');
    return answer;
  };
  try {
    for (const [at, step] of life.steps.entries()) await run(game, step, at);
    await finish(game);
  } finally {
    ERRAND_KINDS[REFERRAL_ERRAND] = real;
  }
  return { people: await everybody(game), game };
}

/** Whoever calls tries again until it gets through: the first try dies where the step says so. */
async function run(game: Play, step: Step, at: number): Promise<void> {
  if (step.kind === 'order') game.orders.push({ of: step.of, id: `o${at}` });
  for (let attempt = 0; ; attempt += 1) {
    try {
      await attemptStep(game, step, at, crashingEnv(attempt === 0 ? step.crash : null));
      break;
    } catch (error) {
      if (!String(error).includes('crashed')) throw error;
    }
  }
  if (step.kill !== null) await kill(game, step.kill);
}

async function attemptStep(game: Play, step: Step, at: number, world: typeof env): Promise<void> {
  const { shop, names } = game;
  switch (step.kind) {
    case 'claim': {
      const by = await idOf(game, step.by);
      const { referrals } = shop.settings.programme;
      if (by === null || referrals === undefined) return;
      const said = { code: codeOf(by), email: names[step.friend]?.email ?? '', clickedAtMs: null, anonymousId: null };
      await claimReferral(world, shop, referrals, { ...said, address: '' });
      return;
    }
    case 'order': {
      const total = step.large ? LARGE : SMALL;
      const properties = { order_id: `o${at}`, total, subtotal: total, currency: 'EUR' };
      return send(game, world, step.of, { type: 'track', event: 'Order Completed', properties }, `o${at}`);
    }
    case 'refund': {
      const order = game.orders[step.order];
      if (order === undefined) return;
      const properties = { order_id: order.id, refund_id: `r-${order.id}` };
      return send(game, world, order.of, { type: 'track', event: 'Order Refunded', properties }, `r-${order.id}`);
    }
    case 'merge': {
      const [loser, survivor] = [await idOf(game, step.loser), await idOf(game, step.survivor)];
      if (loser === null || survivor === null) return;
      await mergeCustomers(world, shop, { loser, survivor, reason: 'merchant' });
      return;
    }
  }
}

async function send(
  { shop, names }: Play,
  world: typeof env,
  of: number,
  message: object,
  messageId: string,
): Promise<void> {
  const { user, email } = names[of] ?? { user: '', email: '' };
  const sender = {
    trust: 'server' as const,
    receivedAtMs: Date.now(),
    sentAt: undefined,
    ownsOrders: true,
    currency: 'EUR',
  };
  const mapped = mapMessage({ ...message, userId: user, messageId, context: { traits: { email } } }, sender);
  if ('refused' in mapped) throw new Error(mapped.refused);
  await deliver(world, shop, [mapped]);
}

function idOf({ shop, names }: Play, at: number): Promise<string | null> {
  const { user, email } = names[at] ?? { user: '', email: '' };
  const identifiers = [
    { kind: 'user' as const, value: user },
    { kind: 'email' as const, value: email },
  ];
  return directoryOf(env, shop.id).find(identifiers);
}

function objectOf({ shop }: Play, customer: string): DurableObjectStub<Customers> {
  return env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer)}`));
}

/** The object of somebody is gone, with all that it had under way; what it wrote is there. */
async function kill(game: Play, at: number): Promise<void> {
  const id = await idOf(game, at);
  if (id === null) return;
  const end = async (_: unknown, state: DurableObjectState) => {
    await state.storage.sync();
    state.abort('killed');
  };
  await runInDurableObject(objectOf(game, id), end).catch(() => {});
}

/** Rings every alarm until nothing is open any more; what waits for its next try is tried now. */
async function finish(game: Play): Promise<void> {
  const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${game.shop.id}`));
  for (let rounds = 0; rounds < 40; rounds += 1) {
    await runInDurableObject(directory, (instance) => instance.alarm());
    const open = await Promise.all((await objectsOf(game)).map(pushOn));
    if (open.every((one) => one === 0)) return;
    await scheduler.wait(5);
  }
  throw new Error('errands stay open');
}

async function objectsOf(game: Play): Promise<DurableObjectStub<Customers>[]> {
  const listed = await directoryOf(env, game.shop.id).listed('', 1_000, 0);
  const shards = new Map(listed.map(({ customer }) => [shardOf(customer), customer]));
  return [...shards.values()].map((customer) => objectOf(game, customer));
}

async function pushOn(object: DurableObjectStub<Customers>): Promise<number> {
  return runInDurableObject(object, async (instance, { storage }) => {
    const { store } = instance as unknown as { store: CustomerStore };
    if (!store.isThere()) return 0;
    storage.sql.exec('UPDATE errand SET next_ms = 0 WHERE next_ms < 8640000000000000');
    store.errands.changed();
    await instance.alarm();
    return Number(storage.sql.exec('SELECT COUNT(*) AS n FROM errand WHERE next_ms < 8640000000000000').one().n);
  });
}

async function everybody({ shop }: Play): Promise<Person[]> {
  const ids = await directoryOf(env, shop.id).page('', 1_000);
  const call = { shop: shop.id, version: shop.version, clockMs: null, limit: 200, before: null };
  const people = await Promise.all(
    ids.map(async (id): Promise<Person[]> => {
      const object = customersOf(env, shop.id, id);
      const [standing, referrals] = await Promise.all([
        object.standing(id, { activity: 0, orders: 0 }),
        object.referrals({ ...call, customer: id }),
      ]);
      if (standing === null || standing.moved !== null || referrals === null || referrals.moved !== null) return [];
      return [{ id, balance: standing.balance, referrals }];
    }),
  );
  return people.flat();
}

/** What of a life is wrong whatever happened in it; nothing where all is well. */
export function flawsOf(people: Person[]): string[] {
  const made = new Map(people.flatMap((one) => one.referrals.made.map((item) => [item.id, item] as const)));
  const received = people.flatMap((one) => one.referrals.received);
  const both = received.flatMap((one) => {
    const other = made.get(one.id);
    if (one.status === 'completing') return [`${one.id} is under way for ever`];
    if (other === undefined) return [`${one.id} (${one.status}) is unknown to the referrer`];
    return one.status === other.status ? [] : [`${one.id} is ${one.status} here and ${other.status} there`];
  });
  const sums = people.flatMap(({ id, balance, referrals }) => {
    const paid = (statuses: { status: string }[]) => statuses.filter(({ status }) => status === 'completed').length;
    const due = PROMISE.referrer.points * paid(referrals.made) + PROMISE.friend.points * paid(referrals.received);
    const counted = referrals.completed === paid(referrals.made) ? [] : [`${id} counts ${referrals.completed}`];
    return balance === due ? counted : [...counted, `${id} holds ${balance} and should hold ${due}`];
  });
  return [...both, ...sums];
}

interface Expected {
  by: number | null;
  status: 'none' | 'pending' | 'blocked' | 'completed' | 'cancelled';
  order: string | null;
  bought: boolean;
}

/** What a life without merges comes to, worked out step by step: who referred each friend and how it ended. */
export function expectedOf(steps: Step[]): Record<number, string> {
  const friends = new Map<number, Expected>();
  const orders: { of: number; id: string }[] = [];
  for (const [at, step] of steps.entries()) {
    if (step.kind === 'order') orders.push({ of: step.of, id: `o${at}` });
    const about = step.kind === 'claim' ? step.friend : step.kind === 'order' ? step.of : orders[orderOf(step)]?.of;
    if (about === undefined) continue;
    const before = friends.get(about) ?? { by: null, status: 'none', order: null, bought: false };
    friends.set(
      about,
      after(before, step, { at, refunded: step.kind === 'refund' ? orders[step.order]?.id : undefined }),
    );
  }
  return Object.fromEntries([...friends].map(([at, { by, status }]) => [at, `${status} by ${by}`]));
}

function orderOf(step: Step): number {
  return step.kind === 'refund' ? step.order : -1;
}

function after(one: Expected, step: Step, { at, refunded }: { at: number; refunded: string | undefined }): Expected {
  if (step.kind === 'claim') {
    if (one.status === 'completed' || (one.by === step.by && one.status !== 'cancelled')) return one;
    return { ...one, by: step.by, status: one.bought ? 'blocked' : 'pending', order: null };
  }
  if (step.kind === 'order') {
    const completes = one.status === 'pending' && step.large;
    return { ...one, bought: true, ...(completes ? { status: 'completed' as const, order: `o${at}` } : {}) };
  }
  if (step.kind === 'refund' && one.status === 'completed' && one.order === refunded)
    return { ...one, status: 'cancelled' };
  return one;
}

/** The same of a life that was played. */
export async function foundOf(people: Person[], game: Play): Promise<Record<number, string>> {
  const referrers = await Promise.all(Array.from({ length: REFERRERS }, (_, at) => idOf(game, at)));
  const found: Record<number, string> = {};
  for (let at = REFERRERS; at < PEOPLE; at += 1) {
    const id = await idOf(game, at);
    const person = people.find((one) => one.id === id);
    if (person === undefined) continue;
    const { current } = person.referrals;
    found[at] = current === null ? 'none by null' : `${current.status} by ${referrers.indexOf(current.referrer)}`;
  }
  return found;
}
