/** Work that goes on after the answer, for voucher clients: how far it is, what came of it, which lines were refused. */
import { createRoute, z } from '@hono/zod-openapi';
import { GENERATE_CODES } from '../codes/making.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { IMPORT_CODES } from '../jobs/import-codes.ts';
import { IMPORT } from '../jobs/import-file.ts';
import type { Job } from '../jobs/store.ts';
import { jobsOf } from '../jobs/stubs.ts';
import { VOUCHER_LINES } from '../jobs/voucher-lines.ts';
import * as wire from '../wire/voucher-imports.ts';
import { jobOf } from './bulk.ts';
import { notFound } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';

export const asyncActions = voucherRoutes();

const PAGE = 100;
/** Pages of jobs of all kinds that are looked through for those of vouchers. */
const MOST_PAGES = 20;
const MOST_SHOWN = 100;

const list = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/async-actions',
  summary: 'Work that was begun, the last first',
  request: { query: wire.AsyncActionQuery },
  responses: { 200: json(wire.AsyncActionList, 'A page'), ...voucherRefusals },
});
asyncActions.openapi(list, async (c) => {
  const { shop } = c.get('caller');
  const { limit, end_date } = c.req.valid('query');
  const untilMs = end_date === undefined ? Number.POSITIVE_INFINITY : Date.parse(end_date);
  const found = await begunBy(c.env, shop.id, { limit: limit + 1, untilMs });
  const actions = found.slice(0, limit).map((job) => {
    const { result: _, ...view } = actionView(job, []);
    return view;
  });
  const about = { object: 'list' as const, data_ref: 'async_actions' as const };
  return c.json({ ...about, async_actions: actions, has_more: found.length > limit }, 200);
});

const read = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/async-actions/{id}',
  summary: 'One piece of work: how far it is, and what came of it',
  description: 'Its whole report: `GET /admin/v1/jobs/{id}/lines`, where the id begins with `job_` instead of `aa_`.',
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 200: json(wire.AsyncAction, 'The work'), ...voucherRefusals },
});
asyncActions.openapi(read, async (c) => {
  const { id } = c.req.valid('param');
  const jobs = jobsOf(c.env, c.get('caller').shop.id);
  const job = await jobs.job(jobOf(id));
  if (job === null || TYPES[job.kind] === undefined) throw notFound('async_action', id);
  const told = await jobs.lines(job.id, 0, MOST_SHOWN);
  return c.json(actionView(job, told?.lines ?? []), 200);
});

for (const path of ['/v1/async-actions', '/v1/async-actions/:id']) asyncActions.all(path, onlyMethods('GET, HEAD'));

async function begunBy(env: Env, shop: string, { limit, untilMs }: { limit: number; untilMs: number }): Promise<Job[]> {
  const found: Job[] = [];
  let before: number | null = null;
  for (let page = 0; page < MOST_PAGES && found.length < limit; page += 1) {
    const told: { jobs: Job[]; next: number | null } = await jobsOf(env, shop).page(PAGE, before);
    found.push(...told.jobs.filter(({ kind, createdAtMs }) => TYPES[kind] !== undefined && createdAtMs <= untilMs));
    before = told.next;
    if (before === null) break;
  }
  return found.slice(0, limit);
}

const TYPES: Readonly<Record<string, string>> = {
  [GENERATE_CODES]: 'CAMPAIGN.VOUCHERS_GENERATION',
  [IMPORT_CODES]: 'CAMPAIGN.VOUCHERS_IMPORT',
  [VOUCHER_LINES]: 'VOUCHERS.BULK',
  [IMPORT]: 'CUSTOMERS.IMPORT',
};
const STATUS = {
  queued: 'ACCEPTED',
  running: 'IN_PROGRESS',
  done: 'DONE',
  failed: 'FAILED',
  cancelled: 'CANCELED',
} as const;

function actionView(job: Job, lines: JsonObject[]): wire.AsyncAction {
  const { kind, state, progress, createdAtMs, endedAtMs } = job;
  const { done, total } = progress;
  const share = total === null || total === 0 ? 0 : Math.min(100, Math.floor((done * 100) / total));
  return {
    id: `aa_${job.id.slice('job_'.length)}`,
    type: TYPES[kind] ?? kind,
    status: STATUS[state],
    operation_status: endedAtMs === null ? null : state === 'done' ? 'SUCCESS' : 'FAILED',
    progress: state === 'done' ? 100 : share,
    result: endedAtMs === null ? null : resultView(job, lines),
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
    object: 'async_action',
  };
}

function resultView({ result, error, progress }: Job, lines: JsonObject[]): wire.AsyncAction['result'] {
  const failed = lines.flatMap((line) => (line.verdict === 'refused' ? [{ ...line, line: Number(line.line) }] : []));
  const refused = Number(result?.refused ?? failed.length);
  const lineCount = result?.lines === undefined ? null : Number(result.lines);
  const done = lineCount === null ? Number(result?.codes ?? progress.done) : lineCount - refused;
  return { ...result, message: error ?? 'Done', done_count: done, failed_count: refused, failed };
}
