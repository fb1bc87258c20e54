/** Lists: who is on one is said, by hand, by imports, by snapshots, or by the list's own rules. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { EVALUATE_SEGMENTS } from '../jobs/evaluate-segments.ts';
import { countMembers } from '../projection/members.ts';
import { changeList, createList, dropList } from '../segments/book.ts';
import { newGroupId } from '../segments/group-id.ts';
import type { Caller } from '../shops/auth.ts';
import { shopOf } from '../shops/cache.ts';
import { fromCursor } from '../wire/cursor.ts';
import * as wire from '../wire/lists.ts';
import { CountQuery, GroupParam, GroupQuery } from '../wire/segments.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { listView } from './group-views.ts';
import { birthPlace, pageByBirth, refused, storedList, writerOf } from './groups.ts';
import { startJob } from './job-start.ts';

export const lists = routes();
const about = { tags: ['Lists'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/lists',
  summary: 'Lists, the oldest first',
  request: { query: GroupQuery },
  responses: { 200: json(wire.ListPage, 'A page of lists'), ...refusals },
});
lists.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor, counts } = c.req.valid('query');
  const after = fromCursor(cursor, birthPlace);
  const book = await shopOf(c.env, shop.id).segmentBook();
  const { items, nextCursor } = pageByBirth(book.lists, after, limit);
  const ids = items.map(({ id }) => id);
  const counted = counts ? await countMembers(c.env.DB, shop.id, ids) : null;
  return raw(c.json({ items: items.map((one) => listView(one, counted)), nextCursor }, 200));
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/lists',
  summary: 'Make a list',
  request: { headers: idempotent, body: body(wire.NewList) },
  responses: { 201: json(wire.List, 'The list'), ...writeRefusals },
});
lists.openapi(create, async (c) => {
  const caller = await requireScope(c, 'settings');
  const wanted = c.req.valid('json');
  const response = await once(c, caller.shop.id, () => make(c, caller, wanted));
  const { id } = z.object({ id: z.string() }).parse(await response.clone().json());
  response.headers.set('Location', `/admin/v1/lists/${id}`);
  return raw(response);
});

async function make(c: AppContext, caller: Caller, wanted: z.infer<typeof wire.NewList>): Promise<Response> {
  const id = await newGroupId('lst', caller.shop.id, seedOf(c));
  const made = await createList(writerOf(c, caller), id, wanted);
  if (made.problem !== null) throw refused(made.problem);
  return raw(c.json(listView(made.entry, null), 201));
}

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/lists/{id}',
  summary: 'One list',
  request: { params: GroupParam, query: CountQuery },
  responses: { 200: json(wire.List, 'The list'), ...refusals },
});
lists.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const found = await storedList(c, shop.id, id);
  const counted = c.req.valid('query').counts ? await countMembers(c.env.DB, shop.id, [id]) : null;
  return raw(c.json(listView(found, counted), 200));
});

const change = createRoute({
  ...about,
  method: 'patch',
  path: '/admin/v1/lists/{id}',
  summary: 'Change what is named; rules take the place of all rules before, and count from now on',
  request: { params: GroupParam, headers: idempotent, body: body(wire.ListChange) },
  responses: { 200: json(wire.List, 'The list as it is now'), ...writeRefusals },
});
lists.openapi(change, async (c) => {
  const caller = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const wanted = given(c.req.valid('json'));
  return raw(
    await once(c, caller.shop.id, async () => {
      const changed = await changeList(writerOf(c, caller), id, wanted);
      if (changed.problem !== null) throw refused(changed.problem);
      return raw(c.json(listView(changed.entry, null), 200));
    }),
  );
});

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/lists/{id}',
  summary: 'Drop a list; refused while segments ask for it',
  request: { params: GroupParam, headers: idempotent },
  responses: { 204: { description: 'Dropped' }, ...writeRefusals },
});
lists.openapi(drop, async (c) => {
  const caller = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, caller.shop.id, async (again) => {
      const { problem } = await dropList(writerOf(c, caller), id);
      // a run of this request that died may have dropped it, and not begun the job
      if (problem !== null && !(again && problem.kind === 'unknown')) throw refused(problem);
      await startJob(c, caller.shop.id, EVALUATE_SEGMENTS, { perSecond: null });
      return c.body(null, 204);
    }),
  );
});
