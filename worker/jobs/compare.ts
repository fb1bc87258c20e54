/**
 * Reports every difference between the objects and their copies. Copies that are merely behind are asked again, and then
 * counted instead of reported. Customers come from the Directory; copies that it does not list are found beside them.
 */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { type Difference, differences, type OrderOwner, orderOwners, profileIds } from '../projection/told.ts';
import { compareOffers, compareStrays } from './compare-offers.ts';
import { compareReferrals } from './compare-referrals.ts';
import { eachObject } from './customer-pages.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { FIRST_PLACE, OfferPlace } from './offer-pages.ts';

const PAGE = 100;
const ORDER_PAGE = 300;
/** How long copies get to catch up before they are asked again. */
const PAUSES_MS = [100, 300, 900];

const Cursor = z.strictObject({
  phase: z.enum(['customers', 'orders', 'referrals', 'offers', 'strays']),
  after: z.string(),
  place: OfferPlace,
  customers: z.int(),
  orders: z.int(),
  referrals: z.int(),
  vouchers: z.int(),
  differences: z.int(),
  behind: z.int(),
});
type Cursor = z.infer<typeof Cursor>;
type Call = StepCall<object, Cursor>;

interface Found {
  /** null: that was the last page. */
  last: string | null;
  seen: number;
  behind: number;
  differences: Difference[];
}

export const compare = jobKind({
  input: z.strictObject({}),
  cursor: Cursor,
  exclusive: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const at: Cursor = call.cursor ?? { ...NOTHING, phase: 'customers', after: '', place: FIRST_PLACE };
    if (at.phase === 'offers' || at.phase === 'strays') return offers(call, at);
    const found = await LOOKS[at.phase](call, at.after);
    const next = { ...at, after: found.last ?? '', behind: at.behind + found.behind };
    next[at.phase] += found.seen;
    next.differences += found.differences.length;
    const progress = { done: next.customers, total: at.phase === 'customers' ? null : next.customers };
    const lines = found.differences.map((difference): JsonObject => ({ ...difference }));
    if (found.last !== null) return { state: 'going', cursor: next, progress, lines };
    return { state: 'going', cursor: { ...next, phase: AFTER[at.phase] }, progress, lines };
  },
});

const NOTHING = { customers: 0, orders: 0, referrals: 0, vouchers: 0, differences: 0, behind: 0 };

const LOOKS = {
  customers: comparePage,
  orders: compareOrders,
  referrals: async ({ env, shop }: Call, after: string): Promise<Found> => {
    return { ...(await compareReferrals(env, shop, after)), behind: 0 };
  },
};
const AFTER = { customers: 'orders', orders: 'referrals', referrals: 'offers' } as const;

/** Campaigns and codes, and then copies that are nobody's. */
async function offers({ env, shop, untilMs }: Call, at: Cursor): Promise<StepOutcome<Cursor>> {
  const progress = { done: at.customers, total: at.customers };
  if (at.phase === 'offers') {
    const { next, seen, differences: lines } = await compareOffers(env, shop, { place: at.place, untilMs });
    const counted = { vouchers: at.vouchers + seen, differences: at.differences + lines.length };
    const place = next === null ? { phase: 'strays' as const, after: '' } : { place: next };
    return { state: 'going', progress, lines, cursor: { ...at, ...counted, ...place } };
  }
  const { last, differences: lines } = await compareStrays(env, shop, at.after);
  const counted = { ...at, differences: at.differences + lines.length };
  if (last !== null) return { state: 'going', progress, lines, cursor: { ...counted, after: last } };
  const { phase: _, after: __, place: ___, ...result } = counted;
  return { state: 'done', progress, lines, result };
}

/** The customers after an id, and the copies among them that are nobody's. */
async function comparePage({ env, shop }: Call, after: string): Promise<Found> {
  const listed = await directoryOf(env, shop).page(after, PAGE);
  const upTo = listed.length < PAGE ? null : (listed.at(-1) ?? null);
  const copied = await profileIds(env.DB, shop, { after, upTo, limit: 2 * PAGE });
  // more copies than customers: the page ends with them
  const last = copied.length < 2 * PAGE ? upTo : (copied.at(-1) ?? null);
  const customers = listed.filter((customer) => last === null || customer <= last);
  const [strays, compared] = await Promise.all([
    strayProfiles(
      env,
      shop,
      copied.filter((customer) => !listed.includes(customer)),
    ),
    settled(env, shop, customers),
  ]);
  return { last, seen: customers.length, ...compared, differences: [...strays, ...compared.differences] };
}

/** Copies of nobody. Asked again, for one of a customer who has just moved is told as gone a moment later. */
async function strayProfiles(env: Env, shop: string, customers: string[]): Promise<Difference[]> {
  const current = await Promise.all(customers.map((customer) => directoryOf(env, shop).current(customer)));
  // one who was born since the page was read is compared with the next ones or by the next comparison
  let strays = customers.filter((customer, at) => current[at] !== customer);
  let found: Difference[] = [];
  for (const pause of PAUSES_MS) {
    if (strays.length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, pause));
    const still = await differences(env.DB, shop, { customers: strays, told: [] });
    strays = [...still.keys()];
    found = [...still.values()].flat();
  }
  return found;
}

/** What still differs after the copies had time to catch up. */
async function settled(env: Env, shop: string, customers: string[]) {
  let open = customers;
  for (let round = 0; ; round += 1) {
    const { behind, found } = await differencesOf(env, shop, open);
    const pause = PAUSES_MS[round];
    if (found.size === 0 || pause === undefined) {
      const late = [...found.keys()].filter((customer) => behind.has(customer));
      for (const customer of late) found.delete(customer);
      return { behind: late.length, differences: [...found.values()].flat() };
    }
    open = [...found.keys()];
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function differencesOf(env: Env, shop: string, customers: string[]) {
  if (customers.length === 0) return { behind: new Set<string>(), found: new Map<string, Difference[]>() };
  const answers = await eachObject(
    customers,
    (customer) => customer,
    async (customer, own) => ({ own, ...(await customersOf(env, shop, customer).copies(own)) }),
  );
  const behind = new Set(answers.flatMap((answer) => (answer.behind ? answer.own : [])));
  const told = answers.flatMap((answer) => answer.copies);
  return { behind, found: await differences(env.DB, shop, { customers, told }) };
}

/** The other way round: orders in the copies that no object keeps. Asked twice, for an order may be on its way to another customer. */
async function compareOrders({ env, shop }: Call, after: string): Promise<Found> {
  const rows = await orderOwners(env.DB, shop, after, ORDER_PAGE);
  let stray = await strayOrders(env, shop, rows);
  if (stray.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[0]));
    const again = await strayOrders(env, shop, await orderOwners(env.DB, shop, after, ORDER_PAGE));
    stray = again.filter(({ orderId }) => stray.some((one) => one.orderId === orderId));
  }
  const last = rows.length < ORDER_PAGE ? null : (rows.at(-1)?.orderId ?? null);
  const found = stray.map(
    ({ customer, orderId }): Difference => ({
      customer,
      order: orderId,
      field: 'order',
      object: null,
      copy: 'present',
    }),
  );
  return { last, seen: rows.length, behind: 0, differences: found };
}

async function strayOrders(env: Env, shop: string, rows: OrderOwner[]): Promise<OrderOwner[]> {
  const answers = await eachObject(
    rows.filter((row) => row.owned === 1),
    (row) => row.customer,
    (customer, own) => customersOf(env, shop, customer).heldOrders(own),
  );
  const held = new Set(answers.flat());
  return rows.filter((row) => !held.has(row.orderId));
}
