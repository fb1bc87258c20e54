/**
 * Metadata schemas for voucher clients: any metadata are taken of vouchers and the like; of custom events there is what the
 * shop fixed by a rule, or else what was learned from those that came.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { debuggerOf } from '../debugger/notes.ts';
import type { SchemaRow } from '../debugger/schema-store.ts';
import type { EventRule } from '../domain/event-rules.ts';
import { suggested } from '../domain/event-schema.ts';
import type { FixedProperty } from '../domain/schema-check.ts';
import { schemaProperties } from '../domain/vouchers/metadata-schema.ts';
import type { Env } from '../env.ts';
import { json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { eventRulesOf, type ShopSnapshot } from '../shops/settings.ts';
import * as wire from '../wire/voucher-events.ts';
import { notFound } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';

export const metadataSchemas = voucherRoutes();

const OBJECTS = ['customer', 'voucher', 'campaign', 'publication', 'redemption', 'order', 'order_item'];
/** As many names as are learned of. */
const MOST_EVENTS = 1_000;

const list = createRoute({
  ...voucherRoute('settings'),
  method: 'get',
  path: '/v1/metadata-schemas',
  summary: 'What metadata look like, and the properties of custom events',
  responses: { 200: json(wire.MetadataSchemaList, 'All of them'), ...voucherRefusals },
});
metadataSchemas.openapi(list, async (c) => {
  const { shop } = c.get('caller');
  const schemas = [...OBJECTS.map((name) => openSchema(name, shop)), ...(await eventSchemas(c.env, shop))];
  const about = { object: 'list' as const, data_ref: 'schemas' as const };
  return c.json({ ...about, schemas, total: schemas.length }, 200);
});

const read = createRoute({
  ...voucherRoute('settings'),
  method: 'get',
  path: '/v1/metadata-schemas/{name}',
  summary: 'One schema: of a kind of thing, or of a custom event by its name',
  request: { params: z.object({ name: z.string().min(1).max(300) }) },
  responses: { 200: json(wire.MetadataSchema, 'The schema'), ...voucherRefusals },
});
metadataSchemas.openapi(read, async (c) => {
  const { shop } = c.get('caller');
  const { name } = c.req.valid('param');
  if (OBJECTS.includes(name)) return c.json(openSchema(name, shop), 200);
  const found = (await eventSchemas(c.env, shop)).find((one) => one.name === name);
  if (found === undefined) throw notFound('metadata_schema', name);
  return c.json(found, 200);
});

metadataSchemas.all('/v1/metadata-schemas', onlyMethods('GET, HEAD'));
metadataSchemas.all('/v1/metadata-schemas/:name', onlyMethods('GET, HEAD'));

function openSchema(related_object: string, { settings }: ShopSnapshot): wire.MetadataSchema {
  return {
    id: `ms_${related_object}`,
    related_object,
    properties: {},
    allow_defined_only: false,
    created_at: new Date(settings.createdAtMs).toISOString(),
    updated_at: null,
    object: 'metadata_schema',
  };
}

/** One for each name; what was fixed goes before what was learned. */
async function eventSchemas(env: Env, shop: ShopSnapshot): Promise<wire.MetadataSchema[]> {
  const { rows } = await debuggerOf(env, shop.id).schemas(null, {}, MOST_EVENTS);
  const learned = new Map<string, wire.MetadataSchema>();
  for (const row of rows) if (isTold(row, learned.get(row.name))) learned.set(row.name, learnedSchema(row));
  for (const rule of eventRulesOf(shop)) {
    const fixed = fixedSchema(rule, shop);
    if (fixed !== null) learned.set(rule.event, fixed);
  }
  return [...learned.values()];
}

/** What servers say goes before what anybody may say. */
function isTold({ trust }: SchemaRow, before: wire.MetadataSchema | undefined): boolean {
  return before === undefined || trust === 'server';
}

function learnedSchema({ n, name, schema }: SchemaRow): wire.MetadataSchema {
  return {
    ...eventSchema(name, suggested(schema), false),
    id: `ms_event_${n}`,
    created_at: new Date(schema.firstMs).toISOString(),
    updated_at: new Date(schema.lastMs).toISOString(),
  };
}

function fixedSchema({ event, action }: EventRule, { settings }: ShopSnapshot): wire.MetadataSchema | null {
  if (action.kind !== 'schema') return null;
  const told = eventSchema(event, action.properties, action.mode === 'refuse');
  return {
    ...told,
    id: `ms_rule_${event}`,
    created_at: new Date(settings.createdAtMs).toISOString(),
    updated_at: null,
  };
}

function eventSchema(name: string, properties: readonly FixedProperty[], allow_defined_only: boolean) {
  return {
    related_object: 'custom_event',
    name,
    properties: schemaProperties(properties),
    allow_defined_only,
    object: 'metadata_schema' as const,
  };
}
