/** Stacks of what two customers hold, with a caller that dies at one call after another. */
import { beforeAll, describe, expect, it } from 'vitest';
import { rollBack } from '../../worker/publishing/roll-back.ts';
import type { World } from '../../worker/publishing/world.ts';
import { dyingEnv } from './crashing.ts';
import { makeShop, type TestShop } from './shop.ts';
import { ALL, type Given, given, NOTHING, redeem, settled, well, worldIn } from './two-holders.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

/** Runs `work` with a caller that dies after or before one call after another, until it lives. */
async function dying(
  when: 'before' | 'after',
  prepare: (things: Given) => Promise<(world: World) => Promise<unknown>>,
  check: (things: Given, work: (world: World) => Promise<unknown>, at: number) => Promise<void>,
): Promise<void> {
  for (let at = 0; ; at += 1) {
    const things = await given(shop);
    const work = await prepare(things);
    const objects = dyingEnv({ at, when });
    const { world, ended } = await worldIn(shop, objects.env);
    await work(world).catch(() => {});
    await ended();
    await check(things, work, at);
    if (!objects.died()) return;
  }
}

describe('INV-7 whoever dies at whatever call', () => {
  it.each(['before', 'after'] as const)(
    'a stack of two wallets and a code is redeemed as a whole or not at all, and by a retry once (%s it was heard)',
    async (when) => {
      const prepare = async (things: Given) => (world: World) => redeem(world, things);
      await dying(when, prepare, async (things, work, at) => {
        // half of them are asked again at once, half after everybody has looked after what is theirs
        if (at % 2 === 0) expect([NOTHING, ALL]).toContainEqual(await settled(things));
        for (const _ of [1, 2]) expect(await well(shop, work)).toMatchObject({ state: 'redeemed' });
        expect(await settled(things)).toEqual(ALL);
      });
    },
  );

  it('it goes back as a whole or not at all, and by a retry once', async () => {
    const prepare = async (things: Given) => {
      const done = await well(shop, (world) => redeem(world, things));
      if (done.state !== 'redeemed' || done.parent === null) throw new Error(JSON.stringify(done));
      const wanted = { redemption: done.parent, amountMinor: null, reason: null, customer: null, orderId: null };
      const named = { route: 'stack' as const, key: `back ${things.key}`, fingerprint: 'b' };
      return (world: World) => rollBack(world, { ...wanted, ...named });
    };
    await dying('after', prepare, async (things, work) => {
      expect([NOTHING, ALL]).toContainEqual(await settled(things));
      expect(await well(shop, work)).toMatchObject({ state: 'rolled_back', rollbacks: [{}, {}, {}] });
      expect(await settled(things)).toEqual(NOTHING);
    });
  });
});
