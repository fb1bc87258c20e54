/** Segments: the ready ones, and the shop's own. What a definition means, and whether it can stand, is decided elsewhere. */
import { createRoute, z } from '@hono/zod-openapi';
import { READY_SEGMENTS } from '../domain/segments/ready.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { EVALUATE_SEGMENTS } from '../jobs/evaluate-segments.ts';
import { countMembers } from '../projection/members.ts';
import { changeSegment, createSegment, dropSegment } from '../segments/book.ts';
import { newGroupId } from '../segments/group-id.ts';
import type { Caller } from '../shops/auth.ts';
import { shopOf } from '../shops/cache.ts';
import type { StoredSegment } from '../shops/segment-book.ts';
import { fromCursor } from '../wire/cursor.ts';
import { ReadySegmentList } from '../wire/ready-segments.ts';
import * as wire from '../wire/segments.ts';
import { definitionOf } from './definitions.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { segmentView } from './group-views.ts';
import { birthPlace, pageByBirth, refused, storedSegment, writerOf } from './groups.ts';
import { jobView, startJob } from './job-start.ts';

export const segments = routes();
const about = { tags: ['Segments'], security: bearer };

const ready = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/ready-segments',
  summary: 'Segments that most shops want, ready to be made, and what of each can be set',
  responses: { 200: json(ReadySegmentList, 'All of them'), ...refusals },
});
segments.openapi(ready, async (c) => {
  await requireScope(c, 'settings');
  return raw(c.json({ items: READY_SEGMENTS }, 200));
});

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/segments',
  summary: 'Segments, the oldest first',
  request: { query: wire.GroupQuery },
  responses: { 200: json(wire.SegmentList, 'A page of segments'), ...refusals },
});
segments.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor, counts } = c.req.valid('query');
  const after = fromCursor(cursor, birthPlace);
  const book = await shopOf(c.env, shop.id).segmentBook();
  const { items, nextCursor } = pageByBirth(book.segments, after, limit);
  const ids = items.map(({ id }) => id);
  const counted = counts ? await countMembers(c.env.DB, shop.id, ids) : null;
  return raw(c.json({ items: items.map((segment) => segmentView(segment, counted)), nextCursor }, 200));
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/segments',
  summary: 'Make a segment; it is in force at once, and a job looks at everybody',
  description:
    'By a definition, or by a ready segment with its parameters. Whoever does something from now on is looked at then; ' +
    'everybody else by the job, and in any case when somebody asks for them alone. Lists and counts follow the job.',
  request: { headers: idempotent, body: body(wire.NewSegment) },
  responses: { 201: json(wire.SegmentSaved, 'The segment and its job'), ...writeRefusals },
});
segments.openapi(create, async (c) => {
  const caller = await requireScope(c, 'settings');
  const wanted = c.req.valid('json');
  const response = await once(c, caller.shop.id, () => make(c, caller, wanted));
  const { segment } = z.object({ segment: z.object({ id: z.string() }) }).parse(await response.clone().json());
  response.headers.set('Location', `/admin/v1/segments/${segment.id}`);
  return raw(response);
});

async function make(c: AppContext, caller: Caller, wanted: wire.NewSegment): Promise<Response> {
  const { definition, ready } = definitionOf(wanted);
  const name = wanted.name ?? ready?.name ?? '';
  const description = wanted.description ?? ready?.description ?? '';
  const segment = { name, description, definition, announced: wanted.announce, ready: ready?.key ?? null };
  const id = await newGroupId('seg', caller.shop.id, seedOf(c));
  const made = await createSegment(writerOf(c, caller), id, segment);
  if (made.problem !== null) throw refused(made.problem);
  return saved(c, caller.shop.id, made.entry, { perSecond: wanted.perSecond, evaluate: true, status: 201 });
}

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/segments/{id}',
  summary: 'One segment',
  request: { params: wire.GroupParam, query: wire.CountQuery },
  responses: { 200: json(wire.Segment, 'The segment'), ...refusals },
});
segments.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const segment = await storedSegment(c, shop.id, id);
  const counted = c.req.valid('query').counts ? await countMembers(c.env.DB, shop.id, [id]) : null;
  return raw(c.json(segmentView(segment, counted), 200));
});

const change = createRoute({
  ...about,
  method: 'patch',
  path: '/admin/v1/segments/{id}',
  summary: 'Change what is named; another definition is in force at once, and a job looks at everybody',
  request: { params: wire.GroupParam, headers: idempotent, body: body(wire.SegmentChange) },
  responses: { 200: json(wire.SegmentSaved, 'The segment as it is now'), ...writeRefusals },
});
segments.openapi(change, async (c) => {
  const caller = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const wanted = c.req.valid('json');
  return raw(await once(c, caller.shop.id, (again) => alter(c, caller, id, { ...wanted, again })));
});

async function alter(
  c: AppContext,
  caller: Caller,
  id: string,
  { announce, perSecond, again, ...wanted }: wire.SegmentChange & { again: boolean },
): Promise<Response> {
  const changed = await changeSegment(writerOf(c, caller), id, given({ ...wanted, announced: announce }));
  if (changed.problem !== null) throw refused(changed.problem);
  // a run of this request that died may have changed it, and not begun the job
  const evaluate = changed.fresh || (again && wanted.definition !== undefined);
  return saved(c, caller.shop.id, changed.entry, { perSecond, evaluate, status: 200 });
}

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/segments/{id}',
  summary: 'Drop a segment; refused while other segments or the rules of lists ask for it',
  request: { params: wire.GroupParam, headers: idempotent },
  responses: { 204: { description: 'Dropped' }, ...writeRefusals },
});
segments.openapi(drop, async (c) => {
  const caller = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, caller.shop.id, async (again) => {
      const { problem } = await dropSegment(writerOf(c, caller), id);
      // a run of this request that died may have dropped it, and not begun the job
      if (problem !== null && !(again && problem.kind === 'unknown')) throw refused(problem);
      await startJob(c, caller.shop.id, EVALUATE_SEGMENTS, { perSecond: null });
      return c.body(null, 204);
    }),
  );
});

interface Saving {
  perSecond: number | null;
  evaluate: boolean;
  status: 200 | 201;
}

async function saved(c: AppContext, shop: string, segment: StoredSegment, how: Saving): Promise<Response> {
  const { perSecond, evaluate, status } = how;
  const job = evaluate ? await startJob(c, shop, EVALUATE_SEGMENTS, { perSecond }) : null;
  return raw(c.json({ segment: segmentView(segment, null), job: job && jobView(job) }, status));
}
