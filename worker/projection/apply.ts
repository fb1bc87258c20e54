/**
 * Applies change sets to D1's copies. A set (from, to] counts only where the copy stands at `from`; the answer says
 * where each copy stands now, so gaps, repeats and reorderings cannot hurt.
 */
import type { Head } from '../domain/customer.ts';
import type { Order } from '../domain/order.ts';
import { fulfilmentOf, paymentOf } from '../domain/order-status.ts';
import type { Made } from '../domain/referrals/made.ts';
import { inTime } from './in-time.ts';
import { referralStatements } from './referrals.ts';
import type { ToldRow, VoucherCopies } from './voucher-rows.ts';
import { voucherStatements } from './vouchers.ts';

const DAY_MS = 86_400_000;
/** A parameter holds 2 MB: texts are cut for the copy, and many orders go in several statements. */
const LONGEST_TEXT = 255;
const ORDERS_A_STATEMENT = 500;

export interface ChangeSet {
  customer: string;
  from: number;
  head: Head;
  orders: Order[];
  /** The friends they brought. */
  referrals: Made[];
  /** What they hold: each row says itself when it counts. */
  held: Pick<VoucherCopies, 'vouchers' | 'redemptions' | 'rollbacks'>;
  /** What the set may change besides the counters: statements that none of the sets needs are not sent. */
  may: { names: boolean; day: boolean; balance: boolean; groups: boolean; referrals: boolean };
}

/** For a set whose beginning is not known: it may change anything. */
export const MAY_CHANGE_ALL = { names: true, day: true, balance: true, groups: true, referrals: true };

export interface Applied {
  /** Where each named customer's copy stands now. */
  seqs: Map<string, number>;
  rowsWritten: number;
}

// Every statement is guarded by where the copy stands, so the ones that move it come last. They are apart
// because an UPDATE rewrites the index of every column it names, changed or not; and they are upserts over CROSS JOINs
// because that fixes the order of the loops: the sets first, then one look-up each.

const ORDERS = `
  INSERT INTO orders (shop, placed_ms, order_id, customer, seq, name, currency, total_minor, payment, fulfilment, points)
  SELECT ?1, j.value ->> 'placed', j.value ->> 'id', j.value ->> 'c', j.value ->> 'seq', j.value ->> 'name',
    j.value ->> 'cur', j.value ->> 'total', j.value ->> 'pay', j.value ->> 'ful', j.value ->> 'pts'
  FROM json_each(?2) j LEFT JOIN profile p ON p.shop = ?1 AND p.customer = j.value ->> 'c'
  WHERE COALESCE(p.seq, 0) = j.value ->> 'from'
  ON CONFLICT DO UPDATE SET customer = excluded.customer, seq = excluded.seq, name = excluded.name,
    total_minor = excluded.total_minor, payment = excluded.payment, fulfilment = excluded.fulfilment,
    points = excluded.points WHERE excluded.seq >= orders.seq`;

// A set that may change them tells all segments and lists of its customer.
const LEAVE = `
  DELETE FROM member WHERE shop = ?1 AND (customer, target) IN (
    SELECT m.customer, m.target
    FROM json_each(?2) j LEFT JOIN profile p ON p.shop = ?1 AND p.customer = j.value ->> 'c'
      CROSS JOIN member m ON m.shop = ?1 AND m.customer = j.value ->> 'c'
    WHERE COALESCE(p.seq, 0) = j.value ->> 'from'
      AND NOT EXISTS (SELECT 1 FROM json_each(j.value -> 'groups') g WHERE g.key = m.target))`;
const JOIN = `
  INSERT INTO member (shop, customer, target, since_ms)
  SELECT ?1, j.value ->> 'c', g.key, g.value
  FROM json_each(?2) j LEFT JOIN profile p ON p.shop = ?1 AND p.customer = j.value ->> 'c'
    CROSS JOIN json_each(j.value -> 'groups') g
  WHERE COALESCE(p.seq, 0) = j.value ->> 'from'
  ON CONFLICT DO UPDATE SET since_ms = excluded.since_ms WHERE member.since_ms <> excluded.since_ms`;
const FORGET = `DELETE FROM member WHERE shop = ?1 AND customer IN (SELECT value ->> 'c' FROM json_each(?2))`;

// The row of a customer who is gone stays with its last number, so that an older set that comes late finds it closed.
const GONE = `
  INSERT INTO profile (shop, customer, seq, balance, debt, lifetime, orders, first_seen_ms, last_seen_day, gone)
  SELECT ?1, j.value ->> 'c', j.value ->> 'seq', 0, 0, 0, 0, 0, 0, 1 FROM json_each(?2) j WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, gone = 1, user_id = NULL, email = NULL, name = NULL, name_key = NULL,
    phone = NULL, balance = 0, debt = 0, lifetime = 0, orders = 0, last_seen_day = 0 WHERE excluded.seq > profile.seq
  RETURNING customer, seq`;

const INTO = `
  INSERT INTO profile (shop, customer, seq, user_id, email, name, name_key, phone, balance, debt, lifetime, orders,
    first_seen_ms, last_seen_day)
  SELECT ?1, j.value ->> 'c', j.value ->> 'seq', j.value ->> 'user', j.value ->> 'email', j.value ->> 'name',
    j.value ->> 'key', j.value ->> 'phone', j.value ->> 'bal', j.value ->> 'debt', j.value ->> 'life', j.value ->> 'ord',
    j.value ->> 'first', j.value ->> 'day'
  FROM json_each(?2) j`;

const NEW_PROFILES = `${INTO} WHERE j.value ->> 'from' = 0 ON CONFLICT DO NOTHING RETURNING customer, seq`;

function update(condition: string, change: string): string {
  const copy = "CROSS JOIN profile p ON p.shop = ?1 AND p.customer = j.value ->> 'c'";
  return `${INTO} ${copy} WHERE p.seq = j.value ->> 'from' AND ${condition} ON CONFLICT DO UPDATE SET ${change}`;
}

const NAMES = update(
  `(p.user_id IS NOT j.value ->> 'user' OR p.email IS NOT j.value ->> 'email' OR p.name IS NOT j.value ->> 'name' OR
    p.phone IS NOT j.value ->> 'phone')`,
  `user_id = excluded.user_id, email = excluded.email, name = excluded.name, name_key = excluded.name_key,
    phone = excluded.phone`,
);
const DAYS = update("p.last_seen_day IS NOT j.value ->> 'day'", 'last_seen_day = excluded.last_seen_day');
const REST = `seq = excluded.seq, debt = excluded.debt, lifetime = excluded.lifetime, orders = excluded.orders,
    first_seen_ms = excluded.first_seen_ms`;
const BALANCES = update(
  "p.balance IS NOT j.value ->> 'bal'",
  `balance = excluded.balance, ${REST} RETURNING customer, seq`,
);
const OTHERS = update('true', `${REST} RETURNING customer, seq`);

const SEQS = `
  SELECT j.value AS customer, COALESCE(p.seq, 0) AS seq
  FROM json_each(?2) j LEFT JOIN profile p ON p.shop = ?1 AND p.customer = j.value`;

/** Throws where D1 does not answer in time; what it did then is unknown, and telling again is safe. */
export async function applyChangeSets(db: D1Database, shop: string, sets: ChangeSet[]): Promise<Applied> {
  const [gone, live] = split(sets.filter(({ head }) => head.known));
  const profiles = JSON.stringify(live.map(profileOf));
  const orders = live.flatMap(ordersOf);
  const wanted: [boolean, string][] = [
    [live.some(({ may }) => may.names), NAMES],
    [live.some(({ may }) => may.day), DAYS],
    [live.some(({ may }) => may.balance), BALANCES],
    [live.length > 0, OTHERS],
    [live.some(({ from }) => from === 0), NEW_PROFILES],
  ];
  const slices = Array.from({ length: Math.ceil(orders.length / ORDERS_A_STATEMENT) }, (_, at) =>
    orders.slice(at * ORDERS_A_STATEMENT, (at + 1) * ORDERS_A_STATEMENT),
  );
  const left = JSON.stringify(gone.map(({ customer, head }) => ({ c: customer, seq: head.seq })));
  const joining = live.filter(({ may }) => may.groups).map(groupsOf);
  const joined = JSON.stringify(joining);
  const statements = [
    ...(gone.length > 0 ? [FORGET, GONE] : []).map((sql) => db.prepare(sql).bind(shop, left)),
    ...slices.map((slice) => db.prepare(ORDERS).bind(shop, JSON.stringify(slice))),
    ...referralStatements(db, shop, live),
    ...(joining.length > 0 ? [LEAVE, JOIN] : []).map((sql) => db.prepare(sql).bind(shop, joined)),
    ...voucherStatements(db, shop, heldIn(sets)),
    ...wanted.flatMap(([needed, sql]) => (needed ? [db.prepare(sql).bind(shop, profiles)] : [])),
  ];
  const results = await inTime(db.batch<CopySeq>(statements));
  const seqs = new Map(results.flatMap(({ results: rows }) => rows.map((row) => [row.customer, Number(row.seq)])));
  // of somebody the shop cannot name there is no profile that could stand anywhere
  for (const { customer, head } of sets) if (!head.known) seqs.set(customer, head.seq);
  const others = sets.map(({ customer }) => customer).filter((customer) => !seqs.has(customer));
  if (others.length > 0) for (const [customer, seq] of await copySeqs(db, shop, others)) seqs.set(customer, seq);
  return { seqs, rowsWritten: results.reduce((sum, result) => sum + (result.meta.rows_written ?? 0), 0) };
}

function heldIn(sets: ChangeSet[]): ChangeSet['held'] {
  return {
    vouchers: sets.flatMap(({ held }) => held.vouchers ?? []),
    redemptions: sets.flatMap(({ held }) => held.redemptions ?? []),
    rollbacks: sets.flatMap(({ held }) => held.rollbacks ?? []),
  };
}

/** Customers who were handed over, and the others. */
function split(sets: ChangeSet[]): [ChangeSet[], ChangeSet[]] {
  const isGone = ({ head }: ChangeSet) => head.movedTo !== null;
  return [sets.filter(isGone), sets.filter((set) => !isGone(set))];
}

interface CopySeq {
  customer: string;
  seq: number;
}

/** Where copies stand; 0 where there is none. */
export async function copySeqs(db: D1Database, shop: string, customers: string[]): Promise<Map<string, number>> {
  const { results } = await inTime(db.prepare(SEQS).bind(shop, JSON.stringify(customers)).all<CopySeq>());
  return new Map(results.map(({ customer, seq }) => [customer, Number(seq)]));
}

export function ordersOf(set: ChangeSet): ToldRow[] {
  return set.orders.flatMap((order) =>
    order.snapshot === null
      ? []
      : {
          c: set.customer,
          from: set.from,
          seq: set.head.seq,
          id: order.orderId,
          placed: order.snapshot.placedAtMs,
          name: cut(order.snapshot.name),
          cur: cut(order.snapshot.currency),
          total: order.snapshot.totalMinor,
          pay: paymentOf(order),
          ful: fulfilmentOf(order),
          pts: order.earned - order.clawed,
        },
  );
}

/** All segments and lists of the customer, each with since when. */
export function groupsOf({ customer, from, head }: ChangeSet) {
  const segments = Object.entries(head.segments).flatMap(([id, [sinceMs]]) =>
    sinceMs === null ? [] : [[id, sinceMs]],
  );
  return { c: customer, from, groups: Object.fromEntries([...segments, ...Object.entries(head.lists)]) };
}

export function profileOf(set: ChangeSet): ToldRow {
  const { head } = set;
  const name = nameOf(head);
  return {
    c: set.customer,
    from: set.from,
    seq: head.seq,
    user: textTrait(head, 'userId') ?? textTrait(head, 'shopifyId'),
    email: textTrait(head, 'email'),
    name,
    key: name === null ? null : name.toLowerCase(),
    phone: textTrait(head, 'phone'),
    bal: head.balance,
    debt: head.debt,
    life: head.lifetime,
    ord: head.orders,
    first: head.firstSeenMs,
    day: Math.floor(head.lastSeenMs / DAY_MS),
  };
}

function nameOf(head: Head): string | null {
  const parts = [textTrait(head, 'firstName'), textTrait(head, 'lastName')].filter((part) => part !== null);
  return parts.length > 0 ? cut(parts.join(' ')) : textTrait(head, 'name');
}

function textTrait(head: Head, name: string): string | null {
  const value = head.traits[name];
  return typeof value === 'string' && value !== '' ? cut(value) : null;
}

/** Half a character, of the cut or as it came, is no text to SQLite. */
function cut(text: string): string {
  return text.slice(0, LONGEST_TEXT).toWellFormed();
}
