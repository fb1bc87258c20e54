/** Custom events for voucher clients: a server's word counts as a server's, a page's as a page's. */
import { createRoute } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { onlyMethods } from '../http/method.ts';
import { nameOf, type World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-events.ts';
import { spokenOf } from './client-asking.ts';
import { clientRoute } from './client-group.ts';
import { customerFor } from './customer-upsert.ts';
import { VoucherError } from './errors.ts';
import { track } from './event-intake.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { type Asked, worldOf } from './request.ts';

export const voucherEvents = voucherRoutes();
voucherEvents.use('/v1/events', boundedBody(64 * 1024));

const answers = { 200: json(wire.TrackedEvent, 'It is stored'), ...voucherRefusals };
const KEYED =
  'Send an Idempotency-Key: a retry with the same key and body tells nothing again. The shop’s event rules apply; events of ' +
  'orders only show, for orders have one source.';

const create = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/events',
  summary: 'Tell what a customer did',
  description: `A customer whom nobody knows becomes one. ${KEYED}`,
  request: { body: body(wire.TrackEvent) },
  responses: answers,
});
voucherEvents.openapi(create, async (c) => {
  const { shop } = c.get('caller');
  const said = c.req.valid('json');
  const work = async () => {
    const world = await worldOf(c, shop);
    const customer = await customerFor(world, said.customer);
    return c.json(await told(c, world, { said, customer, trust: 'server', visitor: null }), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const createByPage = createRoute({
  ...clientRoute('events'),
  method: 'post',
  path: '/client/v1/events',
  summary: 'Tell what a shopper did on a page',
  description: `It earns nothing, and opens no segment that guards value. ${KEYED}`,
  request: { body: body(wire.TrackEvent) },
  responses: answers,
});
voucherEvents.openapi(createByPage, async (c) => {
  const client = c.get('client');
  const said = c.req.valid('json');
  const world = await worldOf(c, client.shop);
  const customer = await spokenOf(world, client, said.customer);
  const visitor = client.visitor.address;
  return c.json(await told(c, world, { said, customer, trust: 'browser', visitor }), 200);
});

voucherEvents.all('/v1/events', onlyMethods('POST'));
voucherEvents.all('/client/v1/events', onlyMethods('POST, OPTIONS'));

interface Telling {
  said: wire.TrackEvent;
  customer: string | null;
  trust: 'server' | 'browser';
  visitor: string | null;
}

async function told(c: Asked, world: World, { said, customer, trust, visitor }: Telling) {
  if (customer === null) throw new VoucherError('missing_customer', 'customer.source_id or customer.id is required');
  const key = idempotencyKey(c);
  const name = key === null ? crypto.randomUUID() : nameOf(world, `event ${trust}`, { key });
  const about = { name: said.event, metadata: said.metadata ?? {}, customer, trust, visitor };
  await track(world, { ...about, key: name });
  return {
    object: 'event' as const,
    type: said.event,
    customer: { id: customer, object: 'customer' as const },
    referral: null,
    loyalty: null,
  };
}
