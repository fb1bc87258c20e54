/** Who is in a segment or on a list, read from D1: pages in any order, exact counts, and everybody once for an export. */
import { and, asc, count, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { members, profiles } from './schema.ts';

export interface MemberRow {
  customer: string;
  userId: string | null;
  email: string | null;
  phone: string | null;
  name: string | null;
  balance: number;
  lastSeenDay: number;
  sinceMs: number;
}

export interface MemberQuery {
  shop: string;
  /** A segment or a list. */
  group: string;
  sort: 'since' | 'id' | 'balance' | 'last_seen' | 'email';
  order: 'asc' | 'desc';
  /** The last row of the page before: its sort value and its customer. */
  after: { value: number | string; customer: string } | null;
  limit: number;
}

const COLUMNS = {
  customer: profiles.customer,
  userId: profiles.userId,
  email: profiles.email,
  phone: profiles.phone,
  name: profiles.name,
  balance: profiles.balance,
  lastSeenDay: profiles.lastSeenDay,
  sinceMs: members.sinceMs,
};
/** Whoever moved or was erased is in nothing. */
const OF_THEM = and(eq(profiles.shop, members.shop), eq(profiles.customer, members.customer), eq(profiles.gone, 0));

/** A page of members, ordered by (sort value, customer), and how many there are in all, both of one instant. */
export async function listMembers(db: D1Database, query: MemberQuery): Promise<{ rows: MemberRow[]; total: number }> {
  const orm = drizzle(db);
  const direction = query.order === 'asc' ? asc : desc;
  const inGroup = and(eq(members.shop, query.shop), eq(members.target, query.group));
  const column = sortColumn(query.sort);
  const [rows, totals] = await orm.batch([
    orm
      .select(COLUMNS)
      .from(members)
      .innerJoin(profiles, OF_THEM)
      .where(and(inGroup, afterPlace(query)))
      .orderBy(...(column === null ? [] : [direction(column)]), direction(members.customer))
      .limit(query.limit),
    orm.select({ total: count() }).from(members).innerJoin(profiles, OF_THEM).where(inGroup),
  ]);
  return { rows, total: totals[0]?.total ?? 0 };
}

/** What a row is sorted by; 0 where its customer says all. */
export function sortValue(sort: MemberQuery['sort'], row: MemberRow): number | string {
  const values = {
    since: row.sinceMs,
    id: 0,
    balance: row.balance,
    last_seen: row.lastSeenDay,
    email: row.email ?? '',
  };
  return values[sort];
}

function sortColumn(sort: MemberQuery['sort']): SQL | null {
  const columns = {
    since: sql`${members.sinceMs}`,
    id: null,
    balance: sql`${profiles.balance}`,
    last_seen: sql`${profiles.lastSeenDay}`,
    email: sql`COALESCE(${profiles.email}, '')`,
  };
  return columns[sort];
}

function afterPlace({ after, sort, order }: MemberQuery): SQL | undefined {
  if (after === null) return undefined;
  const beyond = order === 'asc' ? gt : lt;
  const { value, customer } = after;
  const further = beyond(members.customer, customer);
  const column = sortColumn(sort);
  if (column === null) return further;
  return or(beyond(column, value), and(eq(column, value), further));
}

/** How many each of these segments and lists holds; one that holds nobody is left out. */
export async function countMembers(db: D1Database, shop: string, groups: string[]): Promise<Map<string, number>> {
  const wanted = sql`${members.target} IN (SELECT value FROM json_each(${JSON.stringify(groups)}))`;
  const rows = await drizzle(db)
    .select({ target: members.target, total: count() })
    .from(members)
    .innerJoin(profiles, OF_THEM)
    .where(and(eq(members.shop, shop), wanted))
    .groupBy(members.target);
  return new Map(rows.map(({ target, total }) => [target, total]));
}

/**
 * The members after a customer, by id, so that an export names everybody at most once, whoever enters and leaves
 * meanwhile. Walks the shop's profiles: however many pages an export takes, it reads each of them once.
 */
export async function membersAfter(
  db: D1Database,
  { shop, group, after, limit }: Pick<MemberQuery, 'shop' | 'group' | 'limit'> & { after: string },
): Promise<MemberRow[]> {
  const isMember = and(eq(members.shop, shop), eq(members.target, group), OF_THEM);
  return drizzle(db)
    .select(COLUMNS)
    .from(profiles)
    .crossJoin(members)
    .where(and(eq(profiles.shop, shop), gt(profiles.customer, after), isMember))
    .orderBy(asc(profiles.customer))
    .limit(limit);
}
