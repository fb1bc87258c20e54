/**
 * The Jobs object: a shop's long work, its progress and its reports. Apart from the Shop object, so that hours of work
 * and large uploads never stand before a read of keys. What a kind of job does is none of its business.
 */
import { DurableObject } from 'cloudflare:workers';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { within } from '../time/deadline.ts';
import { JOB_KINDS } from './kinds.ts';
import { isFresh, newJob, type StartCall } from './new-job.ts';
import { Runner } from './runner.ts';
import { type Job, JobStore } from './store.ts';
import type { Draft, Part } from './uploads.ts';

/** How long one alarm works before it hands over to the next: an invocation may make 10,000 calls. */
const ALARM_MS = 5_000;
/** An alarm this far in the past sticks, or waits because the one before it died. */
const LATE_MS = 1_000;
const AFTER_BUG_MS = 60_000;
const MOST_OPEN = 100;
/** A draft that nobody starts is taken away after this long. */
const DRAFT_KEPT_MS = 86_400_000;
const MOST_DRAFTS = 20;

export type Drafted = { refusal: null; draft: Draft } | { refusal: 'full' };

export type PartAnswer =
  | { refusal: null; part: Part }
  /** No draft by that id: never made, or begun or gone since. */
  | { refusal: 'unknown' }
  /** Other bytes came under this number before. */
  | { refusal: 'differs' };

export type DraftStarted =
  | Started
  | { refusal: 'unknown' }
  /** `missing`: numbers that have not come; `beyond`: numbers above those the caller has. */
  | { refusal: 'incomplete'; missing: number[]; beyond: number[] };

export type Started =
  | { refusal: null; job: Job }
  /** One of this kind is still open, and the kind runs alone. */
  | { refusal: 'busy'; job: Job }
  /** Too many jobs wait. */
  | { refusal: 'full' };

export type Cancelled = { refusal: null; job: Job } | { refusal: 'unknown' | 'ended' };

export type Resumed =
  | { refusal: null; job: Job }
  | { refusal: 'unknown' }
  /** Too many jobs wait. */
  | { refusal: 'full' }
  /** It was neither cancelled nor did it fail; or its kind begins anew instead. */
  | { refusal: 'going' | 'done' | 'final'; job: Job };

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
      const waiting = open.find((one) => isFresh(one, { kind, input }));
      if (JOB_KINDS[kind]?.shared && waiting !== undefined) return { refusal: null, job: waiting };
      if (open.length >= MOST_OPEN) return { refusal: 'full' };
      this.#store.dropOld(now);
      const job = newJob({ id, kind, input }, this.#store.lastN() + 1, now);
      this.#store.write(job);
      this.#store.uploads.dropDraft(id);
      return { refusal: null, job };
    });
    if (started.refusal === null && started.job.endedAtMs === null && !this.#working) this.#alarmAt(now + 1);
    return started;
  }

  /** An erased person is in no report any more; `shown`: texts as reports show them. */
  forget(shown: string[]): void {
    if (this.#store.lastN() > 0) this.#store.transaction(() => this.#store.forget(shown));
  }

  /** Makes a job that waits for the parts of its file. A draft or a job that is there already is left as it stands. */
  draft({ id, kind, input }: StartCall): Drafted {
    if (JOB_KINDS[kind] === undefined) throw new Error('unknown kind of job');
    const { uploads } = this.#store;
    const drafted = this.#store.transaction((): Drafted => {
      uploads.dropOlder(Date.now() - DRAFT_KEPT_MS);
      const known = uploads.draft(id) ?? this.#store.job(id);
      if (known !== null) return { refusal: null, draft: known };
      if (uploads.drafts() >= MOST_DRAFTS) return { refusal: 'full' };
      const draft = { id, kind, input, createdAtMs: Date.now() };
      uploads.writeDraft(draft);
      return { refusal: null, draft };
    });
    if (!this.#working && this.#store.open().length === 0) this.#alarmAt(this.#draftsEndMs() ?? Date.now() + 1);
    return drafted;
  }

  /** Keeps a part of a draft's file, whatever the order they come in. The same bytes again change nothing. */
  putPart(id: string, part: Pick<Part, 'part' | 'sha256'>, body: Uint8Array): PartAnswer {
    const { uploads } = this.#store;
    if (uploads.draft(id) === null) return { refusal: 'unknown' };
    return this.#store.transaction((): PartAnswer => {
      const known = uploads.parts(id).find((one) => one.part === part.part);
      if (known !== undefined && known.sha256 !== part.sha256) return { refusal: 'differs' };
      if (known === undefined) uploads.writePart(id, part, body);
      return { refusal: null, part: { ...part, bytes: body.byteLength } };
    });
  }

  /** A draft and what has come of its file; null where there is none by that id. */
  draftOf(id: string): { draft: Draft; parts: Part[] } | null {
    const draft = this.#store.uploads.draft(id);
    return draft === null ? null : { draft, parts: this.#store.uploads.parts(id) };
  }

  /** Queues a draft's job once all `parts` parts are here; one that was started is answered as it stands. */
  startDraft(id: string, parts: number): DraftStarted {
    const known = this.#store.job(id);
    if (known !== null) return { refusal: null, job: known };
    const found = this.draftOf(id);
    if (found === null) return { refusal: 'unknown' };
    const here = found.parts.map(({ part }) => part);
    const missing = Array.from({ length: parts }, (_, at) => at + 1).filter((part) => !here.includes(part));
    const beyond = here.filter((part) => part > parts);
    if (missing.length > 0 || beyond.length > 0) return { refusal: 'incomplete', missing, beyond };
    return this.start(found.draft);
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
    const job = this.#store.job(id) ?? this.#drafted(id);
    if (job === null) return { refusal: 'unknown' };
    if (job.state === 'cancelled' || job.cancelling) return { refusal: null, job };
    if (job.endedAtMs !== null) return { refusal: 'ended' };
    const now = Date.now();
    const waiting = job.state === 'queued';
    const after: Job = waiting ? { ...job, state: 'cancelled', endedAtMs: now } : { ...job, cancelling: true };
    this.#store.transaction(() => {
      this.#store.write(after);
      if (!waiting) return;
      this.#store.uploads.dropDraft(id);
      this.#store.uploads.drop(id);
    });
    if (waiting) this.#wake(id);
    else if (!this.#working) this.#alarmAt(now + 1);
    return { refusal: null, job: after };
  }

  /** Has a job that was cancelled or failed go on from where it stood, after all others that wait. */
  resume(id: string): Resumed {
    const job = this.#store.job(id);
    if (job === null) return { refusal: 'unknown' };
    const { resumable = false, keepsFile = false } = JOB_KINDS[job.kind] ?? {};
    if (!resumable || (keepsFile && this.#store.uploads.parts(id).length === 0)) return { refusal: 'final', job };
    if (job.endedAtMs === null) return { refusal: 'going', job };
    if (job.state === 'done') return { refusal: 'done', job };
    if (this.#store.open().length >= MOST_OPEN) return { refusal: 'full' };
    const again = { state: 'queued' as const, cancelling: false, failures: 0, notBeforeMs: 0, endedAtMs: null };
    this.#store.transaction(() => {
      this.#store.write({ ...job, ...again, error: null });
      this.#store.moveLast(id);
    });
    if (!this.#working) this.#alarmAt(Date.now() + 1);
    return { refusal: null, job: this.#store.job(id) ?? job };
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
      this.#dropDrafts();
      againMs = (await this.#runner.run(Date.now() + ALARM_MS)) ?? this.#draftsEndMs();
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', msg: 'jobs stopped', error: String(error) }));
    }
    this.#working = false;
    if (againMs !== null) this.#alarmAt(Math.max(againMs, Date.now() + 1));
  }

  #dropDrafts(): void {
    const beforeMs = Date.now() - DRAFT_KEPT_MS;
    if ((this.#store.uploads.oldestMs() ?? Number.POSITIVE_INFINITY) > beforeMs) return;
    this.#store.transaction(() => this.#store.uploads.dropOlder(beforeMs));
  }

  #draftsEndMs(): number | null {
    const oldestMs = this.#store.uploads.oldestMs();
    return oldestMs === null ? null : oldestMs + DRAFT_KEPT_MS;
  }

  /** The job that a draft would become. */
  #drafted(id: string): Job | null {
    const draft = this.#store.uploads.draft(id);
    return draft === null ? null : newJob(draft, this.#store.lastN() + 1, draft.createdAtMs);
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
