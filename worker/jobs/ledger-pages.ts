/** All customers of a shop with what they hold, or with what moved their points: pages for exports, whoever reads slowly. */
import type { Holding, LedgerRow } from '../customers/ledger-reader.ts';
import type { Span } from '../customers/ledger-store.ts';
import { customersOf, shardOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { Identifier } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { eachObject } from './customer-pages.ts';

const CUSTOMERS_A_PAGE = 500;
const ROWS_A_CALL = 1_000;
const MOST_NAMES = 20;
/** So many answers of so many rows are held at once. */
const OBJECTS_AT_ONCE = 16;

/** Customers by id: those after one, up to another one (null: to the end). */
export interface Stretch {
  after: string;
  upTo: string | null;
}

export interface Holder {
  names: Identifier[];
  holding: Holding;
}

/** What everybody holds, by id; whoever became somebody else is not there. */
export async function* holders(env: Env, shop: ShopSnapshot, stretch: Stretch): AsyncGenerator<Holder[]> {
  const clockMs = await testNow(env, shop);
  for await (const page of listed(env, shop, stretch, MOST_NAMES)) {
    const here = page.filter(({ customer, now }) => customer === now);
    const answers = await eachObject(
      here.map(({ customer }) => customer),
      (customer) => customer,
      (customer, own) => {
        const call = { shop: shop.id, version: shop.version, clockMs, customers: own };
        return customersOf(env, shop.id, customer).holdings(call);
      },
    );
    const byCustomer = new Map(answers.flat().map((holding) => [holding.customer, holding]));
    yield here.flatMap(({ customer, names }): Holder[] => {
      const holding = byCustomer.get(customer);
      return holding === undefined ? [] : [{ names, holding }];
    });
  }
}

/** A row, and who its customer is by now. */
export type MovedRow = LedgerRow & { now: string };

/**
 * Every row that moved points, by customer and number. A row stays where it was first written, whoever its customer
 * turned out to be since, so that each comes exactly once.
 */
export async function* ledger(
  env: Env,
  shop: ShopSnapshot,
  { span, ...stretch }: Stretch & { span: Span },
): AsyncGenerator<MovedRow[]> {
  for await (const page of listed(env, shop, stretch, 0)) {
    const nowOf = new Map(page.map(({ customer, now }) => [customer, now]));
    const rows = (own: LedgerRow[]) => own.map((row) => ({ ...row, now: nowOf.get(row.customer) ?? row.customer }));
    const objects = [...Map.groupBy(page, ({ customer }) => shardOf(customer)).values()];
    const owned = objects.map((own) => own.map(({ customer }) => customer));
    for (let at = 0; at < owned.length; at += OBJECTS_AT_ONCE) {
      const some = owned.slice(at, at + OBJECTS_AT_ONCE);
      const first = await Promise.all(some.map((own) => rowsOf(env, shop.id, { customers: own, afterSeq: 0, span })));
      for (const [place, own] of some.entries()) {
        for await (const found of rowsFrom(env, shop.id, { own, span, first: first[place] ?? [] })) yield rows(found);
      }
    }
  }
}

interface OfObject {
  own: string[];
  span: Span;
  first: LedgerRow[];
}

/** The first rows of these customers, which are there, and all that come after them. */
async function* rowsFrom(env: Env, shop: string, { own, span, first }: OfObject): AsyncGenerator<LedgerRow[]> {
  let some = first;
  let left = own;
  for (;;) {
    yield some;
    const last = some.at(-1);
    if (last === undefined || some.length < ROWS_A_CALL) return;
    left = left.slice(left.indexOf(last.customer));
    some = await rowsOf(env, shop, { customers: left, afterSeq: last.seq, span });
  }
}

function rowsOf(env: Env, shop: string, call: { customers: string[]; afterSeq: number; span: Span }) {
  return customersOf(env, shop, call.customers[0] ?? '').ledgerRows({ ...call, limit: ROWS_A_CALL });
}

async function* listed(env: Env, shop: ShopSnapshot, { after, upTo }: Stretch, names: number) {
  const directory = directoryOf(env, shop.id);
  for (let from = after; ; ) {
    const page = await directory.listed(from, CUSTOMERS_A_PAGE, names);
    const inside = page.filter(({ customer }) => upTo === null || customer <= upTo);
    if (inside.length > 0) yield inside;
    if (page.length < CUSTOMERS_A_PAGE || inside.length < page.length) return;
    from = page.at(-1)?.customer ?? from;
  }
}

/** The last of so many customers after one; null where there are no more beyond them. */
export async function endOf(env: Env, shop: string, after: string, customers: number): Promise<string | null> {
  const page = await directoryOf(env, shop).listed(after, customers + 1, 0);
  return page.length > customers ? (page[customers - 1]?.customer ?? null) : null;
}
