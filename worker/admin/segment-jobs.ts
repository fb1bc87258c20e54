/** Long work about one segment: hold everybody against it again, see whom a definition would hold, keep who is in it. */
import { createRoute } from '@hono/zod-openapi';
import { body } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { EVALUATE_SEGMENTS } from '../jobs/evaluate-segments.ts';
import { PREVIEW_SEGMENT } from '../jobs/preview-segment.ts';
import { SNAPSHOT_SEGMENT } from '../jobs/snapshot-segment.ts';
import { createList } from '../segments/book.ts';
import { newGroupId } from '../segments/group-id.ts';
import type { Caller } from '../shops/auth.ts';
import { shopOf } from '../shops/cache.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/segments.ts';
import { definitionOf, requireSound } from './definitions.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { refused, requireGroup, writerOf } from './groups.ts';
import { accepted, answerWithJob } from './job-start.ts';

export const segmentJobs = routes();
const about = { tags: ['Segments'], security: bearer };

const evaluate = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/segments/{id}/evaluate',
  summary: 'Look at every customer again',
  description: 'Who was looked at since the definition came into force is up to date: doing it again changes nothing.',
  request: {
    params: wire.GroupParam,
    headers: idempotent,
    body: { ...body(wire.EvaluateSegment), required: false },
  },
  responses: { ...accepted, ...writeRefusals },
});
segmentJobs.openapi(evaluate, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const perSecond = c.req.valid('json').perSecond ?? null;
  return raw(
    await answerWithJob(c, shop.id, EVALUATE_SEGMENTS, async () => {
      await requireGroup(c, shop, 'segment', id);
      return { perSecond };
    }),
  );
});

const preview = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/segments/preview',
  summary: 'See whom a definition would hold, before it is saved',
  description:
    'The result of the job has the exact `count` of whom the shop can name, how many `anonymous` ones there are beside ' +
    'them, and ten of them with why. Nothing is kept of it but the job.',
  request: { headers: idempotent, body: body(wire.PreviewSegment) },
  responses: { ...accepted, ...writeRefusals },
});
segmentJobs.openapi(preview, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { definition } = definitionOf(c.req.valid('json'));
  return raw(
    await answerWithJob(c, shop.id, PREVIEW_SEGMENT, async () => {
      await requireSound({ env: c.env, shop }, definition);
      return JSON.parse(JSON.stringify({ definition }));
    }),
  );
});

const snapshot = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/segments/{id}/snapshot',
  summary: 'Put everybody who is in a segment now on a list',
  description:
    'On a list that is there, or on a new one by its name, which needs the scope settings as well. Who is on it already ' +
    'stays there since they were.',
  request: { params: wire.GroupParam, headers: idempotent, body: body(wire.SnapshotSegment) },
  responses: { ...accepted, ...writeRefusals },
});
segmentJobs.openapi(snapshot, async (c) => {
  const caller = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  const wanted = c.req.valid('json');
  if (wanted.name !== undefined) await requireScope(c, 'settings');
  return raw(
    await answerWithJob(c, caller.shop.id, SNAPSHOT_SEGMENT, async () => {
      const { name } = await requireGroup(c, caller.shop, 'segment', id);
      return { segment: id, list: await listFor(c, caller, wanted, `Snapshot of ${name}`) };
    }),
  );
});

/** The list that is named; a new one is made once for a request. */
async function listFor(c: AppContext, caller: Caller, wanted: wire.SnapshotSegment, description: string) {
  if (wanted.name === undefined) {
    const { lists } = await shopOf(c.env, caller.shop.id).segmentBook();
    const known = lists.find((one) => one.id === wanted.list);
    if (known !== undefined) return known.id;
    throw new ProblemError('invalid_request', { errors: [{ field: 'list', rule: 'names no list of this shop' }] });
  }
  const id = await newGroupId('lst', caller.shop.id, seedOf(c));
  const made = await createList(writerOf(c, caller), id, { name: wanted.name, description, rules: [] });
  if (made.problem !== null) throw refused(made.problem);
  return made.entry.id;
}
