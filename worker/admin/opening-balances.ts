/** Points that wait for people whom nobody has seen yet: list them, or withdraw one. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../directory/cache.ts';
import { NEVER } from '../domain/ledger.ts';
import { json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { type OpeningBalance, OpeningBalances } from '../wire/points-imports.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';

export const openingBalances = routes();
const about = { tags: ['Points'], security: bearer };

type Stored = Awaited<ReturnType<ReturnType<typeof directoryOf>['openings']>>[number];

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/opening-balances',
  summary: 'Points that wait for people whom nobody has seen yet, in the order they came',
  description:
    'An import keeps them where none of the names of a line is known. They are credited once, when a trusted source first ' +
    'names somebody by one of these: by an event, a webhook, a signed-in visit. Nothing is made for them before that. Lines ' +
    'that share a name are taken to be for the same person.',
  request: { query: pageQuery(500, 100) },
  responses: { 200: json(OpeningBalances, 'A page of them'), ...refusals },
});
openingBalances.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const found = await directoryOf(c.env, shop.id).openings(fromCursor(cursor, z.int()) ?? 0, limit + 1);
  const page = found.slice(0, limit);
  const nextCursor = found.length > limit ? toCursor(page.at(-1)?.n) : null;
  return c.json({ items: page.map(openingView), nextCursor }, 200);
});

const withdraw = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/opening-balances/{id}',
  summary: 'Withdraw one',
  description: 'Refused with 409 where somebody has come for it. Asking again changes nothing.',
  request: { params: z.object({ id: z.string().min(1).max(100) }), headers: idempotent },
  responses: { 204: { description: 'It waits no more' }, ...writeRefusals },
});
openingBalances.openapi(withdraw, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async () => {
      const [withdrawn] = await directoryOf(c.env, shop.id).withdrawOpenings([id]);
      if (withdrawn === undefined || withdrawn.state === 'void') throw new ProblemError('not_found');
      if (withdrawn.state !== 'withdrawn') throw new ProblemError('conflict', { detail: 'Somebody has come for it.' });
      return c.body(null, 204);
    }),
  );
});

function openingView({
  id,
  names,
  state,
  points,
  expiresAtMs,
  reason,
  note,
  from,
  atMs,
}: Stored): z.infer<typeof OpeningBalance> {
  const [job = '', line = ''] = from.split(':');
  const isNever = expiresAtMs === NEVER;
  return {
    id,
    names,
    state: state === 'claimed' ? 'claimed' : 'waiting',
    points,
    expiresAtMs: isNever ? null : expiresAtMs,
    neverExpires: isNever,
    reason,
    note,
    import: job,
    line: Number(line),
    keptAtMs: atMs,
  };
}
