/** How a route begins long work: once per Idempotency-Key, answered 202 with where to look. */
import type { z } from '@hono/zod-openapi';
import type { JsonObject } from '../domain/json.ts';
import { json } from '../http/answers.ts';
import type { AppContext } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import type { Job as StoredJob } from '../jobs/store.ts';
import { jobsOf, newJobId } from '../jobs/stubs.ts';
import { Job } from '../wire/jobs.ts';
import { ProblemError } from '../wire/problem.ts';

export const accepted = { 202: json(Job, 'The job; `Location` says where to follow it') };

/** Starts a job of `kind`. 409 where one that must run alone is open, or too many wait. */
export async function startJob(c: AppContext, shop: string, kind: string, input: JsonObject): Promise<StoredJob> {
  const id = await newJobId(shop, seedOf(c));
  const started = await jobsOf(c.env, shop).start({ id, kind, input });
  if (started.refusal === 'full') throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  if (started.refusal === 'busy') {
    const headers = { Location: jobPath(started.job.id) };
    throw new ProblemError('conflict', { detail: `The job ${started.job.id} is still running.`, headers });
  }
  return started.job;
}

/**
 * The whole of a route that starts a job: a retry with the same key gets the first answer, and its `Location`. Where the
 * input has to be made first, it is made once as well.
 */
export async function answerWithJob(
  c: AppContext,
  shop: string,
  kind: string,
  input: JsonObject | (() => Promise<JsonObject>),
): Promise<Response> {
  const response = await once(c, shop, async () => {
    const made = typeof input === 'function' ? await input() : input;
    return c.json(jobView(await startJob(c, shop, kind, made)), 202);
  });
  const { id } = Job.pick({ id: true }).parse(await response.clone().json());
  response.headers.set('Location', jobPath(id));
  return response;
}

export function jobPath(id: string): string {
  return `/admin/v1/jobs/${id}`;
}

export function jobView(job: StoredJob): z.infer<typeof Job> {
  const { id, kind, state, cancelling, progress, input, result, error, lines, linesDropped } = job;
  const times = { createdAtMs: job.createdAtMs, startedAtMs: job.startedAtMs, endedAtMs: job.endedAtMs };
  const cancellingStill = cancelling && job.endedAtMs === null;
  return {
    id,
    kind,
    state,
    cancelling: cancellingStill,
    progress,
    input,
    result,
    error,
    lines,
    linesDropped,
    ...times,
  };
}
