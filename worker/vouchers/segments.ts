/** Segments for voucher clients: which ones there are, and in which of them a customer is as of now. Read only. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Env } from '../env.ts';
import { json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { EVALUATE_SEGMENTS } from '../jobs/evaluate-segments.ts';
import { jobsOf } from '../jobs/stubs.ts';
import { shopOf } from '../shops/cache.ts';
import type { StoredSegment } from '../shops/segment-book.ts';
import * as wire from '../wire/voucher-segments.ts';
import { customerSegments } from './customer-segments.ts';
import { notFound, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { createdBetween, inOrder, listOf, segmentView } from './segment-view.ts';

export const voucherSegments = voucherRoutes();

const MOST_PAGES = 1_000;
const byId = { params: z.object({ id: z.string() }) };

const list = createRoute({
  ...voucherRoute('settings'),
  method: 'get',
  path: '/v1/segments',
  summary: 'Segments, a page of them',
  request: { query: wire.VoucherSegmentQuery },
  responses: { 200: json(wire.VoucherSegmentList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
voucherSegments.openapi(list, async (c) => {
  const { shop } = c.get('caller');
  const { limit, page, order, ...filters } = c.req.valid('query');
  if (page > MOST_PAGES) throw new VoucherError('page_over_limit', `page must be at most ${MOST_PAGES}`);
  const { segments, syncing } = await segmentsOf(c.env, shop.id);
  const found = inOrder(segments.filter(createdBetween(filters)), order);
  const here = found.slice((page - 1) * limit, page * limit);
  const data = here.map((segment) => segmentView(segment, syncing));
  return c.json(listOf(data, found.length), 200);
});

const read = createRoute({
  ...voucherRoute('settings'),
  method: 'get',
  path: '/v1/segments/{id}',
  summary: 'One segment',
  request: byId,
  responses: { 200: json(wire.VoucherSegment, 'The segment'), ...voucherRefusals },
});
voucherSegments.openapi(read, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const { segments, syncing } = await segmentsOf(c.env, shop.id);
  const segment = segments.find((one) => one.id === id);
  if (segment === undefined) throw notFound('segment', id);
  return c.json(segmentView(segment, syncing), 200);
});

const ofCustomer = createRoute({
  ...voucherRoute('customers'),
  method: 'get',
  path: '/v1/customers/{id}/segments',
  summary: 'The segments a customer is in as of now',
  description: 'The customer by our id, or by the `source_id`, which is the user id of the events.',
  request: byId,
  responses: { 200: json(wire.VoucherCustomerSegments, 'All of them'), ...voucherRefusals },
});
voucherSegments.openapi(ofCustomer, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const data = await customerSegments(c.env, shop, id);
  if (data === null) throw notFound('customer', id);
  return c.json(listOf(data, data.length), 200);
});

for (const { path } of [list, read, ofCustomer]) {
  voucherSegments.all(path.replace('{id}', ':id'), onlyMethods('GET, HEAD'));
}

/** In the order in which they were made. `syncing`: customers are being held against changed definitions. */
async function segmentsOf(env: Env, shop: string): Promise<{ segments: StoredSegment[]; syncing: boolean }> {
  const [{ segments }, job] = await Promise.all([
    shopOf(env, shop).segmentBook(),
    jobsOf(env, shop).openOf(EVALUATE_SEGMENTS),
  ]);
  return { segments, syncing: job !== null };
}
