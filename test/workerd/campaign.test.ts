/** The Campaign object: caps that are never passed, codes given out once, and that whatever began ends. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { campaignIn, stockOf } from '../../worker/campaign/cache.ts';
import type { ReserveCall } from '../../worker/campaign/calls.ts';
import type { PublishAnswer, PublishCall } from '../../worker/campaign/publication.ts';
import { makeShop, type TestShop } from './shop.ts';
import {
  CALENDAR,
  changing,
  codesOf,
  FREE,
  makeCampaign,
  maker,
  makeVoucher,
  NOW,
  campaign as newCampaign,
  objectOf,
  recordOf,
  redeeming,
} from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

afterEach(() => {
  vi.useRealTimers();
});

const op = () => crypto.randomUUID();
const objectAt = (id: string) => env.CAMPAIGN.get(env.CAMPAIGN.idFromName(`campaign:${shop.id}:${id}`));

function taking(more: Partial<ReserveCall> = {}): ReserveCall {
  const name = more.op ?? op();
  return {
    op: name,
    by: 1,
    cost: { redemptions: 1, discountMinor: 0, ordersMinor: 0 },
    customer: null,
    atMs: NOW,
    calendar: CALENDAR,
    counts: [],
    caps: null,
    coordinator: { kind: 'codes', object: `codes:${shop.id}:0:0`, op: name, fingerprint: 'f', place: 0 },
    ...more,
  };
}

const money = (discountMinor: number) => ({ redemptions: 1, discountMinor, ordersMinor: 0 });

function publishing(more: Partial<PublishCall> = {}): PublishCall {
  return {
    id: `pub_${crypto.randomUUID()}`,
    fingerprint: 'f',
    customer: `a-${crypto.randomUUID()}`,
    formerly: [],
    sourceId: null,
    channel: null,
    metadata: {},
    distribution: null,
    holderOnly: false,
    atMs: NOW,
    code: null,
    count: 1,
    joinOnce: false,
    ...more,
  };
}

function codesIn(answers: PublishAnswer[]): string[] {
  return answers.flatMap((answer) => (answer.refusal === null ? answer.publication.codes : []));
}

function refusals(answers: PublishAnswer[]): string[] {
  return answers.flatMap((answer) => answer.refusal ?? []);
}

describe('a cap', () => {
  it('INV-6: of redemptions is never passed, and whoever is refused hears it for ever', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, redemptions: 10 } });
    const calls = Array.from({ length: 60 }, () => taking());
    const answers = await Promise.all(calls.map((call) => campaignIn(env, shop.id, id).reserve(call)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(10);
    expect(await Promise.all(calls.map((call) => campaignIn(env, shop.id, id).reserve(call)))).toEqual(answers);
  });

  it('INV-6: 34: of money is never passed by 30 at once, and what is voided is there for others', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, discountMinor: 10_000 } });
    const object = campaignIn(env, shop.id, id);
    const calls = Array.from({ length: 30 }, () => taking({ cost: money(999) }));
    const answers = await Promise.all(calls.map((call) => object.reserve(call)));
    const granted = calls.filter((_, at) => answers[at]?.granted);
    expect(granted).toHaveLength(10);
    await object.void(granted[0]?.op ?? '');
    for (const { op: name } of granted.slice(1)) expect(await object.post(name, null)).toBe(true);
    expect(await object.reserve(taking({ cost: money(1_009) }))).toMatchObject({ granted: true });
    expect(await object.reserve(taking({ cost: money(1) }))).toMatchObject({
      granted: false,
      full: 'discountMinor',
      room: 0,
    });
    expect(await object.spent()).toMatchObject({ used: { ...money(8_991), redemptions: 9 }, held: money(1_009) });
  });

  it('may be posted for less than was kept, once, and given back once', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, discountMinor: 1_000 } });
    const object = campaignIn(env, shop.id, id);
    const call = taking({ cost: money(1_000), customer: 'a-1' });
    await object.reserve(call);
    for (let at = 0; at < 3; at += 1) await object.post(call.op, money(400));
    const back = { op: 'back', cost: money(400), customer: 'a-1', atMs: NOW, calendar: CALENDAR };
    expect((await object.spent()).used).toEqual(money(400));
    for (let at = 0; at < 3; at += 1) await object.giveBack(back, NOW);
    expect((await object.spent()).used.discountMinor).toBe(0);
  });

  it('cannot be asked for after it was voided, and a post of nothing says so', async () => {
    const { id } = await makeCampaign(shop.id);
    const object = campaignIn(env, shop.id, id);
    await object.void('early');
    expect(await object.reserve(taking({ op: 'early' }))).toMatchObject({ granted: false, full: 'ended' });
    expect([await object.post('early', null), await object.post('never', null)]).toEqual([false, false]);
  });

  it('counts what is kept for others, of one customer and by the calendar', async () => {
    const { id } = await makeCampaign(shop.id, { limitPerCustomer: 2 });
    const object = campaignIn(env, shop.id, id);
    const counts = ['campaign.customer.ever', 'campaign.redemptions.day', 'campaign.redemptions.ever'] as const;
    const reserve = (customer: string, atMs = NOW) => object.reserve(taking({ customer, atMs, counts: [...counts] }));
    const told = [
      await reserve('a-1'),
      await reserve('a-1'),
      await reserve('a-2'),
      await reserve('a-1', NOW + 86_400_000),
    ];
    expect(told.map((one) => one.granted && one.counts)).toEqual([
      { 'campaign.customer.ever': 0, 'campaign.redemptions.day': 0, 'campaign.redemptions.ever': 0 },
      { 'campaign.customer.ever': 1, 'campaign.redemptions.day': 1, 'campaign.redemptions.ever': 1 },
      { 'campaign.customer.ever': 0, 'campaign.redemptions.day': 2, 'campaign.redemptions.ever': 2 },
      { 'campaign.customer.ever': 2, 'campaign.redemptions.day': 0, 'campaign.redemptions.ever': 3 },
    ]);
  });

  it('INV-6: INV-7: any order of reserves, posts, voids and takes keeps within it, and says what was given away', async () => {
    const step = fc.record({
      kind: fc.constantFrom('reserve', 'post', 'void', 'take', 'back'),
      minor: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { id } = await makeCampaign(shop.id, { caps: { ...FREE, discountMinor: 1_000 } });
        const object = campaignIn(env, shop.id, id);
        const open: ReserveCall[] = [];
        const ends = new Map<string, number>();
        await Promise.all(
          steps.map(async ({ kind, minor }, at) => {
            const call = taking({ op: `${kind} ${at}`, cost: money(minor) });
            const some = open[at % Math.max(1, open.length)];
            if (kind === 'reserve' && (await object.reserve(call)).granted) open.push(call);
            else if (kind === 'take' && (await object.take(call)).granted) ends.set(call.op, minor);
            else if (kind === 'post' && some && (await object.post(some.op, null)))
              ends.set(some.op, some.cost.discountMinor);
            else if (kind === 'void' && some) await object.void(some.op);
            const { used, held } = await object.spent();
            expect(used.discountMinor + held.discountMinor).toBeLessThanOrEqual(1_000);
          }),
        );
        for (const call of open) await object.void(call.op);
        const { used, held } = await object.spent();
        expect([used.discountMinor, held.discountMinor]).toEqual([
          [...ends.values()].reduce((sum, one) => sum + one, 0),
          0,
        ]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a reserve that nobody ends', () => {
  it('INV-7: is posted where its coordinator did it, for what it came to, and voided where that one never heard of it', async () => {
    const { id } = await makeCampaign(shop.id, { caps: { ...FREE, discountMinor: 5_000 } });
    const { code } = await makeVoucher(shop.id);
    const coordinator = (name: string) => ({
      kind: 'codes' as const,
      object: objectOf(shop.id, code),
      op: name,
      fingerprint: 'f',
      place: 0,
    });
    const done = redeeming(code);
    expect((await codesOf(shop.id, code).redeem(done)).verdict).toBe('redeemed');
    const object = campaignIn(env, shop.id, id);
    await object.reserve(taking({ op: 'did', cost: money(2_000), coordinator: coordinator(done.key) }));
    await object.reserve(
      taking({ op: 'did not', cost: money(2_000), coordinator: coordinator(maker(shop.id).nameFor(code)) }),
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 });
    await runDurableObjectAlarm(objectAt(id));
    expect(await object.spent()).toMatchObject({ used: money(500), held: { redemptions: 0 } });
    expect(await object.reserve(taking({ op: 'did not', cost: money(1) }))).toMatchObject({ granted: true });
  });
});

describe('a stock of rewards', () => {
  it('INV-6: is taken as often as there is of it, the same for every retry, and given back', async () => {
    const caps = { ...FREE, redemptions: 3 };
    const stock = stockOf(env, shop.id, 'mug');
    const calls = Array.from({ length: 10 }, () => taking({ caps }));
    const answers = await Promise.all([...calls, ...calls].map((call) => stock.take(call)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(6);
    const back = { op: 'mug back', cost: money(0), customer: null, atMs: NOW, calendar: CALENDAR };
    await stock.giveBack(back, NOW);
    await stock.giveBack(back, NOW);
    expect([(await stock.take(taking({ caps }))).granted, (await stock.take(taking({ caps }))).granted]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a publication', () => {
  const codes = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());
  const poolOf = async (count: number, more: object = {}) => {
    const made = await makeCampaign(shop.id, more);
    await campaignIn(env, shop.id, made.id).addCodes('first', codes(count));
    return campaignIn(env, shop.id, made.id);
  };

  it('case 26: gives each of a fixed pool once, and none where it is empty', async () => {
    const object = await poolOf(10);
    const answers = await Promise.all(Array.from({ length: 100 }, () => object.publish(publishing())));
    expect([new Set(codesIn(answers)).size, refusals(answers).length]).toEqual([10, 90]);
    expect(new Set(refusals(answers))).toEqual(new Set(['no_voucher_suitable_for_publication']));
  });

  it('case 26: makes what a growing pool lacks, each code once', async () => {
    const object = await poolOf(10, { kind: 'auto_update' });
    const answers = await Promise.all(Array.from({ length: 100 }, () => object.publish(publishing())));
    expect([new Set(codesIn(answers)).size, refusals(answers)]).toEqual([100, []]);
  });

  it('case 25: 50 at once for one customer who joins once are one, with equal answers', async () => {
    const object = await poolOf(10, { joinOnce: true });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => object.publish(publishing({ customer: 'a-1' }))),
    );
    expect(new Set(codesIn(answers)).size).toBe(1);
    expect(answers.filter((answer) => answer.refusal === null && !answer.again)).toHaveLength(1);
    expect(await object.poolSize()).toBe(9);
    expect(codesIn([await object.publish(publishing({ customer: 'a-2', formerly: ['a-1'] }))])).toEqual(
      codesIn([answers[0] as PublishAnswer]),
    );
  });

  it('case 28: under the same source is the same, and for somebody else a duplicate', async () => {
    const object = await poolOf(10);
    const first = await object.publish(publishing({ customer: 'a-1', sourceId: 'order-1' }));
    expect(codesIn([await object.publish(publishing({ customer: 'a-1', sourceId: 'order-1' }))])).toEqual(
      codesIn([first]),
    );
    expect(await object.publish(publishing({ customer: 'a-2', sourceId: 'order-1' }))).toEqual({
      refusal: 'duplicate_source_id',
    });
  });

  it('INV-2: under the same name is the same, and another request under it is told', async () => {
    const object = await poolOf(10);
    const call = publishing();
    const first = await object.publish(call);
    expect(await object.publish(call)).toEqual({ ...first, again: true });
    expect(await object.publish({ ...call, fingerprint: 'other' })).toEqual({ refusal: 'mismatch' });
  });

  it('case 24: comes about while its campaign is switched off, but not by itself', async () => {
    const object = await poolOf(10, { active: false });
    expect(
      refusals([await object.publish(publishing()), await object.publish(publishing({ distribution: 'distr_1' }))]),
    ).toEqual(['campaign_not_active']);
  });

  it('waits until the codes are made, and gives several at once, or none', async () => {
    const waiting = recordOf(newCampaign(), { making: 'in_progress' });
    await campaignIn(env, shop.id, waiting.campaign.id).create(waiting, 'test');
    const object = await poolOf(3);
    const told = [
      await campaignIn(env, shop.id, waiting.campaign.id).publish(publishing()),
      await object.publish(publishing({ count: 4 })),
      await object.publish(publishing({ count: 51 })),
      await object.publish(publishing({ count: 3 })),
    ];
    expect(refusals(told)).toEqual(['not_ready', 'no_voucher_suitable_for_publication', 'too_many_vouchers_requested']);
    expect(codesIn(told)).toHaveLength(3);
  });

  it('takes another code for one that is not free, puts back what could not be given, and ends without any', async () => {
    const object = await poolOf(2);
    const answer = await object.publish(publishing());
    if (answer.refusal !== null) throw new Error(answer.refusal);
    const { id, codes: given } = answer.publication;
    const why = { key: 'voucher_disabled' as const, message: '', details: '', ownMessage: null, facts: {} };
    const next = await object.replace(id, { code: given[0] ?? '', why });
    expect(next?.codes).not.toEqual(given);
    const dropped = await object.drop(id, { code: next?.codes[0] ?? '', why });
    expect(dropped).toMatchObject({ state: 'voided', codes: [], failure: { key: 'voucher_disabled' } });
    expect(await object.poolSize()).toBe(1);
  });

  it('adds a batch of codes once', async () => {
    const object = await poolOf(600);
    await object.addCodes('first', codes(600));
    await object.addCodes('second', codes(7));
    expect(await object.poolSize()).toBe(607);
  });
});

describe('a definition', () => {
  it('keeps its versions, its kind of discount, and what it was created with', async () => {
    const made = await makeCampaign(shop.id);
    const object = campaignIn(env, shop.id, made.id);
    await object.create(recordOf({ ...made, name: 'another' }), 'test');
    expect(await object.change({ category: 'gifts' }, changing())).toMatchObject({
      record: { campaign: { version: 2, name: made.name } },
    });
    const other = { kind: 'percent' as const, hundredths: 1_000, capMinor: null, effect: 'order' as const };
    expect(await object.change({ discount: other }, changing())).toEqual({ refusal: 'discount_kind' });
    expect(await campaignIn(env, shop.id, 'camp_nobody').change({}, changing())).toEqual({ refusal: 'not_found' });
  });
});
