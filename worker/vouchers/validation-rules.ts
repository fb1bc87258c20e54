/** Validation rules for voucher clients: written in Voucherify's language, kept with the tree that they mean here. */
import { createRoute, z } from '@hono/zod-openapi';
import { isObject, type JsonObject } from '../domain/json.ts';
import { traitOfMetadata } from '../domain/vouchers/customer-fields.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import { fromVoucherify } from '../domain/vouchers/voucherify-rules.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { onlyMethods } from '../http/method.ts';
import { forgetOffers, offersOf } from '../offers/cache.ts';
import { nameOf, nowOf, type World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-rules.ts';
import { notFound, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { worldOf } from './request.ts';

export const validationRules = voucherRoutes();
validationRules.use('/v1/validation-rules/*', boundedBody(256 * 1024));

const byId = z.object({ id: z.string().min(1).max(200) });
const answers = { 200: json(wire.VoucherRule, 'The rule'), ...voucherRefusals };
const READ =
  'A rule that asks for something unknown here is refused, and its place is named: nothing of it is silently left out. Beside ' +
  'the names of those clients there are `customer.first_order` (`$is: [true]`), `customer.orders.count` (numbers), ' +
  '`redemption.channel` (`$is: ["API", "CLIENT_API"]`), `redemption.date` (`$after`, `$before`), `redemption.day_of_week` ' +
  '(`$is: [0]`, Sunday) and `redemption.time` (`$is_between: ["09:00", "17:00"]`), the last three by the shop’s clock.';

const create = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/validation-rules',
  summary: 'Make a rule',
  description: READ,
  request: { body: body(wire.RuleCreate) },
  responses: answers,
});
validationRules.openapi(create, async (c) => {
  const { shop } = c.get('caller');
  const work = async () => {
    const world = await worldOf(c, shop);
    const key = idempotencyKey(c) ?? crypto.randomUUID();
    const created_at = new Date(nowOf(world)).toISOString();
    const source = { ...plain(c.req.valid('json')), created_at, updated_at: null };
    return c.json(await kept(world, { id: `val_${nameOf(world, 'rule', { key })}`, source }), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const read = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/validation-rules/{id}',
  summary: 'One rule',
  request: { params: byId },
  responses: answers,
});
validationRules.openapi(read, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const offers = offersOf(c.env, shop.id);
  const [rule, { total }] = await Promise.all([
    offers.rule(id),
    offers.assignments({ rule: id, object: null, offset: 0, limit: 1 }),
  ]);
  if (rule === null) throw notFound('validation_rules', id);
  return c.json({ ...ruleView(rule), assignments_count: total }, 200);
});

const update = createRoute({
  ...voucherRoute('programme'),
  method: 'put',
  path: '/v1/validation-rules/{id}',
  summary: 'Change a rule: of everything that it is assigned to, at once',
  description: `Absent fields stay as they are. ${READ}`,
  request: { params: byId, body: body(wire.RuleUpdate) },
  responses: answers,
});
validationRules.openapi(update, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const work = async () => {
    const world = await worldOf(c, shop);
    return c.json(await changed(world, id, plain(c.req.valid('json'))), 200);
  };
  return raw(await onceFor(c, shop.id, work));
});

const remove = createRoute({
  ...voucherRoute('programme'),
  method: 'delete',
  path: '/v1/validation-rules/{id}',
  summary: 'Take a rule away, and with it all its assignments',
  request: { params: byId },
  responses: { 204: { description: 'It holds nobody back any more' }, ...voucherRefusals },
});
validationRules.openapi(remove, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const work = async () => {
    const isGone = await offersOf(c.env, shop.id).dropRule(id);
    forgetOffers(shop.id);
    if (!isGone) throw notFound('validation_rules', id);
    return c.body(null, 204);
  };
  return raw(await onceFor(c, shop.id, work));
});

const MOST_PAGES = 1_000;

const list = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/validation-rules',
  summary: 'Rules, the last made first',
  request: { query: wire.RuleQuery },
  responses: { 200: json(wire.RuleList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
validationRules.openapi(list, async (c) => {
  const { limit, page } = c.req.valid('query');
  if (page > MOST_PAGES) throw new VoucherError('page_over_limit', `page must be at most ${MOST_PAGES}`);
  const { rules } = await offersOf(c.env, c.get('caller').shop.id).snapshot();
  const data = rules
    .toReversed()
    .slice((page - 1) * limit, page * limit)
    .map(ruleView);
  return c.json({ object: 'list' as const, data_ref: 'data' as const, data, total: rules.length }, 200);
});

validationRules.all('/v1/validation-rules', onlyMethods('GET, HEAD, POST'));
validationRules.all('/v1/validation-rules/:id', onlyMethods('GET, HEAD, PUT, DELETE'));

const MOST_TURNS = 20;

/** Made from the rule as it is when it is written: of two who change it at once neither undoes what the other said. */
async function changed(world: World, id: string, said: JsonObject): Promise<wire.VoucherRule> {
  const updated_at = new Date(nowOf(world)).toISOString();
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const before = await ruleBy(world, id);
    const view = await keptOver(world, before, { id, source: { ...sourceOf(before), ...said, updated_at } });
    if (view !== 'changed') return view;
  }
  throw new VoucherError('multiple_requests', 'It was changed by too many at once');
}

async function kept(world: World, made: { id: string; source: JsonObject }): Promise<wire.VoucherRule> {
  const view = await keptOver(world, null, made);
  if (view === 'changed') throw new Error('a new rule over another one');
  return view;
}

/** Throws where the rule cannot be read, naming each place that nobody knows here. */
async function keptOver(
  { env, shop }: World,
  before: Rule | null,
  { id, source }: { id: string; source: JsonObject },
): Promise<wire.VoucherRule | 'changed'> {
  const meant = fromVoucherify(source, { currency: shop.settings.currency, traitOf: traitOfMetadata });
  if ('flaws' in meant)
    throw new VoucherError('invalid_payload', meant.flaws.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  const { when, applicable, message } = meant;
  const rule: Rule = { id, name: String(source.name), when, applicable, message, source };
  const told = await offersOf(env, shop.id).putRule(rule, before);
  if (told === 'changed') return told;
  if (told === 'full')
    throw new VoucherError('invalid_payload', 'The shop has as many rules, or as long ones, as it can have');
  forgetOffers(shop.id);
  return ruleView(rule);
}

export async function ruleBy({ env, shop }: World, id: string): Promise<Rule> {
  const rule = await offersOf(env, shop.id).rule(id);
  if (rule === null) throw notFound('validation_rules', id);
  return rule;
}

/** What JSON can say: fields that are absent are absent. */
function plain(said: object): JsonObject {
  return JSON.parse(JSON.stringify(said));
}

/** One that was not written by a voucher client has no source in their language. */
function sourceOf({ name, source }: Rule): JsonObject {
  return source ?? { name, type: 'expression', context_type: 'global', rules: {}, created_at: '', updated_at: null };
}

export function ruleView(rule: Rule): wire.VoucherRule {
  const source = sourceOf(rule);
  const rules = isObject(source.rules) ? source.rules : {};
  return wire.VoucherRule.parse({ ...source, rules, id: rule.id, object: 'validation_rules' });
}
