/** What arrived lately and what became of it: a list to search, one event in full, and what arrives from now on. */
import { createRoute, z } from '@hono/zod-openapi';
import type { LoggedEvent } from '../debugger/event-log.ts';
import { debuggerOf } from '../debugger/notes.ts';
import { json } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import {
  EventDetail,
  type EventLine,
  EventList,
  EventQuery,
  eventParam,
  LiveEvents,
  LiveQuery,
} from '../wire/events.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, refusals } from './docs.ts';

export const events = routes();
const about = { tags: ['Events'], security: bearer };
const place = z.int().min(0);

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/events',
  summary: 'The last 1,000 events received, refused ones too, at most two seconds late',
  description: 'Needs the scope `events`. Best effort: of a flood, the newest 1,000 of each half second are kept.',
  request: { query: EventQuery },
  responses: { 200: json(EventList, 'A page, the newest first'), ...refusals },
});
events.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'events');
  const { limit, cursor, ...filter } = c.req.valid('query');
  const before = fromCursor(cursor, place);
  const found = await debuggerOf(c.env, shop.id).list(before, filter, limit + 1);
  const items = found.events.slice(0, limit);
  const nextCursor = found.events.length > limit ? toCursor(items.at(-1)?.n) : null;
  return c.json({ items: items.map(line), nextCursor, liveCursor: toCursor(found.last) }, 200);
});

/*
 * A long poll, not a stream of server-sent events: a browser's EventSource cannot send the key, a poll passes every proxy,
 * and a reader that pauses keeps nothing open: its cursor is all that there is.
 */
const live = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/events/live',
  summary: 'Events after a cursor; waits up to 20 seconds for the next ones',
  description: 'Without `after`, answers at once with the cursor of now. To pause, stop asking and keep the cursor.',
  request: { query: LiveQuery },
  responses: { 200: json(LiveEvents, 'What arrived, and where to go on'), ...refusals },
});
events.openapi(live, async (c) => {
  const { shop } = await requireScope(c, 'events');
  const { after, wait, ...filter } = c.req.valid('query');
  const log = debuggerOf(c.env, shop.id);
  const from = fromCursor(after, place);
  if (from === null) {
    const { last } = await log.list(null, {}, 1);
    return c.json({ items: [], cursor: toCursor(last), missed: 0 }, 200);
  }
  const found = await log.live(from, { ...filter, waitMs: wait * 1_000 });
  return c.json({ items: found.events.map(line), cursor: toCursor(found.upTo), missed: found.missed }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/events/{id}',
  summary: 'One event in full: as received and as stored',
  request: { params: eventParam },
  responses: { 200: json(EventDetail, 'The event'), ...refusals },
});
events.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'events');
  const event = await debuggerOf(c.env, shop.id).one(Number(c.req.valid('param').id));
  if (event === null) throw new ProblemError('not_found');
  const { rawText, storedText, rawCut, storedCut } = event;
  const normalised = storedText === '' ? null : z.record(z.string(), z.unknown()).parse(JSON.parse(storedText));
  return c.json(
    { ...line(event), raw: rawText, rawTruncated: rawCut, normalised, normalisedTruncated: storedCut },
    200,
  );
});

function line(event: LoggedEvent): z.infer<typeof EventLine> {
  const { n, atMs, source, trust, type, name, sentName, messageId, verdict, reason, differences, customer, count } =
    event;
  const sender = { atMs, source, trust, type, name, sentName, messageId };
  return { id: String(n), ...sender, verdict, reason, differences, customer, count };
}
