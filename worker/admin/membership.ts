/** Whether a customer takes part in the programme, by the merchant's word. */
import { createRoute } from '@hono/zod-openapi';
import { carriedFrom } from '../domain/merge.ts';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { Membership, MembershipWrite } from '../wire/programme-members.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { operated } from './operated.ts';
import { findCustomer, refParam } from './ref.ts';

export const membership = routes();

const write = createRoute({
  method: 'put',
  path: '/admin/v1/customers/{ref}/membership',
  tags: ['Customers'],
  summary: 'Have a customer join, leave, or take no part',
  description:
    'Whoever joins earns what the programme gives for a sign-up, once. Whoever takes no part earns nothing, whatever they ' +
    'do, until they are taken back; what they have stays theirs. Send an Idempotency-Key for retries.',
  security: bearer,
  request: { params: refParam, headers: idempotent, body: body(MembershipWrite) },
  responses: { 200: json(Membership, 'As they stand now'), ...writeRefusals },
});
membership.openapi(write, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const { state, reason } = c.req.valid('json');
  const { row, headers, ...told } = await operated(c, shop, customer, (asked) => ({
    op: 'membership',
    ...asked,
    state,
    reason,
    by: 'api',
  }));
  return raw(c.json({ customer: carriedFrom(row)?.customer ?? told.customer, state }, 200, headers));
});
