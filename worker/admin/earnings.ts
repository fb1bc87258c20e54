/** A dry run of the earning rules: what a cart would earn, and why a rule gives nothing. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { previewEarnings } from '../routing/preview-earnings.ts';
import { EarningPreview, PreviewRequest } from '../wire/earning-preview.ts';
import { bearer, refusals } from './docs.ts';
import { findCustomer } from './ref.ts';

export const earnings = routes();

const preview = createRoute({
  method: 'post',
  path: '/admin/v1/earnings/preview',
  tags: ['Programme'],
  summary: 'What a cart would earn if it were paid now',
  description:
    'The decision is the one that a paid order gets, by the programme in force; nothing is written. With a customer their ' +
    'tier, segments and used limits count. Rewards and waiting times are said, not given.',
  security: bearer,
  request: { body: body(PreviewRequest) },
  responses: { 200: json(EarningPreview, 'Points by rule, and why the others give none'), ...refusals },
});
earnings.openapi(preview, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { customer: ref, cart } = c.req.valid('json');
  const customer = ref === undefined ? null : await findCustomer(c.env, shop.id, ref);
  return c.json(await previewEarnings(c.env, shop, customer, cart), 200);
});
