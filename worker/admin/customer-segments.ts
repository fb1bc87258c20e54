/** One customer's segments and lists as of now, and why: always from the object that keeps the customer. */
import { createRoute, type z } from '@hono/zod-openapi';
import type { Memberships } from '../customers/segment-reader.ts';
import { customersOf } from '../customers/stubs.ts';
import type { Told } from '../customers/voucher-reader.ts';
import type { Definition } from '../domain/segments/definition.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { tracked } from '../routing/following.ts';
import { openSegments } from '../segments/cache.ts';
import { shopOf } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import * as wire from '../wire/members.ts';
import { ProblemError } from '../wire/problem.ts';
import { groupId } from '../wire/segments.ts';
import { requireSound } from './definitions.ts';
import { bearer, refusals } from './docs.ts';
import { storedSegment } from './groups.ts';
import { findCustomer, refParam, rememberedCustomer } from './ref.ts';

export const customerSegments = routes();
const about = { tags: ['Segments'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/segments',
  summary: 'The segments and lists a customer is in as of now',
  description: 'To the millisecond, whatever a job has still to look at.',
  request: { params: refParam },
  responses: { 200: json(wire.Memberships, 'All of them'), ...refusals },
});
customerSegments.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const asked = { shop, ref: c.req.valid('param').ref };
  const { customer, told } = await asking(c, asked, (object, call) => object.memberships(call));
  const nameOf = await namesOf(c, shop, told);
  const segments = told.segments.flatMap((one) => nameOf(one.id).map((name) => ({ name, ...one })));
  const lists = told.lists.flatMap((one) => nameOf(one.id).map((name) => ({ name, ...one })));
  return c.json({ customer, asOfMs: told.asOfMs, segments, lists }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/segments/{id}',
  summary: 'Why a customer is in a segment, or is not',
  description: 'Each condition with what it found, as of now; and when it will say something else by itself.',
  request: { params: refParam.extend({ id: groupId }), query: wire.ExplainQuery },
  responses: { 200: json(wire.Explanation, 'The explanation'), ...refusals },
});
customerSegments.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { ref, id } = c.req.valid('param');
  const { definition } = await storedSegment(c, shop.id, id);
  return raw(c.json(await explanationOf(c, { shop, ref, definition, ...c.req.valid('query') }), 200));
});

const explain = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/explain',
  summary: 'Why a definition that is not saved would hold a customer, or would not',
  request: { params: refParam, body: body(wire.ExplainDefinition) },
  responses: { 200: json(wire.Explanation, 'The explanation'), ...refusals },
});
customerSegments.openapi(explain, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { definition, guard } = c.req.valid('json');
  await requireSound({ env: c.env, shop }, definition);
  const { ref } = c.req.valid('param');
  return raw(c.json(await explanationOf(c, { shop, ref, definition, guard }), 200));
});

interface Asked {
  shop: ShopSnapshot;
  ref: string;
}

async function explanationOf(
  c: AppContext,
  { definition, guard, ...asked }: Asked & { definition: Definition; guard: boolean },
): Promise<z.infer<typeof wire.Explanation>> {
  const { customer, told } = await asking(c, asked, (object, call) => object.explain({ ...call, definition, guard }));
  const { moved: _, ...explanation } = told;
  return { customer, ...explanation };
}

type CallOf = { shop: string; version: number; clockMs: number | null; customer: string };

/**
 * Asks whoever the customer is by now; 404 where there is nobody. Whom this isolate has just told an event of theirs is
 * asked at once, and the Directory where they are not there any more.
 */
async function asking<T extends object>(
  c: AppContext,
  { shop, ref }: Asked,
  ask: (object: ReturnType<typeof customersOf>, call: CallOf) => Promise<Told<T>>,
): Promise<{ customer: string; told: T & { moved: null } }> {
  const clockMs = await testNow(c.env, shop);
  const call = { shop: shop.id, version: shop.version, clockMs };
  const from = (first: string) =>
    tracked({ env: c.env, shop }, first, (customer) =>
      ask(customersOf(c.env, shop.id, customer), { ...call, customer }),
    );
  const remembered = rememberedCustomer(shop.id, ref);
  const found =
    (remembered === null ? null : await from(remembered)) ?? (await from(await findCustomer(c.env, shop.id, ref)));
  if (found === null) throw new ProblemError('not_found');
  return found;
}

/** An id's name, in a list of one. The object may know of newer ones than this isolate; what was dropped since has none. */
async function namesOf(c: AppContext, shop: ShopSnapshot, { segments, lists }: Memberships) {
  const set = await openSegments(c.env, shop);
  const isKnown = segments.every(({ id }) => set.byId.has(id)) && lists.every(({ id }) => set.lists.has(id));
  const book = isKnown
    ? { segments: set.segments, lists: [...set.lists.values()] }
    : await shopOf(c.env, shop.id).segmentBook();
  const names = new Map([...book.segments, ...book.lists].map(({ id, name }) => [id, name]));
  return (id: string): string[] => {
    const name = names.get(id);
    return name === undefined ? [] : [name];
  };
}
