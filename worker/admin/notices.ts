/** Notices: what the merchant should know of, such as a budget that is used up or codes that are guessed. */
import { createRoute, z } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { shopOf } from '../shops/cache.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { NoticePage, NoticeQuery } from '../wire/notices.ts';
import { bearer, refusals } from './docs.ts';

export const notices = routes();
const place = z.strictObject({ atMs: z.int(), key: z.string() });

const list = createRoute({
  tags: ['Notices'],
  security: bearer,
  method: 'get',
  path: '/admin/v1/notices',
  summary: 'Notices, the newest first; the last 10,000 are kept',
  request: { query: NoticeQuery },
  responses: { 200: json(NoticePage, 'A page of notices'), ...refusals },
});
notices.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor } = c.req.valid('query');
  const found = await shopOf(c.env, shop.id).notices(fromCursor(cursor, place), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  const nextCursor = more ? toCursor({ atMs: last.atMs, key: last.key }) : null;
  return raw(c.json({ items: items.map(({ key, ...rest }) => ({ id: key, ...rest })), nextCursor }, 200));
});
