/** The budget of an earning rule, which all customers share: kept as the cap of an object of its own, all or nothing of each award. */
import { budgetAt } from '../campaign/budget-at.ts';
import { BUDGET_BACK, budgetOf, ruleOf } from '../domain/earning/budget.ts';
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { weekStartOf } from '../domain/vouchers/tally.ts';
import type { Env } from '../env.ts';
import { openTerms } from '../shops/cache.ts';
import { testNow } from '../shops/shop-time.ts';
import type { AskingShop } from './asking.ts';

/** Granted or not, once for each errand; by the budget that the programme says now. */
export async function takeBudget(env: Env, shop: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  const about = await aboutShop(env, shop);
  const budget = budgetOf(about, ruleOf(errand));
  const [times, points] = [budget?.of === 'times' ? budget.most : null, budget?.of === 'points' ? budget.most : null];
  const caps = { redemptions: times, discountMinor: points, ordersMinor: null };
  const { atMs, calendar } = about;
  const call = { op: errand.op, cost: costOf(errand), customer: null, atMs, calendar, counts: [], caps };
  const { granted } = await budgetObject(env, shop.id, errand).take(call);
  return { granted };
}

/** Of an award that somebody else decided on before it was granted. */
export async function giveBackBudget(env: Env, shop: AskingShop, errand: OpenErrand): Promise<JsonObject> {
  if (errand.kind !== BUDGET_BACK) throw new Error('another errand');
  const { atMs, calendar } = await aboutShop(env, shop);
  const call = { op: textOf(errand.body, 'of') ?? '', cost: costOf(errand), customer: null, atMs, calendar };
  await budgetObject(env, shop.id, errand).giveBack(call, atMs);
  return {};
}

/** The object counts what campaigns have: how often, and an amount. Here the amount is points. */
function costOf({ body }: OpenErrand) {
  return { redemptions: Number(body.times ?? 1), discountMinor: Number(body.points), ordersMinor: 0 };
}

function budgetObject(env: Env, shop: string, errand: OpenErrand) {
  return budgetAt(env, `campaign:${shop}:rule-${ruleOf(errand)}`);
}

async function aboutShop(env: Env, { id, version }: AskingShop) {
  const shop = await openTerms(env, id, version);
  const { programme, timeZone, locale } = shop.settings;
  const atMs = (await testNow(env, shop)) ?? Date.now();
  return { programme, atMs, calendar: { timeZone, weekStart: weekStartOf(locale) } };
}
