/** Long work: steps that a crash repeats, failures that are tried again, reports that page. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobKind, type StepOutcome } from '../../worker/jobs/kind.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf, newJobId } from '../../worker/jobs/stubs.ts';
import type { Upload } from '../../worker/jobs/uploads.ts';
import { eventually, makeShop, type TestShop } from './shop.ts';

const counted = z.strictObject({ upTo: z.int() });
type Step = (at: number, upload: Upload) => Promise<StepOutcome<number>>;

/** A kind of its own for one test: `step` is told how far it is. */
function kindOf(step: Step, exclusive = false): string {
  const kind = `test.${crypto.randomUUID()}`;
  JOB_KINDS[kind] = jobKind({
    input: counted,
    cursor: z.int(),
    exclusive,
    step: ({ cursor, upload }) => step(cursor ?? 0, upload),
  });
  return kind;
}

afterEach(() => {
  for (const kind of Object.keys(JOB_KINDS)) if (kind.startsWith('test.')) delete JOB_KINDS[kind];
});

function counting(upTo: number): Step {
  return async (at) => {
    const progress = { done: at + 1, total: upTo };
    const lines = [{ step: at }];
    return at + 1 < upTo
      ? { state: 'going', cursor: at + 1, progress, lines }
      : { state: 'done', progress, lines, result: { steps: upTo } };
  };
}

async function start(shop: TestShop, kind: string, id?: string) {
  const jobId = id ?? (await newJobId(shop.id, null));
  const started = await jobsOf(env, shop.id).start({ id: jobId, kind, input: { upTo: 1 } });
  if (started.refusal === 'full') throw new Error('full');
  return { ...started, id: started.job.id };
}

const ended = (shop: TestShop, id: string) => jobsOf(env, shop.id).ended(id, 5_000);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** How many rows the tables of uploads hold. */
function uploaded(shop: TestShop): Promise<Record<string, number>> {
  return runInDurableObject(stubOf(shop), (_, { storage }) => {
    const count = (table: string) => Number(storage.sql.exec(`SELECT COUNT(*) AS n FROM ${table}`).one().n);
    return { draft: count('draft'), part: count('part'), piece: count('piece') };
  });
}

const stubOf = (shop: TestShop) => env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));

describe('a job', () => {
  it('runs its steps in order, and reports progress, lines and its result', async () => {
    const shop = await makeShop();
    const { id } = await start(shop, kindOf(counting(3)));
    await ended(shop, id);
    const { status, body } = await shop.admin('GET', `/admin/v1/jobs/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      state: 'done',
      cancelling: false,
      progress: { done: 3, total: 3 },
      result: { steps: 3 },
      error: null,
      lines: 3,
      linesDropped: 0,
    });
    const first = (await shop.admin('GET', `/admin/v1/jobs/${id}/lines?limit=2`)).body;
    const second = (await shop.admin('GET', `/admin/v1/jobs/${id}/lines?limit=2&cursor=${first.nextCursor}`)).body;
    expect([first.items, second]).toEqual([[{ step: 0 }, { step: 1 }], { items: [{ step: 2 }], nextCursor: null }]);
  });

  it('is the same job for a retried start, and is listed newest first', async () => {
    const shop = await makeShop();
    const kind = kindOf(counting(1));
    const seed = await newJobId(shop.id, 'POST /x key');
    expect(await newJobId(shop.id, 'POST /x key')).toBe(seed);
    const [one, again, other] = [await start(shop, kind, seed), await start(shop, kind, seed), await start(shop, kind)];
    expect([again.id, other.id === one.id]).toEqual([one.id, false]);
    const page = (await shop.admin('GET', '/admin/v1/jobs?limit=1')).body;
    expect(page.items.map((job: { id: string }) => job.id)).toEqual([other.id]);
    const rest = (await shop.admin('GET', `/admin/v1/jobs?cursor=${page.nextCursor}`)).body;
    expect([rest.items.map((job: { id: string }) => job.id), rest.nextCursor]).toEqual([[one.id], null]);
  });

  it('waits until the one before has ended', async () => {
    const shop = await makeShop();
    const order: string[] = [];
    const noting = (name: string, upTo: number) =>
      kindOf(async (at, upload) => {
        order.push(`${name}${at}`);
        return counting(upTo)(at, upload);
      });
    await start(shop, noting('a', 2));
    const { id } = await start(shop, noting('b', 2));
    await ended(shop, id);
    expect(order).toEqual(['a0', 'a1', 'b0', 'b1']);
  });

  it('goes on from the last saved step after a crash, and reports the lines of a repeated step once', async () => {
    const shop = await makeShop();
    const order: number[] = [];
    let crash = true;
    const kind = kindOf(async (at, upload) => {
      order.push(at);
      if (at === 1 && crash) {
        crash = false;
        await runInDurableObject(stubOf(shop), (_, state) => state.abort('crash'));
      }
      return counting(3)(at, upload);
    });
    const { id } = await start(shop, kind);
    const job = await eventually(async () => {
      const found = await jobsOf(env, shop.id)
        .job(id)
        .catch(() => null);
      return found?.state === 'done' ? found : null;
    }, 10_000);
    expect(order).toEqual([0, 1, 1, 2]);
    expect(job).toMatchObject({ progress: { done: 3, total: 3 }, lines: 3 });
  });

  it('tries a step again that failed, and goes on', async () => {
    const shop = await makeShop();
    let failures = 2;
    const kind = kindOf(async (at, upload) => {
      failures -= 1;
      if (failures >= 0) throw new Error('not now');
      return counting(2)(at, upload);
    });
    const { id } = await start(shop, kind);
    expect(await ended(shop, id)).toMatchObject({ state: 'done', error: null, failures: 0 });
  });

  it('fails with the reason where its step keeps failing', async () => {
    const shop = await makeShop();
    const { id } = await start(
      shop,
      kindOf(() => Promise.reject(new Error('never'))),
    );
    await eventually(async () => ((await jobsOf(env, shop.id).job(id))?.failures === 1 ? true : null));
    await runInDurableObject(stubOf(shop), (_, state) => {
      state.storage.sql.exec('UPDATE job SET failures = 11, not_before_ms = 0');
    });
    await runDurableObjectAlarm(stubOf(shop));
    expect((await shop.admin('GET', `/admin/v1/jobs/${id}`)).body).toMatchObject({
      state: 'failed',
      error: 'Error: never',
    });
  });

  it('ends between two steps where it is cancelled, and keeps what it has done', async () => {
    const shop = await makeShop();
    const reached = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const kind = kindOf(async (at, upload) => {
      if (at === 1) {
        reached.resolve();
        await asked.promise;
      }
      return counting(5)(at, upload);
    });
    const { id } = await start(shop, kind);
    const { id: behind } = await start(shop, kind);
    await reached.promise;
    const cancelled = await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`);
    expect(cancelled.body).toMatchObject({ state: 'running', cancelling: true });
    expect((await shop.admin('POST', `/admin/v1/jobs/${behind}/cancel`)).body).toMatchObject({ state: 'cancelled' });
    asked.resolve();
    expect(await ended(shop, id)).toMatchObject({ state: 'cancelled', progress: { done: 2, total: 5 } });
    expect((await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`)).status).toBe(200);
  });

  it('runs alone where its kind says so', async () => {
    const shop = await makeShop();
    const open = Promise.withResolvers<void>();
    const kind = kindOf(async (at, upload) => {
      await open.promise;
      return counting(1)(at, upload);
    }, true);
    const first = await start(shop, kind);
    expect(await start(shop, kind)).toMatchObject({ refusal: 'busy', id: first.id });
    open.resolve();
    await ended(shop, first.id);
    expect(await start(shop, kind)).toMatchObject({ refusal: null });
  });

  it('reads what was uploaded for it, and drops it at its end', async () => {
    const shop = await makeShop();
    const id = await newJobId(shop.id, null);
    const jobs = jobsOf(env, shop.id);
    const kind = kindOf(async (_, { size, read }) => {
      const result = { size, all: textOf(read(0, 100)), across: textOf(read(2, 3)), large: read(0, size).length };
      return { state: 'done', progress: { done: 1, total: 1 }, result };
    });
    await jobs.draft({ id, kind, input: { upTo: 1 } });
    const large = new Uint8Array(600_000).fill(120);
    await jobs.putPart(id, { part: 3, sha256: 'c' }, large);
    await jobs.putPart(id, { part: 2, sha256: 'b' }, bytesOf('two'));
    expect(await jobs.startDraft(id, 3)).toEqual({ refusal: 'incomplete', missing: [1], beyond: [] });
    await jobs.putPart(id, { part: 1, sha256: 'a' }, bytesOf('one'));
    expect(await jobs.putPart(id, { part: 1, sha256: 'a' }, bytesOf('one'))).toMatchObject({ refusal: null });
    expect(await jobs.putPart(id, { part: 1, sha256: 'z' }, bytesOf('changed'))).toEqual({ refusal: 'differs' });
    await jobs.startDraft(id, 3);
    const read = { size: 600_006, all: `onetwo${'x'.repeat(94)}`, across: 'etw', large: 600_006 };
    expect(await ended(shop, id)).toMatchObject({ result: read });
    expect(await uploaded(shop)).toEqual({ draft: 0, part: 0, piece: 0 });
  });

  it('takes a draft away that nobody starts, with what was uploaded, after a day', async () => {
    const shop = await makeShop();
    const jobs = jobsOf(env, shop.id);
    const [old, fresh] = [await newJobId(shop.id, null), await newJobId(shop.id, null)];
    for (const id of [old, fresh]) {
      await jobs.draft({ id, kind: 'compare', input: {} });
      await jobs.putPart(id, { part: 1, sha256: 'a' }, bytesOf('one'));
    }
    await runInDurableObject(stubOf(shop), async (_, { storage }) => {
      const at = await storage.getAlarm();
      expect((at ?? 0) - Date.now()).toBeGreaterThan(86_000_000);
      storage.sql.exec('UPDATE draft SET at_ms = at_ms - 86400000 WHERE id = ?', old);
    });
    await runDurableObjectAlarm(stubOf(shop));
    expect([await jobs.draftOf(old), (await jobs.draftOf(fresh))?.parts.length]).toEqual([null, 1]);
    expect(await uploaded(shop)).toEqual({ draft: 1, part: 1, piece: 1 });
    await runInDurableObject(stubOf(shop), async (_, { storage }) => {
      expect(((await storage.getAlarm()) ?? 0) - Date.now()).toBeGreaterThan(86_000_000);
    });
  });

  it('begins again when somebody asks, where its alarm was lost', async () => {
    const shop = await makeShop();
    const kind = kindOf(counting(1));
    const id = await newJobId(shop.id, null);
    await runInDurableObject(stubOf(shop), async (instance, state) => {
      instance.start({ id, kind, input: { upTo: 1 } });
      await state.storage.deleteAlarm();
    });
    expect(await ended(shop, id)).toMatchObject({ state: 'done' });
  });
});

describe('the API of jobs', () => {
  it('INV-10, INV-13: knows nothing of another shop, and makes nothing by being read', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = await start(shop, kindOf(counting(1)));
    await ended(shop, id);
    for (const [method, path] of [
      ['GET', `/admin/v1/jobs/${id}`],
      ['GET', `/admin/v1/jobs/${id}/lines`],
      ['POST', `/admin/v1/jobs/${id}/cancel`],
    ] as const) {
      expect((await other.admin(method, path)).status, path).toBe(404);
    }
    expect((await other.admin('GET', '/admin/v1/jobs')).body).toEqual({ items: [], nextCursor: null });
    await runInDurableObject(stubOf(other), (_, state) => {
      expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'job'").toArray()).toEqual([]);
    });
  });

  it('refuses to cancel what has ended', async () => {
    const shop = await makeShop();
    const { id } = await start(shop, kindOf(counting(1)));
    await ended(shop, id);
    expect((await shop.admin('POST', `/admin/v1/jobs/${id}/cancel`)).body.key).toBe('conflict');
  });

  it.each(['limit=0', 'limit=-1', 'limit=1.5', 'limit=1e21', 'limit=201', 'cursor=x'])(
    'INV-14: refuses ?%s',
    async (q) => {
      const shop = await makeShop();
      expect((await shop.admin('GET', `/admin/v1/jobs?${q}`)).status).toBe(400);
    },
  );
});
