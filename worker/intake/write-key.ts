/** Who sends events: the write key as Segment's clients carry it, in Basic auth, in the body, or (publishable only) in the query. */
import type { Trust } from '../domain/event.ts';
import type { Env } from '../env.ts';
import { type Caller, callerOf } from '../shops/auth.ts';
import { readKey } from '../shops/keys.ts';
import { ProblemError } from '../wire/problem.ts';

export interface EventCaller extends Caller {
  trust: Trust;
}

/** Throws `unauthorized` for a key that is missing, unknown or of the wrong kind; a secret key gets a notice of its own. */
export async function eventCaller(env: Env, key: string | null): Promise<EventCaller> {
  if (key === null) throw new ProblemError('unauthorized', { detail: 'No write key.' });
  if (key.startsWith('sk_')) throw new ProblemError('secret_key_refused');
  const caller = await callerOf(env, key);
  if (caller === null || !caller.key.scopes.includes('events')) throw new ProblemError('unauthorized');
  return {
    ...caller,
    trust: caller.key.kind === 'write' ? 'server' : 'browser',
  };
}

/** Whether this installation once gave the key out to a server; asks no object, so it may have ended since. */
export async function isWriteKey(env: Env, key: string | null): Promise<boolean> {
  return key !== null && (await readKey(env.ROOT_SECRET, key))?.kind === 'write';
}

/** The key that a request names outside its body, whether it is good or not. */
export function keyBesideBody(request: Request): string | null {
  return keyInHeader(request) ?? keyInQuery(request);
}

/** The user of Basic auth; clients differ in whether the empty password's colon is there. */
export function keyInHeader(request: Request): string | null {
  const match = /^Basic +([A-Za-z0-9+/_=-]+)$/i.exec(request.headers.get('authorization') ?? '');
  if (match?.[1] === undefined) return null;
  try {
    const user = atob(match[1]).split(':', 1)[0];
    return user === undefined || user === '' ? null : user;
  } catch {
    return null;
  }
}

/** Addresses end up in logs, so only the key that is public anyway may stand in one. */
export function keyInQuery(request: Request): string | null {
  const key = new URL(request.url).searchParams.get('writeKey');
  return key?.startsWith('pk_') ? key : null;
}
