/** INV-8: D1's copies of vouchers equal what their owners keep, whoever that is, and come back from nothing. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { shardOf } from '../../worker/customers/stubs.ts';
import { newHead } from '../../worker/domain/customer.ts';
import type { Redemption, Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { applyChangeSets, type ChangeSet } from '../../worker/projection/apply.ts';
import type { VoucherCopy } from '../../worker/projection/voucher-rows.ts';
import { type Fault, withFaults } from './faulty-copies.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';
import { voucher as givenVoucher, NOW } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret });
}

async function done(method: string, path: string, body?: unknown) {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const at = (code: string, rest = '') => `/v1/vouchers/${code}${rest}`;
const newCode = () => `C-${crypto.randomUUID().toUpperCase()}`;

async function giftCard(): Promise<string> {
  return (await done('POST', at(newCode()), { type: 'GIFT_VOUCHER', gift: { amount: 2500 } })).code;
}

async function someone(): Promise<string> {
  const source_id = newUser();
  await shop.batch(track(source_id, 'Viewed'));
  return source_id;
}

const give = (voucher: string, customer: object) => done('POST', '/v1/publications', { voucher, customer });
const spend = (code: string, credits: number, customer?: object) =>
  done('POST', at(code, '/redemption'), { order: { amount: credits }, gift: { credits }, customer });

async function rows(sql: string, ...values: string[]) {
  return (
    await env.DB.prepare(sql)
      .bind(shop.id, ...values)
      .all()
  ).results;
}

/** The one row about a voucher, once the copy says what is expected of it. */
function copyWhere(code: string, expected: Record<string, unknown>) {
  return eventually(async () => {
    const [row] = await rows(
      `SELECT v.rank, v.holder, v.state, v.gone, v.body ->> '$.redeemed' AS redeemed,
      v.body ->> '$.benefit.gift.balanceMinor' AS balance FROM voucher v WHERE shop = ?1 AND code = ?2`,
      code,
    );
    const isThere = Object.entries(expected).every(([name, value]) => row?.[name] === value);
    return isThere && row !== undefined ? row : null;
  });
}

async function run(kind: 'rebuild' | 'compare') {
  const { id } = (await shop.admin('POST', '/admin/v1/jobs', { kind })).body;
  const job = await jobsOf(env, shop.id).ended(id, 20_000);
  const lines = (await shop.admin('GET', `/admin/v1/jobs/${id}/lines`)).body.items;
  return { state: job?.state, differences: job?.result?.differences, lines };
}

const EQUAL = { state: 'done', differences: 0, lines: [] };

const TABLES = ['campaign', 'voucher', 'redemption', 'rollback', 'publication'] as const;
/** Everything the copies hold; seq says when it was told, not what it is. */
async function copies() {
  const all = await Promise.all(
    TABLES.map(async (table) => {
      const found = await rows(`SELECT * FROM ${table} WHERE shop = ?1 ORDER BY ${table}`);
      return [table, found.map(({ seq: _, ...row }) => row)] as const;
    }),
  );
  return Object.fromEntries(all);
}

describe('INV-8: the copy of a voucher', () => {
  it('follows it to who holds it, and what is spent of it and put on it there', async () => {
    const [source_id, code] = [await someone(), await giftCard()];
    await copyWhere(code, { rank: 0, holder: null });
    const { customer_id } = await give(code, { source_id });
    await copyWhere(code, { rank: 1, holder: customer_id, balance: 2500 });
    const { id } = await spend(code, 1800, { source_id });
    await copyWhere(code, { rank: 1, redeemed: 1, balance: 700 });
    await done('POST', `/v1/redemptions/${id}/rollback`);
    await done('POST', at(code, '/balance'), { amount: 100 });
    await copyWhere(code, { balance: 2600, redeemed: 0 });
    const used = await rows(
      'SELECT redemption, owner, customer, failed FROM redemption WHERE shop = ?1 AND redemption = ?2',
      id,
    );
    expect(used).toEqual([{ redemption: id, owner: customer_id, customer: customer_id, failed: 0 }]);
    const back = "SELECT owner, body ->> '$.redemption.id' AS redemption FROM rollback WHERE shop = ?1 AND owner = ?2";
    expect(await rows(back, customer_id)).toEqual([{ owner: customer_id, redemption: id }]);
    await done('DELETE', at(code));
    await copyWhere(code, { gone: 1 });
  });

  it('goes along where its holder turns out to be somebody else', async () => {
    const [loser, survivor, code] = [await someone(), await someone(), await giftCard()];
    const { customer_id } = await give(code, { source_id: loser });
    const { id } = await spend(code, 500, { source_id: loser });
    await copyWhere(code, { rank: 1, holder: customer_id, balance: 2000 });
    const merged = await shop.admin('POST', `/admin/v1/customers/user:${loser}/merge`, { into: `user:${survivor}` });
    expect(merged.status).toBe(200);
    const now = (await done('GET', at(code))).holder_id;
    expect(now).not.toBe(customer_id);
    await copyWhere(code, { rank: 1, holder: now, balance: 2000 });
    await eventually(async () => {
      const [row] = await rows('SELECT owner, customer FROM redemption WHERE shop = ?1 AND redemption = ?2', id);
      return row?.owner === now && row?.customer === now ? row : null;
    });
  });

  it('is told of somebody as well whom the shop cannot name', async () => {
    const [anonymousId, code] = [newUser(), await giftCard()];
    await shop.batch({ type: 'track', anonymousId, event: 'Viewed', messageId: crypto.randomUUID() });
    const { id: customer } = (await shop.admin('GET', `/admin/v1/customers/anonymous:${anonymousId}`)).body;
    const { customer_id } = await give(code, { id: customer });
    await spend(code, 500, { id: customer });
    await copyWhere(code, { rank: 1, holder: customer_id, balance: 2000 });
    expect(await rows('SELECT seq FROM profile WHERE shop = ?1 AND customer = ?2', customer_id)).toEqual([]);
  });
});

it('a publication of a code without a campaign is told, and one that came to nothing as that', async () => {
  const [source_id, code] = [await someone(), await giftCard()];
  const { id, customer_id } = await give(code, { source_id });
  const found = await eventually(async () => {
    const [row] = await rows(
      "SELECT customer, body ->> 'state' AS state FROM publication WHERE shop = ?1 AND publication = ?2",
      id,
    );
    return row ?? null;
  });
  expect(found).toEqual({ customer: customer_id, state: 'done' });
});

it('a redemption of a held voucher costs D1 three rows, and told again none but the profile’s', async () => {
  const [customer, { id }] = [newUser(), await makeShop()];
  const held = { ...givenVoucher(id, newCode()), holder: customer };
  const copy = (seq: number, redeemed: number): VoucherCopy => ({
    ...{ id: held.id, code: held.code, key: held.code, campaign: null, rank: 1, seq, createdAtMs: NOW, gone: false },
    voucher: { ...held, redeemed },
  });
  const set = (from: number, seq: number, more: ChangeSet['held']): ChangeSet => ({
    ...{ customer, from, head: { ...newHead(NOW), seq, known: true }, orders: [], referrals: [], held: more },
    may: { names: false, day: false, balance: false, groups: false, referrals: false },
  });
  const redemption = redemptionOf(held);
  const used = { vouchers: [copy(2, 1)], redemptions: [{ seq: 2, owner: customer, redemption }], rollbacks: [] };
  await applyChangeSets(env.DB, id, [set(0, 1, { vouchers: [copy(1, 0)] })]);
  expect((await applyChangeSets(env.DB, id, [set(1, 2, used)])).rowsWritten).toBe(3);
  expect((await applyChangeSets(env.DB, id, [set(2, 3, used)])).rowsWritten).toBe(1);
  await applyChangeSets(env.DB, id, [set(0, 1, { vouchers: [copy(1, 0)] })]);
  const sql = "SELECT seq, body ->> '$.redeemed' AS redeemed FROM voucher WHERE shop = ?";
  expect(await env.DB.prepare(sql).bind(id).first()).toEqual({ seq: 2, redeemed: 1 });
});

function redemptionOf({ id: voucher, code }: Voucher): Redemption {
  const order = { orderId: null, amountMinor: 900, totalMinor: 400, discountMinor: 500, creditsMinor: null };
  const about = { campaign: null, parent: null, atMs: NOW, customer: null, failure: null, rollbacks: [] };
  return { id: `r_${voucher}`, voucher, code, ...order, ...about, metadata: {}, channel: null };
}

describe('INV-8: copies of vouchers converge', () => {
  it('though calls to D1 are lost before and after, applied late and twice', async () => {
    const [source_id, held, bearer] = [await someone(), await giftCard(), await giftCard()];
    const kinds: Fault[] = ['lost before', 'none', 'echoed', 'lost after', 'none'];
    let calls = 0;
    const faults = withFaults(() => {
      calls += 1;
      return kinds[calls % kinds.length] ?? 'none';
    });
    await give(held, { source_id });
    for (const code of [held, bearer, held, bearer]) {
      const { id } = await spend(code, 200, { source_id });
      await done('POST', `/v1/redemptions/${id}/rollback`);
      await done('POST', at(code, '/balance'), { amount: 10 });
    }
    await spend(held, 500);
    for (const code of [held, bearer]) await copyWhere(code, { balance: code === held ? 2020 : 2520 });
    await faults.applyStalled();
    faults.restore();
    await copyWhere(held, { balance: 2020, redeemed: 1 });
    expect(await run('compare')).toEqual(EQUAL);
  });

  it('where the object of their holder dies before it told anything', async () => {
    const [source_id, code] = [await someone(), await giftCard()];
    const { customer_id } = await give(code, { source_id });
    await copyWhere(code, { rank: 1 });
    const faults = withFaults(() => 'lost before');
    const { id } = await spend(code, 700, { source_id });
    const stub = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer_id)}`));
    await runInDurableObject(stub, (_, state) => state.abort('crash')).catch(() => null);
    faults.restore();
    expect((await done('GET', at(code))).gift.balance).toBe(1800);
    await shop.batch(track(source_id, 'Viewed'));
    await copyWhere(code, { balance: 1800, redeemed: 1 });
    expect(await rows('SELECT owner FROM redemption WHERE shop = ?1 AND redemption = ?2', id)).toEqual([
      { owner: customer_id },
    ]);
  });
});

describe('INV-8: all copies of vouchers', () => {
  it('equal their owners, and come back from nothing the same', async () => {
    await done('POST', at(newCode()), { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 100 } });
    const [source_id, held, bearer] = [await someone(), await giftCard(), await giftCard()];
    await give(held, { source_id });
    for (const code of [held, bearer]) {
      const { id } = await spend(code, 500, { source_id });
      await done('POST', `/v1/redemptions/${id}/rollback`);
      await spend(code, 300);
    }
    await ask('POST', at(bearer, '/redemption'), { order: { amount: 9_999 }, gift: { credits: 9_999 } });
    const voucher = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 100 } };
    const campaign = await done('POST', '/v1/campaigns', { name: newCode(), vouchers_count: 3, voucher });
    await eventually(async () => {
      const { body } = await ask('GET', `/v1/campaigns/${campaign.id}`);
      return body.vouchers_generation_status === 'DONE' ? body : null;
    }, 10_000);
    await done('POST', '/v1/publications', { campaign: { id: campaign.id }, customer: { source_id } });
    expect(await run('compare')).toEqual(EQUAL);
    const before = await copies();
    expect(Object.values(before).every((some) => some.length > 0)).toBe(true);
    for (const table of [...TABLES, 'profile']) await rows(`DELETE FROM ${table} WHERE shop = ?1`);
    expect((await run('rebuild')).state).toBe('done');
    expect(await copies()).toEqual(before);
    expect(await run('compare')).toEqual(EQUAL);
  });

  it('that are wrong or nobody’s are found, and put right', async () => {
    const [source_id, held, bearer] = [await someone(), await giftCard(), await giftCard()];
    await give(held, { source_id });
    await copyWhere(held, { rank: 1 });
    await copyWhere(bearer, { rank: 0 });
    await rows("UPDATE voucher SET state = 'used' WHERE shop = ?1 AND code = ?2", held);
    await rows('DELETE FROM voucher WHERE shop = ?1 AND code = ?2', bearer);
    await rows(`INSERT INTO voucher (shop, voucher, rank, seq, code, code_key, state, created_ms, updated_ms, gone)
      VALUES (?1, 'v_nobody', 0, 1, 'NOBODY', 'NOBODY', 'active', 1, 1, 0)`);
    const { differences, lines } = await run('compare');
    expect([differences, lines.map(({ object, copy }: { object: unknown; copy: unknown }) => [object, copy])]).toEqual([
      3,
      expect.arrayContaining([
        ['active', 'used'],
        ['present', null],
        [null, 'present'],
      ]),
    ]);
    await run('rebuild');
    expect(await run('compare')).toEqual(EQUAL);
  });
});
