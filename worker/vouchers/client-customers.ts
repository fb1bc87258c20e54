/** Customers that a page tells of: what it says is a page's word. It changes no name, e-mail or phone of somebody known, and shows nothing. */
import { createRoute } from '@hono/zod-openapi';
import { traitsOfFields } from '../domain/vouchers/customer-fields.ts';
import { body, json } from '../http/answers.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { onlyMethods } from '../http/method.ts';
import { identified } from '../mapping/voucher-customer.ts';
import { nameOf } from '../publishing/world.ts';
import { deliver } from '../routing/deliver.ts';
import { receiptOf } from '../shops/shop-time.ts';
import * as wire from '../wire/voucher-customers.ts';
import { clientRoute } from './client-group.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoutes } from './group.ts';
import { worldOf } from './request.ts';

export const clientCustomers = voucherRoutes();

const create = createRoute({
  ...clientRoute('events'),
  method: 'post',
  path: '/client/v1/customers',
  summary: 'Tell of a shopper',
  description:
    'By their `source_id`, as an `identify` of a browser would: who is not known yet is made, what is known of somebody is ' +
    'never changed, and nothing of it is shown.',
  request: { body: body(wire.CustomerWrite) },
  responses: { 200: json(wire.ClientCustomer, 'Whom it was told of'), ...voucherRefusals },
});
clientCustomers.openapi(create, async (c) => {
  const { shop, visitor } = c.get('client');
  if (c.req.header('x-voucherify-double-opt-in') === 'true')
    throw new VoucherError('invalid_payload', 'double opt-in is not supported here');
  const { source_id, birthday, birthdate, ...fields } = c.req.valid('json');
  if (source_id == null) throw new VoucherError('invalid_payload', 'source_id is required');
  const world = await worldOf(c, shop);
  const key = idempotencyKey(c);
  const messageId = key === null ? crypto.randomUUID() : nameOf(world, `page customer ${source_id}`, { key });
  const traits = traitsOfFields({ ...fields, birthdate: birthdate ?? birthday });
  const receipt = await receiptOf(c.env, shop);
  const sender = { trust: 'browser' as const, visitor: visitor.address, currency: shop.settings.currency, ...receipt };
  const told = identified({ sourceId: source_id, made: null, traits, messageId }, sender);
  if ('refused' in told) throw new VoucherError('invalid_payload', `source_id is no name: ${told.refused}`);
  const { identifiers, event } = told;
  const subject = { identifiers, trust: 'browser' as const, visitor: visitor.address };
  const { customers } = await deliver(c.env, shop, [{ subject, event }]);
  return c.json({ id: customers[0] ?? '', source_id, object: 'customer' as const }, 200);
});

clientCustomers.all('/client/v1/customers', onlyMethods('POST, OPTIONS'));
