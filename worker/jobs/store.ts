/** The only SQL of the Jobs database. Rows in, jobs out; it decides nothing. */
import first from '../../migrations/jobs/0001_jobs.sql';
import second from '../../migrations/jobs/0002_uploads.sql';
import points from '../../migrations/jobs/0003_points.sql';
import type { Json, JsonObject } from '../domain/json.ts';
import { Database } from '../storage/database.ts';
import type { Progress } from './kind.ts';
import { Uploads } from './uploads.ts';

const KEPT_MS = 90 * 86_400_000;
const FILE_KEPT_MS = 7 * 86_400_000;

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  /** Counts jobs by arrival. */
  n: number;
  kind: string;
  state: JobState;
  /** Asked to end; it does between two steps. */
  cancelling: boolean;
  input: JsonObject;
  cursor: Json;
  progress: Progress;
  lines: number;
  /** Lines beyond the most that are kept. */
  linesDropped: number;
  result: JsonObject | null;
  error: string | null;
  failures: number;
  notBeforeMs: number;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
}

const WRITE = `
  INSERT INTO job (id, n, kind, state, cancelling, input, cursor, done, total, lines, lines_dropped, result, error,
    failures, not_before_ms, created_ms, started_ms, ended_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET state = excluded.state, cancelling = excluded.cancelling, cursor = excluded.cursor, done = excluded.done, total = excluded.total, lines = excluded.lines,
    lines_dropped = excluded.lines_dropped, result = excluded.result, error = excluded.error,
    failures = excluded.failures, not_before_ms = excluded.not_before_ms, started_ms = excluded.started_ms,
    ended_ms = excluded.ended_ms`;

export class JobStore {
  readonly #db: Database;
  readonly uploads: Uploads;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first, second, points]);
    this.uploads = new Uploads(this.#db);
  }

  transaction<T>(work: () => T): T {
    this.#db.migrate();
    return this.#db.transaction(work);
  }

  job(id: string): Job | null {
    const row = this.#db.one('SELECT * FROM job WHERE id = ?', id);
    return row === null ? null : toJob(row);
  }

  /** Jobs that have not ended, in the order they run. */
  open(): Job[] {
    return this.#db.all('SELECT * FROM job WHERE ended_ms IS NULL ORDER BY n').map(toJob);
  }

  /** Newest first; `before`: the number of the last one of the page before. */
  page(limit: number, before: number | null): Job[] {
    const after = before ?? Number.MAX_SAFE_INTEGER;
    return this.#db.all('SELECT * FROM job WHERE n < ? ORDER BY n DESC LIMIT ?', after, limit).map(toJob);
  }

  lines(id: string, after: number, limit: number): { line: number; body: JsonObject }[] {
    return this.#db
      .all('SELECT line, body FROM line WHERE job = ? AND line > ? ORDER BY line LIMIT ?', id, after, limit)
      .map((row) => ({ line: Number(row.line), body: JSON.parse(String(row.body)) as JsonObject }));
  }

  lastN(): number {
    return Number(this.#db.one('SELECT MAX(n) AS n FROM job')?.n ?? 0);
  }

  write(job: Job): void {
    const { id, n, kind, state, lines, linesDropped, error, failures } = job;
    const cursor = job.cursor === null ? null : JSON.stringify(job.cursor);
    const result = job.result === null ? null : JSON.stringify(job.result);
    const about = [id, n, kind, state, job.cancelling ? 1 : 0, JSON.stringify(job.input), cursor];
    const told = [job.progress.done, job.progress.total, lines, linesDropped, result, error];
    this.#db.run(WRITE, ...about, ...told, failures, job.notBeforeMs, job.createdAtMs, job.startedAtMs, job.endedAtMs);
  }

  /** Behind all others: jobs run in the order of their numbers. */
  moveLast(id: string): void {
    this.#db.run('UPDATE job SET n = ? WHERE id = ?', this.lastN() + 1, id);
  }

  /** Adds lines after the `last` one. */
  writeLines(id: string, last: number, lines: string[]): void {
    if (lines.length === 0) return;
    this.#db.run(
      'INSERT INTO line (job, line, body) SELECT ?, ? + key, value FROM json_each(?)',
      id,
      last + 1,
      JSON.stringify(lines),
    );
  }

  /** Of a line that shows one of these only what became of it is kept. */
  forget(shown: string[]): void {
    const bare = `json_patch('{}', json_object('line', body ->> 'line', 'verdict', body ->> 'verdict', 'erased', json('true')))`;
    const sql = `UPDATE line SET body = ${bare}
      WHERE EXISTS (SELECT 1 FROM json_each(?) j WHERE instr(lower(body), j.value) > 0)`;
    this.#db.run(sql, JSON.stringify(shown.map((text) => JSON.stringify(text).toLowerCase())));
  }

  /** Jobs that ended long ago, with their lines; of those that failed and could go on, their files sooner. */
  dropOld(now: number): void {
    const endedMs = now - KEPT_MS;
    const failed = 'SELECT id FROM job WHERE ended_ms < ? AND id IN (SELECT job FROM part)';
    for (const { id } of this.#db.all(failed, now - FILE_KEPT_MS)) this.uploads.drop(String(id));
    this.#db.run('DELETE FROM line WHERE job IN (SELECT id FROM job WHERE ended_ms < ?)', endedMs);
    this.#db.run('DELETE FROM job WHERE ended_ms < ?', endedMs);
  }
}

function toJob(row: Record<string, SqlStorageValue>): Job {
  return {
    id: String(row.id),
    n: Number(row.n),
    kind: String(row.kind),
    state: String(row.state) as JobState,
    cancelling: row.cancelling === 1,
    input: JSON.parse(String(row.input)) as JsonObject,
    cursor: row.cursor === null ? null : (JSON.parse(String(row.cursor)) as Json),
    progress: { done: Number(row.done), total: numberOrNull(row.total) },
    lines: Number(row.lines),
    linesDropped: Number(row.lines_dropped),
    result: row.result === null ? null : (JSON.parse(String(row.result)) as JsonObject),
    error: row.error === null ? null : String(row.error),
    failures: Number(row.failures),
    notBeforeMs: Number(row.not_before_ms),
    createdAtMs: Number(row.created_ms),
    startedAtMs: numberOrNull(row.started_ms),
    endedAtMs: numberOrNull(row.ended_ms),
  };
}

function numberOrNull(value: SqlStorageValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
