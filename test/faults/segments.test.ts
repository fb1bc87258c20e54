/** Kill -9 while a new segment is held against 10,000 customers: it goes on, and each of them enters once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseSeed, randomFrom } from './random.ts';
import { makeShop, read, type Shop } from './shop.ts';

const CUSTOMERS = 10_000;
const A_BATCH = 2_000;

const seed = chooseSeed();
const random = randomFrom(seed);
let edge: LocalEdge;
let shop: Shop;

beforeAll(async () => {
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await makeShop(edge.url, edge.operatorToken);
});

afterAll(() => edge?.remove());

interface Job {
  state: string;
  progress: { done: number; total: number | null };
  result: Record<string, number> | null;
}

async function post<T>(path: string, authorization: string, body: object): Promise<T> {
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(shop.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json() as Promise<T>;
}

async function makeCustomers(): Promise<void> {
  for (let from = 0; from < CUSTOMERS; from += A_BATCH) {
    const batch = Array.from({ length: A_BATCH }, (_, at) => {
      const user = from + at;
      const event = user % 2 === 0 ? 'Played' : 'Watched';
      return { type: 'track', userId: `u${user}`, event, messageId: `m${user}` };
    });
    await post('/v1/batch', `Basic ${btoa(`${shop.write}:`)}`, { batch });
  }
}

const PLAYERS = {
  condition_groups: [
    {
      conditions: [
        {
          type: 'profile-metric',
          metric_id: 'Played',
          measurement: 'count',
          measurement_filter: { type: 'numeric', operator: 'greater-than-or-equal', value: 1 },
          timeframe_filter: { type: 'date', operator: 'in-the-last', unit: 'day', quantity: 30 },
        },
      ],
    },
  ],
};

async function ended(id: string): Promise<Job> {
  const until = Date.now() + 60_000;
  for (;;) {
    const job = await read<Job>(shop, `/admin/v1/jobs/${id}`);
    if (job.state === 'done' || job.state === 'failed') return job;
    if (Date.now() > until) throw new Error(`the job did not end: ${JSON.stringify(job)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test(`goes on after every kind of kill, each customer once (REGULARS_SEED=${seed})`, async () => {
  await makeCustomers();
  const about = { name: 'Players', definition: PLAYERS, perSecond: 2_500 };
  const made = await post<{ segment: { id: string }; job: { id: string } }>(
    '/admin/v1/segments',
    `Bearer ${shop.secret}`,
    about,
  );
  const places: number[] = [];
  for (const kill of KILLS) {
    await new Promise((resolve) => setTimeout(resolve, random.integer(100, 700)));
    edge = await killAndReturn(edge, kill, random);
    places.push((await read<Job>(shop, `/admin/v1/jobs/${made.job.id}`)).progress.done);
  }
  const done = await ended(made.job.id);
  expect(done).toMatchObject({ state: 'done', progress: { done: CUSTOMERS, total: CUSTOMERS } });
  expect(places[0], 'killed before it was over').toBeLessThan(CUSTOMERS);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const members = `/admin/v1/segments/${made.segment.id}/members?limit=1`;
  const until = Date.now() + 30_000;
  let total = 0;
  while (total !== CUSTOMERS / 2 && Date.now() < until) total = (await read<{ total: number }>(shop, members)).total;
  expect(total).toBe(CUSTOMERS / 2);
  for (const user of [0, 1, 4_998, 9_999]) {
    const { items } = await read<{ items: { kind: string }[] }>(shop, `/admin/v1/customers/user:u${user}/timeline`);
    expect(items.filter(({ kind }) => kind === 'segment.entered')).toHaveLength(user % 2 === 0 ? 1 : 0);
  }
});
