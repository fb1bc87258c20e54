/** Any interleaving of redemptions, stacks, rollbacks and publications, call by call: no limit, balance or budget is ever passed. */
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { campaignIn } from '../../worker/campaign/cache.ts';
import { codesAt } from '../../worker/codes/stubs.ts';
import { heldVoucher } from '../../worker/publishing/facts.ts';
import { type PublishResult, publishFrom } from '../../worker/publishing/publish.ts';
import { redeemOne } from '../../worker/publishing/redeem.ts';
import { redeemStack } from '../../worker/publishing/redeem-stack.ts';
import { rollBack } from '../../worker/publishing/roll-back.ts';
import type { RedeemResult, World } from '../../worker/publishing/world.ts';
import { openTerms } from '../../worker/shops/cache.ts';
import { makeShop, newUser, type TestShop, track } from './shop.ts';
import { addCodes, cart, giftOf, makeCampaign, makeVoucher, newCode, objectOf } from './vouchers-given.ts';

let shop: TestShop;
let customers: string[];
beforeAll(async () => {
  shop = await makeShop();
  const users = [newUser(), newUser()];
  await shop.batch(...users.map((user) => track(user, 'X')));
  customers = await Promise.all(
    users.map(async (user) => (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id),
  );
});

const RUNS = { numRuns: 12, endOnFailure: true };

type Methods = Record<string, (...values: unknown[]) => Promise<unknown>>;

/** Each call to an object leaves when the scheduler says so. */
function scheduled<T extends { get: (id: never) => unknown }>(namespace: T, scheduler: fc.Scheduler): T {
  const stubOf = (real: Methods) =>
    new Proxy(real, {
      get:
        (target, name) =>
        async (...values: unknown[]) => {
          await scheduler.schedule(Promise.resolve(), String(name));
          return target[String(name)]?.(...values);
        },
    });
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name === 'get') return (id: never) => stubOf(target.get(id) as Methods);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Runs all of it together, in an order of the scheduler's, to its very end. */
async function together<T>(scheduler: fc.Scheduler, works: ((world: World) => Promise<T>)[]): Promise<T[]> {
  const late: Promise<unknown>[] = [];
  const objects = {
    ...env,
    CUSTOMERS: scheduled(env.CUSTOMERS, scheduler),
    CODES: scheduled(env.CODES, scheduler),
    CAMPAIGN: scheduled(env.CAMPAIGN, scheduler),
  };
  const later = (work: Promise<unknown>) => void late.push(work);
  const world = { env: objects, shop: await openTerms(env, shop.id, 1), clockMs: null, later, waitMs: 0 };
  const done = await scheduler.waitFor(Promise.all(works.map((work) => work(world))));
  while (late.length > 0) await scheduler.waitFor(Promise.all(late.splice(0)));
  return done;
}

const well = async <T>(work: (world: World) => Promise<T>): Promise<T> => {
  const world = { env, shop: await openTerms(env, shop.id, 1), clockMs: null, later: () => {}, waitMs: 0 };
  return work(world);
};

function asking(customer: string | null) {
  const key = crypto.randomUUID();
  const about = { lockKey: null, channel: null, metadata: {}, caller: { apiKey: null, login: null } };
  return { customer, cart: cart(2_000, { orderId: key }), ...about, key, fingerprint: 'f' };
}

function publishing(customer: string) {
  const about = { sourceId: null, channel: null, metadata: {}, distribution: null, holderOnly: false };
  return { customer, ...about, key: crypto.randomUUID(), fingerprint: 'f' };
}

const one = (code: string, creditsMinor: number | null = null) => ({ code, creditsMinor });

async function standing(code: string) {
  const [found] = await codesAt(env, objectOf(shop.id, code)).find({ codes: [code], customer: null, clockMs: null });
  if (found?.owner === 'here') return found.voucher;
  if (found?.owner !== 'customer') throw new Error(`${code} is gone`);
  const { customer, voucher } = found;
  const held = await well((world) => heldVoucher(world, customer, voucher));
  if (held === null) throw new Error(`${code} is not held`);
  return held.voucher;
}

async function balance(code: string): Promise<number> {
  const { benefit } = await standing(code);
  return benefit.kind === 'gift' ? benefit.gift.balanceMinor : -1;
}

const wins = (results: RedeemResult[]) => results.filter(({ state }) => state === 'redeemed').length;

async function spent(campaign: string): Promise<[number, number]> {
  const { used, held } = await campaignIn(env, shop.id, campaign).spent();
  return [used.redemptions, held.redemptions];
}

/** Codes of a campaign with a budget of so many redemptions; the last one is held by a customer. */
async function budgeted(cap: number, count: number) {
  const caps = { redemptions: cap, discountMinor: null, ordersMinor: null };
  const campaign = await makeCampaign(shop.id, { caps });
  const codes = Array.from({ length: count }, () => newCode());
  for (const code of codes.slice(1)) {
    const claim = { code, token: code, campaign: campaign.id, holder: null, voucher: null };
    await codesAt(env, objectOf(shop.id, code)).claim([claim], { clockMs: null });
  }
  await addCodes(shop.id, campaign.id, codes.slice(0, 1));
  const [holder = ''] = customers;
  await well((world) => publishFrom(world, publishing(holder), { campaign: campaign.id, count: 1, joinOnce: false }));
  return { id: campaign.id, codes, holder };
}

describe('in any order of calls', { timeout: 240_000 }, () => {
  it('INV-6 INV-7 a budget of two redemptions is used by exactly two of five, held and bearer codes alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { id, codes, holder } = await budgeted(2, 5);
        const works = codes.map((code) => (world: World) => redeemOne(world, asking(holder), one(code)));
        const results = await together(scheduler, works);
        expect(wins(results)).toBe(2);
        expect(await spent(id)).toEqual([2, 0]);
      }),
      RUNS,
    );
  });

  it('INV-5 INV-7 stacks that share a code and a card are each whole or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { id, codes, holder } = await budgeted(10, 1);
        const [held = ''] = codes;
        const coupon = await makeVoucher(shop.id);
        const card = await makeVoucher(shop.id, { benefit: giftOf(500), limit: null });
        const stack = [one(coupon.code), one(held), one(card.code, 300)];
        const works = [stack, stack, [one(card.code, 300), one(coupon.code)]].map(
          (all) => (world: World) => redeemStack(world, asking(holder), all),
        );
        const results = await together(scheduler, works);
        expect(wins(results)).toBe(1);
        const isHeld = results.slice(0, 2).some(({ state }) => state === 'redeemed');
        const left = [await standing(coupon.code), await standing(held)].map(({ redeemed }) => redeemed);
        expect([...left, await balance(card.code)]).toEqual([1, isHeld ? 1 : 0, 200]);
        expect(await spent(id)).toEqual([isHeld ? 1 : 0, 0]);
      }),
      RUNS,
    );
  });

  it('INV-5 what is taken back while others ask for it is neither lost nor given twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const card = await makeVoucher(shop.id, { benefit: giftOf(700), limit: null });
        const spend = (world: World) => redeemOne(world, asking(null), one(card.code, 500));
        const first = await well(spend);
        if (first.state !== 'redeemed') throw new Error(first.state);
        const redemption = first.redemptions[0]?.id ?? '';
        const wanted = { redemption, amountMinor: null, reason: null, customer: null, orderId: null };
        const back = async (world: World) => {
          const named = { key: crypto.randomUUID(), fingerprint: 'f', route: 'single' as const };
          return (await rollBack(world, { ...wanted, ...named })).state;
        };
        const states = await together(scheduler, [
          back,
          back,
          async (world) => (await spend(world)).state,
          async (world) => (await spend(world)).state,
        ]);
        expect(states.slice(0, 2).filter((state) => state === 'rolled_back')).toHaveLength(1);
        const spends = states.slice(2).filter((state) => state === 'redeemed').length;
        expect(spends).toBeLessThanOrEqual(1);
        expect(await balance(card.code)).toBe(700 - 500 * spends);
      }),
      RUNS,
    );
  });

  it('INV-6 case 25: publications to one who joins once are one, and a pool is given out once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const campaign = await makeCampaign(shop.id, { joinOnce: true });
        await addCodes(shop.id, campaign.id, [newCode(), newCode(), newCode()]);
        const to = [customers[0], customers[1], customers[0], customers[0], customers[1]];
        const works = to.map(
          (customer = '') =>
            (world: World) =>
              publishFrom(world, publishing(customer), { campaign: campaign.id, count: 1, joinOnce: false }),
        );
        const results = await together<PublishResult>(scheduler, works);
        const codes = results.map((told) =>
          told.state === 'published' ? told.publication.vouchers[0]?.code : told.state,
        );
        expect([codes[2], codes[3], codes[4]]).toEqual([codes[0], codes[0], codes[1]]);
        expect(codes[0]).not.toBe(codes[1]);
        expect(await campaignIn(env, shop.id, campaign.id).poolSize()).toBe(1);
      }),
      RUNS,
    );
  });
});
