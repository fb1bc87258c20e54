/** The hard cases of using vouchers, by their numbers and over HTTP: limits, gift cards, rollbacks, dates and locks. */
import { beforeAll, describe, expect, it } from 'vitest';
import { newUser } from './shop.ts';
import { expectRefused, OK, told, VoucherShop } from './voucher-shop.ts';
import { newCode } from './vouchers-given.ts';

let shop: VoucherShop;
beforeAll(async () => {
  shop = await VoucherShop.live();
});

const NOON = '2031-03-05T12:00:00Z';
const codes = (...list: string[]) => list.map((id) => ({ object: 'voucher', id }));

describe('case 3: a request that is sent twice', () => {
  it('under one key redeems once and gets the first answer; with another body under it is 422', async () => {
    const [code, key] = [await shop.coupon(5), { 'Idempotency-Key': crypto.randomUUID() }];
    const [first, again] = [await shop.redeem(code, undefined, key), await shop.redeem(code, undefined, key)];
    expect([first.status, again.body]).toEqual([200, first.body]);
    expectRefused(await shop.redeem(code, { order: { amount: 1 } }, key), 'idempotency_mismatch', 422);
    expect((await shop.done('GET', `/v1/vouchers/${code}`)).redemption.redeemed_quantity).toBe(1);
  });
});

describe('a limit by the calendar', () => {
  const of = (name: string) => ({ '1': { name, conditions: { $less_than_or_equal: [1] } }, logic: '1' });
  const customer = { source_id: newUser() };
  const body = { order: { amount: 5_000 }, customer };

  it.each([
    ['any day', '2031-03-05T22:59:59.900Z', '2031-03-05T23:00:00.100Z'],
    ['the short day of spring', '2031-03-30T21:59:59.900Z', '2031-03-30T22:00:00.100Z'],
    ['the long day of autumn', '2031-10-26T22:59:59.900Z', '2031-10-26T23:00:00.100Z'],
  ])('case 4: of one a day for each customer lets two in around midnight of %s', async (_, before, after) => {
    const own = await VoucherShop.at(before);
    const rule = await own.rule(of('redemption.count.per_customer.daily'));
    const code = await own.coupon(null, { validation_rules: [rule] });
    expect(told(await own.redeem(code, body))).toEqual(OK);
    expectRefused(await own.redeem(code, body), 'redemption_rules_violated');
    await own.moveTo(after);
    expect(told(await own.redeem(code, body))).toEqual(OK);
    expectRefused(await own.redeem(code, body), 'redemption_rules_violated');
  });

  it.each([
    ['Monday', 'de', '2031-03-09T22:59:59Z', '2031-03-09T23:00:00Z'],
    ['Sunday', 'en-US', '2031-03-08T22:59:59Z', '2031-03-08T23:00:00Z'],
  ])('case 5: of one a week begins anew on %s where the locale is %s', async (_, locale, before, after) => {
    const own = await VoucherShop.at(before, { locale });
    const rule = await own.rule(of('redemption.count.weekly'));
    const code = await own.coupon(null, { validation_rules: [rule] });
    expect(told(await own.redeem(code))).toEqual(OK);
    expectRefused(await own.redeem(code), 'redemption_rules_violated');
    await own.moveTo(after);
    expect(told(await own.redeem(code))).toEqual(OK);
  });
});

describe('a gift card', () => {
  it('case 6: of 25.00 pays 18.00 once, and keeps its 7.00', async () => {
    const code = await shop.card(2_500);
    expect(told(await shop.spend(code, 1_800))).toEqual(OK);
    expectRefused(await shop.spend(code, 1_800), 'gift_amount_exceeded');
    expect(await shop.balance(code)).toBe(700);
  });

  it('case 7: without credits spends what is on it or what the order is, whichever is less', async () => {
    const code = await shop.card(2_500);
    expect((await shop.redeem(code, { order: { amount: 1_800 } })).body.amount).toBe(1_800);
    expect((await shop.redeem(code, { order: { amount: 1_800 } })).body.amount).toBe(700);
  });

  it('case 8: spends no more than the order is, whatever credits are named', async () => {
    const code = await shop.card(2_500);
    const { body } = await shop.redeem(code, { order: { amount: 1_800 }, gift: { credits: 2_000 } });
    expect([body.amount, body.order.total_amount, await shop.balance(code)]).toEqual([1_800, 0, 700]);
  });
});

describe('a rollback', () => {
  it('case 10: comes once, one after the other and 20 at once, and the money goes back once', async () => {
    const code = await shop.card(2_500);
    const { id } = (await shop.spend(code, 1_800)).body;
    const all = await Promise.all(Array.from({ length: 20 }, () => shop.rollBack(id)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    const keys = all.filter(({ status }) => status !== 200).map((answer) => told(answer).join());
    expect(keys.every((key) => ['400,already_rolled_back', '400,multiple_requests'].includes(key))).toBe(true);
    expectRefused(await shop.rollBack(id), 'already_rolled_back');
    expect(await shop.balance(code)).toBe(2_500);
  });

  it('case 11: at the same time as new redemptions leaves as many uses as stand, never less than none', async () => {
    const code = await shop.coupon(1);
    const { id } = (await shop.redeem(code)).body;
    const [back, ...others] = await Promise.all([shop.rollBack(id), ...[1, 2, 3].map(() => shop.redeem(code))]);
    const won = others.filter(({ status }) => status === 200);
    expect([back?.status, won.length <= 1]).toEqual([200, true]);
    for (const lost of others.filter(({ status }) => status !== 200)) expectRefused(lost, 'quantity_exceeded');
    const { redemption } = await shop.done('GET', `/v1/vouchers/${code}`);
    expect(redemption.redeemed_quantity).toBe(won.length);
    expect((await shop.redeem(code)).status).toBe(won.length === 0 ? 200 : 400);
  });

  it('case 12: of a child alone is refused, of a parent by the way of single ones too; as a stack all goes back', async () => {
    const [card, coupon] = [await shop.card(1_000), await shop.coupon(1)];
    const stack = { order: { amount: 5_000 }, redeemables: codes(coupon, card) };
    const { redemptions, parent_redemption: parent } = await shop.done('POST', '/v1/redemptions', stack);
    for (const { id } of redemptions)
      for (const way of ['rollback', 'rollbacks'] as const)
        expectRefused(await shop.rollBack(id, {}, way), 'invalid_redemption_parent');
    expectRefused(await shop.rollBack(parent.id), 'invalid_redemption');
    expect(await shop.balance(card)).toBe(0);
    const { body } = await shop.rollBack(parent.id, {}, 'rollbacks');
    expect([body.rollbacks.length, await shop.balance(card)]).toEqual([2, 1_000]);
    expectRefused(await shop.rollBack(parent.id, {}, 'rollbacks'), 'already_rolled_back');
  });

  it('case 14: is possible three months and a day later, and years later', async () => {
    const own = await VoucherShop.at(NOON);
    const code = await own.card(2_500);
    const [one, other] = [(await own.spend(code, 1_000)).body.id, (await own.spend(code, 500)).body.id];
    await own.moveTo('2031-06-06T12:00:00Z');
    expect(told(await own.rollBack(one))).toEqual(OK);
    await own.moveTo('2036-01-01T00:00:00Z');
    expect(told(await own.rollBack(other))).toEqual(OK);
    expect(await own.balance(code)).toBe(2_500);
  });

  it.each(['nobody holds', 'somebody holds'])(
    'case 15: in part gives 5.00 and 5.00 back of 18.00, and not 9.00 of the 8.00 that are left, of a card that %s',
    async (who) => {
      const code = await shop.card(2_500);
      if (who === 'somebody holds') await shop.publish({ voucher: code, customer: { source_id: newUser() } });
      const { id } = (await shop.spend(code, 1_800)).body;
      const part = (amount: number) => shop.rollBack(id, { amount });
      for (const _ of [1, 2]) expect((await part(500)).body).toMatchObject({ amount: -500, status: 'SUCCEEDED' });
      expectRefused(await part(900), 'invalid_amount');
      expect(await shop.balance(code)).toBe(1_700);
      expect((await shop.rollBack(id)).body.amount).toBe(-800);
      expectRefused(await part(1), 'already_rolled_back');
      expect(await shop.balance(code)).toBe(2_500);
    },
  );

  it('case 15: in part names the amount in the query as well, each time once per Idempotency-Key', async () => {
    const code = await shop.card(2_500);
    const { id } = (await shop.spend(code, 1_800)).body;
    const part = (query: string, body?: object, key: string = crypto.randomUUID()) =>
      shop.ask('POST', `/v1/redemptions/${id}/rollback?${query}`, body, { 'Idempotency-Key': key });
    const key = crypto.randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => part('amount=500&reason=torn', {}, key)));
    expect(answers.map(({ status, body }) => [status, body.amount, body.reason])).toEqual(
      answers.map(() => [200, -500, 'torn']),
    );
    expect(await shop.balance(code)).toBe(1_200);
    expectRefused(await part('amount=600', {}, key), 'idempotency_mismatch', 422);
    expect((await part('amount=500')).body.amount).toBe(-500);
    expectRefused(await part('amount=900'), 'invalid_amount');
    for (const query of ['amount=0', 'amount=-5', 'amount=1.5', 'amount=x', 'amount=1&amount=2', 'ammount=500'])
      expectRefused(await part(query, {}), 'invalid_query_params');
    expectRefused(await part('amount=100', { amount: 200 }), 'invalid_rollback_params');
    expect(await shop.balance(code)).toBe(1_700);
    expect((await part('amount=800', { amount: 800 })).body.amount).toBe(-800);
  });

  it('case 15: in part of a discount, or of a stack, is refused', async () => {
    const [coupon, card] = [await shop.coupon(), await shop.card(1_000)];
    const { id } = (await shop.redeem(coupon)).body;
    expectRefused(await shop.rollBack(id, { amount: 100 }), 'invalid_rollback_params');
    const stack = { order: { amount: 5_000 }, redeemables: codes(coupon, card) };
    const { parent_redemption: parent } = await shop.done('POST', '/v1/redemptions', stack);
    expectRefused(await shop.rollBack(parent.id, { amount: 100 }, 'rollbacks'), 'invalid_rollback_params');
  });
});

describe('when a voucher is good', () => {
  it('case 16: from the instant it starts to the one before it ends, and in its days and hours', async () => {
    const own = await VoucherShop.at('2031-03-05T11:59:59.999Z');
    const dated = await own.coupon(null, { start_date: NOON, expiration_date: '2031-03-06T12:00:00Z' });
    expectRefused(await own.redeem(dated), 'voucher_not_active');
    await own.moveTo(NOON);
    expect(told(await own.redeem(dated))).toEqual(OK);
    // a Wednesday, 13:00 by the shop's clock
    const daily = [{ start_time: '13:00', expiration_time: '14:00', days_of_week: [0, 1, 2, 3, 4, 5, 6] }];
    const hours = await own.coupon(null, { validity_hours: { daily } });
    const thursdays = await own.coupon(null, { validity_day_of_week: [4] });
    expect(told(await own.redeem(hours))).toEqual(OK);
    expectRefused(await own.redeem(thursdays), 'voucher_not_active_now');
    await own.moveTo('2031-03-05T13:00:00Z');
    expectRefused(await own.redeem(hours), 'voucher_not_active_now');
    await own.moveTo('2031-03-06T11:59:59.999Z');
    for (const code of [dated, thursdays]) expect(told(await own.redeem(code))).toEqual(OK);
    await own.moveTo('2031-03-06T12:00:00Z');
    expectRefused(await own.redeem(dated), 'voucher_expired');
  });

  it('case 17: seven days after it was published, be it on the last day of its campaign', async () => {
    const own = await VoucherShop.at('2031-03-05T22:00:00Z');
    const dates = { expiration_date: '2031-03-05T23:00:00Z', activity_duration_after_publishing: 'P7D' };
    const { name } = await own.campaign(dates);
    const { voucher } = (await own.publish({ campaign: { name }, customer: { source_id: newUser() } })).body;
    expect(voucher).toEqual(await own.done('GET', `/v1/vouchers/${voucher.code}`));
    expect(voucher.expiration_date).toBe('2031-03-12T22:00:00.000Z');
    await own.moveTo('2031-03-12T21:59:59Z');
    expect(told(await own.redeem(voucher.code))).toEqual(OK);
    await own.moveTo('2031-03-12T22:00:00Z');
    expectRefused(await own.redeem(voucher.code), 'voucher_expired');
  });

  it('case 18: for an hour every second day, at the same local hour when the clocks change', async () => {
    // 10:00 in Berlin, in winter time; on 30 March the clocks go forward
    const own = await VoucherShop.at('2031-03-28T09:00:00Z');
    const frame = { validity_timeframe: { interval: 'P2D', duration: 'PT1H' }, start_date: '2031-03-28T09:00:00Z' };
    const code = await own.coupon(null, frame);
    expect(told(await own.redeem(code))).toEqual(OK);
    const shut = ['2031-03-28T10:00:00Z', '2031-03-29T09:30:00Z', '2031-03-30T07:59:59Z'];
    for (const instant of shut) {
      await own.moveTo(instant);
      expectRefused(await own.redeem(code), 'voucher_not_active_now');
    }
    await own.moveTo('2031-03-30T08:00:00Z');
    expect(told(await own.redeem(code))).toEqual(OK);
    await own.moveTo('2031-03-30T09:00:00Z');
    expectRefused(await own.redeem(code), 'voucher_not_active_now');
  });
});

describe('a lock', () => {
  const session = (key: string) => ({ order: { amount: 5_000 }, session: { type: 'LOCK', key } });

  it('case 19: lets in whoever has its key and nobody else, and is gone with the redemption', async () => {
    const code = await shop.coupon(1);
    expect((await shop.lock(code, 'A')).body.valid).toBe(true);
    expectRefused(await shop.redeem(code), 'quantity_exceeded');
    expectRefused(await shop.redeem(code, session('B')), 'quantity_exceeded');
    expect(told(await shop.redeem(code, session('A')))).toEqual(OK);
    expectRefused(await shop.ask('DELETE', `/v1/vouchers/${code}/sessions/A`), 'not_found', 404);
  });

  it('case 20: by the same key overwrites what it kept, and adds nothing', async () => {
    const code = await shop.card(2_500);
    for (const credits of [2_000, 500])
      expect((await shop.lock(code, 'A', { gift: { credits } })).body.valid).toBe(true);
    expect(told(await shop.spend(code, 2_000))).toEqual(OK);
    expectRefused(await shop.spend(code, 1), 'gift_amount_exceeded');
    expect(told(await shop.spend(code, 500, { session: { type: 'LOCK', key: 'A' } }))).toEqual(OK);
  });

  it('case 21: that ran out keeps nothing: another redeems, and whoever had it is refused', async () => {
    const own = await VoucherShop.at(NOON);
    const code = await own.coupon(1);
    const second = { type: 'LOCK', key: 'A', ttl: 1, ttl_unit: 'SECONDS' };
    expect((await own.lock(code, 'A', { session: second })).body.valid).toBe(true);
    expectRefused(await own.redeem(code), 'quantity_exceeded');
    await own.moveTo('2031-03-05T12:00:01Z');
    expect(told(await own.redeem(code))).toEqual(OK);
    expectRefused(await own.redeem(code, session('A')), 'quantity_exceeded');
  });

  it('case 22: is released once; again, or of nobody, is not found', async () => {
    const code = await shop.coupon(1);
    await shop.lock(code, 'a/b c');
    const at = (key: string, of = code) => `/v1/vouchers/${of}/sessions/${encodeURIComponent(key)}`;
    expect((await shop.ask('DELETE', at('a/b c'))).status).toBe(204);
    for (const path of [at('a/b c'), at('never'), at('A', newCode())])
      expectRefused(await shop.ask('DELETE', path), 'not_found', 404);
    expect(told(await shop.redeem(code))).toEqual(OK);
  });

  it('case 23: of 10.00 on a card of 25.00 leaves others 15.00, and its holder sees what is kept', async () => {
    const [code, user] = [await shop.card(2_500), newUser()];
    await shop.publish({ voucher: code, customer: { source_id: user } });
    await shop.lock(code, 'A', { gift: { credits: 1_000 } });
    const other = (credits: number) => shop.lock(code, 'B', { gift: { credits }, customer: { source_id: user } });
    const refused = (await other(2_000)).body;
    expect([refused.valid, refused.error.key]).toEqual([false, 'gift_amount_exceeded']);
    const asked = { customer: { source_id: user }, order: { amount: 5_000 }, scenario: 'CUSTOMER_WALLET' };
    const { redeemables } = await shop.done('POST', '/v1/qualifications', asked);
    expect(redeemables.data[0].result.gift.locked_credits).toBe(1_000);
    expect((await other(1_500)).body.valid).toBe(true);
  });
});

describe('case 24: a campaign that is switched off', () => {
  it('redeems nothing and gives codes by API all the same, which are good once it is on again', async () => {
    const { id, name } = await shop.campaign({});
    await shop.done('POST', `/v1/campaigns/${id}/disable`);
    const { status, body } = await shop.publish({ campaign: { name }, customer: { source_id: newUser() } });
    expect(status).toBe(200);
    expectRefused(await shop.redeem(body.voucher.code), 'campaign_not_active');
    await shop.done('POST', `/v1/campaigns/${id}/enable`);
    expect(told(await shop.redeem(body.voucher.code))).toEqual(OK);
  });
});
