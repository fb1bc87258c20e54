/** The stock of a reward, which all customers share: kept as the cap of an object of its own, one unit for each voucher. */
import { budgetAt } from '../campaign/budget-at.ts';
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { weekStartOf } from '../domain/vouchers/tally.ts';
import type { Env } from '../env.ts';
import { openTerms } from '../shops/cache.ts';
import { testNow } from '../shops/shop-time.ts';
import type { AskingShop } from './asking.ts';

const ONE = { redemptions: 1, discountMinor: 0, ordersMinor: 0 };

/** Granted or not, once for each errand; by the stock that the programme says now. */
export async function takeStock(env: Env, shop: AskingShop, { op, body }: OpenErrand): Promise<JsonObject> {
  const reward = textOf(body, 'reward') ?? '';
  const about = await aboutShop(env, shop);
  const { programme } = about.settings;
  const stock = programme.rewards?.rewards.find(({ id }) => id === reward)?.stock ?? null;
  const caps = { redemptions: stock, discountMinor: null, ordersMinor: null };
  const { atMs, calendar } = about;
  const call = { op, cost: ONE, customer: null, atMs, calendar, counts: [], caps };
  const { granted } = await stockOf(env, shop.id, reward).take(call);
  return { granted };
}

export async function giveBackStock(env: Env, shop: AskingShop, { op, body }: OpenErrand): Promise<JsonObject> {
  const { atMs, calendar } = await aboutShop(env, shop);
  const reward = textOf(body, 'reward') ?? '';
  await stockOf(env, shop.id, reward).giveBack({ op, cost: ONE, customer: null, atMs, calendar }, atMs);
  return {};
}

function stockOf(env: Env, shop: string, reward: string) {
  return budgetAt(env, `campaign:${shop}:reward-${reward}`);
}

async function aboutShop(env: Env, { id, version }: AskingShop) {
  const shop = await openTerms(env, id, version);
  const { settings } = shop;
  const atMs = (await testNow(env, shop)) ?? Date.now();
  return { settings, atMs, calendar: { timeZone: settings.timeZone, weekStart: weekStartOf(settings.locale) } };
}
