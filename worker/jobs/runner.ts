/**
 * Runs open jobs one after the other, a step at a time: a step's outcome is saved in one transaction before the next
 * begins, so a crash anywhere goes on from the last saved cursor.
 */
import type { Json, JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { within } from '../time/deadline.ts';
import { retryAfterMs } from '../time/retry.ts';
import type { JobKind, StepOutcome } from './kind.ts';
import type { Job, JobState, JobStore } from './store.ts';

const STEP_MS = 1_000;
const BREATH_MS = 1;
/** A step that takes this long hangs: it is given up and tried again. */
const STEP_LIMIT_MS = 60_000;
/** A quarter of a second, doubling to five minutes: about a quarter of an hour in all. */
const MOST_FAILURES = 12;
const LONGEST_LINE = 4_096;
const LONGEST_RESULT = 65_536;
const LONGEST_ERROR = 500;

export interface RunnerOf {
  env: Env;
  shop: string;
  /** Told of each job that ended. */
  ended: (job: string) => void;
}

export class Runner {
  readonly #store: JobStore;
  readonly #kinds: Record<string, JobKind>;
  readonly #of: RunnerOf;

  constructor(store: JobStore, kinds: Record<string, JobKind>, of: RunnerOf) {
    this.#store = store;
    this.#kinds = kinds;
    this.#of = of;
  }

  /** Runs until nothing can run or `untilMs`; answers when to go on (wall time), null where no job is open. */
  async run(untilMs: number): Promise<number | null> {
    for (;;) {
      const open = this.#store.open();
      const now = Date.now();
      // one that goes slowly because it was asked to lets others in between; one that fails is waited for
      const job = open.find((one) => one.cancelling || one.failures > 0 || one.notBeforeMs <= now) ?? open[0];
      if (job === undefined) return null;
      if (job.cancelling) this.#end(job, 'cancelled');
      else if (job.notBeforeMs > now) return job.failures > 0 ? job.notBeforeMs : soonest(open);
      else if (now >= untilMs) return now;
      else await this.#step(job);
      // a runtime that is never idle between steps would not look who else wants something
      await scheduler.wait(BREATH_MS);
    }
  }

  async #step(job: Job): Promise<void> {
    if (job.state === 'queued') this.#begin(job);
    try {
      this.#save(job, await this.#outcome(job));
    } catch (error) {
      this.#fail(job, error);
    }
  }

  async #outcome(job: Job): Promise<StepOutcome<unknown>> {
    const kind = this.#kinds[job.kind];
    if (kind === undefined) return { state: 'failed', reason: 'unknown kind of job', progress: job.progress };
    const { input, cursor, progress } = job;
    const { env, shop } = this.#of;
    const step = kind.step({
      env,
      shop,
      job: job.id,
      input,
      cursor,
      progress,
      untilMs: Date.now() + STEP_MS,
      upload: this.#store.uploads.open(job.id),
      firstLines: (met) => this.#store.transaction(() => this.#store.uploads.firstLines(job.id, met)),
      figures: (names) => this.#store.uploads.figures(job.id, names),
      fileOfKey: (key, file) => this.#store.transaction(() => this.#store.uploads.fileOfKey(key, file)),
    });
    return within(STEP_LIMIT_MS, step, () => {
      throw new Error(`a step took longer than ${STEP_LIMIT_MS} ms`);
    });
  }

  #save(before: Job, outcome: StepOutcome<unknown>): void {
    this.#change(before, (job) => {
      const room = Math.max(0, (this.#kinds[job.kind]?.mostLines ?? 0) - job.lines);
      const lines = (outcome.lines ?? []).map(boundedLine);
      const kept = lines.slice(0, room);
      this.#store.writeLines(job.id, job.lines, kept);
      this.#store.uploads.writeFigures(job.id, outcome.figures ?? []);
      const { progress } = outcome;
      const told = {
        progress,
        lines: job.lines + kept.length,
        linesDropped: job.linesDropped + lines.length - kept.length,
      };
      return { ...job, ...told, failures: 0, notBeforeMs: 0, error: null, ...nextOf(outcome) };
    });
  }

  #fail(before: Job, error: unknown): void {
    this.#report(before, error);
    this.#change(before, (job) => {
      const failures = job.failures + 1;
      const said = String(error).slice(0, LONGEST_ERROR);
      if (failures >= MOST_FAILURES) return { ...job, failures, error: said, ...ended('failed') };
      return { ...job, failures, error: said, notBeforeMs: Date.now() + Math.ceil(retryAfterMs(failures)) };
    });
  }

  #begin(job: Job): void {
    const startedAtMs = job.startedAtMs ?? Date.now();
    this.#store.transaction(() => this.#store.write({ ...job, state: 'running', startedAtMs }));
  }

  #end(before: Job, state: JobState): void {
    this.#change(before, (job) => ({ ...job, ...ended(state) }));
  }

  /** Writes what `next` makes of the job as it is now: it may have been asked to end meanwhile. */
  #change(before: Job, next: (job: Job) => Job): void {
    const endedNow = this.#store.transaction(() => {
      const job = this.#store.job(before.id);
      if (job === null || job.endedAtMs !== null) return false;
      const after = next(job);
      this.#store.write(after);
      if (after.endedAtMs !== null && !this.#mayGoOn(after)) this.#store.uploads.drop(job.id);
      return after.endedAtMs !== null;
    });
    if (endedNow) this.#of.ended(before.id);
  }

  /** It failed by trouble that may pass, and will need its file again. */
  #mayGoOn({ kind, state, failures }: Job): boolean {
    return this.#kinds[kind]?.keepsFile === true && state === 'failed' && failures >= MOST_FAILURES;
  }

  #report(job: Job, error: unknown): void {
    const about = { shop: this.#of.shop, job: job.id, kind: job.kind, failures: job.failures + 1 };
    const stack = error instanceof Error ? error.stack : String(error);
    console.error(JSON.stringify({ level: 'error', msg: 'a step of a job failed', ...about, stack }));
  }
}

function soonest(jobs: Job[]): number {
  return Math.min(...jobs.map((job) => job.notBeforeMs));
}

function nextOf(outcome: StepOutcome<unknown>): Partial<Job> {
  if (outcome.state === 'going') return { cursor: outcome.cursor as Json, notBeforeMs: outcome.notBeforeMs ?? 0 };
  if (outcome.state === 'failed') return { error: outcome.reason.slice(0, LONGEST_ERROR), ...ended('failed') };
  if (JSON.stringify(outcome.result).length > LONGEST_RESULT) throw new Error('a result larger than is kept');
  return { result: outcome.result, ...ended('done') };
}

function ended(state: JobState): Partial<Job> {
  return { state, endedAtMs: Date.now() };
}

function boundedLine(line: JsonObject): string {
  const text = JSON.stringify(line);
  return text.length <= LONGEST_LINE ? text : JSON.stringify({ text: text.slice(0, LONGEST_LINE / 2), cut: true });
}
