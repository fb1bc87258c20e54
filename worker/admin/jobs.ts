/** Long work of the shop: what runs, how far it is, what it found. Each feature starts its own. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { jobsOf } from '../jobs/stubs.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { Job, JobLines, JobList, NewJob } from '../wire/jobs.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { accepted, answerWithJob, jobView } from './job-start.ts';

export const jobs = routes();
const about = { tags: ['Jobs'], security: bearer };
const jobParam = z.object({ id: z.string().min(1).max(100) });

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/jobs',
  summary: 'Jobs, the newest first; kept for 90 days after their end',
  request: { query: pageQuery(200, 50) },
  responses: { 200: json(JobList, 'A page of jobs'), ...refusals },
});
jobs.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const page = await jobsOf(c.env, shop.id).page(limit, fromCursor(cursor, z.int()));
  return c.json({ items: page.jobs.map(jobView), nextCursor: page.next === null ? null : toCursor(page.next) }, 200);
});

const start = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/jobs',
  summary: 'Rebuild the copies behind lists and search, or compare them with the objects',
  description:
    'Events, points and the drawer go on meanwhile; lists are incomplete while a rebuild runs. A comparison reports each ' +
    'difference as a line (`customer`, `order`, `field`, `object`, `copy`); its result counts them, and 0 is expected.',
  request: { headers: idempotent, body: body(NewJob) },
  responses: { ...accepted, ...writeRefusals },
});
jobs.openapi(start, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  return raw(await answerWithJob(c, shop.id, c.req.valid('json').kind, {}));
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/jobs/{id}',
  summary: 'One job: its state, its progress, its result',
  request: { params: jobParam },
  responses: { 200: json(Job, 'The job as it is now'), ...refusals },
});
jobs.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const job = await jobsOf(c.env, shop.id).job(c.req.valid('param').id);
  if (job === null) throw new ProblemError('not_found');
  return c.json(jobView(job), 200);
});

const lines = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/jobs/{id}/lines',
  summary: "A job's report, line by line",
  request: { params: jobParam, query: pageQuery(1_000, 100) },
  responses: { 200: json(JobLines, 'A page of lines, in the order they were found'), ...refusals },
});
jobs.openapi(lines, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const after = fromCursor(cursor, z.int()) ?? 0;
  const page = await jobsOf(c.env, shop.id).lines(c.req.valid('param').id, after, limit);
  if (page === null) throw new ProblemError('not_found');
  return c.json({ items: page.lines, nextCursor: page.next === null ? null : toCursor(page.next) }, 200);
});

const cancel = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/jobs/{id}/cancel',
  summary: 'End a job: at once where it waits, after the step under way where it runs',
  description: 'What the job has done stays done. Asking again changes nothing.',
  request: { headers: idempotent, params: jobParam },
  responses: { 200: json(Job, 'The job'), ...writeRefusals },
});
jobs.openapi(cancel, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  return raw(await once(c, shop.id, () => end(c, shop.id, c.req.valid('param').id)));
});

async function end(c: AppContext, shop: string, id: string): Promise<Response> {
  const cancelled = await jobsOf(c.env, shop).cancel(id);
  if (cancelled.refusal === null) return c.json(jobView(cancelled.job), 200);
  if (cancelled.refusal === 'unknown') throw new ProblemError('not_found');
  throw new ProblemError('conflict', { detail: 'The job has ended.' });
}

const resume = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/jobs/{id}/resume',
  summary: 'Have a job that was cancelled or failed go on from where it stood',
  description:
    'It waits its turn behind other jobs, and keeps its progress and its report. Evaluations, previews and snapshots of ' +
    'segments, sums of all points, imports of points and their undo can go on; other kinds are started anew, and answer 409.',
  request: { headers: idempotent, params: jobParam },
  responses: { 200: json(Job, 'The job'), ...writeRefusals },
});
jobs.openapi(resume, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  return raw(await once(c, shop.id, (again) => goOn(c, shop.id, c.req.valid('param').id, again)));
});

const STAYS = {
  going: 'The job has not ended.',
  done: 'The job is done.',
  final: 'A job of this kind cannot go on; start another one.',
};

async function goOn(c: AppContext, shop: string, id: string, again: boolean): Promise<Response> {
  const resumed = await jobsOf(c.env, shop).resume(id);
  if (resumed.refusal === null) return c.json(jobView(resumed.job), 200);
  if (resumed.refusal === 'unknown') throw new ProblemError('not_found');
  if (resumed.refusal === 'full') throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  // a run of this request that died has resumed it
  if (again && resumed.refusal !== 'final') return c.json(jobView(resumed.job), 200);
  throw new ProblemError('conflict', { detail: STAYS[resumed.refusal] });
}
