/** Kill -9 in the middle of an import: after the way back it goes on, and every line of the file has counted once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseSeed, randomFrom } from './random.ts';
import { makeShop, read, readAll, type Shop } from './shop.ts';

const LINES = 20_000;
const USERS = 100;
const BAD = 1_000;

const seed = chooseSeed();
const random = randomFrom(seed);
let edge: LocalEdge;
let shop: Shop;

beforeAll(async () => {
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await makeShop(edge.url, edge.operatorToken);
});

afterAll(() => edge?.remove());

interface Import {
  state: string;
  counts: Record<string, number>;
  progress: { done: number; total: number };
}

/** Half of the lines have message ids of their own, half have none; every so many one is bad. */
function file(): string {
  const rows = Array.from({ length: LINES }, (_, at) => {
    const id = at % 2 === 0 ? { message_id: `m${at}` } : {};
    const timestamp = at % BAD === 5 ? 'never' : Date.UTC(2024, 0, 1) + at * 1_000;
    return JSON.stringify({ user_id: `u${at % USERS}`, event: 'Played', timestamp, properties: { at }, ...id });
  });
  return rows.join('\n');
}

async function call(method: string, path: string, body: string): Promise<{ id: string }> {
  const headers = { authorization: `Bearer ${shop.secret}`, 'content-type': 'application/json' };
  const answer = await fetch(shop.url + path, { method, headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json() as Promise<{ id: string }>;
}

test(`goes on after every kind of kill, each line once (REGULARS_SEED=${seed})`, async () => {
  const { id } = await call('POST', '/admin/v1/imports', JSON.stringify({ kind: 'events', format: 'ndjson' }));
  const path = `/admin/v1/imports/${id}`;
  await call('PUT', `${path}/parts/1`, file());
  await call('POST', `${path}/start`, JSON.stringify({ parts: 1 }));
  const places: number[] = [];
  for (const kill of KILLS) {
    await new Promise((resolve) => setTimeout(resolve, random.integer(100, 500)));
    edge = await killAndReturn(edge, kill, random);
    places.push((await ended(path, 0)).progress.done);
  }
  const done = await ended(path, 60_000);
  const bad = LINES / BAD;
  const none = { updated: 0, duplicate: 0, skipped: 0, failed: 0 };
  expect(places[0], 'killed before it was over').toBeLessThan(done.progress.total);
  expect([done.state, done.counts]).toEqual([
    'done',
    { lines: LINES, created: LINES - bad, refused: bad, newCustomers: USERS, ...none },
  ]);
  const report = await readAll<{ line: number }>(shop, `${path}/lines`);
  expect(report.map(({ line }) => line)).toEqual(Array.from({ length: bad }, (_, at) => at * BAD + 6));
});

test('INV-2: the timelines hold what the file holds', async () => {
  for (const user of [0, 5, 42]) {
    const rows = await readAll<{ properties: { at: number } }>(shop, `/admin/v1/customers/user:u${user}/timeline`);
    const kept = rows.map(({ properties }) => properties.at).sort((a, b) => a - b);
    const told = Array.from({ length: LINES }, (_, at) => at).filter((at) => at % USERS === user && at % BAD !== 5);
    expect(kept).toEqual(told);
  }
});

/** The import once it has ended, or as it is after `ms`. */
async function ended(path: string, ms: number): Promise<Import> {
  const until = performance.now() + ms;
  for (;;) {
    const now: Import | null = await read<Import>(shop, path).catch(() => null);
    if (now !== null && (performance.now() > until || !['queued', 'running'].includes(now.state))) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
