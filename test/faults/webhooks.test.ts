/** kill -9 while webhooks are on their way: every event that was acknowledged arrives, in the order of its customer. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { Sink } from '../stories/sink.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseSeed, randomFrom } from './random.ts';

const ROUNDS = 6;
const USERS = 20;
const A_ROUND = 10;
const ARRIVES_WITHIN_MS = 90_000;

let edge: LocalEdge;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open();
  edge = await startLocalEdge({ demo: false, build: false });
});

afterAll(async () => {
  await edge?.remove();
  await sink?.down();
});

async function post(path: string, token: string, body: object): Promise<{ status: number; text: string } | null> {
  const headers = { 'content-type': 'application/json', authorization: token };
  try {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(edge.url + path, { method: 'POST', headers, body: JSON.stringify(body), signal });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}

async function must(path: string, token: string, body: object) {
  const answer = await post(path, token, body);
  if (answer === null || answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.text);
}

/** One message after the other, each again until it is acknowledged: so its customer's journal has them in this order. */
async function tell(write: string, user: string, names: string[]): Promise<void> {
  for (const event of names) {
    const message = { type: 'track', userId: user, event, messageId: randomUUID() };
    for (;;) {
      const answer = await post('/v1/batch', `Basic ${btoa(`${write}:`)}`, { batch: [message] });
      if (answer?.status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test(`INV-1: after ${ROUNDS} kills in mid-delivery all arrive, in order, and what came twice came under one id`, async () => {
  const about = { name: 'Killed', currency: 'EUR', timeZone: 'UTC', locale: 'en', mode: 'test', origins: [] };
  const { keys } = await must('/admin/v1/shops', `Bearer ${edge.operatorToken}`, about);
  const wanted = { kind: 'webhook', url: sink.url, events: ['*'] };
  const { secret } = await must('/admin/v1/connections', `Bearer ${keys.secret}`, wanted);
  const seed = chooseSeed();
  const random = randomFrom(seed);
  const users = Array.from({ length: USERS }, (_, n) => `user-${n}`);
  const told: Record<string, string[]> = Object.fromEntries(users.map((user) => [user, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const names = Array.from({ length: A_ROUND }, (_, n) => `Event ${round * A_ROUND + n}`);
    const telling = users.map((user) => tell(keys.write, user, names));
    await new Promise((resolve) => setTimeout(resolve, random.integer(50, 600)));
    edge = await killAndReturn(edge, KILLS[round % KILLS.length] ?? 'both', random);
    await Promise.all(telling);
    for (const user of users) told[user]?.push(...names);
  }
  const until = performance.now() + ARRIVES_WITHIN_MS;
  while (sink.ids.length < USERS * ROUNDS * A_ROUND && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sink.takenBy()).toEqual(told);
  sink.verify(secret);
  console.info(`seed ${seed}: ${sink.received.length} requests for ${sink.ids.length} events`);
});
