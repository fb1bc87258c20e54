/** A hot budget in real objects: shares that die, a merchant who changes it meanwhile, and what copies and merchants are told. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { budgetOf, campaignIn } from '../../worker/campaign/cache.ts';
import type { ReserveCall } from '../../worker/campaign/calls.ts';
import { nameOfShare } from '../../worker/campaign/names.ts';
import { eventually, makeShop, type TestShop } from './shop.ts';
import { CALENDAR, changing, FREE, makeCampaign, NOW } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

afterEach(() => {
  vi.useRealTimers();
});

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
const rootOf = (id: string) => `campaign:${shop.id}:${id}`;
const stub = (name: string) => env.CAMPAIGN.get(env.CAMPAIGN.idFromName(name));

function reserving(op: string): ReserveCall {
  return {
    op,
    by: 1,
    cost: { redemptions: 1, discountMinor: 0, ordersMinor: 0 },
    customer: null,
    atMs: NOW,
    calendar: CALENDAR,
    counts: ['campaign.redemptions.ever'],
    caps: null,
    coordinator: { kind: 'codes', object: `codes:${shop.id}:0:0`, op, fingerprint: 'f', place: 0 },
  };
}

async function crash(name: string): Promise<void> {
  await runInDurableObject(stub(name), async (_, state) => {
    await state.storage.sync();
    state.abort('crash');
  }).catch(() => {});
}

/** Reserves and posts under each name; which of them were granted. */
function buy(id: string, names: string[]): Promise<boolean[]> {
  const budget = budgetOf(env, shop.id, id);
  return Promise.all(
    names.map(async (op) => {
      const { granted } = await budget.reserve(reserving(op));
      return granted && budget.post(op, null);
    }),
  );
}

const notices = async (id: string) =>
  (await shop.admin('GET', '/admin/v1/notices?limit=200')).body.items
    .filter((one: { about: { campaign: string } }) => one.about.campaign === id)
    .map((one: { kind: string }) => one.kind);

const capped = (redemptions: number) => makeCampaign(shop.id, { caps: { ...FREE, redemptions } });

describe('a budget in shares', () => {
  it('INV-6 INV-2 is sold to the last unit by all of them, also where they die, and the merchant hears of it once', async () => {
    const { id } = await capped(120);
    const names = upTo(180).map((at) => `${id} ${at}`);
    const before = await buy(id, names.slice(0, 20));
    await campaignIn(env, shop.id, id).split({ caps: null });
    const first = await buy(id, names.slice(20, 70));
    for (const at of [0, 3, 5]) await crash(nameOfShare(rootOf(id), at));
    await crash(rootOf(id));
    const rest = await buy(id, names.slice(70));
    const won = [...before, ...first, ...rest];
    expect(won.filter((one) => one)).toHaveLength(120);
    expect((await campaignIn(env, shop.id, id).spent()).used.redemptions).toBe(120);
    expect(await buy(id, names)).toEqual(won);
    await eventually(async () => ((await notices(id)).includes('campaign.used_up') ? true : null), 8_000);
    expect((await notices(id)).filter((kind: string) => kind === 'campaign.used_up')).toHaveLength(1);
  });

  it('INV-6 is never passed where the merchant lowers it, and sells on where it is raised', async () => {
    const { id } = await capped(100);
    const object = campaignIn(env, shop.id, id);
    await object.split({ caps: null });
    const sold = await buy(
      id,
      upTo(40).map((at) => `${id} ${at}`),
    );
    expect(sold.filter((one) => one)).toHaveLength(40);
    await object.change({ caps: { ...FREE, redemptions: 45 } }, changing());
    const few = await buy(
      id,
      upTo(20).map((at) => `${id} few ${at}`),
    );
    expect(few.filter((one) => one)).toHaveLength(5);
    await object.change({ caps: { ...FREE, redemptions: 130 } }, changing());
    await object.split({ caps: null });
    const more = await buy(
      id,
      upTo(110).map((at) => `${id} more ${at}`),
    );
    expect(more.filter((one) => one)).toHaveLength(85);
  });

  it('INV-7 is one again once nobody asks, and what a share kept for a caller who died is there for others', async () => {
    const { id } = await capped(60);
    const object = campaignIn(env, shop.id, id);
    await object.split({ caps: null });
    const kept = upTo(20).map((at) => `${id} kept ${at}`);
    for (const op of kept) await budgetOf(env, shop.id, id).reserve(reserving(op));
    const shares = upTo(8).map((at) => nameOfShare(rootOf(id), at));
    const later = async (ms: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
      for (const name of [rootOf(id), ...shares]) await runDurableObjectAlarm(stub(name));
    };
    expect((await object.spent()).held.redemptions).toBe(20);
    // nobody's coordinator ever heard of them
    for (const _ of upTo(3)) await later(11_000);
    expect(await object.spent()).toMatchObject({ used: { redemptions: 0 }, held: { redemptions: 0 } });
    const open = await runInDurableObject(stub(rootOf(id)), (_, state) =>
      state.storage.sql
        .exec('SELECT body FROM share')
        .toArray()
        .filter(({ body }) => String(body).includes('"open":true')),
    );
    expect(open).toEqual([]);
    expect(
      (
        await buy(
          id,
          upTo(61).map((at) => `${id} ${at}`),
        )
      ).filter((one) => one),
    ).toHaveLength(60);
  });

  it('INV-13 makes no share and no row of one while it is cold', async () => {
    const { id } = await capped(300);
    await buy(
      id,
      upTo(20).map((at) => `${id} ${at}`),
    );
    const rows = await runInDurableObject(stub(rootOf(id)), (_, state) => {
      const count = (table: string) => state.storage.sql.exec(`SELECT count(*) AS rows FROM ${table}`).one().rows;
      return [count('share'), count('part')];
    });
    expect(rows).toEqual([0, 0]);
  });
});
