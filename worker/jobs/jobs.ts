/**
 * The Jobs object: a shop's long work, its progress and its reports. Apart from the Shop object, so that hours of work
 * and large uploads never stand before a read of keys. What a kind of job does is none of its business.
 */
import { DurableObject } from 'cloudflare:workers';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { within } from '../time/deadline.ts';
import { JOB_KINDS } from './kinds.ts';
import { Runner } from './runner.ts';
import { type Job, JobStore } from './store.ts';

/** How long one alarm works before it hands over to the next: an invocation may make 10,000 calls. */
const ALARM_MS = 5_000;
/** An alarm this far in the past sticks, or waits because the one before it died. */
const LATE_MS = 1_000;
const AFTER_BUG_MS = 60_000;
const MOST_OPEN = 100;
const KEPT_MS = 90 * 86_400_000;
const UPLOAD_KEPT_MS = 86_400_000;

export interface StartCall {
  /** From `newJobId`. A job that is there already under it is answered as it stands. */
  id: string;
  kind: string;
  input: JsonObject;
}

export type Started =
  | { refusal: null; job: Job }
  /** One of this kind is still open, and the kind runs alone. */
  | { refusal: 'busy'; job: Job }
  /** Too many jobs wait. */
  | { refusal: 'full' };

export type Cancelled = { refusal: null; job: Job } | { refusal: 'unknown' | 'ended' };

export class Jobs extends DurableObject<Env> {
  readonly #store: JobStore;
  readonly #runner: Runner;
  readonly #waiters = new Map<string, Set<() => void>>();
  #working = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new JobStore(ctx.storage);
    const shop = (ctx.id.name ?? '').slice('jobs:'.length);
    this.#runner = new Runner(this.#store, JOB_KINDS, { env, shop, ended: (id) => this.#wake(id) });
  }

  /** Queues a job. What was answered runs, whatever crashes. */
  start({ id, kind, input }: StartCall): Started {
    if (JOB_KINDS[kind] === undefined) throw new Error('unknown kind of job');
    const now = Date.now();
    const started = this.#store.transaction((): Started => {
      const known = this.#store.job(id);
      if (known !== null) return { refusal: null, job: known };
      const open = this.#store.open();
      const other = open.find((one) => one.kind === kind);
      if (JOB_KINDS[kind]?.exclusive && other !== undefined) return { refusal: 'busy', job: other };
      if (open.length >= MOST_OPEN) return { refusal: 'full' };
      this.#store.dropOld(now - KEPT_MS, now - UPLOAD_KEPT_MS);
      const job = newJob({ id, kind, input }, this.#store.lastN() + 1, now);
      this.#store.write(job);
      return { refusal: null, job };
    });
    if (started.refusal === null && started.job.endedAtMs === null && !this.#working) this.#alarmAt(now + 1);
    return started;
  }

  /** Keeps a piece (at most 1 MB) of what the job with this id will work on; call before `start`. A repeat changes nothing. */
  putPart(id: string, part: number, body: string): void {
    this.#store.transaction(() => {
      if (this.#store.job(id) === null) this.#store.writePart(id, part, body, Date.now());
    });
  }

  async job(id: string): Promise<Job | null> {
    await this.#mendAlarm();
    return this.#store.job(id);
  }

  /** Newest first; `next` is null on the last page. */
  async page(limit: number, before: number | null): Promise<{ jobs: Job[]; next: number | null }> {
    await this.#mendAlarm();
    const found = this.#store.page(limit + 1, before);
    const jobs = found.slice(0, limit);
    return { jobs, next: found.length > limit ? (jobs.at(-1)?.n ?? null) : null };
  }

  /** The report after a line; null where there is no such job. */
  lines(id: string, after: number, limit: number): { lines: JsonObject[]; next: number | null } | null {
    if (this.#store.job(id) === null) return null;
    const found = this.#store.lines(id, after, limit + 1);
    const page = found.slice(0, limit);
    return { lines: page.map(({ body }) => body), next: found.length > limit ? (page.at(-1)?.line ?? null) : null };
  }

  /** The job of this kind that has not ended; null where there is none. */
  openOf(kind: string): Job | null {
    return this.#store.open().find((job) => job.kind === kind) ?? null;
  }

  /** Asks a job to end: at once where it waits, after the step under way where it runs. Repeats are welcome. */
  cancel(id: string): Cancelled {
    const job = this.#store.job(id);
    if (job === null) return { refusal: 'unknown' };
    if (job.state === 'cancelled' || job.cancelling) return { refusal: null, job };
    if (job.endedAtMs !== null) return { refusal: 'ended' };
    const now = Date.now();
    const waiting = job.state === 'queued';
    const after: Job = waiting ? { ...job, state: 'cancelled', endedAtMs: now } : { ...job, cancelling: true };
    this.#store.transaction(() => {
      this.#store.write(after);
      if (waiting) this.#store.dropParts(id);
    });
    if (waiting) this.#wake(id);
    else if (!this.#working) this.#alarmAt(now + 1);
    return { refusal: null, job: after };
  }

  /** The job once it has ended, or as it is after `ms`; null where there is none. */
  async ended(id: string, ms: number): Promise<Job | null> {
    await this.#mendAlarm();
    const job = this.#store.job(id);
    if (job === null || job.endedAtMs !== null) return job;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(resolve));
    await within(ms, promise, () => waiters.delete(resolve));
    return this.#store.job(id);
  }

  /**
   * While it works the platform keeps the alarm that began it, so a crash brings it again at once. What fails is caught:
   * a throw would use up the platform's few tries.
   */
  override async alarm(): Promise<void> {
    this.#working = true;
    let againMs: number | null = Date.now() + AFTER_BUG_MS;
    try {
      againMs = await this.#runner.run(Date.now() + ALARM_MS);
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', msg: 'jobs stopped', error: String(error) }));
    }
    this.#working = false;
    if (againMs !== null) this.#alarmAt(Math.max(againMs, Date.now() + 1));
  }

  /** An alarm that was dropped or sticks is set again by whoever asks. */
  async #mendAlarm(): Promise<void> {
    if (this.#working || this.#store.open().length === 0) return;
    const at = await this.ctx.storage.getAlarm();
    if (!this.#working && (at === null || at < Date.now() - LATE_MS)) this.#alarmAt(Date.now() + 1);
  }

  #alarmAt(atMs: number): void {
    void this.ctx.storage.setAlarm(atMs);
  }

  #wake(id: string): void {
    for (const resolve of this.#waiters.get(id) ?? []) resolve();
    this.#waiters.delete(id);
  }
}

function newJob({ id, kind, input }: StartCall, n: number, createdAtMs: number): Job {
  return {
    id,
    n,
    kind,
    state: 'queued',
    cancelling: false,
    input,
    cursor: null,
    progress: { done: 0, total: null },
    lines: 0,
    linesDropped: 0,
    result: null,
    error: null,
    failures: 0,
    notBeforeMs: 0,
    createdAtMs,
    startedAtMs: null,
    endedAtMs: null,
  };
}
