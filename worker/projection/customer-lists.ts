/** The list of customers for voucher clients, in the order in which they were first seen, from D1's copy. */
import { and, asc, count, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { profiles } from './schema.ts';

export interface CustomersSought {
  shop: string;
  email: string | null;
  /** A part of the name. */
  name: string | null;
  /** When they were first seen: both left out. */
  afterMs: number | null;
  beforeMs: number | null;
  order: 'asc' | 'desc';
  /** Beyond this instant in that order; null: from the first. */
  beyondMs: number | null;
  offset: number;
  limit: number;
}

export interface CustomersFound {
  customers: string[];
  total: number;
  /** Whether there are more beyond the last of them. */
  more: boolean;
}

/**
 * A page, with all who were first seen in the same millisecond as its last one where pages go by instants (`beyondMs`): the
 * next page begins after that millisecond, and nobody is to be left out.
 */
export async function findCustomers(db: D1Database, sought: CustomersSought): Promise<CustomersFound> {
  const { order, beyondMs, offset, limit } = sought;
  const d1 = drizzle(db);
  const filter = matching(sought);
  const direction = order === 'asc' ? asc : desc;
  const beyond = beyondMs === null ? undefined : (order === 'asc' ? gt : lt)(profiles.firstSeenMs, beyondMs);
  const place = { customer: profiles.customer, firstSeenMs: profiles.firstSeenMs };
  const page = d1
    .select(place)
    .from(profiles)
    .where(and(filter, beyond))
    .orderBy(direction(profiles.firstSeenMs), direction(profiles.customer))
    .limit(limit + 1)
    .offset(offset);
  const [found, [counted]] = await d1.batch([page, d1.select({ total: count() }).from(profiles).where(filter)]);
  const total = counted?.total ?? 0;
  const here = found.slice(0, limit);
  const [last, next] = [here.at(-1), found[limit]];
  const customers = here.map(({ customer }) => customer);
  if (beyondMs === null || last === undefined || next?.firstSeenMs !== last.firstSeenMs)
    return { customers, total, more: next !== undefined };
  const alike = await d1
    .select(place)
    .from(profiles)
    .where(and(filter, eq(profiles.firstSeenMs, last.firstSeenMs)))
    .orderBy(direction(profiles.customer));
  const all = [...new Set([...customers, ...alike.map(({ customer }) => customer)])];
  return { customers: all, total, more: true };
}

function matching({ shop, email, name, afterMs, beforeMs }: CustomersSought): SQL | undefined {
  return and(
    eq(profiles.shop, shop),
    eq(profiles.gone, 0),
    email === null ? undefined : eq(profiles.email, email.toLowerCase()),
    name === null ? undefined : sql`instr(${profiles.nameKey}, ${name.toLowerCase()}) > 0`,
    afterMs === null ? undefined : gt(profiles.firstSeenMs, afterMs),
    beforeMs === null ? undefined : lt(profiles.firstSeenMs, beforeMs),
  );
}
