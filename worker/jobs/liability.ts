/** The points a shop stands for, summed up by asking every customer: at once where objects hold many, else as long work. */
import { z } from 'zod';
import type { Outstanding } from '../customers/ledger-reader.ts';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { ratio } from '../domain/money.ts';
import { joinSums, monthsFrom, noPoints } from '../domain/outstanding.ts';
import type { Programme } from '../domain/programme.ts';
import type { Env } from '../env.ts';
import { openShop } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf, testNow } from '../shops/shop-time.ts';
import type { Liability } from '../wire/liability.ts';
import { eachObject } from './customer-pages.ts';
import { Place, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const LIABILITY = 'liability';

/** Ids that one call carries. */
const PAGE = 2_000;

const ByExpiry = { points: z.int(), byMonth: z.array(z.int()), later: z.int(), never: z.int() };
const Sums = z.strictObject({ ...ByExpiry, pending: z.int(), owed: z.int(), holders: z.int() });
const Cursor = Place.extend({ nowMs: z.int(), sums: Sums });

export const liability = jobKind({
  input: z.strictObject({}),
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<z.infer<typeof Cursor>>> => {
    const { env, cursor } = call;
    const shop = await openShop(env, call.shop);
    if (shop === null) throw new Error('no such shop');
    const nowMs = cursor?.nowMs ?? (await receiptOf(env, shop)).receivedAtMs;
    const monthsMs = monthsFrom(shop.settings.timeZone, nowMs).map(({ beginMs }) => beginMs);
    let sums = cursor?.sums ?? nothing(monthsMs);
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const { place, ended } = await walk(call, { from, rate: null }, async (customers) => {
      sums = joined(sums, await sumsOf(env, shop, customers, monthsMs));
    });
    const progress = { done: place.done, total: place.total };
    if (!ended) return { state: 'going', progress, cursor: { ...place, nowMs, sums } };
    return { state: 'done', progress, result: JSON.parse(JSON.stringify(await liabilityOf(env, shop, sums, nowMs))) };
  },
});

/** As of now, in one request: for a shop whose objects hold many customers each. */
export async function liabilityNow(env: Env, shop: ShopSnapshot): Promise<Liability> {
  const { receivedAtMs: nowMs } = await receiptOf(env, shop);
  const monthsMs = monthsFrom(shop.settings.timeZone, nowMs).map(({ beginMs }) => beginMs);
  const directory = directoryOf(env, shop.id);
  let sums = nothing(monthsMs);
  for (let after = ''; ; ) {
    const customers = await directory.page(after, PAGE);
    if (customers.length > 0) sums = joined(sums, await sumsOf(env, shop, customers, monthsMs));
    if (customers.length < PAGE) return liabilityOf(env, shop, sums, nowMs);
    after = customers.at(-1) ?? after;
  }
}

function nothing(monthsMs: number[]): Outstanding {
  return { ...noPoints(monthsMs), pending: 0, owed: 0, holders: 0 };
}

async function sumsOf(env: Env, shop: ShopSnapshot, customers: string[], monthsMs: number[]): Promise<Outstanding> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop), monthsMs };
  const answers = await eachObject(
    customers,
    (customer) => customer,
    (customer, own) => customersOf(env, shop.id, customer).outstanding({ ...call, customers: own }),
  );
  return answers.reduce(joined, nothing(monthsMs));
}

function joined(a: Outstanding, b: Outstanding): Outstanding {
  return {
    ...joinSums(a, b),
    pending: a.pending + b.pending,
    owed: a.owed + b.owed,
    holders: a.holders + b.holders,
  };
}

async function liabilityOf(env: Env, shop: ShopSnapshot, sums: Outstanding, asOfMs: number): Promise<Liability> {
  const { programme, timeZone } = shop.settings;
  const valued = valuedBy(programme);
  const months = monthsFrom(timeZone, asOfMs)
    .slice(0, -1)
    .map(({ name }, at) => ({ month: name, ...valued(sums.byMonth[at] ?? 0) }));
  return {
    asOfMs,
    source: 'customers',
    ...(await aboutShop(env, shop, asOfMs)),
    holders: sums.holders,
    outstanding: valued(sums.points),
    pending: valued(sums.pending),
    owed: valued(sums.owed),
    expiring: { months, later: valued(sums.later), never: valued(sums.never) },
  };
}

/** What is the same wherever the sums come from. */
export async function aboutShop(env: Env, { id, settings }: ShopSnapshot, nowMs: number) {
  const { currency, programme } = settings;
  const waiting = (await directoryOf(env, id).openingSums()).filter(
    ({ expiresAtMs }) => (expiresAtMs ?? nowMs + 1) > nowMs,
  );
  const points = waiting.reduce((sum, one) => sum + one.points, 0);
  const balances = waiting.reduce((sum, one) => sum + one.openings, 0);
  return { currency, worth: programme.worth, openingBalances: { balances, ...valuedBy(programme)(points) } };
}

export function valuedBy({ worth }: Pick<Programme, 'worth'>) {
  return (points: number) => ({
    points,
    valueMinor: worth === null ? null : ratio(Math.max(0, points), worth.worthMinor, worth.points),
  });
}
