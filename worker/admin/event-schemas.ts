/** What the events of each name look like, learned from what arrived, and where they drift from it. */
import { createRoute, z } from '@hono/zod-openapi';
import { debuggerOf } from '../debugger/notes.ts';
import type { SchemaRow } from '../debugger/schema-store.ts';
import { suggested } from '../domain/event-schema.ts';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { EventRule, FixSchema, MOST_FIXED_PROPERTIES } from '../wire/event-rules.ts';
import { EventSchema, EventSchemaList, noticeParam, SchemaQuery, schemaParam } from '../wire/events.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { putRule } from './event-rules.ts';

export const eventSchemas = routes();
const about = { tags: ['Events'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/event-schemas',
  summary: 'Event names with what was learned of them, by name',
  request: { query: SchemaQuery },
  responses: { 200: json(EventSchemaList, 'A page of schemas'), ...refusals },
});
eventSchemas.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'events');
  const { limit, cursor, q, ...filter } = c.req.valid('query');
  const after = fromCursor(cursor, z.strictObject({ name: z.string(), n: z.int() }));
  const found = await debuggerOf(c.env, shop.id).schemas(after, { ...filter, search: q }, limit + 1);
  const items = found.rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.rows.length > limit ? toCursor({ name: last?.name, n: last?.n }) : null;
  return c.json({ items: items.map(summary), nextCursor, unnamed: found.unnamed }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/event-schemas/{id}',
  summary: 'One schema: properties, types, drift and the last sample',
  request: { params: schemaParam },
  responses: { 200: json(EventSchema, 'The schema'), ...refusals },
});
eventSchemas.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'events');
  return c.json(view(await found(debuggerOf(c.env, shop.id).schema(Number(c.req.valid('param').id)))), 200);
});

const fix = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/event-schemas/{id}/fix',
  summary: 'Make a rule of what was learned: from now on, what differs is warned about or refused',
  request: { headers: idempotent, params: schemaParam, body: body(FixSchema) },
  responses: { 200: json(EventRule, 'The rule as it is now'), ...writeRefusals },
});
eventSchemas.openapi(fix, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const { mode, source } = c.req.valid('json');
  return raw(
    await once(c, shop.id, async () => {
      const row = await found(debuggerOf(c.env, shop.id).schema(Number(id)));
      const properties = suggested(row.schema).slice(0, MOST_FIXED_PROPERTIES);
      const action = { kind: 'schema' as const, mode, properties };
      const rule = { event: row.name, source: source ?? row.source, action };
      return c.json(await putRule(c, shop.id, { rule, who: key.id }));
    }),
  );
});

const dismiss = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/event-schemas/{id}/drift/{notice}/dismiss',
  summary: 'Take a drift notice away; it comes back only where it happens again',
  request: { headers: idempotent, params: noticeParam },
  responses: { 200: json(EventSchema, 'The schema without it'), ...writeRefusals },
});
eventSchemas.openapi(dismiss, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id, notice } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async () =>
      c.json(view(await found(debuggerOf(c.env, shop.id).dismiss(Number(id), Number(notice))))),
    ),
  );
});

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/event-schemas/{id}',
  summary: 'Forget what was learned of a name; its next event begins anew',
  request: { headers: idempotent, params: schemaParam },
  responses: { 204: { description: 'Forgotten' }, ...writeRefusals },
});
eventSchemas.openapi(drop, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async () => {
      if (!(await debuggerOf(c.env, shop.id).dropSchema(Number(id)))) throw new ProblemError('not_found');
      return c.body(null, 204);
    }),
  );
});

async function found(asked: Promise<SchemaRow | null>): Promise<SchemaRow> {
  const row = await asked;
  if (row === null) throw new ProblemError('not_found');
  return row;
}

function summary({ n, source, trust, name, schema }: SchemaRow) {
  const { events, firstMs, lastMs, properties, drift } = schema;
  const counts = { properties: properties.length, drift: drift.length };
  return { id: String(n), source, trust, event: name, events, firstMs, lastMs, ...counts };
}

function view(row: SchemaRow): z.infer<typeof EventSchema> {
  const { schema, sample, sampleCustomer } = row;
  const properties = schema.properties.map(({ path, events, types, vanished }) => ({ path, events, types, vanished }));
  const drift = schema.drift.map(({ n, ...notice }) => ({ id: n, ...notice }));
  return { ...summary(row), properties, otherProperties: schema.overflow, drift, sample, sampleCustomer };
}
