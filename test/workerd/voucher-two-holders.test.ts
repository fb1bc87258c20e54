/** Stacks of what several customers hold: all of it is redeemed or none, whoever dies, and it goes back as a whole. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dyingEnv } from './crashing.ts';
import { newUser, track } from './shop.ts';
import { ALL, given, NOTHING, redeem, settled, standing, well, worldIn } from './two-holders.ts';
import { expectRefused, VoucherShop } from './voucher-shop.ts';

let shop: VoucherShop;
beforeAll(async () => {
  shop = await VoucherShop.live();
});

const redeemables = (...ids: string[]) => ids.map((id) => ({ object: 'voucher', id }));
const asked = (...ids: string[]) => ({
  redeemables: redeemables(...ids),
  customer: { source_id: 'buyer' },
  order: { amount: 5_000 },
});

async function heldBySomebody(code: string): Promise<string> {
  const user = newUser();
  await shop.shop.batch(track(user, 'X'));
  await shop.done('POST', '/v1/publications', { voucher: code, customer: { source_id: user } });
  return code;
}

const coupon = async (quantity: number | null = null) => heldBySomebody(await shop.coupon(quantity));
const card = async (amount: number) => heldBySomebody(await shop.card(amount));
const uses = async (code: string) => (await shop.done('GET', `/v1/vouchers/${code}`)).redemption.redeemed_quantity;

describe('vouchers that two customers hold and anybody may use', () => {
  it('are validated and redeemed together, told again to a retry, and go back together once', async () => {
    const [off, gift, bearer] = [await coupon(), await card(10_000), await shop.coupon()];
    const body = asked(off, gift, bearer);
    expect(await shop.done('POST', '/v1/validations', asked(off, gift))).toMatchObject({
      valid: true,
      order: { total_discount_amount: 5_000, total_amount: 0 },
    });
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const short = { ...body, redeemables: redeemables(bearer, off, gift) };
    const first = await shop.done('POST', '/v1/redemptions', short, key);
    expect(first.redemptions.map((one: { voucher: { code: string } }) => one.voucher.code)).toEqual([
      bearer,
      off,
      gift,
    ]);
    expect(first.order).toMatchObject({ total_discount_amount: 5_000, total_amount: 0 });
    const again = await shop.done('POST', '/v1/redemptions', short, key);
    const named = ({ redemptions, order }: { redemptions: { id: string }[]; order: object }) => [
      redemptions.map(({ id }) => id),
      order,
    ];
    expect(named(again)).toEqual(named(first));
    expect([await uses(off), await uses(bearer), await shop.balance(gift)]).toEqual([1, 1, 6_000]);
    const parent = first.parent_redemption.id;
    const backs = await Promise.all([1, 2, 3].map(() => shop.rollBack(parent, {}, 'rollbacks')));
    expect(backs.filter(({ status }) => status === 200).map(({ body: told }) => told.rollbacks.length)).toEqual([3]);
    for (const lost of backs.filter(({ status }) => status !== 200))
      expect(['already_rolled_back', 'multiple_requests']).toContain(lost.body.key);
    expect([await uses(off), await uses(bearer), await shop.balance(gift)]).toEqual([0, 0, 10_000]);
  });

  it('are never used beyond their limit or balance by many stacks at once, in whatever order these name them', async () => {
    const [off, gift] = [await coupon(3), await card(10_000)];
    const orders = [asked(off, gift), asked(gift, off)].map((body) => ({ ...body, order: { amount: 1_000 } }));
    const spend = (at: number) => ({
      ...orders[at % 2],
      redeemables: (orders[at % 2]?.redeemables ?? []).map((one) =>
        one.id === gift ? { ...one, gift: { credits: 100 } } : one,
      ),
    });
    const all = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => shop.ask('POST', '/v1/redemptions', spend(at))));
    const done = all.filter(({ status }) => status === 200).length;
    for (const { status, body } of all)
      if (status !== 200) expect(['quantity_exceeded', 'multiple_requests']).toContain(body.key);
    expect(done).toBeGreaterThan(0);
    expect([await uses(off), await shop.balance(gift)]).toEqual([done, 10_000 - done * 100]);
    const rest = 3 - done;
    for (let left = rest; left > 0; left -= 1) await shop.done('POST', '/v1/redemptions', spend(0));
    expectRefused(await shop.ask('POST', '/v1/redemptions', spend(0)), 'quantity_exceeded');
  });
});

describe('INV-7 whoever dies after a call', () => {
  it.each([9, 14])('number %i of a stack of two wallets and a code has it redeemed once, or not at all', async (at) => {
    const things = await given(shop.shop);
    const { world, ended } = await worldIn(shop.shop, dyingEnv({ at, when: 'after' }).env);
    await redeem(world, things).catch(() => {});
    await ended();
    expect([NOTHING, ALL]).toContainEqual(await settled(things));
    for (const _ of [1, 2])
      expect(await well(shop.shop, (again) => redeem(again, things))).toMatchObject({ state: 'redeemed' });
    expect(await settled(things)).toEqual(ALL);
  });
});

it('what is for its holder alone keeps a stack of others from being redeemed, and none of it is used', async () => {
  const things = await given(shop.shop, true);
  const refused = await well(shop.shop, (world) => redeem(world, things));
  expect(refused).toMatchObject({ state: 'refused', refused: { key: 'missing_customer' } });
  expectRefused(
    await shop.ask('POST', '/v1/redemptions', asked(things.coupon, things.card)),
    'customer_rules_violated',
  );
  expect(await standing(things)).toEqual(NOTHING);
});

it('in partial mode what applies of several wallets is redeemed, and the rest is listed', async () => {
  const { body } = await shop.shop.admin('GET', '/admin/v1/stacking');
  const mode = (to: string) => shop.shop.admin('PUT', '/admin/v1/stacking', { ...body, mode: to });
  expect((await mode('partial')).status).toBe(200);
  const things = await given(shop.shop, true);
  const free = await coupon();
  const told = await shop.done('POST', '/v1/redemptions', asked(things.coupon, things.card, free));
  expect(told.redemptions.map((each: { voucher: { code: string } }) => each.voucher.code)).toEqual([
    things.coupon,
    free,
  ]);
  expect(told.inapplicable_redeemables).toMatchObject([{ id: things.card, status: 'INAPPLICABLE' }]);
  expect([await uses(free), await standing(things)]).toEqual([1, { ...ALL, balance: 5_000, bearer: 0 }]);
  await mode('all');
});
