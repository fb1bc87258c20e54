/** Plays a sequence of identify, alias, track, order, merge against a real shop and against the naive model. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import type { IdentifierKind } from '../../worker/domain/event.ts';
import { mapMessage } from '../../worker/mapping/segment.ts';
import { deliver } from '../../worker/routing/deliver.ts';
import { operate } from '../../worker/routing/follow.ts';
import { mergeCustomers } from '../../worker/routing/merge.ts';
import { openShop } from '../../worker/shops/cache.ts';
import type { ShopSnapshot } from '../../worker/shops/settings.ts';
import { type Crash, crashingEnv } from './crashing.ts';
import { AMOUNTS, MONEY_BACK, People, type Person, type Trust } from './identity-model.ts';
import { makeShop } from './shop.ts';

export type Step = { crash: Crash | null; alarm: boolean } & (
  | {
      kind: 'told';
      trust: Trust;
      user: number;
      email: number;
      anonymous: number;
      order: number;
      alias: number;
      again: number;
    }
  | { kind: 'refund'; order: number }
  | { kind: 'merge'; a: string; b: string }
  | { kind: 'give'; to: string; key: number }
);

const NONE = -1;
const index = fc.integer({ min: NONE, max: 2 });
const name = fc.constantFrom(
  'user:u0',
  'user:u1',
  'user:u2',
  'email:e0@x.org',
  'email:e1@x.org',
  'anonymous:a0',
  'anonymous:a1',
  'anonymous:a2',
);
const faults = {
  crash: fc.option(
    fc.record({ at: fc.integer({ min: 0, max: 5 }), when: fc.constantFrom<Crash['when']>('before', 'after') }),
    { freq: 4 },
  ),
  alarm: fc.boolean(),
};
const told = fc.record({
  kind: fc.constant('told' as const),
  trust: fc.constantFrom<Trust>('server', 'server', 'browser'),
  ...{ user: index, email: index, anonymous: index, order: index },
  alias: fc.oneof({ weight: 5, arbitrary: fc.constant(NONE) }, { weight: 1, arbitrary: index }),
  /** How many messages before this one is sent again instead; NONE: a new one. */
  again: fc.oneof(
    { weight: 4, arbitrary: fc.constant(NONE) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 }) },
  ),
  ...faults,
});
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: told },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('refund' as const), order: fc.integer({ min: 0, max: 2 }), ...faults }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), a: name, b: name, ...faults }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('give' as const),
        to: name,
        key: fc.integer({ min: 0, max: 3 }),
        ...faults,
      }),
    },
  ),
  { minLength: 2, maxLength: 30, size: 'max' },
);

interface Play {
  shop: ShopSnapshot;
  people: People;
  sent: Extract<Step, { kind: 'told' }>[];
}

/** What a shop knows of everybody, in a form that does not depend on ids: names, events, orders and balance of each. */
export type Picture = { names: string[]; events: string[]; orders: string[]; balance: number }[];

export async function play(all: Step[]): Promise<{ expected: Picture; found: Picture; open: number }> {
  const made = await makeShop();
  const shop = await openShop(env, made.id);
  if (shop === null) throw new Error('no shop');
  const game: Play = { shop, people: new People(), sent: [] };
  for (const step of all) {
    // whoever calls tries again until it gets through: the first try dies where the step says so
    for (let attempt = 0; ; attempt += 1) {
      try {
        await run(game, step, crashingEnv(attempt === 0 ? step.crash : null), attempt === 0);
        break;
      } catch (error) {
        if (!String(error).includes('crashed')) throw error;
        if (step.alarm) await endMoves(shop.id);
      }
    }
  }
  const open = await endMoves(shop.id);
  return { expected: pictureOf(game.people), found: await pictureIn(game), open };
}

async function endMoves(shop: string): Promise<number> {
  const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop}`));
  for (let round = 0; round < 6; round += 1) if (!(await runDurableObjectAlarm(directory))) return 0;
  return 1;
}

async function run(game: Play, step: Step, world: typeof env, isFirst: boolean): Promise<void> {
  switch (step.kind) {
    case 'told':
      return tell(game, step, world, isFirst);
    case 'refund':
      return refund(game, step.order, world, isFirst);
    case 'merge':
      return merge(game, step, world, isFirst);
    case 'give':
      return give(game, step, world, isFirst);
  }
}

async function tell(
  game: Play,
  step: Extract<Step, { kind: 'told' }>,
  world: typeof env,
  isFirst: boolean,
): Promise<void> {
  if (isFirst) game.sent.push(step);
  const source = firstOf(game.sent, step);
  const place = game.sent.indexOf(source);
  const names = namesOf(source);
  if (names.length === 0) return;
  const server = source.trust === 'server';
  const order = server && source.order !== NONE ? `o${source.order}` : null;
  const previous =
    source.alias !== NONE && source.user !== NONE && source.alias !== source.user ? `u${source.alias}` : null;
  const isAlias = previous !== null && order === null;
  if (source !== step && saysMore(game.people, isAlias ? [...names, `user:${previous}`] : names)) return;
  if (isFirst && source === step) {
    const extra = isAlias ? [`anonymous:${previous}`] : [];
    const formerly = isAlias && server ? previous : null;
    game.people.tell({ trust: source.trust, names: [...names, ...extra], messageId: `m${place}`, order, formerly });
  }
  await send(game, world, source.trust, {
    messageId: `m${place}`,
    ...(source.user === NONE ? {} : { userId: `u${source.user}` }),
    ...(source.anonymous === NONE ? {} : { anonymousId: `a${source.anonymous}` }),
    ...(source.email === NONE ? {} : { context: { traits: { email: `e${source.email}@x.org` } } }),
    ...(isAlias ? { type: 'alias', previousId: previous } : typed(order)),
  });
}

/**
 * A repeat is read again where its customer has moved since, and then may name or join whom it could not at first: the
 * Directory keeps no messages. Whether it is read again is the isolate's memory, which the model has not.
 */
function saysMore(people: People, names: string[]): boolean {
  return new Set(names.map((name) => people.of(name))).size > 1 || names.some((name) => people.of(name) === null);
}

/** The message that a step sends: its own, or one before it again. */
function firstOf(sent: Play['sent'], step: Extract<Step, { kind: 'told' }>): Extract<Step, { kind: 'told' }> {
  const before = step.again === NONE ? undefined : sent[sent.indexOf(step) - 1 - step.again];
  return before === undefined ? step : firstOf(sent, before);
}

function typed(order: string | null): object {
  if (order === null) return { type: 'identify' };
  const total = AMOUNTS[order];
  return {
    type: 'track',
    event: 'Order Completed',
    properties: { order_id: order, total, subtotal: total, currency: 'EUR' },
  };
}

function namesOf(step: Extract<Step, { kind: 'told' }>): string[] {
  return [
    ...(step.user === NONE ? [] : [`user:u${step.user}`]),
    ...(step.email === NONE || step.trust === 'browser' ? [] : [`email:e${step.email}@x.org`]),
    ...(step.anonymous === NONE ? [] : [`anonymous:a${step.anonymous}`]),
  ];
}

async function refund(game: Play, order: number, world: typeof env, isFirst: boolean): Promise<void> {
  if (isFirst) game.people.refund(`o${order}`, `r${order}`);
  const properties = { order_id: `o${order}`, refund_id: `r${order}`, total: MONEY_BACK, currency: 'EUR' };
  const message = { type: 'track', event: 'Order Refunded', anonymousId: 'desk', messageId: `r${order}`, properties };
  await send(game, world, 'server', message);
}

async function send({ shop }: Play, world: typeof env, trust: Trust, message: object): Promise<void> {
  const sender = { trust, receivedAtMs: Date.now(), sentAt: undefined, ownsOrders: true, currency: 'EUR' };
  const mapped = mapMessage(message, sender);
  if ('refused' in mapped) throw new Error(mapped.refused);
  await deliver(world, shop, [mapped]);
}

async function merge(
  game: Play,
  step: Extract<Step, { kind: 'merge' }>,
  world: typeof env,
  isFirst: boolean,
): Promise<void> {
  if (isFirst) game.people.merge(step.a, step.b);
  const directory = directoryOf(env, game.shop.id);
  const [loser, survivor] = await Promise.all([step.a, step.b].map((one) => directory.find([identifier(one)])));
  if (!loser || !survivor) return;
  await mergeCustomers(world, game.shop, { loser, survivor, reason: 'merchant' });
}

async function give(
  game: Play,
  step: Extract<Step, { kind: 'give' }>,
  world: typeof env,
  isFirst: boolean,
): Promise<void> {
  const key = `${step.to} ${step.key}`;
  if (isFirst) game.people.give(step.to, 1 + step.key, key);
  const customer = await directoryOf(env, game.shop.id).find([identifier(step.to)]);
  if (customer === null) return;
  const about = { fingerprint: key, points: 1 + step.key, reason: 'x', note: null, expiresAtMs: null };
  const input = { kind: 'operation' as const, operation: { op: 'adjust' as const, key: `op:${key}`, ...about } };
  await operate(world, game.shop, { customer, input, waitMs: 0 });
}

function identifier(text: string): { kind: IdentifierKind; value: string } {
  const at = text.indexOf(':');
  return { kind: text.slice(0, at) as IdentifierKind, value: text.slice(at + 1) };
}

function pictureOf(people: People): Picture {
  return sorted(
    people.all.map((person: Person) => ({
      names: [...person.names].sort(),
      events: [...person.events].sort(),
      orders: [...person.orders].sort(),
      balance: people.balance(person),
    })),
  );
}

async function pictureIn({ shop, people }: Play): Promise<Picture> {
  const directory = directoryOf(env, shop.id);
  const ids = await directory.page('', 1_000);
  const all = await Promise.all(
    ids.map(async (id) => {
      const object = customersOf(env, shop.id, id);
      const [standing, page] = await Promise.all([
        object.standing(id, { activity: 0, orders: 0 }),
        object.timeline(id, { limit: 500, before: null }),
      ]);
      const keys = page.rows.flatMap((row) => (row.kind === 'event' ? (row.key?.slice('s:'.length) ?? []) : []));
      const orders = (await object.orders(id, 50, null)).orders.filter((one) => people.paid.has(one.orderId));
      const balance = standing !== null && standing.moved === null ? standing.balance : Number.NaN;
      const names = (await directory.identifiers(id)).map(({ kind, value }) => `${kind}:${value}`);
      return { names: names.sort(), events: keys.sort(), orders: orders.map((one) => one.orderId).sort(), balance };
    }),
  );
  return sorted(all);
}

function sorted(picture: Picture): Picture {
  return picture.sort((a, b) => (a.names.join() < b.names.join() ? -1 : 1));
}
