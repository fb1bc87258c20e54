/** Imports: make one, upload its file in parts, start it, follow it. What a line means is read by the job. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { readBytes } from '../http/body.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { IMPORT } from '../jobs/import-file.ts';
import { jobsOf, newJobId } from '../jobs/stubs.ts';
import { shopOf } from '../shops/cache.ts';
import { toHex } from '../shops/crypto.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/imports.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { draftView, importView } from './import-view.ts';
import { accepted, jobPath, jobView } from './job-start.ts';

export const imports = routes();
/** Where a body may be larger than elsewhere in the admin API. */
export const UPLOADS = '/admin/v1/imports/:id/parts/:part';

const about = { tags: ['Imports'], security: bearer };
const importParam = z.object({ id: z.string().min(1).max(100) });
const partParam = importParam.extend({
  part: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((part) => part <= wire.MOST_PARTS, `must be at most ${wire.MOST_PARTS}`),
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/imports',
  summary: 'Make an import, which then waits for its file',
  description:
    'One that is not started within a day is taken away. CSV: a header row, then rows; UTF-8; a comma, semicolon, tab or bar ' +
    'between cells, told from the header. Columns that name somebody: `user_id`, `email`, `phone`, `shopify_id`, ' +
    '`external:<type>`, `anonymous_id`. Customers: also `first_name`, `last_name`, `birthday`, `created_at`; every other ' +
    'column is a trait. Consents: `channel`, `state` (also `suppressed` with a `reason`, and `lifted`), `at`, `source`, ' +
    '`method`, `opt_in_level`, `ip`, `form`, `text`, `url`. Events: `event`, `timestamp`, `message_id`, `properties.<name>` ' +
    'or `properties` as JSON. A list: `subscribed_at`, and of a consent given with it the columns of consents, at the same ' +
    'time where it names no own; who is on the list already counts as a duplicate, or as updated where the day is earlier or ' +
    "the consent counts. NDJSON: an object with the same names a line; of events also Segment's own messages, as an " +
    'export holds them. Times are ISO 8601 or milliseconds; one without a zone is in the time zone of the shop.',
  request: { headers: idempotent, body: body(wire.NewImport) },
  responses: { 201: json(wire.Import, 'The import'), ...writeRefusals },
});
imports.openapi(create, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const input = c.req.valid('json');
  if (input.earn) await requireScope(c, 'points');
  return raw(await once(c, shop.id, () => made(c, shop.id, input)));
});

async function made(c: AppContext, shop: string, input: z.infer<typeof wire.NewImport>): Promise<Response> {
  if (input.list !== null) await requireList(c, shop, input.list);
  const id = (await newJobId(shop, seedOf(c))).replace(/^job_/, 'imp_');
  const drafted = await jobsOf(c.env, shop).draft({ id, kind: IMPORT, input });
  if (drafted.refusal !== null)
    throw new ProblemError('conflict', { detail: 'Too many imports wait for their files.' });
  return c.json(draftView(drafted.draft, []), 201, { Location: `/admin/v1/imports/${id}` });
}

async function requireList(c: AppContext, shop: string, list: string): Promise<void> {
  const { lists } = await shopOf(c.env, shop).segmentBook();
  if (!lists.some(({ id }) => id === list)) throw invalid('list', 'names no list of this shop');
}

const upload = createRoute({
  ...about,
  method: 'put',
  path: '/admin/v1/imports/{id}/parts/{part}',
  summary: 'Upload a part of the file',
  description:
    `The bytes as they are, at most ${wire.LARGEST_PART} of them; gzip where \`Content-Encoding\` says so. A file may be cut ` +
    'anywhere. Parts are numbered from 1 and may come in any order; one that came before is taken again where its bytes ' +
    'are the same, and refused with 409 where they are not.',
  request: {
    params: partParam,
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  responses: { 200: json(wire.ImportPart, 'What was kept'), ...writeRefusals },
});
imports.openapi(upload, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id, part } = c.req.valid('param');
  await importOf(c, shop.id, id);
  const bytes = await readBytes(c.req.raw, wire.LARGEST_PART);
  if (bytes.byteLength === 0) throw invalid('body', 'must not be empty');
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
  path: '/admin/v1/imports/{id}/start',
  summary: 'Start an import whose parts are all there',
  description: 'Refused with 409 while parts are missing. Starting it again answers the job as it stands.',
  request: { params: importParam, body: body(wire.StartImport) },
  responses: { ...accepted, ...writeRefusals },
});
imports.openapi(start, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  await importOf(c, shop.id, id);
  const started = await jobsOf(c.env, shop.id).startDraft(id, c.req.valid('json').parts);
  switch (started.refusal) {
    case null:
      return c.json(jobView(started.job), 202, { Location: jobPath(id) });
    case 'unknown':
      throw new ProblemError('not_found');
    case 'incomplete':
      throw new ProblemError('conflict', { detail: incomplete(started.missing, started.beyond) });
    default:
      throw new ProblemError('conflict', { detail: 'Too many jobs are waiting.' });
  }
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/imports/{id}',
  summary: 'One import: its state, what has come, what became of its lines',
  request: { params: importParam },
  responses: { 200: json(wire.Import, 'The import as it is now'), ...refusals },
});
imports.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  return c.json(await importOf(c, shop.id, c.req.valid('param').id), 200);
});

const lines = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/imports/{id}/lines',
  summary: 'What became of its lines, or would',
  description: `At most ${wire.MOST_REPORTED} lines are kept, half of them for lines that went well. The counts know all.`,
  request: { params: importParam, query: pageQuery(1_000, 100) },
  responses: { 200: json(wire.ImportLines, 'A page of lines, in the order of the file'), ...refusals },
});
imports.openapi(lines, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  await importOf(c, shop.id, id);
  const { limit, cursor } = c.req.valid('query');
  const page = await jobsOf(c.env, shop.id).lines(id, fromCursor(cursor, z.int()) ?? 0, limit);
  const items = (page?.lines ?? []).map((line) => wire.ImportLine.parse(line));
  return c.json({ items, nextCursor: page?.next == null ? null : toCursor(page.next) }, 200);
});

const cancel = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/imports/{id}/cancel',
  summary: 'End an import: at once where it waits, after the lines under way where it runs',
  description: 'What was imported stays. The file is taken away. Asking again changes nothing.',
  request: { params: importParam },
  responses: { 200: json(wire.Import, 'The import'), ...writeRefusals },
});
imports.openapi(cancel, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  await importOf(c, shop.id, id);
  const cancelled = await jobsOf(c.env, shop.id).cancel(id);
  if (cancelled.refusal !== null) throw new ProblemError('conflict', { detail: 'The import has ended.' });
  return c.json(importView(cancelled.job), 200);
});

/** 404 where there is no import by that id, be there another job. */
async function importOf(c: AppContext, shop: string, id: string): Promise<z.infer<typeof wire.Import>> {
  const jobs = jobsOf(c.env, shop);
  const waiting = await jobs.draftOf(id);
  if (waiting !== null && waiting.draft.kind === IMPORT) return draftView(waiting.draft, waiting.parts);
  const job = await jobs.job(id);
  if (job === null || job.kind !== IMPORT) throw new ProblemError('not_found');
  return importView(job);
}

function incomplete(missing: number[], beyond: number[]): string {
  if (missing.length > 0) return `Parts are missing: ${missing.slice(0, 20).join(', ')}.`;
  return `More parts have come than the file has: ${beyond.slice(0, 20).join(', ')}.`;
}

function invalid(field: string, rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field, rule }] });
}
