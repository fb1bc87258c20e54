/** Who is in a segment or on a list: pages of them, and all of them as a file. Both read D1's copies. */
import { createRoute, z } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { listMembers, type MemberRow, membersAfter, sortValue } from '../projection/members.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/members.ts';
import { GroupParam } from '../wire/segments.ts';
import { bearer, refusals } from './docs.ts';
import { type GroupKind, requireGroup } from './groups.ts';
import { exported, fileName } from './member-export.ts';
import { fileHeaders } from './row-file.ts';

export const members = routes();

const ABOUT = {
  segment: { tag: 'Segments', path: '/admin/v1/segments/{id}' },
  list: { tag: 'Lists', path: '/admin/v1/lists/{id}' },
} as const;
const file = z.string().openapi({ format: 'binary' });

for (const kind of ['segment', 'list'] as const) {
  const { tag, path } = ABOUT[kind];

  const list = createRoute({
    tags: [tag],
    security: bearer,
    method: 'get',
    path: `${path}/members`,
    summary: kind === 'segment' ? 'Who is in it' : 'Who is on it',
    description: 'Of whom the shop can name. Copies follow their customers within about a second.',
    request: { params: GroupParam, query: wire.MemberQuery },
    responses: { 200: json(wire.MemberPage, 'A page of members'), ...refusals },
  });
  members.openapi(list, async (c) => {
    const { shop } = await requireScope(c, 'customers');
    const { id } = await requireGroup(c, shop, kind, c.req.valid('param').id);
    return c.json(await pageOf(c, { shop: shop.id, group: id, ...c.req.valid('query') }), 200);
  });

  const download = createRoute({
    tags: [tag],
    security: bearer,
    method: 'get',
    path: `${path}/export`,
    summary: 'All of them as a file',
    description:
      'Columns: `customer`, `user_id`, `email`, `phone`, `name`, `balance`, `since` (ISO 8601). Everybody at most once, by id. ' +
      'CSV is RFC 4180 in UTF-8; a text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a ' +
      'tab or a line break) gets an apostrophe before it, but for plain numbers and E.164 phone numbers. NDJSON has every ' +
      'text as it is, and null for what nobody knows.',
    request: { params: GroupParam, query: wire.ExportQuery },
    responses: {
      200: {
        description: 'The file',
        content: { 'text/csv': { schema: file }, 'application/x-ndjson': { schema: file } },
      },
      ...refusals,
    },
  });
  members.openapi(download, async (c) =>
    raw(await fileOf(c, kind, c.req.valid('param').id, c.req.valid('query').format)),
  );
}

interface Asked extends z.infer<typeof wire.MemberQuery> {
  shop: string;
  group: string;
}

async function pageOf(c: AppContext, asked: Asked): Promise<z.infer<typeof wire.MemberPage>> {
  const { sort, limit, cursor } = asked;
  const value = sort === 'email' ? z.string() : z.int();
  const after = fromCursor(cursor, z.strictObject({ sort: z.literal(sort), value, customer: z.string() }));
  const { rows, total } = await listMembers(c.env.DB, { ...asked, after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const place = last && { sort, value: sortValue(sort, last), customer: last.customer };
  return { items: items.map(memberView), total, nextCursor: rows.length > limit && place ? toCursor(place) : null };
}

function memberView({ customer, userId, email, name, balance, sinceMs }: MemberRow): z.infer<typeof wire.Member> {
  return { customer, userId, email, name, balance, sinceMs };
}

async function fileOf(c: AppContext, kind: GroupKind, group: string, format: 'csv' | 'ndjson'): Promise<Response> {
  const { shop } = await requireScope(c, 'customers');
  const { id, name } = await requireGroup(c, shop, kind, group);
  const page = (after: string, limit: number) => membersAfter(c.env.DB, { shop: shop.id, group: id, after, limit });
  return c.body(await exported(page, format), 200, fileHeaders(fileName(name, id), format));
}
