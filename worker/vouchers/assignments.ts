/** Which rule guards which voucher or campaign, for voucher clients: listed with the rules, and named by what is guarded. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import type { Assignment } from '../offers/assignments.ts';
import { offersOf } from '../offers/cache.ts';
import type { World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-rules.ts';
import { campaignBy } from './campaigns.ts';
import { notFound, noVoucher, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { assigned, bringInto, type Guarded } from './guarding.ts';
import { onceFor } from './once.ts';
import { voucherBy, worldOf } from './request.ts';
import { ruleBy } from './validation-rules.ts';

export const assignments = voucherRoutes();

const byRule = z.object({ id: z.string().min(1).max(200) });

const assign = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/validation-rules/{id}/assignments',
  summary: 'Have a rule guard a voucher or a campaign, issued codes included',
  request: { params: byRule, body: body(wire.AssignmentCreate) },
  responses: { 200: json(wire.RuleAssignment, 'The assignment; the same again is as it was'), ...voucherRefusals },
});
assignments.openapi(assign, async (c) => {
  const { shop, key } = c.get('caller');
  const { id: rule } = c.req.valid('param');
  const work = async () => {
    const world = await worldOf(c, shop);
    await ruleBy(world, rule);
    const guarded = await guardedBy(world, c.req.valid('json'));
    const made = await assigned(world, rule, guarded);
    if (!(await bringInto(world, made, { dropped: [], who: key.id }))) throw noVoucher(made.code ?? made.object);
    return c.json(viewOf(made), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const unassign = createRoute({
  ...voucherRoute('programme'),
  method: 'delete',
  path: '/v1/validation-rules/{id}/assignments/{assignment}',
  summary: 'Have a rule guard something no more',
  request: { params: byRule.extend({ assignment: z.string().min(1).max(200) }) },
  responses: { 204: { description: 'It is guarded by it no more' }, ...voucherRefusals },
});
assignments.openapi(unassign, async (c) => {
  const { shop, key } = c.get('caller');
  const { id: rule, assignment: id } = c.req.valid('param');
  const work = async () => {
    const world = await worldOf(c, shop);
    const offers = offersOf(c.env, shop.id);
    const made = await offers.assignment(id);
    if (made === null || made.rule !== rule) throw notFound('validation_rules_assignment', id);
    await bringInto(world, made, { dropped: [rule], who: key.id });
    await offers.unassign(id);
    // whoever assigned another one meanwhile may have read that it was still there
    await bringInto(world, made, { dropped: [], who: key.id });
    return c.body(null, 204);
  };
  return raw(await onceFor(c, shop.id, work));
});

const ofRule = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/validation-rules/{id}/assignments',
  summary: 'What a rule guards, the last first',
  request: { params: byRule, query: wire.RuleQuery },
  responses: { 200: json(wire.AssignmentList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
assignments.openapi(ofRule, async (c) => {
  const { id: rule } = c.req.valid('param');
  const world = await worldOf(c, c.get('caller').shop);
  await ruleBy(world, rule);
  return c.json(await listed(world, { ...c.req.valid('query'), rule, related_object_id: undefined }), 200);
});

const all = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/validation-rules-assignments',
  summary: 'Assignments of all rules, the last first',
  request: { query: wire.AssignmentQuery },
  responses: { 200: json(wire.AssignmentList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
assignments.openapi(all, async (c) =>
  c.json(await listed(await worldOf(c, c.get('caller').shop), c.req.valid('query')), 200),
);

assignments.all('/v1/validation-rules/:id/assignments', onlyMethods('GET, HEAD, POST'));
assignments.all('/v1/validation-rules/:id/assignments/:assignment', onlyMethods('DELETE'));
assignments.all('/v1/validation-rules-assignments', onlyMethods('GET, HEAD'));

async function guardedBy(world: World, { voucher, campaign }: wire.AssignmentCreate): Promise<Guarded> {
  if (voucher === undefined) {
    const found = await campaignBy(world, campaign ?? '');
    return { kind: 'campaign', object: found.campaign.id, code: null };
  }
  const { id, code } = await voucherBy(world, voucher);
  return { kind: 'voucher', object: id, code };
}

const MOST_PAGES = 1_000;

async function listed(
  { env, shop }: World,
  { limit, page, rule, related_object_id }: z.infer<typeof wire.AssignmentQuery>,
): Promise<z.infer<typeof wire.AssignmentList>> {
  if (page > MOST_PAGES) throw new VoucherError('page_over_limit', `page must be at most ${MOST_PAGES}`);
  const sought = { rule: rule ?? null, object: related_object_id ?? null, offset: (page - 1) * limit, limit };
  const found = await offersOf(env, shop.id).assignments(sought);
  return { object: 'list', data_ref: 'data', data: found.assignments.map(viewOf), total: found.total };
}

function viewOf({ id, rule, kind, object, createdAtMs }: Assignment): wire.RuleAssignment {
  return {
    id,
    rule_id: rule,
    related_object_id: object,
    related_object_type: kind,
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: null,
    validation_status: 'VALID',
    validation_omitted_rules: [],
    object: 'validation_rules_assignment',
  };
}
