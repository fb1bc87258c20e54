/** Starts a job over many lines that a client sent in one request; the same request again finds the job of the first. */
import type { JsonObject } from '../domain/json.ts';
import { jobsOf } from '../jobs/stubs.ts';
import type { VoucherLine } from '../jobs/voucher-lines.ts';
import { nameOf, type World } from '../publishing/world.ts';
import { sha256Hex, toHex } from '../shops/crypto.ts';
import { ProblemError } from '../wire/problem.ts';

/** A part of a file is carried by one call. */
const PART = 4 * 1024 * 1024;

interface Wanted {
  kind: string;
  input: JsonObject;
  file: Uint8Array;
  /** The Idempotency-Key, or something new. */
  key: string;
  fingerprint: string;
}

/** The job's name among clients. Refused where too many wait. */
export async function startBulk(world: World, { kind, input, file, key, fingerprint }: Wanted): Promise<string> {
  const jobs = jobsOf(world.env, world.shop.id);
  const id = `job_${nameOf(world, 'bulk', { key })}`;
  const known = await jobs.job(id);
  if (known !== null) return actionOf(known.id, known.input.request === fingerprint);
  const drafted = await jobs.draft({ id, kind, input: { ...input, request: fingerprint } });
  if (drafted.refusal !== null) throw tooManyJobs();
  const { draft } = drafted;
  if (draft.input.request !== fingerprint) return actionOf(id, false);
  const parts = Math.max(1, Math.ceil(file.byteLength / PART));
  for (let at = 0; at < parts; at += 1) {
    const bytes = file.slice(at * PART, (at + 1) * PART);
    const sha256 = toHex(await crypto.subtle.digest('SHA-256', bytes));
    await jobs.putPart(id, { part: at + 1, sha256 }, bytes);
  }
  const started = await jobs.startDraft(id, parts);
  if (started.refusal !== null) throw tooManyJobs();
  return actionOf(id, true);
}

export function tooManyJobs(): ProblemError {
  return new ProblemError('rate_limited', { detail: 'Too many jobs wait.', headers: { 'Retry-After': '60' } });
}

/** What is called `job_…` here is called `aa_…` there. */
function actionOf(job: string, isSame: boolean): string {
  if (!isSame) throw new ProblemError('idempotency_mismatch');
  return `aa_${job.slice('job_'.length)}`;
}

export function jobOf(action: string): string {
  return `job_${action.replace(/^(aa|job)_/, '')}`;
}

export function linesFile(lines: VoucherLine[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Of the bytes of a file alone: what separates the parts of a form is another at each try. */
export async function fileFingerprint(url: string, file: Uint8Array): Promise<string> {
  return sha256Hex(`${new URL(url).pathname} ${toHex(await crypto.subtle.digest('SHA-256', file))}`);
}
