/** Erasing a customer for voucher clients: both of their ways are for good here. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../directory/cache.ts';
import { type Erasure, stateOf } from '../domain/erasure/erasure.ts';
import type { Env } from '../env.ts';
import { json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { eraseCustomer } from '../routing/erase.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { PermanentDeletion } from '../wire/voucher-customers.ts';
import { customerNamed } from './customer-name.ts';
import { notFound } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';

export const customerErasure = voucherRoutes();

const byId = z.object({ id: z.string().min(1).max(300).describe('Our id, or the `source_id`') });
/** Clients take its end for granted. */
const WAIT_MS = 5_000;

const remove = createRoute({
  ...voucherRoute('customers'),
  method: 'delete',
  path: '/v1/customers/{id}',
  summary: 'Erase a customer',
  description:
    'As `POST /admin/v1/customers/{ref}/erase`: it cannot be undone, and gift cards stay good for whoever has the code.',
  request: { params: byId },
  responses: { 204: { description: 'They are being erased' }, ...voucherRefusals },
});
customerErasure.openapi(remove, async (c) => {
  const { shop } = c.get('caller');
  const work = async () => {
    await erasedBy(c.env, shop, c.req.valid('param').id);
    return c.body(null, 204);
  };
  return raw(await onceFor(c, shop.id, work));
});

const removeForGood = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/customers/{id}/permanent-deletion',
  summary: 'Erase a customer, and hear of it',
  description:
    '`status` is `IN_PROGRESS` where a redemption under way has to end first; ask again. What went is not counted.',
  request: { params: byId },
  responses: { 200: json(PermanentDeletion, 'What has become of it'), ...voucherRefusals },
});
customerErasure.openapi(removeForGood, async (c) => {
  const { shop } = c.get('caller');
  const work = async () => c.json(deletionView(await erasedBy(c.env, shop, c.req.valid('param').id)), 200);
  return raw(await onceFor(c, shop.id, work));
});

customerErasure.all('/v1/customers/:id/permanent-deletion', onlyMethods('POST'));

/** Who was erased before is known by our id alone. */
async function erasedBy(env: Env, shop: ShopSnapshot, name: string): Promise<Erasure> {
  const known = await directoryOf(env, shop.id).erasureOf(name);
  const customer = known?.customer ?? (await customerNamed(env, shop.id, name));
  const erasure = customer === null ? null : await eraseCustomer(env, shop, { customer, waitMs: WAIT_MS });
  if (erasure === null) throw notFound('customer', name);
  return erasure;
}

function deletionView(erasure: Erasure): PermanentDeletion {
  const { id, customer, requestedAtMs } = erasure;
  const uncounted = { events: 0, customer_events: 0, daily_events: 0, segments: 0, orders: 0, order_events: 0 };
  return {
    id,
    created_at: new Date(requestedAtMs).toISOString(),
    related_object_id: customer,
    related_object: 'customer',
    status: stateOf(erasure) === 'done' ? 'DONE' : 'IN_PROGRESS',
    data_json: { ...uncounted, customer: 1 },
    object: 'pernament_deletion',
  };
}
