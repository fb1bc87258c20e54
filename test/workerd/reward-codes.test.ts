/** The code that is made and claimed before points are spent for it: where the spend is refused it leads to nothing, for everybody, for ever. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { claimCode } from '../../worker/customers/claim-code.ts';
import { CLAIMED_LENGTH } from '../../worker/domain/vouchers/code-maker.ts';
import { redeemOne } from '../../worker/publishing/redeem.ts';
import { redeemReward } from '../../worker/routing/redeem-reward.ts';
import { openTerms } from '../../worker/shops/cache.ts';
import { codeMakerOf } from '../../worker/shops/code-maker.ts';
import { makeShop, newUser, track } from './shop.ts';
import { cart } from './vouchers-given.ts';

const OFF = { id: 'off', name: '5.00 off', benefit: { kind: 'amount', amountMinor: 500 }, price: 500, prefix: 'OFF-' };

it('a code of a refused spend redeems for nobody, is nobody else’s, and the next spend gets another one that is good', async () => {
  const shop = await makeShop();
  await shop.admin('PUT', '/admin/v1/programme', { order: null, rewards: { rewards: [OFF] } });
  const [poor, other] = [newUser(), newUser()];
  await shop.batch(track(poor, 'Came'), track(other, 'Came'));
  const idOf = async (user: string) => (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
  const [customer, stranger] = [await idOf(poor), await idOf(other)];
  const terms = await openTerms(env, shop.id, 1);
  const spend = (key: string) => {
    const call = { customer, key, fingerprint: 'f', by: 'merchant' as const, waitMs: 0 };
    return redeemReward(env, terms, call, { reward: 'off', points: null, orderMinor: null });
  };
  const redeem = async (who: string, code: string) => {
    const about = { lockKey: null, channel: null, metadata: {}, caller: { apiKey: null, login: null } };
    const asking = { customer: who, cart: cart(2_000), ...about, key: crypto.randomUUID(), fingerprint: 'f' };
    const world = { env, shop: terms, clockMs: null, later: (work: Promise<unknown>) => void work, waitMs: 0 };
    const told = await redeemOne(world, asking, { code, creditsMinor: null });
    return told.state === 'refused' ? told.refused.key : told.state;
  };

  const refused = await spend('first');
  expect(refused.refusal).toMatchObject({ reason: 'insufficient_points' });
  const maker = codeMakerOf(env.ROOT_SECRET, shop.id);
  const occasion = JSON.stringify(['spend', customer, 'first', 0]);
  const code = maker.codeFor(occasion, { prefix: 'OFF-', length: CLAIMED_LENGTH });
  expect(await claimCode(env, shop.id, { code, customer: stranger, token: 'another' })).toBe(false);
  expect([await redeem(customer, code), await redeem(stranger, code)]).toEqual(['not_found', 'not_found']);

  await shop.admin('POST', `/admin/v1/customers/user:${poor}/points`, { points: 500, reason: 'x' });
  expect((await spend('first')).refusal).toEqual(refused.refusal);
  expect(await redeem(customer, code)).toBe('not_found');
  const good = await spend('second');
  expect([good.refusal, good.body?.code === code]).toEqual([null, false]);
  expect(await redeem(customer, good.body?.code ?? '')).toBe('redeemed');
});
