/** The isolate's memory of positive answers of the Directory, bounded; a customer that moved, or was erased, corrects it. */
import type { Identifier } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { remote } from '../storage/remote.ts';
import { ProblemError } from '../wire/problem.ts';
import { type Claimed, creditOpenings } from './credit-openings.ts';
import type { Resolved } from './directory.ts';
import type { Subject } from './match.ts';

const MOST = 20_000;
const cache = new Map<string, Resolved>();

export function directoryOf(env: Env, shop: string) {
  return remote(env.DIRECTORY, `directory:${shop}`);
}

/**
 * One customer for each subject, in order: from memory where the very same identifiers were resolved before. Throws
 * `rate_limited`, and makes nobody, where browsers make up people faster than they may.
 */
export async function resolveAll(env: Env, shop: ShopSnapshot, subjects: Subject[]): Promise<Resolved[]> {
  const names = subjects.map((subject) => nameOf(shop.id, subject));
  // held on to at once: what is remembered meanwhile may push them out
  const found = new Map<string, Resolved>();
  const missing = new Map<string, Subject>();
  names.forEach((name, index) => {
    const [known, subject] = [cache.get(name), subjects[index]];
    if (known !== undefined) found.set(name, known);
    else if (subject) missing.set(name, newest(subject, missing.get(name)));
  });
  const fresh = missing.size > 0 ? await ask(env, shop, missing) : new Map<string, Resolved>();
  return names.map((name) => {
    const resolved = fresh.get(name) ?? found.get(name);
    if (resolved === undefined) throw new Error('the Directory left a subject out');
    return resolved;
  });
}

async function ask(env: Env, shop: ShopSnapshot, missing: Map<string, Subject>): Promise<Map<string, Resolved>> {
  const call = {
    layout: shop.settings.layout,
    nowMs: Date.now(),
    subjects: [...missing.values()],
  };
  const answer = await directoryOf(env, shop.id).resolve(call);
  if ('waitSeconds' in answer) {
    const wait = `${answer.waitSeconds}`;
    throw new ProblemError('rate_limited', { headers: { 'Retry-After': wait, 'X-RateLimit-Reset': wait } });
  }
  const answers = await credited(env, shop, answer.resolved);
  const fresh = new Map([...missing.keys()].map((name, index) => [name, answers[index] as Resolved]));
  for (const [name, resolved] of fresh)
    if (resolved.moves.length === 0 && resolved.customer !== '') remember(name, resolved);
  return fresh;
}

/** What waited for somebody is theirs before anything else is told of them. Whoever is on the way has to arrive first. */
async function credited(env: Env, shop: ShopSnapshot, resolved: Resolved[]): Promise<Resolved[]> {
  const claimed = new Map<string, Claimed>();
  for (const { customer, moves, openings } of resolved) {
    if (openings !== undefined && moves.length === 0) claimed.set(customer, { customer, openings });
  }
  if (claimed.size > 0) await creditOpenings(env, shop, [...claimed.values()], directoryOf(env, shop.id));
  return resolved.map(({ openings, ...rest }) => rest);
}

/**
 * Whom events that named a user id and nothing else were told last; null: this isolate does not know. They may have moved
 * or been erased since, as any answer of the Directory may: whoever asks them has to follow, and to ask it where nobody is.
 */
export function rememberedUser(shop: string, userId: string): string | null {
  const subject: Subject = { identifiers: [{ kind: 'user', value: userId }], trust: 'server' };
  return cache.get(nameOf(shop, subject))?.customer ?? null;
}

/** A customer answered that it moved: what this isolate thought of these identifiers is void. */
export function forgetSubject(shop: string, subject: Subject): void {
  cache.delete(nameOf(shop, subject));
}

/** A customer answered that they were erased: whatever led to them is void. */
export function forgetCustomer(shop: string, customer: string): void {
  const place = JSON.stringify([shop]).slice(0, -1);
  for (const [name, resolved] of cache)
    if (resolved.customer === customer && name.startsWith(place)) cache.delete(name);
}

/** Several events of the same people may come at once: somebody is made where any of them may be told. */
function newest(subject: Subject, other: Subject | undefined): Subject {
  if (other === undefined) return subject;
  if (subject.latestMs === undefined || other.latestMs === undefined) {
    const { latestMs: _, ...now } = subject;
    return now;
  }
  return subject.latestMs >= other.latestMs ? subject : other;
}

function remember(name: string, resolved: Resolved): void {
  if (cache.size >= MOST) cache.delete(cache.keys().next().value ?? '');
  cache.set(name, resolved);
}

function nameOf(shop: string, subject: Subject): string {
  const parts = subject.identifiers.map((identifier: Identifier) => `${identifier.kind}:${identifier.value}`);
  return JSON.stringify([shop, subject.trust, subject.formerly ?? null, ...parts]);
}
