/** What must be true when the dust has settled: each acknowledged operation once, and one balance wherever it is read. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation, Settled } from './operations.ts';
import { type Customer, read, readAll, type Shop } from './shop.ts';

type Entry = { kind: string; points: number; balanceAfter: number; reason: string | null; orderId: string | null };
type Happening = { seq: number; properties: Record<string, unknown> };
type Standing = { id: string; points: { balance: number }; seq: number };
type Listed = { email: string | null; balance: number };

/** In the form `kind key customer points`: what was asked for and what is kept are compared as sorted lists of these. */
export type Books = {
  kept: string[];
  balances: { email: string; object: number; journal: number; running: boolean; gapless: boolean }[];
};

export const expected = (settled: Settled[]): string[] =>
  settled
    .filter(({ done }) => done)
    .map(({ operation }) => line(operation, 'points' in operation ? operation.points : 0))
    .sort();

const line = ({ kind, key, customer }: Pick<Operation, 'kind' | 'key' | 'customer'>, points: number): string =>
  `${kind} ${key} ${customer.email} ${points}`;

export async function readBooks(shop: Shop, customers: Customer[]): Promise<Books> {
  const books: Books = { kept: [], balances: [] };
  for (const customer of customers) {
    const path = `/admin/v1/customers/email:${customer.email}`;
    const { points, seq } = await read<Standing>(shop, path);
    const entries = (await readAll<Entry>(shop, `${path}/points`)).reverse();
    const timeline = (await readAll<Happening>(shop, `${path}/timeline`)).reverse();
    books.kept.push(...entries.map((entry) => entryLine(customer, entry)), ...timeline.flatMap(trackLine(customer)));
    books.balances.push({
      email: customer.email,
      object: points.balance,
      journal: entries.reduce((sum, entry) => sum + entry.points, 0),
      running: isRunning(entries),
      gapless: timeline.length === seq && timeline.every((row, index) => row.seq === index + 1),
    });
  }
  books.kept.sort();
  return books;
}

function entryLine(customer: Customer, { kind, points, reason, orderId }: Entry): string {
  if (kind === 'adjusted') return line({ kind: 'adjust', key: reason ?? '?', customer }, points);
  if (kind === 'earned') return line({ kind: 'order', key: orderId ?? '?', customer }, points);
  return `unasked ${kind} ${customer.email} ${points}`;
}

const trackLine =
  (customer: Customer) =>
  ({ properties: { key } }: Happening): string[] =>
    typeof key === 'string' ? [line({ kind: 'track', key, customer }, 0)] : [];

/** Each entry's balance is the one before it plus its points, and none is below zero. */
function isRunning(entries: Entry[]): boolean {
  let balance = 0;
  return entries.every((entry) => {
    balance += entry.points;
    return balance === entry.balanceAfter && balance >= 0;
  });
}

/** What each customer must stand at if exactly the acknowledged operations happened. */
export function balancesOf(settled: Settled[], customers: Customer[]): Map<string, number> {
  const balances = new Map(customers.map(({ email }) => [email, 0]));
  for (const { operation, done } of settled) {
    const { email } = operation.customer;
    if (done && 'points' in operation) balances.set(email, (balances.get(email) ?? 0) + operation.points);
  }
  return balances;
}

/** Waits until the copies show these balances, calling no object; answers what differs when patience ends. */
export async function differencesInCopies(shop: Shop, balances: Map<string, number>): Promise<string[]> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const differences = await compareCopies(shop, balances);
    if (differences.length === 0 || performance.now() > giveUpAt) return differences;
    await sleep(250);
  }
}

async function compareCopies(shop: Shop, balances: Map<string, number>): Promise<string[]> {
  const listed = await readAll<Listed>(shop, '/admin/v1/customers');
  const copies = new Map(listed.map(({ email, balance }) => [email, balance]));
  const differences = [...balances]
    .filter(([email, balance]) => copies.get(email) !== balance)
    .map(([email, balance]) => `${email}: ${balance}, but the copy says ${copies.get(email)}`);
  return copies.size === balances.size ? differences : [...differences, `${copies.size} customers in the list`];
}
