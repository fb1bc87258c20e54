/** Fifteen rounds of kill -9 under 32 clients. Whatever was answered 2xx must be found once, and everything must add up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { type Books, balancesOf, differencesInCopies, expected, readBooks } from './check.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseOperation, orderFor, type Settled, send, settle } from './operations.ts';
import { chooseSeed, type Random, randomFrom } from './random.ts';
import { type Customer, makeCustomers, makeShop, type Shop } from './shop.ts';

const ROUNDS = 15;
const CLIENTS = 32;
const CUSTOMERS = 20;

const seed = chooseSeed();
const random = randomFrom(seed);
const settled: Settled[] = [];
let edge: LocalEdge;
let shop: Shop;
let customers: Customer[];
let books: Books;
/** How the copies differed from the acknowledged operations before anybody called an object again. */
let unaided: string[];

beforeAll(async () => {
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await makeShop(edge.url, edge.operatorToken);
  customers = await makeCustomers(shop, CUSTOMERS);
});

afterAll(() => edge?.remove());

/** Keys are numbers from one counter, so they are unique across clients and rounds. */
let lastKey = 0;

async function client(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    lastKey += 1;
    settled.push(await settle(shop, chooseOperation(random, customers, String(lastKey))));
  }
}

test(`goes through fifteen kills with no client left without an answer (REGULARS_SEED=${seed})`, async () => {
  let over = false;
  const clients = Promise.all(Array.from({ length: CLIENTS }, () => client(() => over)));
  const rounds = runRounds(random).finally(() => {
    over = true;
  });
  await Promise.all([clients, rounds]);
  await killAfterLastWord();
  unaided = await differencesInCopies(shop, balancesOf(settled, customers));
  books = await readBooks(shop, customers);
  const retried = settled.filter(({ tries }) => tries > 1).length;
  console.log(`${settled.length} operations settled, ${retried} of them retried`);
  expect({ retried: retried > ROUNDS, settled: settled.length > 500 }).toEqual({ retried: true, settled: true });
});

async function runRounds(source: Random): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, source.integer(200, 800)));
    edge = await killAndReturn(edge, KILLS[round % KILLS.length] ?? 'both', source);
    expect(edge.workerd(), 'writers on the state').toHaveLength(1);
  }
}

/** Orders are answered before D1 knows them: killed at that moment, the edge must tell D1 later by itself. */
async function killAfterLastWord(): Promise<void> {
  const orders = customers.map((customer) => settle(shop, orderFor(customer, String(++lastKey), 10)));
  settled.push(...(await Promise.all(orders)));
  edge = await killAndReturn(edge, 'both', random);
}

test('INV-1 INV-2 keeps every acknowledged operation exactly once, and none that was refused', () => {
  expect(books.kept).toEqual(expected(settled));
});

test('INV-3 balance, journal and running balance agree for every customer, and no journal has a gap', () => {
  const agreeing = books.balances.map(({ email, journal }) => ({
    email,
    journal,
    object: journal,
    running: true,
    gapless: true,
  }));
  expect(books.balances).toEqual(agreeing);
});

test('INV-8 the copies in D1 catch up after a crash with no call to help them, and equal the objects', async () => {
  expect(unaided).toEqual([]);
  const objects = new Map(books.balances.map(({ email, object }) => [email, object]));
  expect(await differencesInCopies(shop, objects)).toEqual([]);
});

test('INV-2 a key from before the crashes gets its first answer again and changes nothing', async () => {
  const adjustments = settled.filter(({ operation }) => operation.kind === 'adjust').slice(0, 100);
  for (const { operation, body, done } of adjustments) {
    const again = await send(shop, operation);
    expect(again).not.toBe('unknown');
    if (again !== 'unknown' && done) expect(JSON.parse(again.body)).toEqual(JSON.parse(body));
  }
  expect(await readBooks(shop, customers)).toEqual(books);
});
