/** The Codes object: what happens to codes that nobody holds, exact whatever runs at once. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { campaignIn, forgetCampaign } from '../../worker/campaign/cache.ts';
import type { RedeemAnswer } from '../../worker/codes/calls.ts';
import type { Codes } from '../../worker/codes/codes.ts';
import { codesAt } from '../../worker/codes/stubs.ts';
import { makeShop, type TestShop } from './shop.ts';
import {
  AT,
  changing,
  codesOf,
  giftOf,
  makeCampaign,
  maker,
  makeVoucher,
  NOW,
  newCode,
  objectOf,
  redeeming,
  rollingBack,
} from './vouchers-given.ts';

const DAY = 86_400_000;
let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

const times = <T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => make(at)));

function verdicts(answers: RedeemAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const said = answer.verdict === 'refused' ? answer.refused.key : answer.verdict;
    counts[said] = (counts[said] ?? 0) + 1;
  }
  return counts;
}

async function standing(code: string) {
  const [found] = await codesOf(shop.id, code).find({ codes: [code], customer: null, ...AT });
  if (found?.owner !== 'here') throw new Error(`not here: ${found?.owner}`);
  return found.voucher;
}

/** A voucher whose code another object keeps. */
async function elsewhere(code: string) {
  for (;;) {
    const made = await makeVoucher(shop.id);
    if (objectOf(shop.id, made.code) !== objectOf(shop.id, code)) return made;
  }
}

async function balance(code: string): Promise<number> {
  const { benefit } = await standing(code);
  return benefit.kind === 'gift' ? benefit.gift.balanceMinor : -1;
}

function done(answer: RedeemAnswer) {
  if (answer.verdict !== 'redeemed' && answer.verdict !== 'held') throw new Error(JSON.stringify(answer));
  const [redemption] = answer.redemptions;
  if (redemption === undefined) throw new Error('no redemption');
  return redemption;
}

describe('a code', () => {
  it('INV-5: 1: is redeemed by one of fifty at once, and its counter is 1', async () => {
    const { code } = await makeVoucher(shop.id);
    const answers = await times(50, (at) =>
      codesOf(shop.id, code).redeem(redeeming(code, { customer: { id: `a-${at}`, facts: null } })),
    );
    expect(verdicts(answers)).toEqual({ redeemed: 1, quantity_exceeded: 49 });
    expect((await standing(code)).redeemed).toBe(1);
  });

  it('INV-5: 2: of quantity 3 is redeemed by exactly 3 of 5 at once', async () => {
    const { code } = await makeVoucher(shop.id, { limit: 3 });
    const answers = await times(5, () => codesOf(shop.id, code).redeem(redeeming(code)));
    expect(verdicts(answers)).toEqual({ redeemed: 3, quantity_exceeded: 2 });
  });

  it('INV-5: is redeemed by one customer as often as one may, whatever runs at once', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, limitPerCustomer: 2 });
    const answers = await times(20, (at) =>
      codesOf(shop.id, code).redeem(redeeming(code, { customer: { id: `a-${at % 2}`, facts: null } })),
    );
    expect(verdicts(answers)).toEqual({ redeemed: 4, quantity_exceeded: 16 });
  });

  it('INV-2: 3: is redeemed once under one key, with the same answer, and another request under it is told', async () => {
    const { code } = await makeVoucher(shop.id, { limit: 5 });
    const call = redeeming(code);
    const first = await codesOf(shop.id, code).redeem(call);
    const again = await codesOf(shop.id, code).redeem(call);
    expect(again).toEqual({ ...first, duplicate: true });
    expect(await codesOf(shop.id, code).redeem({ ...call, fingerprint: 'other' })).toEqual({ verdict: 'mismatch' });
    expect((await standing(code)).redeemed).toBe(1);
  });

  it('INV-2: keeps a refusal under its key, with the attempt', async () => {
    const { code } = await makeVoucher(shop.id, { active: false });
    const call = redeeming(code);
    const first = await codesOf(shop.id, code).redeem(call);
    expect(first).toMatchObject({
      refused: { key: 'voucher_disabled' },
      failed: { failure: { key: 'voucher_disabled' } },
    });
    const key = maker(shop.id).nameFor('on');
    await codesOf(shop.id, code).change({ key, fingerprint: 'f', code, change: { active: true }, ...AT });
    expect(await codesOf(shop.id, code).redeem(call)).toMatchObject({ verdict: 'refused', duplicate: true });
    expect(done(await codesOf(shop.id, code).redeem(redeeming(code))).failure).toBeNull();
  });

  it('case 35: is the same however it is cased and spaced', async () => {
    const { code } = await makeVoucher(shop.id, {}, 'SUMMER20');
    expect(done(await codesOf(shop.id, ' summer 20 ').redeem(redeeming(' summer 20 '))).code).toBe(code);
  });

  it('case 4: is counted by the calendar of the shop, a second before and after midnight', async () => {
    const rule = { kind: 'redemptions', of: 'voucher', by: 'customer', per: 'day', test: { op: 'at_most', value: 1 } };
    const { offersOf, forgetOffers } = await import('../../worker/offers/cache.ts');
    const about = { id: 'val_daily', name: 'daily', message: null, applicable: null, source: null };
    await offersOf(env, shop.id).putRule({ ...about, when: rule as never });
    forgetOffers(shop.id);
    const { code } = await makeVoucher(shop.id, { limit: null, rules: ['val_daily'] });
    const midnight = Date.UTC(2026, 9, 24, 22);
    const at = (clockMs: number) =>
      codesOf(shop.id, code).redeem(redeeming(code, { clockMs, customer: { id: 'a-1', facts: null } }));
    const told = [
      await at(midnight - 100),
      await at(midnight - 50),
      await at(midnight + 100),
      await at(midnight + 24 * 3_600_000),
    ];
    // the day the clocks go back has 25 hours
    expect(told.map(({ verdict }) => verdict)).toEqual(['redeemed', 'refused', 'redeemed', 'refused']);
    expect((await at(midnight + 25 * 3_600_000)).verdict).toBe('redeemed');
  });

  it('writes 3 rows to be redeemed, and 4 by a customer', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null });
    const object = env.CODES.get(env.CODES.idFromName(objectOf(shop.id, code)));
    const cost = (customer: string | null) =>
      runInDurableObject(object, async (instance: Codes) => {
        await expect.poll(() => instance.isQuiet).toBe(true);
        const before = instance.rowsWritten;
        await instance.redeem(redeeming(code, { customer: customer === null ? null : { id: customer, facts: null } }));
        return instance.rowsWritten - before;
      });
    expect([await cost(null), await cost('a-1'), await cost('a-1')]).toEqual([3, 4, 4]);
  });

  it('tells where it leads, and reading it creates nothing', async () => {
    const held = newCode();
    const holder = { owner: 'customer' as const, customer: 'a-7' };
    const claim = { code: held, token: 'v', campaign: null, holder, voucher: null };
    expect(await codesOf(shop.id, held).claim([claim], AT)).toEqual(['claimed']);
    const [found] = await codesOf(shop.id, held).find({ codes: [held], customer: null, ...AT });
    expect(found).toEqual({ owner: 'customer', customer: 'a-7', voucher: maker(shop.id).idOf(held) });
    const other = `codes:${shop.id}:0:nobody`;
    const nobody = env.CODES.get(env.CODES.idFromName(other));
    expect(await codesAt(env, other).find({ codes: [held], customer: null, ...AT })).toEqual([{ owner: 'none' }]);
    const tables = (_: Codes, { storage }: DurableObjectState) =>
      storage.sql.exec('SELECT name FROM sqlite_master').toArray();
    expect(await runInDurableObject(nobody, tables)).toEqual([]);
  });

  it('is claimed once: again under the same token, and taken for anybody else', async () => {
    const code = newCode();
    const claim = { code, token: 'first', campaign: null, holder: null, voucher: null };
    const other = { ...claim, token: 'second' };
    expect(await codesOf(shop.id, code).claim([claim, other], AT)).toEqual(['claimed', 'taken']);
    expect(await codesOf(shop.id, code).claim([claim, other], AT)).toEqual(['again', 'taken']);
  });
});

describe('a gift card', () => {
  it('case 6: refuses what it does not hold, and stays as it is', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(2_500) });
    const spend = () => codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 1_800 }));
    expect(verdicts([await spend(), await spend()])).toEqual({ redeemed: 1, gift_amount_exceeded: 1 });
    expect(await balance(code)).toBe(700);
  });

  it('INV-5: 9: of 7.00 pays exactly 7 of 20 times 1.00 at once', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(700) });
    const answers = await times(20, () => codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 100 })));
    expect(verdicts(answers)).toEqual({ redeemed: 7, gift_amount_exceeded: 13 });
    const moves = (await codesOf(shop.id, code).history(code, null, 100)).flatMap(({ body }) =>
      body.kind === 'redeemed' ? [body.move?.amountMinor ?? 0] : [],
    );
    expect([moves.length, moves.reduce((sum, one) => sum + one, 700), await balance(code)]).toEqual([7, 0, 0]);
  });

  it('case 15: gives part of a payment back, and part again, but never more than it paid', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(2_500) });
    const { id } = done(await codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 1_800 })));
    const back = (amountMinor: number) => codesOf(shop.id, code).rollBack(rollingBack(id, { amountMinor }));
    const told = [await back(500), await back(500), await back(900), await back(800)];
    expect(told.map((one) => (one.verdict === 'refused' ? one.refused.key : one.verdict))).toEqual([
      'rolled_back',
      'rolled_back',
      'invalid_amount',
      'rolled_back',
    ]);
    expect([await balance(code), (await standing(code)).redeemed]).toEqual([2_500, 0]);
  });

  it('is topped up by hand once under one key, and its history tells of everything, the newest first', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(1_000) });
    const credit = { id: 'vtx_1', amountMinor: 500, reason: 'sorry', source: null };
    const call = { key: maker(shop.id).nameFor(code), fingerprint: 'f', code, credit, ...AT };
    const [first, again] = [await codesOf(shop.id, code).credit(call), await codesOf(shop.id, code).credit(call)];
    expect(again).toEqual({ ...first, duplicate: true });
    await codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 300 }));
    const page = await codesOf(shop.id, code).history(code, null, 2);
    const rest = await codesOf(shop.id, code).history(code, page.at(-1)?.seq ?? 0, 2);
    expect([...page, ...rest].map(({ body }) => body.kind)).toEqual(['redeemed', 'credited', 'made']);
    expect(await balance(code)).toBe(1_200);
  });
});

describe('a rollback', () => {
  it('INV-5: 10: comes about once of 20 at once, and later is told so', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(2_500) });
    const { id } = done(await codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 1_800 })));
    const answers = await times(20, () => codesOf(shop.id, code).rollBack(rollingBack(id)));
    const told = answers.map((one) => (one.verdict === 'refused' ? one.refused.key : one.verdict)).sort();
    expect(told).toEqual([...Array(19).fill('already_rolled_back'), 'rolled_back']);
    expect(await balance(code)).toBe(2_500);
  });

  it('INV-5: 11: beside redeems of the freed use loses none and makes none', async () => {
    const { code } = await makeVoucher(shop.id);
    const { id } = done(await codesOf(shop.id, code).redeem(redeeming(code)));
    const [back, ...redeems] = await Promise.all([
      codesOf(shop.id, code).rollBack(rollingBack(id)),
      ...Array.from({ length: 10 }, () => codesOf(shop.id, code).redeem(redeeming(code))),
    ]);
    expect(back.verdict).toBe('rolled_back');
    const made = redeems.filter(({ verdict }) => verdict === 'redeemed').length;
    expect([made <= 1, (await standing(code)).redeemed]).toEqual([true, made]);
  });

  it('case 13: is possible after the voucher has ended, was switched off and was taken away, which stays unusable', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(2_500), endsAtMs: NOW + DAY });
    const { id } = done(await codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor: 1_800 })));
    const key = maker(shop.id).nameFor(`off ${code}`);
    expect(await codesOf(shop.id, code).remove({ key, fingerprint: 'f', code, ...AT })).toMatchObject({
      verdict: 'changed',
    });
    const back = await codesOf(shop.id, code).rollBack(rollingBack(id, { clockMs: NOW + 400 * DAY }));
    expect(back).toMatchObject({
      verdict: 'rolled_back',
      backs: [{ move: { amountMinor: 1_800, balanceMinor: 2_500 } }],
    });
    expect(await codesOf(shop.id, code).redeem(redeeming(code))).toMatchObject({
      verdict: 'elsewhere',
      found: { owner: 'gone' },
    });
  });
});

describe('a lock', () => {
  // an object's clock never runs backwards, and a test above was a year ahead
  beforeAll(async () => {
    shop = await makeShop();
  });
  const lock = (code: string, lockKey: string, more: object = {}, use: object = {}) =>
    codesOf(shop.id, code).lock({
      ...redeeming(code),
      lockKey,
      ttlMs: 60_000,
      use: { ...redeeming(code).uses[0], code, ...use } as never,
      ...more,
    });

  it('case 19: keeps the one use for whoever has its key, and is gone with the redemption', async () => {
    const { code } = await makeVoucher(shop.id);
    expect(await lock(code, 'A')).toMatchObject({ verdict: 'locked' });
    const redeem = (lockKey: string | null) => codesOf(shop.id, code).redeem(redeeming(code, { lockKey }));
    expect(verdicts([await redeem(null), await redeem('B')])).toEqual({ quantity_exceeded: 2 });
    expect((await redeem('A')).verdict).toBe('redeemed');
    expect((await standing(code)).locks).toEqual([]);
  });

  it('cases 20, 23: with the same key again overwrites, and leaves others what it does not keep', async () => {
    const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(2_500) });
    await lock(code, 'A', {}, { creditsMinor: 500 });
    await lock(code, 'A', {}, { creditsMinor: 1_000 });
    expect((await standing(code)).locks.map(({ creditsMinor }) => creditsMinor)).toEqual([1_000]);
    const spend = (creditsMinor: number) => codesOf(shop.id, code).redeem(redeeming(code, {}, { creditsMinor }));
    expect(verdicts([await spend(2_000), await spend(1_500)])).toEqual({ gift_amount_exceeded: 1, redeemed: 1 });
  });

  it('case 21: runs out by itself: another redeems, and whoever had it is refused', async () => {
    const { code } = await makeVoucher(shop.id);
    await lock(code, 'A', { ttlMs: 1_000 });
    const redeem = (lockKey: string | null, clockMs: number) =>
      codesOf(shop.id, code).redeem(redeeming(code, { lockKey, clockMs }));
    expect(verdicts([await redeem('B', NOW + 999), await redeem('B', NOW + 1_000)])).toEqual({
      quantity_exceeded: 1,
      redeemed: 1,
    });
    expect(verdicts([await redeem('A', NOW + 1_001)])).toEqual({ quantity_exceeded: 1 });
  });

  it('case 22: is released once; then there is none', async () => {
    const { code } = await makeVoucher(shop.id);
    await lock(code, 'A');
    const release = (key: string) => codesOf(shop.id, code).release(code, key, AT);
    expect([await release('A'), await release('A'), await release('nobody')]).toMatchObject([
      { verdict: 'released' },
      { refused: { key: 'not_found' } },
      { refused: { key: 'not_found' } },
    ]);
  });
});

describe('a use that waits for others', () => {
  const coordinatorOf = (code: string, op: string) =>
    ({ kind: 'codes', object: objectOf(shop.id, code), op, fingerprint: 'f', place: -1 }) as const;

  it('counts, shows nothing before it is posted, and then is a redemption like any other', async () => {
    const [{ code }, { code: other }] = [await makeVoucher(shop.id), await makeVoucher(shop.id)];
    const key = maker(shop.id).nameFor(code);
    const call = redeeming(code, { key, coordinator: coordinatorOf(other, key) });
    const held = await codesOf(shop.id, code).redeem(call);
    expect(held.verdict).toBe('held');
    expect(verdicts([await codesOf(shop.id, code).redeem(redeeming(code))])).toEqual({ quantity_exceeded: 1 });
    expect(await codesOf(shop.id, code).post(key, AT)).toBe(true);
    expect(await codesOf(shop.id, code).post(key, AT)).toBe(true);
    expect(await codesOf(shop.id, code).rollBack(rollingBack(done(held).id))).toMatchObject({ verdict: 'rolled_back' });
  });

  it('leaves the voucher as it was where it is voided: its use, its money, the lock and the dates of its campaign', async () => {
    const made = await makeCampaign(shop.id, {
      benefit: 'gift',
      discount: null,
      giftMinor: 2_500,
      limitPerCode: null,
      endsAtMs: NOW + DAY,
    });
    const code = newCode();
    const claim = { code, token: 't', campaign: made.id, holder: null, voucher: null };
    await codesOf(shop.id, code).claim([claim], AT);
    await codesOf(shop.id, code).lock({
      ...redeeming(code),
      lockKey: 'A',
      ttlMs: 60_000,
      use: { ...redeeming(code).uses[0], code, creditsMinor: 300 } as never,
    });
    const before = await standing(code);
    const key = maker(shop.id).nameFor(code);
    const call = redeeming(
      code,
      { key, lockKey: 'A', coordinator: coordinatorOf(code, 'x'), customer: { id: 'a-1', facts: null } },
      { creditsMinor: 300 },
    );
    expect((await codesOf(shop.id, code).redeem(call)).verdict).toBe('held');
    await codesOf(shop.id, code).void(key, 'f', AT);
    expect(await standing(code)).toEqual(before);
    expect(verdicts([await codesOf(shop.id, code).redeem(call)])).toEqual({ multiple_requests: 1 });
  });

  it('INV-7: ends by itself where its caller died: as its coordinator says, and voided where that one never heard', async () => {
    const coordinator = await makeVoucher(shop.id);
    const [one, two] = [await elsewhere(coordinator.code), await elsewhere(coordinator.code)];
    const held = async (code: string, op: string) => {
      const key = maker(shop.id).nameFor(op);
      await codesOf(shop.id, code).redeem(redeeming(code, { key, coordinator: coordinatorOf(coordinator.code, key) }));
      return key;
    };
    const posted = await held(one.code, `posted ${one.code}`);
    await held(two.code, `never ${two.code}`);
    expect(
      (await codesOf(shop.id, coordinator.code).redeem(redeeming(coordinator.code, { key: posted }))).verdict,
    ).toBe('redeemed');
    for (const { code } of [one, two]) {
      const object = env.CODES.get(env.CODES.idFromName(objectOf(shop.id, code)));
      await runInDurableObject(object, (_, { storage }) => storage.sql.exec('UPDATE hold SET at_ms = 1'));
      await runDurableObjectAlarm(object);
    }
    expect([(await standing(one.code)).redeemed, (await standing(two.code)).redeemed]).toEqual([1, 0]);
    expect(await codesOf(shop.id, one.code).known({ key: posted, fingerprint: 'f' })).toMatchObject({
      verdict: 'redeemed',
    });
  });

  it('INV-7: of a coordinator that was asked too early can never come about', async () => {
    const { code } = await makeVoucher(shop.id);
    const call = redeeming(code);
    expect(await codesOf(shop.id, code).outcome(call.key, 'f', 0)).toEqual({ state: 'voided' });
    expect(verdicts([await codesOf(shop.id, code).redeem(call)])).toEqual({ multiple_requests: 1 });
  });
});

describe('a code of a campaign', () => {
  it('case 24: is not redeemed while its campaign is switched off, and follows its rules and dates until it is used', async () => {
    const made = await makeCampaign(shop.id, { limitPerCode: null, endsAtMs: NOW + DAY });
    const code = newCode();
    await codesOf(shop.id, code).claim([{ code, token: 't', campaign: made.id, holder: null, voucher: null }], AT);
    const change = async (what: object) => {
      await campaignIn(env, shop.id, made.id).change(what, changing());
      forgetCampaign(shop.id, made.id);
    };
    const redeem = (clockMs: number) => codesOf(shop.id, code).redeem(redeeming(code, { clockMs }));
    await change({ active: false });
    expect(verdicts([await redeem(NOW)])).toEqual({ campaign_not_active: 1 });
    await change({ active: true, endsAtMs: NOW + 2 * DAY });
    expect(verdicts([await redeem(NOW + DAY)])).toEqual({ redeemed: 1 });
    await change({ endsAtMs: NOW });
    expect(verdicts([await redeem(NOW + DAY), await redeem(NOW + 2 * DAY)])).toEqual({
      redeemed: 1,
      voucher_expired: 1,
    });
  });
});

describe('INV-5: any sequence of redeems, holds and rollbacks at once', () => {
  it('never passes the limit or the balance, and the counter is what stands', async () => {
    const step = fc.record({
      kind: fc.constantFrom('redeem', 'hold', 'back', 'post', 'void'),
      credits: fc.integer({ min: 1, max: 900 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { code } = await makeVoucher(shop.id, { limit: 4, benefit: giftOf(2_000) });
        const codes = codesOf(shop.id, code);
        const ids: string[] = [];
        const holds: string[] = [];
        await Promise.all(
          steps.map(async ({ kind, credits }, at) => {
            const key = maker(shop.id).nameFor(`${code} ${at}`);
            const coordinator = {
              kind: 'codes' as const,
              object: objectOf(shop.id, code),
              op: `other ${key}`,
              fingerprint: 'f',
              place: -1,
            };
            if (kind === 'redeem' || kind === 'hold') {
              const answer = await codes.redeem(
                redeeming(code, { key, coordinator: kind === 'hold' ? coordinator : null }, { creditsMinor: credits }),
              );
              if (answer.verdict === 'redeemed') ids.push(done(answer).id);
              if (answer.verdict === 'held') holds.push(key);
            } else if (kind === 'back' && ids.length > 0) await codes.rollBack(rollingBack(ids[at % ids.length] ?? ''));
            else if (kind === 'post' && holds.length > 0) await codes.post(holds[at % holds.length] ?? '', AT);
            else if (kind === 'void' && holds.length > 0) await codes.void(holds[at % holds.length] ?? '', 'f', AT);
          }),
        );
        for (const key of holds) await codes.void(key, 'f', AT);
        const voucher = await standing(code);
        const entries = await codes.history(code, null, 1_000);
        const redeemed = entries.flatMap(({ body }) => (body.kind === 'redeemed' ? [body.redemption] : []));
        const standingOnes = redeemed.filter(({ rollbacks }) => rollbacks.length === 0);
        const spent = standingOnes.reduce((sum, { creditsMinor }) => sum + (creditsMinor ?? 0), 0);
        expect(voucher.redeemed).toBe(standingOnes.length);
        expect(voucher.redeemed).toBeLessThanOrEqual(4);
        expect(await balance(code)).toBe(2_000 - spent);
      }),
      { numRuns: 20 },
    );
  });
});
