/** Vouchers over several objects: whoever dies at whatever call, all of it comes about once, or none; nothing stays held. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type PublishResult, publishCode } from '../../worker/publishing/publish.ts';
import { redeemOne } from '../../worker/publishing/redeem.ts';
import {
  asking,
  BEARER,
  dyingAfterEachCall,
  endLoose,
  left,
  OWN,
  one,
  openShop,
  publish,
  publishing,
  redeemsOnce,
  type Work,
  well,
} from './publishing-play.ts';

beforeAll(openShop);

describe('INV-7 whoever dies at whatever call', { timeout: 240_000 }, () => {
  const cases: [string, Work, object][] = [
    [
      'a voucher in a wallet, whose campaign has a budget',
      (world, about) => redeemOne(world, asking(about), one(about.held)),
      OWN,
    ],
    [
      'a code that nobody holds, whose campaign has a budget',
      (world, about) => redeemOne(world, asking(about), one(about.code)),
      BEARER,
    ],
  ];

  for (const [what, work, done] of cases) redeemsOnce(what, work, done);

  it('INV-2 a retry publishes a code of a campaign once, and without one the campaign brings it there', async () => {
    const nothing = async () => {};
    const calls = await dyingAfterEachCall(nothing, publish, async (about) => {
      await endLoose(about);
      const told = (await well((world) => publish(world, about))) as PublishResult;
      expect(told).toMatchObject({ state: 'published', publication: { customer: about.customer } });
      expect((await left(about.held))?.holder).toBe(about.customer);
      const again = (await well((world) => publish(world, { ...about, key: `${about.key} again` }))) as PublishResult;
      expect(idOf(again)).toEqual(idOf(told));
    });
    expect(calls).toBeGreaterThan(3);
  });

  it('INV-2 a retry publishes a code without a campaign once, and without one its object brings it there', async () => {
    const work: Work = (world, about) => publishCode(world, publishing(about), about.card);
    const calls = await dyingAfterEachCall(
      async () => {},
      work,
      async (about) => {
        await endLoose(about);
        expect(await well((world) => work(world, about))).toMatchObject({ state: 'published' });
        expect((await left(about.card))?.holder).toBe(about.customer);
      },
    );
    expect(calls).toBeGreaterThan(2);
  });
});

function idOf(told: PublishResult): unknown {
  return told.state === 'published' ? [told.publication.id, told.publication.vouchers.map(({ code }) => code)] : told;
}
