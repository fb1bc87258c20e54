/** Many vouchers at once: each line by itself, a report of what was refused, the same request once. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StepCall, StepOutcome } from '../../worker/jobs/kind.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const keys = () => ({ 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret });

function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, body, { ...keys(), ...more });
}

async function done(method: string, path: string, body?: unknown) {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

async function upload(path: string, text: string, more: Record<string, string> = {}) {
  const body = new FormData();
  body.append('file', new File([text], 'codes.csv', { type: 'text/csv' }));
  const response = await worker.fetch(
    new Request(`https://edge.test${path}`, { method: 'POST', headers: { ...keys(), ...more }, body }),
  );
  return { status: response.status, body: (await response.json()) as { async_action_id: string; key?: string } };
}

/** What came of it, once it has ended. */
function ended({ async_action_id }: { async_action_id: string }) {
  return eventually(async () => {
    const action = await done('GET', `/v1/async-actions/${async_action_id}`);
    return action.operation_status === null ? null : action;
  }, 20_000);
}

const at = (code: string, rest = '') => `/v1/vouchers/${encodeURIComponent(code)}${rest}`;
const newCode = () => `I-${crypto.randomUUID().slice(0, 18).toUpperCase()}`;
const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };

async function campaign(more: object = {}): Promise<string> {
  return (await done('POST', '/v1/campaigns', { name: newCode(), type: 'STATIC', voucher: TEN_OFF, ...more })).id;
}

async function someone(): Promise<string> {
  const source_id = newUser();
  await shop.batch(track(source_id, 'Viewed'));
  return source_id;
}

describe('an import of vouchers', () => {
  it('makes those that can be, and reports the others by their place', async () => {
    const [one, two] = [newCode(), newCode()];
    const gift = { code: two, gift: { amount: 500 }, metadata: { n: 1 }, expiration_date: '2031-01-01' };
    const wrong = { code: newCode(), ...TEN_OFF, start_date: '2031-01-02', expiration_date: '2031-01-01' };
    const items = [
      { code: one, ...TEN_OFF, redemption: { quantity: 3 } },
      gift,
      { code: one, ...TEN_OFF },
      wrong,
      { price: 1 },
    ];
    const { result, ...action } = await ended(await done('POST', '/v1/vouchers/import', items));
    expect(action).toMatchObject({
      object: 'async_action',
      status: 'DONE',
      operation_status: 'SUCCESS',
      progress: 100,
    });
    expect(result).toMatchObject({ done_count: 2, failed_count: 3, created: 2 });
    expect(result.failed).toEqual([
      { line: 3, verdict: 'refused', code: one, field: 'code', rule: 'is taken' },
      { line: 4, verdict: 'refused', field: 'expiration_date', rule: 'must be after start_date' },
      expect.objectContaining({ line: 5, verdict: 'refused' }),
    ]);
    expect(await done('GET', at(one))).toMatchObject({ redemption: { quantity: 3 } });
    expect(await done('GET', at(two))).toMatchObject({
      type: 'GIFT_VOUCHER',
      gift: { balance: 500 },
      metadata: { n: 1 },
    });
  });

  it('reads a CSV file, whose other columns are metadata', async () => {
    const [one, two] = [newCode(), newCode()];
    const rows = [
      'Code;Voucher Type;Discount Type;Value;Redemption Limit;Season',
      `${one};DISCOUNT_VOUCHER;PERCENT;12.5;2;spring`,
      `${two};GIFT_VOUCHER;;2500;;`,
      `${newCode()};DISCOUNT_VOUCHER;AMOUNT;much;;`,
    ];
    const started = await upload('/v1/vouchers/importCSV', rows.join('\r\n'));
    const { result } = await ended(started.body);
    expect(result).toMatchObject({
      done_count: 2,
      failed_count: 1,
      failed: [{ line: 4, field: 'discount.amount_off' }],
    });
    expect(await done('GET', at(one))).toMatchObject({
      ...{
        discount: { type: 'PERCENT', percent_off: 12.5 },
        redemption: { quantity: 2 },
        metadata: { Season: 'spring' },
      },
    });
    expect((await done('GET', at(two))).gift.balance).toBe(2500);
    expect(await upload('/v1/vouchers/importCSV', 'Name\nx')).toMatchObject({
      status: 400,
      body: { key: 'invalid_payload' },
    });
  });

  it('INV-2: is started once per Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const items = [{ code: newCode(), ...TEN_OFF }];
    const first = await ask('POST', '/v1/vouchers/import', items, key);
    expect((await ask('POST', '/v1/vouchers/import', items, key)).body).toEqual(first.body);
    const other = await ask('POST', '/v1/vouchers/import', [{ code: newCode(), ...TEN_OFF }], key);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    const file = `Code,Value\n${newCode()},100`;
    const csv = { 'Idempotency-Key': crypto.randomUUID() };
    const tries = [
      await upload('/v1/vouchers/importCSV', file, csv),
      await upload('/v1/vouchers/importCSV', file, csv),
    ];
    expect(tries[1]).toEqual(tries[0]);
    expect((await upload('/v1/vouchers/importCSV', `${file}0`, csv)).status).toBe(422);
  });
});

describe('an update of many vouchers', () => {
  it('joins metadata to what each has, whoever keeps it', async () => {
    const [bearer, held, source_id] = [newCode(), newCode(), await someone()];
    for (const code of [bearer, held]) await done('POST', at(code), { ...TEN_OFF, metadata: { a: 1, b: 1 } });
    await done('POST', '/v1/publications', { voucher: held, customer: { source_id } });
    const body = { codes: [bearer, held, newCode()], metadata: { b: 2 } };
    const { result } = await ended(await done('POST', '/v1/vouchers/metadata/async', body));
    expect(result).toMatchObject({ updated: 2, failed_count: 1, failed: [{ line: 3, field: 'code' }] });
    for (const code of [bearer, held]) expect((await done('GET', at(code))).metadata).toEqual({ a: 1, b: 2 });
    const each = [
      { code: bearer, metadata: { c: 3 } },
      { code: held, metadata: { a: 4 } },
    ];
    await ended(await done('POST', '/v1/vouchers/bulk/async', each));
    expect((await done('GET', at(bearer))).metadata).toEqual({ a: 1, b: 2, c: 3 });
    expect((await done('GET', at(held))).metadata).toEqual({ a: 4, b: 2 });
  });
});

describe('an import of ready codes into a campaign', () => {
  it('takes each over once, changes a little of what is there, and reports the rest', async () => {
    const [id, one, two, foreign] = [await campaign(), newCode(), newCode(), newCode()];
    await done('POST', at(foreign), TEN_OFF);
    const first = [{ code: one, redemption: { quantity: 2 }, metadata: { n: 1, ok: true }, additional_info: 'yours' }];
    await ended(await done('POST', `/v1/campaigns/${id}/import`, first));
    expect(await done('GET', at(one))).toMatchObject({
      ...{ campaign_id: id, redemption: { quantity: 2 }, metadata: { n: 1, ok: true }, additional_info: 'yours' },
    });
    const again = [
      { code: one, active: false, category: 'old' },
      { code: two },
      { code: two.toLowerCase() },
      { code: foreign },
    ];
    const { result } = await ended(await done('POST', `/v1/campaigns/${id}/import`, again));
    expect(result).toMatchObject({ created: 1, updated: 1, refused: 2 });
    expect(result.failed).toEqual([
      { line: 3, verdict: 'refused', code: two.toLowerCase(), field: 'code', rule: 'is that of line 2' },
      { line: 4, verdict: 'refused', field: 'code', rule: 'is taken' },
    ]);
    expect(await done('GET', at(one))).toMatchObject({ active: false, category: 'old', redemption: { quantity: 2 } });
    expect((await done('GET', `/v1/campaigns/${id}`)).vouchers_count).toBe(2);
  });

  it('case 38: reads a CSV file line by line: duplicates, wrong dates and what is too long are told, and the codes can be given', async () => {
    const [id, one, two] = [await campaign(), newCode(), newCode()];
    const rows = [
      'Code,Active,Category,Expiration Date,Shelf',
      `${one},true,summer,2031-05-01,7`,
      `${two},,,not a day,`,
      `${one},,,,`,
      `${'x'.repeat(201)},,,,`,
      `"${newCode()}`,
    ];
    const { result } = await ended((await upload(`/v1/campaigns/${id}/importCSV`, rows.join('\n'))).body);
    expect(result).toMatchObject({ lines: 5, created: 1, refused: 4 });
    expect(result.failed.map(({ line, field }: { line: number; field: string }) => [line, field])).toEqual([
      [3, 'ends_at'],
      [4, 'code'],
      [5, 'code'],
      [6, 'line'],
    ]);
    expect(await done('GET', at(one))).toMatchObject({ category: 'summer', metadata: { Shelf: '7' } });
    const customer = { source_id: await someone() };
    expect((await done('POST', '/v1/publications', { campaign: { id }, customer })).voucher.code).toBe(one);
    expect((await ask('GET', at(two))).status).toBe(404);
  });

  it('case 38: refuses a file of more than 10 MB, and changes nothing', async () => {
    const [id, code] = [await campaign(), newCode()];
    const file = `Code\n${code}\n${'#'.repeat(10 * 1024 * 1024 - code.length - 5)}`;
    const { status, body } = await upload(`/v1/campaigns/${id}/importCSV`, file);
    expect([status, body.key]).toEqual([400, 'invalid_payload']);
    expect((await ask('GET', at(code))).status).toBe(404);
  });

  it('goes on after a crash before any of its steps was saved, and adds nothing twice', async () => {
    const [id, codes] = [await campaign(), Array.from({ length: 450 }, newCode)];
    const kind = JOB_KINDS.voucher_lines as {
      step: (call: StepCall<unknown, unknown>) => Promise<StepOutcome<unknown>>;
    };
    const step = kind.step;
    const seen = new Set<string>();
    const stub = env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));
    vi.spyOn(kind, 'step').mockImplementation(async (asked) => {
      const outcome = await step(asked);
      const place = JSON.stringify(asked.cursor);
      const isFirst = !seen.has(place);
      seen.add(place);
      if (isFirst) await runInDurableObject(stub, (_, state) => state.abort('crash'));
      return outcome;
    });
    const started = await done(
      'POST',
      `/v1/campaigns/${id}/import`,
      codes.map((code) => ({ code })),
    );
    const { result } = await eventually(async () => {
      const { status, body } = await ask('GET', `/v1/async-actions/${started.async_action_id}`);
      return status === 200 && body.operation_status !== null ? body : null;
    }, 30_000);
    expect([seen.size, result.created, result.refused]).toEqual([3, 450, 0]);
    const { vouchers, total } = await done('GET', `/v1/vouchers?campaign=${id}&limit=100`);
    expect([vouchers.length, total]).toEqual([100, 450]);
    expect((await done('GET', `/v1/campaigns/${id}`)).vouchers_count).toBe(450);
    const given = new Set<string>();
    for (let n = 0; n < 3; n += 1) {
      const customer = { source_id: await someone() };
      given.add((await done('POST', '/v1/publications', { campaign: { id }, customer })).voucher.code);
    }
    expect(given.size).toBe(3);
  });
});

describe('codes of a campaign', () => {
  it('case 37: are made in the background with progress, none twice, and refused up front where they cannot all be', async () => {
    const id = await campaign({ vouchers_count: 2_500 });
    const [newest] = (await done('GET', '/v1/async-actions?limit=1')).async_actions;
    expect(newest).toMatchObject({ type: 'CAMPAIGN.VOUCHERS_GENERATION', object: 'async_action' });
    expect(await ended({ async_action_id: newest.id })).toMatchObject({
      status: 'DONE',
      result: { done_count: 2_500 },
    });
    const { total } = await done('GET', `/v1/vouchers?campaign=${id}`);
    expect(total).toBe(2_500);
    const voucher = { ...TEN_OFF, code_config: { pattern: 'A-###' } };
    const refused = await ask('POST', '/v1/campaigns', { name: newCode(), vouchers_count: 1_000, voucher });
    expect([refused.status, refused.body.key]).toEqual([400, 'invalid_code_config']);
  });

  it('are added one at once, made or named, once per Idempotency-Key, or many later', async () => {
    const [id, code] = [await campaign(), newCode()];
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const own = { category: 'extra', redemption: { quantity: 4 }, metadata: { a: 1 } };
    const made = await ask('POST', `/v1/campaigns/${id}/vouchers`, own, key);
    expect(made.body).toMatchObject({
      campaign_id: id,
      category: 'extra',
      redemption: { quantity: 4 },
      metadata: { a: 1 },
    });
    expect((await ask('POST', `/v1/campaigns/${id}/vouchers`, own, key)).body).toEqual(made.body);
    const named = { 'Idempotency-Key': crypto.randomUUID() };
    const path = `/v1/campaigns/${id}/vouchers/${code}`;
    expect((await ask('POST', path, undefined, named)).body).toMatchObject({ code, campaign_id: id });
    expect((await ask('POST', path, undefined, named)).status).toBe(200);
    const taken = await ask('POST', path);
    expect([taken.status, taken.body.key]).toEqual([409, 'duplicate_found']);
    expect((await done('GET', `/v1/campaigns/${id}`)).vouchers_count).toBe(2);
    await ended(await done('POST', `/v1/campaigns/${id}/vouchers?vouchers_count=5`));
    expect((await done('GET', `/v1/campaigns/${id}`)).vouchers_count).toBe(7);
  });

  it('of a campaign that has one code get no others', async () => {
    const code = newCode();
    const voucher = { ...TEN_OFF, code, redemption: { quantity: null } };
    const { id } = await done('POST', '/v1/campaigns', { name: newCode(), type: 'STANDALONE', voucher });
    for (const [path, body] of [
      ['vouchers', {}],
      [`vouchers/${newCode()}`, {}],
      ['import', [{ code: newCode() }]],
    ] as const) {
      const refused = await ask('POST', `/v1/campaigns/${id}/${path}`, body);
      expect([refused.status, refused.body.key]).toEqual([400, 'invalid_payload']);
    }
    expect((await done('POST', at(code, '/redemption'), { order: { amount: 5000 } })).result).toBe('SUCCESS');
  });
});
