/** Vouchers over several objects, and callers that die at one call after another. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { campaignIn } from '../../worker/campaign/cache.ts';
import { codesAt } from '../../worker/codes/stubs.ts';
import type { Campaign } from '../../worker/domain/vouchers/campaign.ts';
import { heldVoucher } from '../../worker/publishing/facts.ts';
import { publishFrom } from '../../worker/publishing/publish.ts';
import { redeemStack } from '../../worker/publishing/redeem-stack.ts';
import type { World } from '../../worker/publishing/world.ts';
import { openTerms } from '../../worker/shops/cache.ts';
import { dyingEnv } from './crashing.ts';
import { makeShop, newUser, type TestShop, track } from './shop.ts';
import { addCodes, cart, giftOf, makeCampaign, makeVoucher, newCode, objectOf } from './vouchers-given.ts';

let shop: TestShop;

/** Before each file's tests: a module outlives the file that asked for it first, and what is stored does not. */
export async function openShop(): Promise<void> {
  shop = await makeShop();
}

const CAPS = { redemptions: 1, discountMinor: null, ordersMinor: null };

/** A world whose background work is awaited with `ended`. */
async function worldIn(objects: typeof env): Promise<{ world: World; ended: () => Promise<unknown> }> {
  const late: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>) => void late.push(work.catch(() => {}));
  const world = { env: objects, shop: await openTerms(env, shop.id, 1), clockMs: null, later, waitMs: 0 };
  return { world, ended: () => Promise.all(late) };
}

export interface Given {
  customer: string;
  key: string;
  /** Nobody holds it; of `campaign`. */
  code: string;
  campaign: Campaign;
  card: string;
  /** The customer holds it; of `heldOf`. */
  held: string;
  heldOf: Campaign;
}

export async function given(): Promise<Given> {
  const user = newUser();
  await shop.batch(track(user, 'X'));
  const customer = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
  const campaign = await makeCampaign(shop.id, { caps: CAPS });
  const heldOf = await makeCampaign(shop.id, { caps: CAPS, joinOnce: true });
  const code = newCode();
  await codesAt(env, objectOf(shop.id, code)).claim(
    [{ code, token: code, campaign: campaign.id, holder: null, voucher: null }],
    { clockMs: null },
  );
  const card = await makeVoucher(shop.id, { benefit: giftOf(5_000), limit: null });
  const held = newCode();
  await addCodes(shop.id, heldOf.id, [held]);
  return { customer, key: crypto.randomUUID(), code, campaign, card: card.code, held, heldOf };
}

export const asking = ({ customer, key }: Given) => ({
  customer,
  cart: cart(8_000, { orderId: `o-${key}` }),
  lockKey: null,
  channel: null,
  metadata: {},
  caller: { apiKey: null, login: null },
  key,
  fingerprint: 'f',
});
export const publishing = ({ customer, key }: Given, more: object = {}) => ({
  customer,
  sourceId: null,
  channel: null,
  metadata: {},
  distribution: null,
  holderOnly: false,
  key: `publish ${key}`,
  fingerprint: 'f',
  ...more,
});
export const one = (code: string) => ({ code, creditsMinor: null });

export type Work = (world: World, about: Given) => Promise<unknown>;

export const publish: Work = (world, about) =>
  publishFrom(world, publishing(about), { campaign: about.heldOf.id, count: 1, joinOnce: false });
export const redeemAll: Work = (world, about) =>
  redeemStack(world, asking(about), [one(about.code), one(about.held), one(about.card)]);

export async function well<T>(work: (world: World) => Promise<T>): Promise<T> {
  const { world, ended } = await worldIn(env);
  const done = await work(world);
  await ended();
  return done;
}

/** Runs it with a caller that dies after one call after another, each time with things of its own, until it lives. */
export async function dyingAfterEachCall(
  prepare: (about: Given) => Promise<unknown>,
  work: Work,
  check: (about: Given) => Promise<void>,
): Promise<number> {
  for (let at = 0; ; at += 1) {
    const about = await given();
    await prepare(about);
    const dying = dyingEnv({ at, when: 'after' });
    const { world, ended } = await worldIn(dying.env);
    await work(world, about).catch(() => {});
    await ended();
    await check(about);
    if (!dying.died()) return at;
  }
}

/** Objects die as well, and what was left open longer ago than callers live is ended by their alarms. */
export async function endLoose({ code, card, held, campaign, heldOf }: Given): Promise<void> {
  const codes = [...new Set([code, card, held].map((name) => objectOf(shop.id, name)))];
  const campaigns = [campaign, heldOf].map(({ id }) => `campaign:${shop.id}:${id}`);
  // a stub does not outlive its object
  const stubs = () => [
    ...codes.map((name) => env.CODES.get(env.CODES.idFromName(name))),
    ...campaigns.map((name) => env.CAMPAIGN.get(env.CAMPAIGN.idFromName(name))),
  ];
  for (const stub of stubs()) await age(stub as DurableObjectStub<never>);
  for (const stub of stubs()) await runDurableObjectAlarm(stub as DurableObjectStub<never>);
}

/** What is open is so since long ago, and the object has died since. */
async function age(stub: DurableObjectStub<never>): Promise<void> {
  const dying = async (_: unknown, state: DurableObjectState) => {
    const { storage } = state;
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const has = (table: string) => tables.some(({ name }) => name === table);
    if (has('hold')) storage.sql.exec("UPDATE hold SET at_ms = 1, body = json_set(body, '$.sinceMs', 1)");
    if (has('open_publication')) storage.sql.exec('UPDATE open_publication SET at_ms = 1');
    await storage.sync();
    state.abort('crash');
  };
  await runInDurableObject(stub, dying).catch(() => {});
}

export async function left(name: string) {
  const [found] = await codesAt(env, objectOf(shop.id, name)).find({ codes: [name], customer: null, clockMs: null });
  if (found?.owner === 'here') return found.voucher;
  if (found?.owner !== 'customer') throw new Error(`${name}: ${found?.owner}`);
  const told = await well((world) => heldVoucher(world, found.customer, found.voucher));
  return told?.voucher ?? null;
}

/** Of each what was used, and what campaigns say of it. */
export async function standing({ code, card, held, campaign, heldOf }: Given) {
  const [bearer, gift, own] = [await left(code), await left(card), await left(held)];
  const spent = async ({ id }: Campaign) => {
    const { used, held: kept } = await campaignIn(env, shop.id, id).spent();
    return [used.redemptions, kept.redemptions];
  };
  return {
    code: bearer?.redeemed,
    card: gift?.benefit.kind === 'gift' ? gift.benefit.gift.balanceMinor : null,
    held: own?.redeemed,
    campaign: await spent(campaign),
    heldOf: await spent(heldOf),
  };
}

export const NOTHING = { code: 0, card: 5_000, held: 0, campaign: [0, 0], heldOf: [0, 0] };
export const ALL = { code: 1, card: 0, held: 1, campaign: [1, 0], heldOf: [1, 0] };
export const OWN = { ...NOTHING, held: 1, heldOf: [1, 0] };
export const BEARER = { ...NOTHING, code: 1, campaign: [1, 0] };

export const giveHeld = (about: Given) => well((world) => publish(world, about));

/** A retry comes about once; and without one it is all or nothing, and can be asked for later. */
export function redeemsOnce(what: string, work: Work, done: object): void {
  it(`INV-2 a retry redeems ${what} once, and nothing stays held`, async () => {
    const calls = await dyingAfterEachCall(giveHeld, work, async (about) => {
      expect(await well((world) => work(world, about))).toMatchObject({ state: 'redeemed' });
      expect(await well((world) => work(world, about))).toMatchObject({ state: 'redeemed' });
      await endLoose(about);
      expect(await standing(about)).toEqual(done);
    });
    expect(calls).toBeGreaterThan(2);
  });

  it(`without a retry ${what} is redeemed as a whole or not at all, and can be asked for later`, async () => {
    await dyingAfterEachCall(giveHeld, work, async (about) => {
      await endLoose(about);
      expect([NOTHING, done]).toContainEqual(await standing(about));
      expect(await well((world) => work(world, about))).toMatchObject({ state: 'redeemed' });
      expect(await standing(about)).toEqual(done);
    });
  });
}
