/** A job that was cancelled or failed goes on from where it stood, once and in its turn. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobKind } from '../../worker/jobs/kind.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf, newJobId } from '../../worker/jobs/stubs.ts';
import { eventually, makeShop, type TestShop } from './shop.ts';

const STEPS = 5;

interface Kind {
  resumable?: boolean;
  /** Told where the step begins. */
  before?: (at: number) => Promise<void> | void;
}

/** A kind of its own for one test, that counts to five and reports each step. */
function kindOf({ resumable = true, before }: Kind): string {
  const kind = `test.${crypto.randomUUID()}`;
  JOB_KINDS[kind] = jobKind({
    input: z.strictObject({}),
    cursor: z.int(),
    resumable,
    step: async ({ cursor }) => {
      const at = cursor ?? 0;
      await before?.(at);
      const progress = { done: at + 1, total: STEPS };
      const lines = [{ step: at }];
      if (at + 1 === STEPS) return { state: 'done', progress, lines, result: { steps: STEPS } };
      return { state: 'going', cursor: at + 1, progress, lines };
    },
  });
  return kind;
}

afterEach(() => {
  for (const kind of Object.keys(JOB_KINDS)) if (kind.startsWith('test.')) delete JOB_KINDS[kind];
});

async function start(shop: TestShop, kind: string): Promise<string> {
  const id = await newJobId(shop.id, null);
  await jobsOf(env, shop.id).start({ id, kind, input: {} });
  return id;
}

const stubOf = (shop: TestShop) => env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));
const ended = (shop: TestShop, id: string) => jobsOf(env, shop.id).ended(id, 5_000);
const resume = (shop: TestShop, id: string, headers?: Record<string, string>) =>
  shop.admin('POST', `/admin/v1/jobs/${id}/resume`, undefined, headers);

/** Runs until its third step, and cancels it there. */
async function cancelled(shop: TestShop, about: Kind = {}) {
  const reached = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const steps: number[] = [];
  const before = async (at: number) => {
    steps.push(at);
    await about.before?.(at);
    if (at !== 2) return;
    reached.resolve();
    await asked.promise;
  };
  const id = await start(shop, kindOf({ ...about, before }));
  await reached.promise;
  await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`);
  const going = await resume(shop, id);
  asked.resolve();
  expect(await ended(shop, id)).toMatchObject({ state: 'cancelled', progress: { done: 3 } });
  return { id, steps, going };
}

describe('a job that was cancelled', () => {
  it('goes on from where it stood, with its progress and its report', async () => {
    const shop = await makeShop();
    const { id, steps, going } = await cancelled(shop);
    expect([going.status, going.body.detail]).toEqual([409, 'The job has not ended.']);
    const { startedAtMs } = (await shop.admin('GET', `/admin/v1/jobs/${id}`)).body;
    const { status, body } = await resume(shop, id);
    expect([status, body]).toMatchObject([
      200,
      { id, state: 'queued', cancelling: false, progress: { done: 3, total: STEPS }, endedAtMs: null, lines: 3 },
    ]);
    expect(await ended(shop, id)).toMatchObject({ state: 'done', result: { steps: STEPS }, startedAtMs, lines: STEPS });
    expect(steps).toEqual([0, 1, 2, 3, 4]);
    const { items } = (await shop.admin('GET', `/admin/v1/jobs/${id}/lines`)).body;
    expect(items.map(({ step }: { step: number }) => step)).toEqual([0, 1, 2, 3, 4]);
    const again = await resume(shop, id);
    expect([again.status, again.body.detail]).toEqual([409, 'The job is done.']);
  });

  it('waits its turn behind the job that runs', async () => {
    const shop = await makeShop();
    const { id, steps } = await cancelled(shop);
    const open = Promise.withResolvers<void>();
    const other = await start(
      shop,
      kindOf({
        before: async (at) => {
          steps.push(100 + at);
          if (at === 1) await open.promise;
        },
      }),
    );
    await eventually(async () => (steps.includes(101) ? true : null));
    expect((await resume(shop, id)).body.state).toBe('queued');
    open.resolve();
    expect([(await ended(shop, other))?.state, (await ended(shop, id))?.state]).toEqual(['done', 'done']);
    expect(steps).toEqual([0, 1, 2, 100, 101, 102, 103, 104, 3, 4]);
  });

  it('begins where it never began', async () => {
    const shop = await makeShop();
    const open = Promise.withResolvers<void>();
    await start(shop, kindOf({ before: () => open.promise }));
    const id = await start(shop, kindOf({}));
    expect((await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`)).body.state).toBe('cancelled');
    expect((await resume(shop, id)).status).toBe(200);
    open.resolve();
    expect(await ended(shop, id)).toMatchObject({ state: 'done', lines: STEPS });
  });

  it('can be cancelled and resumed again', async () => {
    const shop = await makeShop();
    const { id } = await cancelled(shop);
    const open = Promise.withResolvers<void>();
    const other = await start(shop, kindOf({ before: () => open.promise }));
    for (const _ of [1, 2]) {
      expect((await resume(shop, id)).status).toBe(200);
      expect((await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`)).body.state).toBe('cancelled');
    }
    expect((await resume(shop, id)).status).toBe(200);
    open.resolve();
    await ended(shop, other);
    expect(await ended(shop, id)).toMatchObject({ state: 'done', lines: STEPS });
  });

  it('INV-2: is resumed once for a key, also where the first run died before its answer was kept', async () => {
    const shop = await makeShop();
    const { id } = await cancelled(shop);
    const headers = { 'Idempotency-Key': 'again' };
    const first = await resume(shop, id, headers);
    expect((await resume(shop, id, headers)).body).toEqual(first.body);
    await ended(shop, id);
    await runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`)), (_, { storage }) => {
      storage.sql.exec("UPDATE answered SET status = 0, at_ms = 0, body = ''");
    });
    const rerun = await resume(shop, id, headers);
    expect([rerun.status, rerun.body.state]).toEqual([200, 'done']);
  });
});

describe('a job that failed', () => {
  it('goes on from the step that failed, with as many tries as before', async () => {
    const shop = await makeShop();
    let broken = true;
    const steps: number[] = [];
    const before = (at: number) => {
      steps.push(at);
      if (at === 1 && broken) throw new Error('not now');
    };
    const id = await start(shop, kindOf({ before }));
    await eventually(async () => ((await jobsOf(env, shop.id).job(id))?.failures === 1 ? true : null));
    await runInDurableObject(stubOf(shop), (_, { storage }) => {
      storage.sql.exec('UPDATE job SET failures = 11, not_before_ms = 0');
    });
    await runDurableObjectAlarm(stubOf(shop));
    expect((await shop.admin('GET', `/admin/v1/jobs/${id}`)).body).toMatchObject({ state: 'failed', lines: 1 });
    broken = false;
    expect((await resume(shop, id)).body).toMatchObject({ state: 'queued', error: null, progress: { done: 1 } });
    expect(await ended(shop, id)).toMatchObject({ state: 'done', failures: 0, lines: STEPS, error: null });
    expect(steps.at(-5)).toBe(1);
  });
});

describe('what cannot go on', () => {
  it('is a job of a kind that begins anew', async () => {
    const shop = await makeShop();
    const { id } = await cancelled(shop, { resumable: false });
    const refused = await resume(shop, id);
    expect([refused.status, refused.body.key]).toEqual([409, 'conflict']);
    const resumable = Object.entries(JOB_KINDS).flatMap(([kind, one]) => (one.resumable ? [kind] : []));
    expect(resumable.filter((kind) => !kind.startsWith('test.'))).toEqual([
      'generate_codes',
      'points_import',
      'points_import_undo',
      'liability',
      'distribute',
      'back_fill_connection',
      'evaluate_programme',
      'preview_tiers',
      'evaluate_segments',
      'preview_segment',
      'snapshot_segment',
    ]);
  });

  it('INV-10: is a job of another shop, or none', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = await cancelled(shop);
    expect([(await resume(other, id)).status, (await resume(shop, 'job_nope')).status]).toEqual([404, 404]);
    const { secret } = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['customers'] })).body;
    expect((await resume(shop, id, { Authorization: `Bearer ${secret}` })).status).toBe(403);
  });
});
