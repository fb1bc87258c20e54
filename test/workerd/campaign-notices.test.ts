/** A campaign's budget that gets low or is used up: the merchant hears of each once, also after a crash, and anew once there is more. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { campaignIn } from '../../worker/campaign/cache.ts';
import { eventually, makeShop, type TestShop } from './shop.ts';
import { CALENDAR, changing, FREE, makeCampaign, NOW } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

interface Notice {
  id: string;
  kind: string;
  about: { campaign: string; budget: string; cap: number; used: number };
}

const notices = async (query = ''): Promise<{ items: Notice[]; nextCursor: string | null }> =>
  (await shop.admin('GET', `/admin/v1/notices?limit=200${query}`)).body;

async function about(campaign: string, count: number) {
  const found = await eventually(async () => {
    const { items } = await notices();
    const own = items.filter((one) => one.about.campaign === campaign);
    return own.length === count ? own : null;
  }, 8_000);
  return found.map(({ kind, about: { budget, cap, used } }) => [kind, budget, cap, used]);
}

async function spend(campaign: string, discountMinor: number): Promise<void> {
  const cost = { redemptions: 1, discountMinor, ordersMinor: 0 };
  const call = { op: crypto.randomUUID(), cost, customer: null, atMs: NOW, calendar: CALENDAR, counts: [], caps: null };
  await campaignIn(env, shop.id, campaign).take(call);
}

describe('a budget of money', () => {
  it('is told of when less than a tenth is left, when nothing is, and anew once it is raised', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, discountMinor: 1_000 } });
    await spend(id, 900);
    await spend(id, 50);
    expect(await about(id, 1)).toEqual([['campaign.budget_low', 'discountMinor', 1_000, 950]]);
    await spend(id, 50);
    expect((await about(id, 2))[0]).toEqual(['campaign.used_up', 'discountMinor', 1_000, 1_000]);
    await campaignIn(env, shop.id, id).change({ caps: { ...FREE, discountMinor: 2_000 } }, changing());
    await spend(id, 950);
    expect((await about(id, 3))[0]).toEqual(['campaign.budget_low', 'discountMinor', 2_000, 1_950]);
  });

  it('is told of once, also where the object died before it had told', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, redemptions: 1 } });
    await spend(id, 0);
    const stub = () => env.CAMPAIGN.get(env.CAMPAIGN.idFromName(`campaign:${shop.id}:${id}`));
    await runInDurableObject(stub(), async (_, state) => {
      await state.storage.sync();
      state.abort('crash');
    }).catch(() => {});
    await runDurableObjectAlarm(stub());
    await runDurableObjectAlarm(stub());
    expect(await about(id, 1)).toEqual([['campaign.used_up', 'redemptions', 1, 1]]);
  });
});

it('a budget that is written as a rule is told of as well, also where the object died before it had told', async () => {
  const { id } = await makeCampaign(shop.id);
  const object = campaignIn(env, shop.id, id);
  const bounds = { ...FREE, redemptions: 2 };
  const counts = ['campaign.redemptions.ever' as const];
  for (const op of ['one', 'two']) {
    const cost = { redemptions: 1, discountMinor: 0, ordersMinor: 0 };
    const call = {
      op,
      by: 1 as const,
      cost,
      customer: null,
      atMs: NOW,
      calendar: CALENDAR,
      counts,
      caps: null,
      bounds,
    };
    const coordinator = { kind: 'codes' as const, object: `codes:${shop.id}:0:0`, op, fingerprint: 'f', place: 0 };
    await object.reserve({ ...call, coordinator });
    await object.post(op, null);
  }
  const stub = () => env.CAMPAIGN.get(env.CAMPAIGN.idFromName(`campaign:${shop.id}:${id}`));
  await runInDurableObject(stub(), async (_, state) => {
    await state.storage.sync();
    state.abort('crash');
  }).catch(() => {});
  await runDurableObjectAlarm(stub());
  expect(await about(id, 1)).toEqual([['campaign.used_up', 'redemptions', 2, 2]]);
});

it('notices come by pages, each once', async () => {
  const all = (await notices()).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '?limit=1' : `?limit=1&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await shop.admin('GET', `/admin/v1/notices${query}`);
    paged.push(...body.items.map(({ id }: Notice) => id));
    cursor = body.nextCursor;
  } while (cursor !== null);
  expect(paged).toEqual(all);
  expect(all.length).toBeGreaterThan(2);
});
