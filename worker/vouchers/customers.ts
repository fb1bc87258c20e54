/** Customers for voucher clients: made, read, listed and changed, what they hold, and what happened to them. */
import { createRoute, z } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { onlyMethods } from '../http/method.ts';
import { findCustomers } from '../projection/customer-lists.ts';
import { nameOf, type World } from '../publishing/world.ts';
import { inParallel } from '../routing/follow.ts';
import * as wire from '../wire/voucher-customers.ts';
import { activityOf } from './customer-activity.ts';
import { customerCard } from './customer-card.ts';
import { customerIn, customerNamed } from './customer-name.ts';
import { redeemablesOf } from './customer-redeemables.ts';
import { tellOfCustomer } from './customer-upsert.ts';
import { notFound, VoucherError } from './errors.ts';
import { refuseUnread, voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { type Asked, worldOf } from './request.ts';

export const voucherCustomers = voucherRoutes();
voucherCustomers.use('/v1/customers/*', boundedBody(64 * 1024));

const byId = z.object({ id: z.string().min(1).max(300).describe('Our id, or the `source_id`') });
const answers = { 200: json(wire.Customer, 'The customer as of now'), ...voucherRefusals };
const KEYED =
  'Send an Idempotency-Key: a retry with the same key and body tells nothing again and gets the first answer.';

const create = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/customers',
  summary: 'Make a customer, or change the one with this id or source_id',
  description: `Fields that are not named stay as they are. Metadata are traits like those of any other source. ${KEYED}`,
  request: { body: body(wire.CustomerWrite) },
  responses: answers,
});
voucherCustomers.openapi(create, async (c) => {
  const { shop } = c.get('caller');
  const said = c.req.valid('json');
  const work = async () => {
    const world = await worldOf(c, shop);
    const { customer } = await customerIn(c.env, shop.id, { id: said.id, source_id: said.source_id });
    if (customer === null && said.id !== undefined && said.source_id == null) throw notFound('customer', said.id);
    return c.json(await told(c, world, { customer, said }), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const read = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/customers/{id}',
  summary: 'One customer',
  request: { params: byId },
  responses: answers,
});
voucherCustomers.openapi(read, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const { id } = c.req.valid('param');
  const card = await customerCard(world, await mustBe(world, id));
  if (card === null) throw notFound('customer', id);
  return c.json(card, 200);
});

const update = createRoute({
  ...voucherRoute('customers'),
  method: 'put',
  path: '/v1/customers/{id}',
  summary: 'Change a customer',
  description: `Absent fields stay as they are, null takes them away, metadata are joined. ${KEYED}`,
  request: { params: byId, body: body(wire.CustomerWrite) },
  responses: answers,
});
voucherCustomers.openapi(update, async (c) => {
  const { shop } = c.get('caller');
  const said = { ...c.req.valid('json'), source_id: null };
  const work = async () => {
    const world = await worldOf(c, shop);
    const customer = await mustBe(world, c.req.valid('param').id);
    return c.json(await told(c, world, { customer, said }), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const MOST_PAGES = 1_000;

const list = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/customers',
  summary: 'Customers whom the shop can name, in the order in which they were first seen',
  description:
    'Who is in it comes from a copy that may be a second late; what is told of each is as of now. With `starting_after` a page ' +
    'holds more than `limit` where several were first seen in its last millisecond: so nobody is left out.',
  request: { query: wire.CustomerQuery },
  responses: { 200: json(wire.CustomerList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
voucherCustomers.openapi(list, async (c) => {
  const { shop } = c.get('caller');
  refuseUnread(c.req.url, ['filters', 'city']);
  const { limit, page, order, email, name, starting_after, ...created } = c.req.valid('query');
  if (page > MOST_PAGES) throw new VoucherError('page_over_limit', `page must be at most ${MOST_PAGES}`);
  const sought = {
    shop: shop.id,
    email: email ?? null,
    name: name ?? null,
    afterMs: instantOf(created['created_at[after]']),
    beforeMs: instantOf(created['created_at[before]']),
    order: order === 'created_at' ? ('asc' as const) : ('desc' as const),
    beyondMs: instantOf(starting_after),
    offset: starting_after === undefined ? (page - 1) * limit : 0,
    limit,
  };
  const found = await findCustomers(c.env.DB, sought);
  const customers = await cardsOf(await worldOf(c, shop), found.customers);
  const about = { object: 'list' as const, data_ref: 'customers' as const };
  return c.json({ ...about, customers, total: found.total, has_more: found.more }, 200);
});

const activity = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/customers/{id}/activity',
  summary: 'What happened to a customer, the newest first',
  request: { params: byId, query: wire.ActivityQuery },
  responses: { 200: json(wire.ActivityList, 'A page'), ...voucherRefusals },
});
voucherCustomers.openapi(activity, async (c) => {
  refuseUnread(c.req.url, ['filters', 'campaign_type']);
  const world = await worldOf(c, c.get('caller').shop);
  const customer = await mustBe(world, c.req.valid('param').id);
  const { data, next } = await activityOf(world, customer, c.req.valid('query'));
  const more = next === null ? {} : { more_starting_after: next };
  return c.json({ object: 'list' as const, data_ref: 'data' as const, data, has_more: next !== null, ...more }, 200);
});

const redeemables = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/customers/{id}/redeemables',
  summary: 'What a customer holds, as of now',
  request: { params: byId, query: wire.RedeemableQuery },
  responses: { 200: json(wire.RedeemableList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
voucherCustomers.openapi(redeemables, async (c) => {
  refuseUnread(c.req.url, ['filters']);
  const world = await worldOf(c, c.get('caller').shop);
  const customer = await mustBe(world, c.req.valid('param').id);
  return c.json(await redeemablesOf(world, customer, c.req.valid('query')), 200);
});

voucherCustomers.all('/v1/customers', onlyMethods('GET, HEAD, POST'));
voucherCustomers.all('/v1/customers/:id', onlyMethods('GET, HEAD, PUT, DELETE'));
for (const { path } of [activity, redeemables])
  voucherCustomers.all(path.replace('{id}', ':id'), onlyMethods('GET, HEAD'));

interface Saying {
  customer: string | null;
  said: wire.CustomerWrite;
}

async function told(c: Asked, world: World, { customer, said }: Saying): Promise<wire.Customer> {
  const { source_id, birthday, birthdate, ...fields } = said;
  const key = idempotencyKey(c);
  // so that a run that is taken up again tells the same
  const name = key === null ? crypto.randomUUID() : nameOf(world, `customer ${c.req.method} ${c.req.path}`, { key });
  const all = { ...fields, birthdate: birthdate === undefined ? birthday : birthdate };
  const id = await tellOfCustomer(world, { customer, sourceId: source_id ?? null, fields: all, key: name });
  const card = await customerCard(world, id);
  if (card === null) throw new Error('a customer that was told of is not there');
  return card;
}

async function mustBe({ env, shop }: World, name: string): Promise<string> {
  const customer = await customerNamed(env, shop.id, name);
  if (customer === null) throw notFound('customer', name);
  return customer;
}

async function cardsOf(world: World, ids: string[]): Promise<wire.Customer[]> {
  const cards = new Map<string, wire.Customer>();
  await inParallel(ids, async (id) => {
    const card = await customerCard(world, id);
    if (card !== null) cards.set(id, card);
  });
  return ids.flatMap((id) => cards.get(id) ?? []);
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
