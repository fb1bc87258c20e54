/**
 * Two years of fifty customers, twice: by the product over HTTP on a test clock, and by a model that adds everything up by
 * hand. Every balance, lot, date, tier and notice is compared. A failure names its seed: `REGULARS_SEED=… npm test`.
 */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openShop } from './client.ts';
import { Cast, type Player, randomBy } from './programme-acts.ts';
import { Performance } from './programme-play.ts';
import { CALENDAR, documentOf, END_MS, ROLLING, type Rules, START_MS } from './programme-rules.ts';
import * as product from './programme-shop.ts';

const DAY = 86_400_000;
const CUSTOMERS = 50;
const SEED = Number(process.env.REGULARS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Everything that happens by time alone up to an instant; what two customers do together at its own. */
function runTo(players: Player[], toMs: number): void {
  for (;;) {
    const dues = players.flatMap(({ referral }) => (referral?.dueMs == null ? [] : [{ referral, at: referral.dueMs }]));
    const next = dues.sort((a, b) => a.at - b.at)[0];
    const untilMs = Math.min(toMs, next?.at ?? toMs);
    for (const { life } of players) life.runTo(untilMs);
    if (next === undefined || next.at > toMs) return;
    next.referral.due(next.at);
  }
}

async function play(rules: Rules, seed: number) {
  const random = randomBy(seed);
  const shop = await openShop({ mode: 'test' });
  await product.advance(shop, START_MS);
  const saved = await shop.admin('PUT', '/admin/v1/programme', documentOf(rules));
  expect([saved.status, saved.body.errors]).toEqual([200, undefined]);
  const cast = new Cast(rules, randomUUID().slice(0, 8), { size: CUSTOMERS, random });
  const { players } = cast;
  const stage = new Performance(shop, randomBy(seed + 1));
  for (let at = START_MS; at < END_MS; ) {
    at += Math.floor((2 + random() * 7) * DAY);
    runTo(players, at);
    await product.advance(shop, at);
    await stage.moment(at, cast.moment(at));
  }
  return { shop, players };
}

test.each([
  ['rolling tiers by points, points that run out lot by lot', ROLLING],
  ['calendar tiers by money, a balance that runs out as a whole', CALENDAR],
])(
  'INV-3, INV-4: two years of fifty customers are what a model reckons: %s',
  async (_, rules) => {
    const seed = SEED;
    const from = performance.now();
    const { shop, players } = await play(rules, seed);
    const lots = await product.lotsOf(shop);
    for (const { person, life } of players) {
      const told = await product.toldTo(shop, person);
      const { body } = await shop.admin('GET', `/admin/v1/customers/user:${person.user}`);
      const tier = (await shop.admin('GET', `/admin/v1/customers/user:${person.user}/tier`)).body.tier?.id ?? null;
      const is = {
        told: told.sort(),
        balance: body.points.balance,
        tier,
        lots: product.together(lots.get(person.user) ?? []),
      };
      expect({ seed, ...is }).toEqual({
        seed,
        told: life.told.sort(),
        balance: life.purse.balance,
        tier: life.tiers.id,
        lots: product.together(life.lots),
      });
    }
    console.log(`seed ${seed}: ${players.length} customers in ${Math.round(performance.now() - from)} ms`);
  },
  300_000,
);
