/**
 * From mapped events to durable answers: who is it, group by object, call each once. The answer goes back only when
 * every object has stored its part.
 */

import type { Input } from '../customers/input.ts';
import type { Answer, FollowedAnswer, Group } from '../customers/record.ts';
import { recordIn, shardOf } from '../customers/stubs.ts';
import { directoryOf, forgetSubject, resolveAll } from '../directory/cache.ts';
import type { Resolved } from '../directory/directory.ts';
import type { Subject } from '../directory/match.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import { finishMoves, inParallel, settleMoves } from './follow.ts';

/** A customer may move while a call is under way; each time the caller follows. */
const MOST_ROUNDS = 8;
const UNTOLD = { answers: new Map<number, Answer>(), rowsWritten: 0 };

export interface Delivery {
  subject: Subject;
  event: CustomerEvent;
}

/** To whoever that customer is by now. */
export interface DirectDelivery {
  customer: string;
  event: CustomerEvent;
}

export interface Delivered {
  answers: FollowedAnswer[];
  /** Whom each event reached; empty where it is of somebody who was erased. */
  customers: string[];
  rowsWritten: number;
}

/**
 * Stores every event with its customer and answers each, in order. Throws `unavailable` where customers kept moving, and
 * what the platform throws where an object could not be reached.
 */
export async function deliver(
  env: Env,
  shop: ShopSnapshot,
  deliveries: (Delivery | DirectDelivery)[],
): Promise<Delivered> {
  const answers = new Map<number, FollowedAnswer>();
  const reached = new Map<number, string>();
  let open = deliveries.map((delivery, index) => ({ ...delivery, index }));
  let rowsWritten = 0;
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MOST_ROUNDS) throw new ProblemError('unavailable', { detail: 'Customers kept moving.' });
    const resolved = await whoIs(env, shop, open);
    const placed = open.map((one, place) => ({ ...one, resolved: resolved[place] as Resolved }));
    // whoever turned out to be another customer has to arrive there first, with the keys of what was told already; the
    // others wait, for they may be of that customer too and came after
    const moving = resolved.some((one) => one.moves.length > 0);
    if (moving) await settleMoves(env, shop, resolved);
    const late = placed.filter(isLate);
    if (late.length > 0) await noteLate(env, shop, late);
    for (const { index } of late) answers.set(index, { verdict: 'erased' });
    const told = moving ? UNTOLD : await tellObjects(env, shop, late.length === 0 ? placed : placed.filter(isTimely));
    rowsWritten += told.rowsWritten;
    for (const [index, answer] of told.answers) answers.set(index, answer);
    for (const one of placed) reached.set(one.index, isLate(one) ? '' : one.resolved.customer);
    open = open.filter((one) => !answers.has(one.index));
    for (const one of open) if ('subject' in one) forgetSubject(shop.id, one.subject);
  }
  const customers = deliveries.map((_, index) => reached.get(index) ?? '');
  return { answers: deliveries.map((_, index) => answers.get(index) as FollowedAnswer), customers, rowsWritten };
}

/** What became of an event; the verdicts that only operations can get would be a bug here. */
export function eventVerdict(answer: FollowedAnswer | undefined): 'recorded' | 'duplicate' | 'erased' | 'failed' {
  const verdict = answer?.verdict;
  return verdict === 'recorded' || verdict === 'duplicate' || verdict === 'erased' ? verdict : 'failed';
}

/** One for each, in order. */
async function whoIs(env: Env, shop: ShopSnapshot, deliveries: (Delivery | DirectDelivery)[]): Promise<Resolved[]> {
  const subjects = deliveries.flatMap((one) =>
    'subject' in one ? [{ ...one.subject, latestMs: one.event.occurredAtMs }] : [],
  );
  const ids = deliveries.flatMap((one) => ('customer' in one ? [one.customer] : []));
  const [resolved, current] = await Promise.all([
    resolveAll(env, shop, subjects),
    ids.length === 0 ? [] : directoryOf(env, shop.id).currentAll(ids),
  ]);
  const [named, direct] = [resolved.values(), current.values()];
  return deliveries.map((one) => {
    if ('subject' in one) return named.next().value as Resolved;
    const customer: string | null = direct.next().value ?? null;
    return customer === null ? GONE : { customer, known: false, moves: [] };
  });
}

/** Nobody is called so any more. */
const GONE: Resolved = { customer: '', known: false, moves: [], erased: { beforeMs: NEVER, erasure: '' } };

function isLate({ event, resolved }: Placed): boolean {
  return resolved.erased !== undefined && event.occurredAtMs < resolved.erased.beforeMs;
}

function isTimely(placed: Placed): boolean {
  return !isLate(placed);
}

/** What is dropped stays in the merchant's books by its name and time alone. */
async function noteLate(env: Env, shop: ShopSnapshot, late: Placed[]): Promise<void> {
  const groups = groupBy(late, ({ resolved }) => resolved.erased?.erasure ?? '');
  const noted = [...groups].map(([erasure, ones]) => {
    const events = ones.map(({ event: { name, occurredAtMs, receivedAtMs } }) => {
      return { name, atMs: occurredAtMs, recordedAtMs: receivedAtMs };
    });
    return { erasure, events };
  });
  await directoryOf(env, shop.id).noteLate(noted);
}

interface Placed {
  event: CustomerEvent;
  index: number;
  resolved: Resolved;
}

async function tellObjects(env: Env, shop: ShopSnapshot, placed: Placed[]) {
  const answers = new Map<number, Answer>();
  const moved: string[] = [];
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
      if (group.moved !== null) moved.push(customer);
      else ones.forEach((one, at) => void answers.set(one.index, group.answers[at] as Answer));
    });
  });
  await finishMoves(env, shop, moved);
  return { answers, rowsWritten };
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
