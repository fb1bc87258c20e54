/** Tells a connection what was recorded before it began. Safe to repeat: it takes each event once. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import type { Reached } from '../customers/told-before.ts';
import type { Connection } from '../domain/connections/connection.ts';
import type { Pointer } from '../domain/connections/told.ts';
import { shopOf } from '../shops/cache.ts';
import { remote } from '../storage/remote.ts';
import { eachObject } from './customer-pages.ts';
import { Place, perSecond, walk } from './customer-walk.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';

export const BACK_FILL_CONNECTION = 'back_fill_connection';

const Input = z.strictObject({ connection: z.string(), sinceMs: z.int(), perSecond });
const Cursor = Place.extend({ events: z.int() });
type Input = z.infer<typeof Input>;
type Cursor = z.infer<typeof Cursor>;

/** Where so much waits already, it waits as well. */
const MOST_WAITING = 10_000;
const WAIT_MS = 5_000;
const A_CALL = 1_000;

interface Asked {
  connection: Connection;
  version: number;
}

export const backFillConnection = jobKind({
  input: Input,
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { input, cursor, progress } = call;
    const asked = await connectionIn(call);
    if (asked === null) return { state: 'failed', progress, reason: 'the connection was dropped' };
    const from = cursor === null ? null : Place.strip().parse(cursor);
    let events = cursor?.events ?? 0;
    if (cursor !== null && (await waitingIn(call, asked)) >= MOST_WAITING)
      return { state: 'going', progress, cursor, notBeforeMs: Date.now() + WAIT_MS };
    const { place, ended, notBeforeMs } = await walk(call, { from, rate: input.perSecond }, async (customers) => {
      const told = await eachObject(
        customers,
        (customer) => customer,
        (_, own) => tellAll(call, asked, own),
      );
      for (const count of told) events += count;
    });
    const walked = { done: place.done, total: place.total };
    if (ended) return { state: 'done', progress: walked, result: { customers: place.done, events } };
    return { state: 'going', progress: walked, cursor: { ...place, events }, notBeforeMs };
  },
});

type Call = StepCall<Input, Cursor>;

async function connectionIn({ env, shop, input }: Call): Promise<Asked | null> {
  const snapshot = await shopOf(env, shop).snapshot();
  const connection = snapshot?.settings.connections?.find(({ id }) => id === input.connection);
  return snapshot === null || connection === undefined ? null : { connection, version: snapshot.version };
}

function objectOf({ env, shop }: Call, { connection }: Asked) {
  return remote(env.CONNECTION, `connection:${shop}:${connection.id}`);
}

async function waitingIn(call: Call, asked: Asked): Promise<number> {
  return (await objectOf(call, asked).standing()).pending;
}

/** Tells of customers that live in one object; how many events that were. */
async function tellAll(call: Call, asked: Asked, customers: string[]): Promise<number> {
  const { env, shop, input } = call;
  const { events, activeFromMs } = asked.connection;
  const span = { events, sinceMs: input.sinceMs, beforeMs: activeFromMs };
  let left: Reached[] = customers.map((customer) => ({ customer, after: 0 }));
  let told = 0;
  while (left.length > 0) {
    const [first] = left;
    if (first === undefined) break;
    const { pointers, rest } = await customersOf(env, shop, first.customer).toldBefore({ ...span, from: left });
    await accept(call, asked, pointers);
    told += pointers.length;
    left = rest;
  }
  return told;
}

async function accept(call: Call, asked: Asked, pointers: Pointer[]): Promise<void> {
  for (let at = 0; at < pointers.length; at += A_CALL)
    await objectOf(call, asked).accept(asked.version, pointers.slice(at, at + A_CALL));
}
