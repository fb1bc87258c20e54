/** Somebody of whom a shop knows all that it can know, and everything that is stored anywhere, as one text to search. */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import { Erasing } from '../../worker/directory/erasing.ts';
import { DirectoryStore } from '../../worker/directory/store.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { nameHashOf } from '../../worker/shops/name-hash.ts';
import { type Crash, dyingEnv } from './crashing.ts';
import { type Answer, call, eventually, newUser, type TestShop, track } from './shop.ts';

export interface Person {
  user: string;
  id: string;
  email: string;
  phone: string;
  firstName: string;
  order: string;
  /** Said in free text: a reason, metadata, a source id. */
  said: string;
}

const word = (letter: string) => `${letter}${crypto.randomUUID().replaceAll('-', '')}`;

export const client = (shop: TestShop, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret });

export async function person(shop: TestShop): Promise<Person> {
  const user = newUser();
  const [firstName, order, said] = [word('Erna'), word('o'), word('said')];
  const email = `${word('mail')}@mail.test`;
  const phone = `+49${Math.floor(1e9 + Math.random() * 9e9)}`;
  const traits = { email, phone, firstName, lastName: `${firstName}-Muster` };
  const bought = { order_id: order, subtotal: 40, total: 40, currency: 'EUR', note: said };
  await shop.batch({ type: 'identify', userId: user, traits }, track(user, 'Order Completed', bought));
  const { id } = await customer(shop, `user:${user}`);
  return { user, id, email, phone, firstName, order, said };
}

export async function customer(shop: TestShop, ref: string) {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body;
}

export const give = (shop: TestShop, user: string, points: number, reason = 'x') =>
  shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points, reason });

export const newCode = () => `T-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
export const GIFT = { type: 'GIFT_VOUCHER', gift: { amount: 5_000, effect: 'APPLY_TO_ORDER' } };
export const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1_000 } };

export async function made(shop: TestShop, about: object, code = newCode()): Promise<string> {
  const answer = await client(shop, 'POST', `/v1/vouchers/${code}`, about);
  expect(answer.status).toBe(200);
  return code;
}

/** A code that somebody holds. */
export async function held(shop: TestShop, { user, said }: Person, about: object): Promise<string> {
  const code = await made(shop, about);
  const wanted = { voucher: code, customer: { source_id: user }, source_id: `${said}-${code}`, metadata: { said } };
  expect((await client(shop, 'POST', '/v1/publications', wanted)).status).toBe(200);
  return code;
}

/** The redemption's id. */
export async function redeemed(shop: TestShop, code: string, { user, said, order }: Person, credits?: number) {
  const gift = credits === undefined ? {} : { gift: { credits } };
  const redeemables = [{ object: 'voucher', id: code, ...gift }];
  const asked = {
    redeemables,
    customer: { source_id: user },
    order: { source_id: order, items: [{ product_id: 'ring', price: 9_000, product: { name: `For ${said}` } }] },
    metadata: { said },
  };
  const done = await client(shop, 'POST', '/v1/redemptions', asked);
  expect(done.status).toBe(200);
  return String(done.body.redemptions[0].id);
}

export async function balanceOf(shop: TestShop, code: string): Promise<number | null> {
  const { status, body } = await client(shop, 'GET', `/v1/vouchers/${code}`);
  return status === 200 ? body.gift.balance : null;
}

/** Asks for it, and waits for its end. */
export async function erased(shop: TestShop, ref: string) {
  const asked = await shop.admin('POST', `/admin/v1/customers/${ref}/erase`);
  expect(asked.status).toBe(202);
  return ended(shop, asked.body.id);
}

export function ended(shop: TestShop, erasure: string) {
  return eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/erasures/${erasure}`);
    return body.state === 'done' ? body : null;
  }, 15_000);
}

/** Points that moved, by what moved them, over all that a shop's ledger holds. */
export async function pointsMoved(shop: TestShop): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { customer: of } of await directoryOf(env, shop.id).listed('', 1_000, 0)) {
    const call = { customers: [of], afterSeq: 0, span: { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, limit: 1_000 };
    for (const { entries } of await customersOf(env, shop.id, of).ledgerRows(call))
      for (const { kind, points } of entries) sums[kind] = (sums[kind] ?? 0) + points;
  }
  return sums;
}

/** A job, and how it ended. */
export async function jobDone(shop: TestShop, kind: 'rebuild' | 'compare') {
  const started = await shop.admin('POST', '/admin/v1/jobs', { kind });
  const job = await jobsOf(env, shop.id).ended(started.body.id, 15_000);
  const lines = (await shop.admin('GET', `/admin/v1/jobs/${started.body.id}/lines`)).body.items;
  return { state: job?.state, differences: job?.result?.differences ?? 0, lines };
}

/** Goes on with an erasure in the Directory's own tables, by an environment in which a call dies. */
export async function eraseDying(shop: TestShop, erasure: string, crash: Crash): Promise<boolean> {
  const { env: dying, died } = dyingEnv(crash);
  await runInDurableObject(
    env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`)),
    async (_, { storage }) => {
      const hash = nameHashOf(env.ROOT_SECRET, shop.id);
      const erasing = new Erasing({ env: dying, store: new DirectoryStore(storage), shop: () => shop.id, hash });
      await erasing.run(erasure).catch(() => {});
    },
  );
  return died();
}

const { CUSTOMERS, DIRECTORY, CODES, CAMPAIGN, CONNECTION, DEBUGGER, GUARD, JOBS, OFFERS, SHOP } = env;
const OBJECTS = { CUSTOMERS, DIRECTORY, CODES, CAMPAIGN, CONNECTION, DEBUGGER, GUARD, JOBS, OFFERS, SHOP };

const others = new Set<string>();

/** What is there already is of other tests' shops, and is not looked through. */
export async function leaveOthersOut(): Promise<void> {
  for (const id of await everyObject()) others.add(id.toString());
}

async function everyObject(): Promise<DurableObjectId[]> {
  const lists = Object.values(OBJECTS).map((one) => listDurableObjectIds(one as DurableObjectNamespace));
  return (await Promise.all(lists)).flat();
}

/** Where any of these texts is stored, in any table of any object, or in the copies. */
export async function foundIn(texts: string[]): Promise<string[]> {
  const found: string[] = [];
  const look = (where: string, rows: unknown) => {
    const text = JSON.stringify(rows).toLowerCase();
    for (const one of texts) if (text.includes(one.toLowerCase())) found.push(`${where}: ${one}`);
  };
  for (const [kind, namespace] of Object.entries(OBJECTS))
    for (const id of await listDurableObjectIds(namespace as DurableObjectNamespace)) {
      if (others.has(id.toString())) continue;
      await runInDurableObject((namespace as DurableObjectNamespace).get(id), (_, { storage }) => {
        for (const name of tablesIn(storage.sql.exec(TABLES).toArray()))
          look(`${kind} ${name}`, storage.sql.exec(`SELECT * FROM "${name}"`).toArray());
      });
    }
  for (const name of tablesIn((await env.DB.prepare(TABLES).all()).results))
    look(`D1 ${name}`, (await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results);
  return found;
}

const TABLES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'd1\\_%' ESCAPE '\\'";

function tablesIn(rows: Record<string, unknown>[]): string[] {
  return rows.map(({ name }) => String(name));
}
