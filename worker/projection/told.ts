/** What D1 holds of customers against what their objects told it: each field that differs, found by reading both. */
import { type ChangeSet, groupsOf, ordersOf, profileOf } from './apply.ts';
import { inTime } from './in-time.ts';
import { referralRow } from './referrals.ts';
import { referralDifferences } from './referrals-told.ts';
import { rowsOf, type ToldRow, VOUCHER_TABLES } from './voucher-rows.ts';
import { type VoucherRows, voucherDifferences } from './voucher-told.ts';

/** What D1 should hold of one customer. */
export interface ToldCopy {
  customer: string;
  /** null: the shop cannot name them. */
  profile: ToldRow | null;
  orders: ToldRow[];
  /** Segments and lists with since when, by id, as JSON. */
  groups: string;
  /** The friends they brought. */
  referrals: ToldRow[];
  /** The vouchers they hold, and what was done with these. */
  held: VoucherRows;
}

export interface Difference {
  customer: string;
  order: string | null;
  field: string;
  /** What the object says; a personal text is told by its length alone, for a report outlives an erasure. */
  object: string | number | null;
  copy: string | number | null;
}

/** D1's rows under the names they are told by. */
const PROFILES = `
  SELECT p.customer AS c, p.seq AS seq, p.user_id AS user, p.email AS email, p.name AS name, p.name_key AS key,
    p.phone AS phone, p.balance AS bal, p.debt AS debt, p.lifetime AS life, p.orders AS ord, p.first_seen_ms AS first,
    p.last_seen_day AS day
  FROM json_each(?2) j CROSS JOIN profile p ON p.shop = ?1 AND p.customer = j.value AND p.gone = 0`;
const ORDERS = `
  SELECT o.customer AS c, o.order_id AS id, o.placed_ms AS placed, o.name AS name, o.currency AS cur,
    o.total_minor AS total, o.payment AS pay, o.fulfilment AS ful, o.points AS pts
  FROM json_each(?2) j CROSS JOIN orders o ON o.shop = ?1 AND o.order_id = j.value`;

const GROUPS = `
  SELECT m.customer AS c, json_group_object(m.target, m.since_ms) AS groups
  FROM json_each(?2) j CROSS JOIN member m ON m.shop = ?1 AND m.customer = j.value GROUP BY m.customer`;

const PERSONAL = new Set(['user', 'email', 'name', 'key', 'phone']);
/** Where a set begins; and an order's `seq` says when it was told last, not what it is. */
const UNCOMPARED = new Set(['from']);
const UNCOMPARED_OF_ORDERS = new Set(['from', 'seq']);

export function toldCopy(set: ChangeSet): ToldCopy {
  return {
    customer: set.customer,
    profile: set.head.known ? profileOf(set) : null,
    orders: ordersOf(set),
    referrals: set.head.known ? set.referrals.map((made) => referralRow(set.customer, made)) : [],
    groups: set.head.known ? inOneForm(groupsOf(set).groups) : NO_GROUPS,
    held: rowsOf(set.held),
  };
}

/** What differs, by customer. Customers that `told` leaves out should have no profile. */
export async function differences(
  db: D1Database,
  shop: string,
  { customers, told }: { customers: string[]; told: ToldCopy[] },
): Promise<Map<string, Difference[]>> {
  const ids = told.flatMap(({ orders }) => orders.map((order) => order.id ?? ''));
  const [profiles, orders, groups] = await inTime(
    db.batch<ToldRow>([
      db.prepare(PROFILES).bind(shop, JSON.stringify(customers)),
      db.prepare(ORDERS).bind(shop, JSON.stringify(ids)),
      db.prepare(GROUPS).bind(shop, JSON.stringify(customers)),
    ]),
  );
  const profileOfCustomer = new Map((profiles?.results ?? []).map((row) => [row.c, row]));
  const orderOfId = new Map((orders?.results ?? []).map((row) => [row.id, row]));
  const groupsOfCustomer = new Map(
    (groups?.results ?? []).map((row) => [row.c, inOneForm(JSON.parse(String(row.groups)))]),
  );
  const byCustomer = new Map(told.map((copy) => [copy.customer, copy]));
  const held = await heldDifferences(db, shop, told);
  const brought = await broughtDifferences(db, shop, told);
  const found = customers.map((customer): [string, Difference[]] => {
    const copy = byCustomer.get(customer);
    const rows = [
      rowDifferences({ customer, order: null }, copy?.profile ?? null, profileOfCustomer.get(customer) ?? null),
    ];
    for (const order of copy?.orders ?? []) {
      const of = { customer, order: String(order.id) };
      rows.push(rowDifferences(of, order, orderOfId.get(order.id ?? '') ?? null));
    }
    const [own, kept] = [copy?.groups ?? NO_GROUPS, groupsOfCustomer.get(customer) ?? NO_GROUPS];
    if (own !== kept) rows.push([{ customer, order: null, field: 'groups', object: own, copy: kept }]);
    return [customer, [...rows.flat(), ...(held.get(customer) ?? []), ...(brought.get(customer) ?? [])]];
  });
  return new Map(found.filter(([, all]) => all.length > 0));
}

const NO_GROUPS = '{}';

async function heldDifferences(db: D1Database, shop: string, told: ToldCopy[]): Promise<Map<string, Difference[]>> {
  const all: VoucherRows = { campaign: [], voucher: [], redemption: [], rollback: [], publication: [] };
  const holders = new Map<string, string>();
  for (const { customer, held } of told)
    for (const table of VOUCHER_TABLES) {
      all[table].push(...held[table]);
      for (const { id } of held[table]) holders.set(`${table} ${id}`, customer);
    }
  const found = new Map<string, Difference[]>();
  for (const { table, id, field, object, copy } of await voucherDifferences(db, shop, all)) {
    const customer = holders.get(`${table} ${id}`) ?? '';
    const difference = { customer, order: null, field: `${table} ${id} ${field}`, object, copy };
    found.set(customer, [...(found.get(customer) ?? []), difference]);
  }
  return found;
}

async function broughtDifferences(db: D1Database, shop: string, told: ToldCopy[]): Promise<Map<string, Difference[]>> {
  const rows = told.flatMap(({ referrals }) => referrals);
  const found = await referralDifferences(db, shop, rows);
  return Map.groupBy(
    found.map(({ customer, referral, field, object, copy }) => {
      return { customer, order: null, field: `referral ${referral} ${field}`, object, copy };
    }),
    ({ customer }) => customer,
  );
}

function inOneForm(groups: Record<string, number>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Field by field; a row that one side lacks is one difference. */
export function rowDifferences(
  of: { customer: string; order: string | null },
  object: ToldRow | null,
  copy: ToldRow | null,
): Difference[] {
  if (object === null && copy === null) return [];
  const whole = of.order === null ? 'profile' : 'order';
  if (object === null || copy === null)
    return [{ ...of, field: whole, object: object && 'present', copy: copy && 'present' }];
  const left = of.order === null ? UNCOMPARED : UNCOMPARED_OF_ORDERS;
  return Object.keys(object)
    .filter((field) => !left.has(field) && object[field] !== copy[field])
    .map((field) => ({ ...of, field, object: shown(of, field, object), copy: shown(of, field, copy) }));
}

function shown(of: { order: string | null }, field: string, row: ToldRow): string | number | null {
  const value = row[field] ?? null;
  return of.order === null && PERSONAL.has(field) && value !== null ? `text of ${String(value).length}` : value;
}

/** Customers with a profile in D1, who are not gone, after `after` and up to `upTo` (null: to the end), by id. */
export async function profileIds(
  db: D1Database,
  shop: string,
  { after, upTo, limit }: { after: string; upTo: string | null; limit: number },
): Promise<string[]> {
  const sql = `SELECT customer FROM profile WHERE shop = ?1 AND customer > ?2 AND gone = 0 AND (?3 IS NULL OR customer <= ?3)
    ORDER BY customer LIMIT ?4`;
  const { results } = await inTime(db.prepare(sql).bind(shop, after, upTo, limit).all<{ customer: string }>());
  return results.map(({ customer }) => customer);
}

export interface OrderOwner {
  orderId: string;
  customer: string;
  /** 1 where that customer has a profile. */
  owned: number;
}

/** D1's orders after an id, and whose each is. */
export async function orderOwners(db: D1Database, shop: string, after: string, limit: number): Promise<OrderOwner[]> {
  const sql = `SELECT o.order_id AS orderId, o.customer AS customer, p.customer IS NOT NULL AS owned
    FROM orders o LEFT JOIN profile p ON p.shop = o.shop AND p.customer = o.customer AND p.gone = 0
    WHERE o.shop = ?1 AND o.order_id > ?2 ORDER BY o.order_id LIMIT ?3`;
  return (await inTime(db.prepare(sql).bind(shop, after, limit).all<OrderOwner>())).results;
}
