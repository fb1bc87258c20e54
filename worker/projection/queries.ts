/** What lists and search read from D1. No money decision and no authentication reads these. */
import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { orders, profiles, shops } from './schema.ts';

export type ProfileRow = typeof profiles.$inferSelect;

export interface ProfileQuery {
  shop: string;
  search: string | null;
  sort: 'balance' | 'last_seen' | 'id';
  order: 'asc' | 'desc';
  /** The last row of the page before: its sort value and its customer. */
  after: { value: number; customer: string } | null;
  limit: number;
}

/** A page of customers, ordered by (sort value, customer); a search looks at starts of e-mails and of words of names. */
export async function listProfiles(db: D1Database, query: ProfileQuery): Promise<ProfileRow[]> {
  const direction = query.order === 'asc' ? asc : desc;
  const column = sortColumn(query.sort);
  const order = column === null ? [direction(profiles.customer)] : [direction(column), direction(profiles.customer)];
  return drizzle(db)
    .select()
    .from(profiles)

    .where(and(eq(profiles.shop, query.shop), eq(profiles.gone, 0), matching(query.search), afterPlace(query)))
    .orderBy(...order)
    .limit(query.limit);
}

function sortColumn(sort: ProfileQuery['sort']) {
  if (sort === 'balance') return profiles.balance;
  return sort === 'last_seen' ? profiles.lastSeenDay : null;
}

/** `instr`, not LIKE: no pattern characters to escape and no limit of 50 bytes. */
function matching(search: string | null): SQL | undefined {
  if (search === null) return undefined;
  const text = search.toLowerCase();
  return or(
    sql`instr(${profiles.email}, ${text}) = 1`,
    sql`instr(' ' || ${profiles.nameKey}, ${` ${text}`}) > 0`,
    eq(profiles.userId, search),
    eq(profiles.customer, search),
  );
}

function afterPlace(query: ProfileQuery): SQL | undefined {
  if (query.after === null) return undefined;
  const beyond = query.order === 'asc' ? gt : lt;
  const column = sortColumn(query.sort);
  const { value, customer } = query.after;
  if (column === null) return beyond(profiles.customer, customer);
  return or(beyond(column, value), and(eq(column, value), beyond(profiles.customer, customer)));
}

/** What the customers hold and owe whom the shop can name, as their copies say. */
export async function pointsTotals(db: D1Database, shop: string) {
  const held = sql<number>`COALESCE(SUM(MAX(${profiles.balance}, 0)), 0)`;
  const owed = sql<number>`COALESCE(SUM(${profiles.debt}), 0)`;
  const holders = sql<number>`COALESCE(SUM(${profiles.balance} > 0), 0)`;
  const [row] = await drizzle(db)
    .select({ points: held, owed, holders })
    .from(profiles)
    .where(and(eq(profiles.shop, shop), eq(profiles.gone, 0)));
  return row ?? { points: 0, owed: 0, holders: 0 };
}

export type OrderRow = typeof orders.$inferSelect;

/** A page of a shop's orders, the last placed first; `after` is the last one of the page before. */
export async function listOrders(
  db: D1Database,
  shop: string,
  after: { placedMs: number; orderId: string } | null,
  limit: number,
): Promise<OrderRow[]> {
  const beyond =
    after === null
      ? undefined
      : or(
          lt(orders.placedMs, after.placedMs),
          and(eq(orders.placedMs, after.placedMs), lt(orders.orderId, after.orderId)),
        );
  return drizzle(db)
    .select()
    .from(orders)
    .where(and(eq(orders.shop, shop), beyond))
    .orderBy(desc(orders.placedMs), desc(orders.orderId))
    .limit(limit);
}

export async function listShops(db: D1Database, after: string, limit: number) {
  return drizzle(db)
    .select({
      shop: shops.shop,
      name: shops.name,
      mode: shops.mode,
      createdMs: shops.createdMs,
    })
    .from(shops)
    .where(gt(shops.shop, after))
    .orderBy(asc(shops.shop))
    .limit(limit);
}
