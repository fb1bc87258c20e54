/** Whether a rule by itself would let somebody through, for voucher clients: by the evaluation of a redemption. */
import { createRoute, z } from '@hono/zod-openapi';
import { EVERY_ITEM } from '../domain/vouchers/discount.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { qualify } from '../publishing/qualify.ts';
import { nowOf, type World } from '../publishing/world.ts';
import { Examine } from '../wire/voucher-qualifications.ts';
import { RuleValidation } from '../wire/voucher-rules.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { serverAsking } from './qualifications.ts';
import { worldOf } from './request.ts';
import { applicableView } from './terms-view.ts';
import { ruleBy } from './validation-rules.ts';
import { draftOf } from './voucher-draft.ts';

export const ruleValidations = voucherRoutes();
const PATH = '/v1/validation-rules/{id}/validation';
ruleValidations.use(PATH.replace('{id}', ':id'), boundedBody(256 * 1024));

const validate = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: PATH,
  summary: 'Whether a rule holds for a customer and an order',
  request: { params: z.object({ id: z.string().min(1).max(200) }), body: { ...body(Examine), required: false } },
  responses: { 200: json(RuleValidation, 'Whether it holds, and for which goods'), ...voucherRefusals },
});
ruleValidations.openapi(validate, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const rule = await ruleBy(world, c.req.valid('param').id);
  const asking = await serverAsking(world, c.req.valid('json'));
  const candidates = { held: [], codes: [], fresh: [guardedBy(world, rule.id)], audienceOnly: false };
  const { qualified } = await qualify(world, asking, candidates);
  const goods = applicableView(rule.applicable ?? EVERY_ITEM);
  return c.json({ valid: qualified.length > 0, rule_id: rule.id, ...goods }, 200);
});

ruleValidations.all(PATH.replace('{id}', ':id'), onlyMethods('POST'));

/** A voucher that nothing holds back but the rule. */
function guardedBy(world: World, rule: string): Voucher {
  const discount = { type: 'PERCENT' as const, percent_off: 1, effect: 'APPLY_TO_ORDER' as const };
  const wanted = { type: 'DISCOUNT_VOUCHER' as const, discount, active: true, metadata: {} };
  const now = nowOf(world);
  const blank = { holder: null, redeemed: 0, locks: [], publishedAtMs: null, createdAtMs: now, updatedAtMs: now };
  return { ...draftOf(wanted, world.shop.settings.currency), ...blank, id: `v_of_${rule}`, code: '', rules: [rule] };
}
