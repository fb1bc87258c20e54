/** What two customers hold and a code that nobody does, for stacks of all three; and what is left of it after somebody died. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { campaignIn } from '../../worker/campaign/cache.ts';
import { codesAt } from '../../worker/codes/stubs.ts';
import type { Campaign } from '../../worker/domain/vouchers/campaign.ts';
import { heldVoucher } from '../../worker/publishing/facts.ts';
import { publishCode, publishFrom } from '../../worker/publishing/publish.ts';
import { redeemStack } from '../../worker/publishing/redeem-stack.ts';
import type { World } from '../../worker/publishing/world.ts';
import { openTerms } from '../../worker/shops/cache.ts';
import { eventually, newUser, type TestShop, track } from './shop.ts';
import { addCodes, cart, giftOf, makeCampaign, makeVoucher, newCode, objectOf } from './vouchers-given.ts';

/** A world whose background work is awaited with `ended`. */
export async function worldIn(
  shop: TestShop,
  objects: typeof env,
): Promise<{ world: World; ended: () => Promise<unknown> }> {
  const late: Promise<unknown>[] = [];
  const later = (work: Promise<unknown>) => void late.push(work.catch(() => {}));
  const world = { env: objects, shop: await openTerms(env, shop.id, 1), clockMs: null, later, waitMs: 0 };
  return { world, ended: () => Promise.all(late) };
}

export async function well<T>(shop: TestShop, work: (world: World) => Promise<T>): Promise<T> {
  const { world, ended } = await worldIn(shop, env);
  const done = await work(world);
  await ended();
  return done;
}

export interface Given {
  shop: TestShop;
  key: string;
  holders: [string, string];
  /** Of a campaign with a budget of one use; the first customer's. */
  coupon: string;
  campaign: Campaign;
  /** The second customer's. */
  card: string;
  /** Nobody's. */
  bearer: string;
}

const about = { sourceId: null, channel: null, metadata: {}, distribution: null, fingerprint: 'f' };

export async function given(shop: TestShop, holderOnly = false): Promise<Given> {
  const users = [newUser(), newUser()];
  for (const user of users) await shop.batch(track(user, 'X'));
  const [first, second] = await Promise.all(
    users.map(async (user) => (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id as string),
  );
  if (first === undefined || second === undefined) throw new Error('nobody');
  const caps = { redemptions: 1, discountMinor: null, ordersMinor: null };
  const campaign = await makeCampaign(shop.id, { caps });
  const code = newCode();
  await addCodes(shop.id, campaign.id, [code]);
  const gift = await makeVoucher(shop.id, { benefit: giftOf(5_000), limit: null });
  const bearer = await makeVoucher(shop.id, { limit: 1 });
  await well(shop, (world) => {
    const wanted = { ...about, customer: first, holderOnly: false, key: `a ${code}` };
    return publishFrom(world, wanted, { campaign: campaign.id, count: 1, joinOnce: false });
  });
  await well(shop, (world) =>
    publishCode(world, { ...about, customer: second, holderOnly, key: `b ${code}` }, gift.code),
  );
  return {
    shop,
    key: crypto.randomUUID(),
    holders: [first, second],
    coupon: code,
    campaign,
    card: gift.code,
    bearer: bearer.code,
  };
}

const one = (code: string) => ({ code, creditsMinor: null });

export function redeem(world: World, { key, coupon: code, card: gift, bearer }: Given) {
  const who = { customer: null, lockKey: null, channel: null, metadata: {}, caller: { apiKey: null, login: null } };
  const asking = { ...who, cart: cart(4_000, { orderId: `o-${key}` }), key, fingerprint: 'f' };
  return redeemStack(world, asking, [one(code), one(bearer), one(gift)]);
}

/** What callers left open is as old as it takes for whoever keeps it to look after it by itself. */
export async function endLoose({ shop, holders, coupon: code, card: gift, bearer, campaign }: Given): Promise<void> {
  const { id } = shop;
  const codes = [...new Set([code, gift, bearer].map((name) => objectOf(id, name)))];
  const wallets = [...new Set(holders.map((holder) => `customers:${id}:${holder.split('-', 1)[0]}`))];
  const stubs = () => [
    ...codes.map((name) => env.CODES.get(env.CODES.idFromName(name))),
    ...wallets.map((name) => env.CUSTOMERS.get(env.CUSTOMERS.idFromName(name))),
    env.CAMPAIGN.get(env.CAMPAIGN.idFromName(`campaign:${id}:${campaign.id}`)),
  ];
  for (const stub of stubs()) await age(stub as DurableObjectStub<never>);
  for (const stub of stubs()) await runDurableObjectAlarm(stub as DurableObjectStub<never>);
}

async function age(stub: DurableObjectStub<never>): Promise<void> {
  const dying = async (_: unknown, state: DurableObjectState) => {
    const { sql } = state.storage;
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const has = (table: string) => tables.some(({ name }) => name === table);
    if (has('hold')) sql.exec("UPDATE hold SET at_ms = 1, body = json_set(body, '$.sinceMs', 1)");
    if (has('errand')) sql.exec('UPDATE errand SET next_ms = 1');
    await state.storage.sync();
    state.abort('crash');
  };
  await runInDurableObject(stub, dying).catch(() => {});
}

/** What was used of each, and of the campaign's budget what is spent and kept. */
export async function standing({ shop, holders, coupon: code, card: gift, bearer, campaign }: Given) {
  const ids = [code, gift].map(async (name, at) => {
    const [found] = await codesAt(env, objectOf(shop.id, name)).find({
      codes: [name],
      customer: null,
      clockMs: null,
    });
    if (found?.owner !== 'customer') throw new Error(`${name}: ${found?.owner}`);
    return (await well(shop, (world) => heldVoucher(world, holders[at] ?? '', found.voucher)))?.voucher;
  });
  const [off, spent] = await Promise.all(ids);
  const [free] = await codesAt(env, objectOf(shop.id, bearer)).find({
    codes: [bearer],
    customer: null,
    clockMs: null,
  });
  const { used, held } = await campaignIn(env, shop.id, campaign.id).spent();
  return {
    coupon: off?.redeemed,
    balance: spent?.benefit.kind === 'gift' ? spent.benefit.gift.balanceMinor : null,
    bearer: free?.owner === 'here' ? free.voucher.redeemed : null,
    budget: [used.redemptions, held.redemptions],
  };
}

export const NOTHING = { coupon: 0, balance: 5_000, bearer: 0, budget: [0, 0] };
export const ALL = { coupon: 1, balance: 2_000, bearer: 1, budget: [1, 0] };

/** Once nobody keeps anything any more: nothing was redeemed, or all of it. */
export async function settled(things: Given): Promise<object> {
  await endLoose(things);
  return eventually(async () => {
    const now = await standing(things);
    return [NOTHING, ALL].some((end) => JSON.stringify(end) === JSON.stringify(now)) ? now : null;
  }, 10_000);
}
