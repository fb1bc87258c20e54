/** Files of points: make one, upload it in parts, try it or start it, follow it, take it back. What a line means is read by the job. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { readBytes } from '../http/body.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { POINTS_IMPORT } from '../jobs/points-import.ts';
import { UNDO_POINTS_IMPORT } from '../jobs/points-import-undo.ts';
import type { Job } from '../jobs/store.ts';
import { jobsOf, newJobId } from '../jobs/stubs.ts';
import { toHex } from '../shops/crypto.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { ImportPart, LARGEST_PART } from '../wire/imports.ts';
import { pageQuery } from '../wire/parts.ts';
import * as wire from '../wire/points-imports.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { accepted, jobPath, jobView } from './job-start.ts';
import { pointsDraftView, pointsImportView, undoJobId } from './points-import-view.ts';

export const pointsImports = routes();
/** Where a body may be larger than elsewhere in the admin API. */
export const POINTS_UPLOADS = '/admin/v1/points-imports/:id/parts/:part';

const about = { tags: ['Points'], security: bearer };
const importParam = z.object({ id: z.string().min(1).max(100) });
const partParam = importParam.extend({
  part: z
    .string()
    .regex(/^[1-9]\d?$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((part) => part <= wire.MOST_POINTS_PARTS, `must be at most ${wire.MOST_POINTS_PARTS}`),
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/points-imports',
  summary: 'Make an import of points, which then waits for its file',
  description:
    'For bulk adjustments and for moving here from another programme. CSV: a header row, then rows; UTF-8; a comma, ' +
    'semicolon, tab or bar between cells, told from the header. NDJSON: an object with the same names a line. Whom a line is ' +
    'about: `customer_id` (ours), `user_id`, `email` (whatever its case), `shopify_id`, `external:<type>`, or `phone` where ' +
    'nothing else is given. How much: `points`, or `balance` with the mode `set`; `52,620` is one number. Also `reason`, ' +
    '`note`, and `expires_at` (ISO 8601, a date that is good to its end where the shop is, `never`, or nothing: as the ' +
    `programme says). At most ${wire.MOST_POINTS_LINES} lines. Each line does all of what it says or nothing, once, however ` +
    'often the file comes: what it did is a duplicate then, what the balance refused is refused again. A dry run reports the same lines and does nothing. Nobody is told of imported points as of ' +
    'something that happens now. One that is not started within a day is taken away.',
  request: { headers: idempotent, body: body(wire.NewPointsImport) },
  responses: { 201: json(wire.PointsImport, 'The import'), ...writeRefusals },
});
pointsImports.openapi(create, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const input = c.req.valid('json');
  return raw(await once(c, shop.id, () => made(c, shop.id, input)));
});

async function made(c: AppContext, shop: string, input: wire.NewPointsImport): Promise<Response> {
  const id = (await newJobId(shop, seedOf(c))).replace(/^job_/, 'pim_');
  const drafted = await jobsOf(c.env, shop).draft({ id, kind: POINTS_IMPORT, input });
  if (drafted.refusal !== null)
    throw new ProblemError('conflict', { detail: 'Too many imports wait for their files.' });
  return c.json(pointsDraftView(drafted.draft, []), 201, { Location: `/admin/v1/points-imports/${id}` });
}

const upload = createRoute({
  ...about,
  method: 'put',
  path: '/admin/v1/points-imports/{id}/parts/{part}',
  summary: 'Upload a part of the file',
  description:
    `The bytes as they are, at most ${LARGEST_PART} of them; gzip where \`Content-Encoding\` says so. A file may be cut ` +
    'anywhere. Parts are numbered from 1 and may come in any order; one that came before is taken again where its bytes ' +
    'are the same, and refused with 409 where they are not.',
  request: {
    params: partParam,
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  responses: { 200: json(ImportPart, 'What was kept'), ...writeRefusals },
});
pointsImports.openapi(upload, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id, part } = c.req.valid('param');
  await requireImport(c, shop.id, id);
  const bytes = await readBytes(c.req.raw, LARGEST_PART);
  if (bytes.byteLength === 0)
    throw new ProblemError('invalid_request', { errors: [{ field: 'body', rule: 'must not be empty' }] });
  const sha256 = toHex(await crypto.subtle.digest('SHA-256', bytes));
  const kept = await jobsOf(c.env, shop.id).putPart(id, { part, sha256 }, bytes);
  if (kept.refusal === 'unknown')
    throw new ProblemError('conflict', { detail: 'The import has been started or has ended.' });
  if (kept.refusal === 'differs') throw new ProblemError('conflict', { detail: `Part ${part} came with other bytes.` });
  return c.json(kept.part, 200);
});

const start = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/points-imports/{id}/start',
  summary: 'Start an import whose parts are all there',
  description: 'Refused with 409 while parts are missing. Starting it again answers the job as it stands.',
  request: { params: importParam, body: body(wire.StartPointsImport) },
  responses: { ...accepted, ...writeRefusals },
});
pointsImports.openapi(start, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  await requireImport(c, shop.id, id);
  const started = await jobsOf(c.env, shop.id).startDraft(id, c.req.valid('json').parts);
  if (started.refusal === null) return c.json(jobView(started.job), 202, { Location: jobPath(id) });
  if (started.refusal === 'unknown') throw new ProblemError('not_found');
  if (started.refusal !== 'incomplete') throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  const { missing, beyond } = started;
  const detail =
    missing.length > 0 ? `Parts are missing: ${missing.join(', ')}.` : `More parts have come: ${beyond.join(', ')}.`;
  throw new ProblemError('conflict', { detail });
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/points-imports/{id}',
  summary: 'One import of points: its state, what has come, what became of its lines, and whether it was taken back',
  description: 'Kept for 90 days after its end.',
  request: { params: importParam },
  responses: { 200: json(wire.PointsImport, 'The import as it is now'), ...refusals },
});
pointsImports.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'points');
  return c.json(await requireImport(c, shop.id, c.req.valid('param').id), 200);
});

const lines = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/points-imports/{id}/lines',
  summary: 'What became of each line, or would',
  request: { params: importParam, query: pageQuery(1_000, 100) },
  responses: { 200: json(wire.PointsImportLines, 'A page of lines, in the order of the file'), ...refusals },
});
pointsImports.openapi(lines, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  await requireImport(c, shop.id, id);
  const { limit, cursor } = c.req.valid('query');
  const page = await jobsOf(c.env, shop.id).lines(id, fromCursor(cursor, z.int()) ?? 0, limit);
  const items = (page?.lines ?? []).map((line) => wire.PointsImportLine.parse(line));
  return c.json({ items, nextCursor: page?.next == null ? null : toCursor(page.next) }, 200);
});

const cancel = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/points-imports/{id}/cancel',
  summary: 'End an import: at once where it waits, after the lines under way where it runs',
  description:
    'What it has done stays, and can be taken back. The file is taken away. The same file in another import goes on where ' +
    'this one ended, for what it has done is not done again.',
  request: { params: importParam },
  responses: { 200: json(wire.PointsImport, 'The import'), ...writeRefusals },
});
pointsImports.openapi(cancel, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  await requireImport(c, shop.id, id);
  const cancelled = await jobsOf(c.env, shop.id).cancel(id);
  if (cancelled.refusal !== null) throw new ProblemError('conflict', { detail: 'The import has ended.' });
  return c.json(pointsImportView(cancelled.job, null), 200);
});

const resume = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/points-imports/{id}/resume',
  summary: 'Have an import that failed go on from the line where it stood',
  description:
    'Of one that failed by trouble on our side, within a week: its file is kept for so long. It waits its turn behind other ' +
    'jobs. 409 where it has not failed, was taken back, or where its file is gone: the same file in another import does only what is left.',
  request: { params: importParam },
  responses: { 200: json(wire.PointsImport, 'The import'), ...writeRefusals },
});
pointsImports.openapi(resume, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  const { undo } = await requireImport(c, shop.id, id);
  if (undo !== null) throw new ProblemError('conflict', { detail: 'The import was taken back.' });
  const resumed = await jobsOf(c.env, shop.id).resume(id);
  if (resumed.refusal === 'full') throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  if (resumed.refusal !== null) throw new ProblemError('conflict', { detail: 'The import cannot go on.' });
  return c.json(pointsImportView(resumed.job, null), 200);
});

const undo = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/points-imports/{id}/undo',
  summary: 'Take an import back: all that its lines gave and took',
  description:
    'Each line once, as a row of its own in the journal of its customer. What was given is taken from its own lot first; ' +
    'what was spent of it is owed, or let go, as the programme says, and reported. What was taken comes back to run out when ' +
    'it would have. Opening balances that still wait are withdrawn. Refused with 409 while the import runs. Asking again ' +
    'answers the same job, and has one that was cancelled or failed go on. A file that was taken back still counts as ' +
    'imported: with another `key` it is imported anew.',
  request: { params: importParam, headers: idempotent, body: { ...body(wire.UndoPointsImport), required: false } },
  responses: { ...accepted, ...writeRefusals },
});
pointsImports.openapi(undo, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  const { reason = null, note = null } = c.req.valid('json');
  const response = await once(c, shop.id, async () => {
    const found = await requireImport(c, shop.id, id);
    if (found.dryRun) throw new ProblemError('conflict', { detail: 'A dry run did nothing.' });
    if (!['done', 'failed', 'cancelled'].includes(found.state))
      throw new ProblemError('conflict', { detail: 'The import has not ended: cancel it first.' });
    return c.json(jobView(await undoing(c, shop.id, { import: id, reason, note })), 202);
  });
  response.headers.set('Location', jobPath(undoJobId(id)));
  return raw(response);
});

/** The one job that takes this import back; it goes on where it was cancelled or failed. */
async function undoing(
  c: AppContext,
  shop: string,
  input: { import: string; reason: string | null; note: string | null },
): Promise<Job> {
  const jobs = jobsOf(c.env, shop);
  const started = await jobs.start({ id: undoJobId(input.import), kind: UNDO_POINTS_IMPORT, input });
  if (started.refusal !== null) throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  if (!['cancelled', 'failed'].includes(started.job.state)) return started.job;
  const resumed = await jobs.resume(started.job.id);
  return 'job' in resumed ? resumed.job : started.job;
}

/** 404 where there is no import of points by that id, be there another job. */
async function requireImport(c: AppContext, shop: string, id: string): Promise<z.infer<typeof wire.PointsImport>> {
  const jobs = jobsOf(c.env, shop);
  const waiting = await jobs.draftOf(id);
  if (waiting !== null && waiting.draft.kind === POINTS_IMPORT) return pointsDraftView(waiting.draft, waiting.parts);
  const job = await jobs.job(id);
  if (job === null || job.kind !== POINTS_IMPORT) throw new ProblemError('not_found');
  return pointsImportView(job, await jobs.job(undoJobId(id)));
}
