/** By which channels customers may be written to, for voucher clients: told by a server, or by the signed-in shopper themselves. */
import { createRoute, z } from '@hono/zod-openapi';
import { CHANNELS, type ConsentChange } from '../domain/consent.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { onlyMethods } from '../http/method.ts';
import { nameOf, type World } from '../publishing/world.ts';
import { changeConsents } from '../routing/change-consents.ts';
import * as wire from '../wire/voucher-consents.ts';
import { clientRoute } from './client-group.ts';
import { customerNamed } from './customer-name.ts';
import { notFound, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { type Asked, worldOf } from './request.ts';

export const voucherConsents = voucherRoutes();

const byId = z.object({ id: z.string().min(1).max(300) });
const listAnswers = { 200: json(wire.ConsentList, 'One for each channel; there are no groups'), ...voucherRefusals };
const updateAnswers = { 204: { description: 'It is recorded' }, ...voucherRefusals };
const KEYED =
  'What is not named stays as it is. Send an Idempotency-Key: a retry with the same key and body tells nothing again.';

const list = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/consents',
  summary: 'What customers may consent to',
  responses: listAnswers,
});
voucherConsents.openapi(list, (c) => c.json(LIST, 200));

const listForPages = createRoute({
  ...clientRoute('hub'),
  method: 'get',
  path: '/client/v1/consents',
  summary: 'What shoppers may consent to',
  responses: listAnswers,
});
voucherConsents.openapi(listForPages, (c) => c.json(LIST, 200));

const update = createRoute({
  ...voucherRoute('customers'),
  method: 'put',
  path: '/v1/customers/{id}/consents',
  summary: 'Say what a customer consented to',
  description: KEYED,
  request: { params: byId, body: body(wire.ConsentsUpdate) },
  responses: updateAnswers,
});
voucherConsents.openapi(update, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const work = async () => {
    const customer = await customerNamed(c.env, shop.id, id);
    if (customer === null) throw notFound('customer', id);
    await told(c, await worldOf(c, shop), { customer, source: 'api', said: c.req.valid('json') });
    return c.body(null, 204);
  };
  return raw(await onceFor(c, shop.id, work));
});

const updateByPage = createRoute({
  ...clientRoute('hub'),
  method: 'put',
  path: '/client/v1/customers/{id}/consents',
  summary: 'Say what the signed-in shopper consents to',
  description: `Needs the hub's session in Authorization, of that very customer. ${KEYED}`,
  request: { params: byId, body: body(wire.ConsentsUpdate) },
  responses: updateAnswers,
});
voucherConsents.openapi(updateByPage, async (c) => {
  const { shop, visitor } = c.get('client');
  const { id } = c.req.valid('param');
  if (visitor.customer === null)
    throw new VoucherError('unauthorized', "The hub's session is missing in Authorization.");
  // of somebody else's name it is not even said whether anybody has it
  if ((await customerNamed(c.env, shop.id, id)) !== visitor.customer) throw notFound('customer', id);
  await told(c, await worldOf(c, shop), { customer: visitor.customer, source: 'hub', said: c.req.valid('json') });
  return c.body(null, 204);
});

voucherConsents.all('/v1/consents', onlyMethods('GET, HEAD'));
voucherConsents.all('/client/v1/consents', onlyMethods('GET, HEAD, OPTIONS'));
voucherConsents.all('/v1/customers/:id/consents', onlyMethods('PUT'));
voucherConsents.all('/client/v1/customers/:id/consents', onlyMethods('PUT, OPTIONS'));

interface Telling {
  customer: string;
  source: 'api' | 'hub';
  said: wire.ConsentsUpdate;
}

async function told(c: Asked, world: World, { customer, source, said }: Telling): Promise<void> {
  const changes = CHANNELS.flatMap((channel): ConsentChange[] => {
    const given = said[channel];
    if (given === undefined) return [];
    const state = given ? 'subscribed' : 'unsubscribed';
    return [{ kind: 'state', channel, state, atMs: null, source, proof: {} }];
  });
  const key = idempotencyKey(c);
  const name = key === null ? crypto.randomUUID() : nameOf(world, `consents ${source}`, { key });
  await changeConsents(world.env, world.shop, { customer, key: `consent:${name}`, source, changes });
}

const NAMES = { email: 'E-mail', sms: 'SMS', push: 'Push messages' };
const ALWAYS = new Date(0).toISOString();
const LIST: wire.ConsentList = {
  consents: {
    object: 'list',
    data_ref: 'data',
    data: CHANNELS.map((id): wire.VoucherConsent => {
      const about = { category: 'MARKETING_PERMISSION', created_at: ALWAYS, object: 'consent' } as const;
      return { id, name: NAMES[id], description: `Marketing by ${NAMES[id]}`, ...about };
    }),
    total: CHANNELS.length,
  },
  groups: { object: 'list', data_ref: 'data', data: [], total: 0 },
};
