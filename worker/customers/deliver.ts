/**
 * From mapped events to durable answers: who is it, group by object, call each once. The answer goes back only when
 * every object has stored its part.
 */

import { directoryOf, forgetSubject, resolveAll } from '../directory/cache.ts';
import type { Resolved, Subject } from '../directory/directory.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import type { Answer, Group, Input } from './record.ts';
import { customersOf, recordIn, shardOf } from './stubs.ts';

const MOST_AT_ONCE = 32;
/** A customer may move while a call is under way; each time the caller follows. */
const MOST_ROUNDS = 4;

export interface Delivery {
  subject: Subject;
  event: CustomerEvent;
}

export interface Delivered {
  answers: Answer[];
  rowsWritten: number;
}

/**
 * Stores every event with its customer and answers each, in order. Throws `unavailable` where customers kept moving, and
 * what the platform throws where an object could not be reached.
 */
export async function deliver(env: Env, shop: ShopSnapshot, deliveries: Delivery[]): Promise<Delivered> {
  const answers = new Map<number, Answer>();
  let open = deliveries.map((delivery, index) => ({ ...delivery, index }));
  let rowsWritten = 0;
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MOST_ROUNDS) throw new ProblemError('unavailable', { detail: 'Customers kept moving.' });
    const subjects = open.map((one) => one.subject);
    const resolved = await resolveAll(env, shop, subjects);
    const placed = open.map((one, place) => ({ ...one, resolved: resolved[place] as Resolved }));
    // who claims a waiting order is asked for again once it is claimed: another request may have been first
    await handOverAll(env, shop, resolved);
    const told = await tellObjects(
      env,
      shop,
      placed.filter((one) => one.resolved.absorb === null),
    );
    rowsWritten += told.rowsWritten;
    for (const [index, answer] of told.answers) answers.set(index, answer);
    open = open.filter((one) => !answers.has(one.index));
    for (const one of open) forgetSubject(shop.id, one.subject);
  }
  return { answers: deliveries.map((_, index) => answers.get(index) as Answer), rowsWritten };
}

/** What became of an event; the verdicts that only operations can get would be a bug here. */
export function eventVerdict(answer: Answer | undefined): 'recorded' | 'duplicate' | 'failed' {
  return answer?.verdict === 'recorded' || answer?.verdict === 'duplicate' ? answer.verdict : 'failed';
}

interface Placed extends Delivery {
  index: number;
  resolved: Resolved;
}

async function tellObjects(env: Env, shop: ShopSnapshot, placed: Placed[]) {
  const answers = new Map<number, Answer>();
  const moves = new Map<string, string>();
  let rowsWritten = 0;
  const shards = [...groupBy(placed, (one) => shardOf(one.resolved.customer)).values()];
  await inParallel(shards, async (members) => {
    const customers = [...groupBy(members, (one) => one.resolved.customer)];
    const groups = customers.map(([customer, ones]) => groupOf(customer, ones));
    const answer = await recordIn(env, shop, groups, 0);
    rowsWritten += answer.rowsWritten;
    customers.forEach(([customer, ones], place) => {
      const group = answer.groups[place];
      if (group === undefined) return;
      if (group.moved !== null) moves.set(customer, group.moved);
      else ones.forEach((one, at) => void answers.set(one.index, group.answers[at] as Answer));
    });
  });
  // somebody may have died half-way through handing these over
  await inParallel([...moves], ([waiting, survivor]) => handOver(env, shop, waiting, survivor));
  return { answers, rowsWritten };
}

function handOverAll(env: Env, shop: ShopSnapshot, resolved: Resolved[]): Promise<void> {
  const moves = new Map(
    resolved.flatMap(({ customer, absorb }) => (absorb === null ? [] : [[absorb, customer] as const])),
  );
  return inParallel([...moves], ([waiting, survivor]) => handOver(env, shop, waiting, survivor));
}

/**
 * A refund or a parcel may come before the order that names its customer; what was told of it then is told again to that
 * customer, under the same keys. Safe to repeat from any point and by several at once: the waiting customer goes to whom
 * it went first, and answers the same for ever.
 */
async function handOver(env: Env, shop: ShopSnapshot, waiting: string, claimant: string): Promise<void> {
  const { survivor, inputs } = await customersOf(env, shop.id, waiting).release(waiting, claimant);
  if (inputs.length > 0) {
    const told = await recordIn(env, shop, [{ customer: survivor, known: false, inputs }], 0);
    if (told.groups[0]?.moved) throw new ProblemError('unavailable', { detail: 'Customers kept moving.' });
  }
  await directoryOf(env, shop.id).absorbed(waiting, survivor);
}

function groupOf(customer: string, ones: Placed[]): Group {
  const inputs: Input[] = ones.map((one) => ({
    kind: 'event',
    event: one.event,
  }));
  return { customer, known: ones.some((one) => one.resolved.known), inputs };
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, items.length) }, lane));
}
