/** Rules a shop keeps about events of a name: a fixed schema, another name, or none of them at all. */
import { createRoute, z } from '@hono/zod-openapi';
import type { EventRule as Rule } from '../domain/event-rules.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { eventRulesOf } from '../shops/settings.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { EventRule, EventRuleList, RuleName, RuleQuery } from '../wire/event-rules.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';

export const eventRules = routes();
const about = { tags: ['Events'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/event-rules',
  summary: 'Event rules, by name and source',
  request: { query: RuleQuery },
  responses: { 200: json(EventRuleList, 'A page of rules; a shop has at most 100'), ...refusals },
});
eventRules.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor } = c.req.valid('query');
  const after = fromCursor(cursor, z.string()) ?? '';
  const rules = [...eventRulesOf(shop)].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const rest = rules.filter((rule) => placeOf(rule) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = rest.length > limit && last !== undefined ? toCursor(placeOf(last)) : null;
  return c.json({ items, nextCursor }, 200);
});

const put = createRoute({
  ...about,
  method: 'put',
  path: '/admin/v1/event-rules',
  summary: 'Keep a rule, in the place of one for the same name and source; live within two seconds',
  description:
    'Events that carry the facts of an order can be warned about, not renamed, blocked or refused. A shop keeps at most ' +
    '100 rules, 64 K characters of JSON in all.',
  request: { headers: idempotent, body: body(EventRule) },
  responses: { 200: json(EventRule, 'The rule as it is now'), ...writeRefusals },
});
eventRules.openapi(put, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const rule = c.req.valid('json');
  return raw(await once(c, shop.id, async () => c.json(await putRule(c, shop.id, { rule, who: key.id }))));
});

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/event-rules',
  summary: 'Drop the rule for a name and source',
  request: { headers: idempotent, query: RuleName },
  responses: { 204: { description: 'Dropped' }, ...writeRefusals },
});
eventRules.openapi(drop, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const named = c.req.valid('query');
  return raw(
    await once(c, shop.id, async () => {
      if (!(await shopOf(c.env, shop.id).dropEventRule(named, key.id))) throw new ProblemError('not_found');
      forgetShop(shop.id);
      return c.body(null, 204);
    }),
  );
});

/** Keeps a rule; `invalid_request` names the field and why it cannot be kept beside the others. */
export async function putRule(c: AppContext, shop: string, { rule, who }: { rule: Rule; who: string }): Promise<Rule> {
  const kept = await shopOf(c.env, shop).putEventRule(rule, who);
  if ('field' in kept) throw new ProblemError('invalid_request', { errors: [kept] });
  forgetShop(shop);
  return rule;
}

function placeOf({ event, source }: Rule): string {
  return `${event} ${source}`;
}
