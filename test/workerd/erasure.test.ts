/** Erasing a customer: what goes, what stays under nobody's name, and what is let in afterwards. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { START } from '../../worker/customers/moving.ts';
import { CustomerStore } from '../../worker/customers/store.ts';
import { customersOf, shardOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import type { PrivacyRequest } from '../../worker/domain/privacy.ts';
import { readRedemptionId } from '../../worker/domain/vouchers/redemption-name.ts';
import { outcomeOf } from '../../worker/holds/coordinator.ts';
import { newJob } from '../../worker/jobs/new-job.ts';
import { JobStore } from '../../worker/jobs/store.ts';
import { shopOf } from '../../worker/shops/cache.ts';
import { makeSession } from '../../worker/shops/session-token.ts';
import * as scene from './erasing.ts';
import { call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';
import { codesOf, makeVoucher, redeeming } from './vouchers-given.ts';

const { balanceOf, client, customer, erased, foundIn, GIFT, give, held, made, person, redeemed, TEN_OFF } = scene;

const erasureOf = async (shop: TestShop, id: string) => (await shop.admin('GET', `/admin/v1/erasures/${id}`)).body;
const canariesOf = ({ user, email, phone, firstName, order, said }: scene.Person) => [
  ...[user, email, phone, firstName, order, said],
];
const customersObject = (shop: TestShop, id: string) =>
  env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(id)}`));
const jobsObject = (shop: TestShop) => env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));
const EARLY = { timestamp: '2026-01-01T00:00:00Z' };

beforeAll(() => scene.leaveOthersOut());

describe('INV-12', () => {
  it('nothing is stored anywhere that somebody who was erased said, or that named them', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    await give(shop, erna.user, 120, erna.said);
    const [card, off] = [await held(shop, erna, GIFT), await held(shop, erna, TEN_OFF)];
    const open = await made(shop, TEN_OFF);
    const back = await redeemed(shop, card, erna, 1_800);
    await client(shop, 'POST', `/v1/redemptions/${back}/rollback?reason=${erna.said}`);
    await redeemed(shop, off, erna);
    const use = await redeemed(shop, open, erna);
    await client(shop, 'POST', `/v1/redemptions/${use}/rollback?reason=${erna.said}`);
    const theirs = await held(shop, await person(shop), GIFT);
    await redeemed(shop, theirs, erna, 500);
    const canaries = canariesOf(erna);
    const kinds = await eventually(async () => {
      const found = new Set((await foundIn([erna.said])).map((one) => one.split(' ')[0]));
      return found.size === 4 ? [...found].sort() : null;
    });
    expect(kinds).toEqual(['CODES', 'CUSTOMERS', 'D1', 'DEBUGGER']);
    await erased(shop, `user:${erna.user}`);
    expect(await foundIn(canaries)).toEqual([]);
    expect(await scene.jobDone(shop, 'compare')).toMatchObject({ state: 'done', differences: 0, lines: [] });
    expect(await scene.jobDone(shop, 'rebuild')).toMatchObject({ state: 'done' });
    expect(await scene.jobDone(shop, 'compare')).toMatchObject({ state: 'done', differences: 0, lines: [] });
    expect(await foundIn(canaries)).toEqual([]);
  });
});

describe('case 48', () => {
  it.each([
    ['live', {}],
    ['test', { mode: 'test' }],
    ['per customer', { layout: 'per_customer' }],
  ])('a later event makes a new customer, who has nothing of the old one (%s)', async (_, about) => {
    const shop = await makeShop(about);
    const { user, id } = await person(shop);
    await give(shop, user, 120);
    const card = await held(shop, { ...(await customer(shop, id)), user, said: 'x' }, GIFT);
    expect(await erased(shop, `user:${user}`)).toMatchObject({ customer: id, state: 'done', lateEvents: 0 });
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(404);
    expect((await shop.admin('GET', `/admin/v1/customers/${id}`)).status).toBe(404);
    expect((await shop.batch(track(user, 'Back again'))).status).toBe(200);
    const after = await customer(shop, `user:${user}`);
    expect(after.id).not.toBe(id);
    expect(after).toMatchObject({ points: { balance: 0, lifetime: 0 }, identifiers: [{ kind: 'user', value: user }] });
    const wallet = await client(shop, 'GET', `/v1/customers/${user}/redeemables`);
    expect([wallet.body.data, await balanceOf(shop, card)]).toEqual([[], 5_000]);
  });

  it('what occurred before is dropped, and noted by its name and time alone', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const { id } = await erased(shop, `user:${erna.user}`);
    expect((await shop.batch(track(erna.user, 'Came late', { said: erna.said }, EARLY))).status).toBe(200);
    const after = await erasureOf(shop, id);
    const late = [{ name: 'Came late', atMs: Date.parse(EARLY.timestamp), recordedAtMs: expect.any(Number) }];
    expect([after.lateEvents, after.late]).toEqual([1, late]);
    const log = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/events?reason=erased')).body;
      return items.length === 1 ? items : null;
    });
    expect(log[0]).toMatchObject({ verdict: 'refused', customer: null, name: 'Came late' });
    expect(await foundIn(canariesOf(erna))).toEqual([]);
  });

  it('what comes later is let in, however much of what came before is told beside it', async () => {
    const shop = await makeShop();
    const { user } = await person(shop);
    await erased(shop, `user:${user}`);
    await shop.batch(track(user, 'Came late', {}, EARLY), track(user, 'New'), track(user, 'Came late too', {}, EARLY));
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`)).body;
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['New']);
  });

  it("a session of theirs is nobody's any more", async () => {
    const shop = await makeShop();
    const { user, id } = await person(shop);
    const { token } = await makeSession(env.ROOT_SECRET, { shop: shop.id, customer: id, proof: 'test' }, Date.now());
    const view = () => call('GET', '/hub/v1/me', undefined, { Authorization: `Bearer ${token}` });
    expect((await view()).status).toBe(200);
    await erased(shop, `user:${user}`);
    expect((await view()).status).toBe(401);
  });
});

describe('R12', () => {
  it("a refund of an erased customer's order leaves only a note", async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const { id } = await erased(shop, `user:${erna.user}`);
    const before = await directoryOf(env, shop.id).listed('', 100, 0);
    const refund = { order_id: erna.order, total: 40, currency: 'EUR' };
    await shop.batch({ type: 'track', anonymousId: newUser(), event: 'Order Refunded', properties: refund });
    expect(await directoryOf(env, shop.id).listed('', 100, 0)).toEqual(before);
    expect((await erasureOf(shop, id)).late).toMatchObject([{ name: 'Refunded Order' }]);
  });
});

describe('L9', () => {
  it('sums of the ledger stay as they were, but for what was open', async () => {
    const shop = await makeShop();
    const [erna, other] = [await person(shop), await person(shop)];
    await give(shop, erna.user, 120);
    await give(shop, erna.user, -20);
    await give(shop, other.user, 7);
    const before = await scene.pointsMoved(shop);
    const open = (await customer(shop, erna.id)).points.balance;
    await erased(shop, erna.id);
    expect(open).toBeGreaterThanOrEqual(100);
    expect(await scene.pointsMoved(shop)).toEqual({ ...before, expired: (before.expired ?? 0) - open });
    const { liability } = { liability: (await shop.admin('GET', '/admin/v1/customers?limit=10')).body.items };
    expect(liability.map(({ id }: { id: string }) => id)).toEqual([other.id]);
  });
});

describe('case 13', () => {
  it('a gift card is good for whoever has its code, and what was redeemed of it goes back to it, once', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const card = await held(shop, erna, GIFT);
    const spent = await redeemed(shop, card, erna, 1_800);
    await erased(shop, erna.id);
    expect(await balanceOf(shop, card)).toBe(3_200);
    const other = await person(shop);
    await redeemed(shop, card, other, 200);
    const rollBack = () => client(shop, 'POST', `/v1/redemptions/${spent}/rollback`);
    expect((await rollBack()).status).toBe(200);
    expect([(await rollBack()).body.key, await balanceOf(shop, card)]).toEqual(['already_rolled_back', 4_800]);
    const moves = (await client(shop, 'GET', `/v1/vouchers/${card}/transactions`)).body.data;
    expect(moves.map(({ details }: { details: { balance: { amount: number } } }) => details.balance.amount)).toEqual([
      1_800, -200, -1_800,
    ]);
  });

  it('any other voucher is void, also once its use has gone back', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const [unused, used] = [await held(shop, erna, TEN_OFF), await held(shop, erna, TEN_OFF)];
    const use = await redeemed(shop, used, erna);
    await erased(shop, erna.id);
    expect((await client(shop, 'POST', `/v1/redemptions/${use}/rollback`)).status).toBe(200);
    for (const code of [unused, used]) {
      const redeemables = [{ object: 'voucher', id: code }];
      const asked = await client(shop, 'POST', '/v1/redemptions', { redeemables, order: { amount: 9_000 } });
      expect(asked.status).toBeGreaterThanOrEqual(400);
      expect((await client(shop, 'POST', `/v1/vouchers/${code}`, TEN_OFF)).status).toBe(409);
    }
  });
});

describe('INV-7', () => {
  it('whichever call of an erasure dies, it ends, and money is in one place', async () => {
    const shop = await makeShop();
    let at = 0;
    for (; ; at += 1) {
      const erna = await person(shop);
      const card = await held(shop, erna, GIFT);
      const spent = await redeemed(shop, card, erna, 1_800);
      const { id } = (await directoryOf(env, shop.id).erase(erna.id, Date.now())) ?? { id: '' };
      const died = await scene.eraseDying(shop, id, { at, when: 'after' });
      await directoryOf(env, shop.id).carryOut(id);
      await scene.ended(shop, id);
      expect(await balanceOf(shop, card)).toBe(3_200);
      expect((await client(shop, 'POST', `/v1/redemptions/${spent}/rollback`)).status).toBe(200);
      expect(await balanceOf(shop, card)).toBe(5_000);
      expect((await shop.admin('GET', `/admin/v1/customers/${erna.id}`)).status).toBe(404);
      if (!died) break;
    }
    expect(at).toBeGreaterThan(8);
    expect(await scene.jobDone(shop, 'compare')).toMatchObject({ state: 'done', differences: 0, lines: [] });
  }, 60_000);
});

describe('while others go on', () => {
  it('it waits for what they have asked of others, and goes on once that is answered', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const object = customersObject(shop, erna.id);
    const errand = { op: crypto.randomUUID(), kind: 'test', body: {} };
    const later = Date.now() + 60_000;
    await runInDurableObject(object, (_, { storage }) => {
      const store = new CustomerStore(storage);
      store.transaction(() => store.errands.adopt(erna.id, [errand]));
      store.errands.putOff(errand.op, later);
    });
    const { body } = await shop.admin('POST', `/admin/v1/customers/${erna.id}/erase`);
    const owners = ['customers', 'vouchers', 'copies', 'events', 'requests'].map((owner) => ({ owner, state: 'open' }));
    expect(body).toMatchObject({ state: 'going', owners });
    await runInDurableObject(object, (_, { storage }) => {
      const store = new CustomerStore(storage);
      store.transaction(() => store.errands.drop(errand.op));
    });
    expect(await directoryOf(env, shop.id).carryOut(body.id)).toMatchObject({ finishedAtMs: expect.any(Number) });
  });

  it('whoever keeps something for an operation of theirs is still told that it came about', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const redemption = await redeemed(shop, await held(shop, erna, GIFT), erna, 100);
    const op = `vouchers:${readRedemptionId(redemption)?.name}`;
    const told = await customersOf(env, shop.id, erna.id).rowOf(erna.id, op);
    const fingerprint = String(told?.moved === null ? told.row?.about.fingerprint : '');
    const asked = { kind: 'customer' as const, customer: erna.id, fingerprint, place: 0 };
    await erased(shop, erna.id);
    expect(await outcomeOf(env, shop.id, { ...asked, op })).toEqual({ state: 'posted', cost: null });
    expect(await outcomeOf(env, shop.id, { ...asked, op: 'vouchers:never' })).toEqual({ state: 'voided' });
  });

  it('every event is answered, and none of the past is kept', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const tell = (at: number) => shop.batch(track(erna.user, `Told ${at}`, { said: erna.said }, EARLY));
    const asked = shop.admin('POST', `/admin/v1/customers/${erna.id}/erase`);
    const told = await Promise.all(Array.from({ length: 20 }, (_, at) => tell(at)));
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
    await scene.ended(shop, (await asked).body.id);
    // an isolate tells the log what it saw up to a second later, and in order
    await tell(20);
    await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/events?reason=erased')).body;
      return items.length > 0 ? true : null;
    });
    expect(await foundIn(canariesOf(erna))).toEqual([]);
  });

  it('one who is on the way to another is erased with them', async () => {
    const shop = await makeShop();
    const [loser, survivor] = [await person(shop), await person(shop)];
    await give(shop, loser.user, 50);
    await give(shop, survivor.user, 70);
    const card = await held(shop, loser, GIFT);
    const move = { loser: loser.id, survivor: survivor.id, trust: 'server' as const };
    await directoryOf(env, shop.id).merge({ ...move, reason: 'merchant' }, Date.now());
    await customersOf(env, shop.id, loser.id).leave({ ...move, shop: shop.id, version: 1, from: START });
    const told = await erased(shop, loser.id);
    expect(told.customer).toBe(survivor.id);
    for (const ref of [loser.id, survivor.id, `user:${loser.user}`, `user:${survivor.user}`])
      expect((await shop.admin('GET', `/admin/v1/customers/${ref}`)).status).toBe(404);
    expect(await balanceOf(shop, card)).toBe(5_000);
    expect(await foundIn([...canariesOf(loser), ...canariesOf(survivor)])).toEqual([]);
  });
});

describe('what the shop keeps besides', () => {
  it('a use of a code that they were erased before they heard of names them no more', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const { code } = await makeVoucher(shop.id);
    await erased(shop, erna.id);
    const about = { orderId: erna.order, metadata: { said: erna.said } };
    const asked = redeeming(code, { ...about, customer: { id: erna.id, facts: null } });
    expect((await codesOf(shop.id, code).redeem(asked)).verdict).toBe('redeemed');
    await eventually(async () => ((await foundIn([erna.said])).length === 0 ? true : null));
    expect(await foundIn([erna.said, erna.order])).toEqual([]);
    const kept = await codesOf(shop.id, code).redemption(`r_${asked.key}_k0-0`);
    expect(kept).toMatchObject({ body: { redemption: { customer: null, amountMinor: 2_000 } } });
  });

  it('first answers that show them, and lines of reports, show them no more', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const create = { source_id: erna.user, name: erna.firstName };
    const asKeyed = () =>
      call('POST', '/v1/customers', create, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...key });
    expect((await asKeyed()).body.email).toBe(erna.email);
    const line = { line: 1, verdict: 'refused', value: erna.email };
    await runInDurableObject(jobsObject(shop), async (_, { storage }) => {
      const store = new JobStore(storage);
      store.transaction(() => store.write(newJob({ id: 'job_x', kind: 'compare', input: {} }, 1, 0)));
      store.transaction(() => store.writeLines('job_x', 0, [JSON.stringify(line), JSON.stringify({ line: 2 })]));
    });
    await erased(shop, erna.id);
    expect((await asKeyed()).status).toBe(410);
    const lines = await runInDurableObject(jobsObject(shop), async (_, { storage }) =>
      new JobStore(storage).lines('job_x', 0, 10).map(({ body }) => body),
    );
    expect(lines).toEqual([{ line: 1, verdict: 'refused', erased: true }, { line: 2 }]);
  });

  it('points that they claimed and nobody has credited go to nobody', async () => {
    const shop = await makeShop();
    const erna = await person(shop);
    const opening = { id: crypto.randomUUID(), points: 50, expiresAtMs: null, from: 'test:1', fingerprint: 'f' };
    const kept = { opening: { ...opening, reason: erna.said, note: null }, set: false };
    const names = [{ kind: 'external' as const, value: `card:${erna.said}` }];
    await directoryOf(env, shop.id).keepOpenings([{ ...kept, names }]);
    expect(await directoryOf(env, shop.id).openingSums()).toMatchObject([{ points: 50 }]);
    const subject = { identifiers: [{ kind: 'user' as const, value: erna.user }, ...names], trust: 'server' as const };
    await directoryOf(env, shop.id).resolve({ layout: 'shared', nowMs: Date.now(), subjects: [subject] });
    await erased(shop, erna.id);
    expect(await directoryOf(env, shop.id).openingSums()).toEqual([]);
    expect(await foundIn([erna.said])).toEqual([]);
  });
});

describe('a request by law', () => {
  const keep = async (shop: TestShop, more: Partial<PrivacyRequest>) => {
    const id = `prq_${crypto.randomUUID()}`;
    const times = { requestedAtMs: 1, receivedAtMs: 2, dueAtMs: 3, finishedAtMs: null };
    const request = {
      id,
      kind: 'erasure' as const,
      source: 'shopify',
      reference: null,
      ...times,
      state: 'open' as const,
    };
    await shopOf(env, shop.id).keepPrivacyRequest({ ...request, subject: null, orders: [], ...more });
    return `/admin/v1/privacy-requests/${id}`;
  };

  it('erases whom it names, is done with it, and names nobody afterwards', async () => {
    const shop = await makeShop();
    const [erna, other] = [await person(shop), await person(shop)];
    const subject = { shopifyId: null, email: erna.email, phone: null };
    const path = await keep(shop, { subject, orders: [erna.order] });
    const about = await keep(shop, { kind: 'access', subject });
    const carried = await shop.admin('POST', `${path}/carry-out`);
    expect([carried.status, carried.body.erasures.length]).toEqual([202, 1]);
    await scene.ended(shop, carried.body.erasures[0].id);
    const done = { state: 'done', subject: null, orders: [], finishedAtMs: expect.any(Number) };
    for (const one of [path, about]) expect((await shop.admin('GET', one)).body).toMatchObject(done);
    expect((await shop.admin('GET', `/admin/v1/customers/${erna.id}`)).status).toBe(404);
    expect((await shop.admin('GET', `/admin/v1/customers/${other.id}`)).status).toBe(200);
    expect((await shop.admin('POST', `${path}/carry-out`)).body.erasures).toEqual([]);
  });

  it('of somebody whom nobody knows is done at once, and one for a copy is not carried out', async () => {
    const shop = await makeShop();
    const subject = { shopifyId: '1', email: 'nobody@mail.test', phone: null };
    const path = await keep(shop, { subject });
    const { status, body } = await shop.admin('POST', `${path}/carry-out`);
    expect([status, body]).toMatchObject([202, { request: { state: 'done', subject: null }, erasures: [] }]);
    const about = await keep(shop, { kind: 'access', subject });
    expect((await shop.admin('POST', `${about}/carry-out`)).status).toBe(409);
    expect((await shop.admin('POST', '/admin/v1/privacy-requests/prq_x/carry-out')).status).toBe(404);
  });
});
