/** Stacks over several objects: whoever dies at whatever call, all of it comes about once, or none; nothing stays held. */
import { beforeAll, describe, expect, it } from 'vitest';
import { rollBack } from '../../worker/publishing/roll-back.ts';
import type { RedeemResult } from '../../worker/publishing/world.ts';
import {
  ALL,
  dyingAfterEachCall,
  endLoose,
  type Given,
  giveHeld,
  NOTHING,
  openShop,
  redeemAll,
  redeemsOnce,
  standing,
  type Work,
  well,
} from './publishing-play.ts';

beforeAll(openShop);

describe('INV-7 whoever dies at whatever call', { timeout: 600_000 }, () => {
  redeemsOnce('a stack of a code, a held voucher and a gift card', redeemAll, ALL);

  it('INV-2 a retry takes a stack back once, and without one all of it is taken back or none', async () => {
    const redeemed = new Map<string, string>();
    const prepare = async (about: Given) => {
      await giveHeld(about);
      const done = (await well((world) => redeemAll(world, about))) as RedeemResult;
      if (done.state !== 'redeemed' || done.parent === null) throw new Error(JSON.stringify(done));
      redeemed.set(about.key, done.parent);
    };
    const back: Work = (world, { key }) => {
      const wanted = { amountMinor: null, reason: null, customer: null, orderId: null, route: 'stack' as const };
      return rollBack(world, { redemption: redeemed.get(key) ?? '', ...wanted, key: `back ${key}`, fingerprint: 'b' });
    };
    const calls = await dyingAfterEachCall(prepare, back, async (about) => {
      await endLoose(about);
      expect([NOTHING, ALL]).toContainEqual(await standing(about));
      expect(await well((world) => back(world, about))).toMatchObject({ state: 'rolled_back' });
      await endLoose(about);
      expect(await standing(about)).toEqual(NOTHING);
    });
    expect(calls).toBeGreaterThan(4);
  });
});
