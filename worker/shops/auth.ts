/** Who is calling: from a key to its shop. Keys are compared by hash; a key that ended or lacks a scope says so. */
import type { AppContext } from '../app.ts';
import type { Env } from '../env.ts';
import { ProblemError } from '../wire/problem.ts';
import { openShop } from './cache.ts';
import { sameText, sha256Hex } from './crypto.ts';
import { readKey, type Scope } from './keys.ts';
import type { ShopSnapshot, StoredKey } from './settings.ts';

export interface Caller {
  shop: ShopSnapshot;
  key: StoredKey;
}

/** The caller behind `key`; null for a key that is unknown, revoked or of another installation. */
export async function callerOf(env: Env, key: string): Promise<Caller | null> {
  const name = await readKey(env.ROOT_SECRET, key);
  if (name === null) return null;
  const shop = await openShop(env, name.shop);
  if (shop === null) return null;
  const hash = await hashOf(key);
  const now = Date.now();
  for (const stored of shop.keys) {
    const live = stored.endsAtMs === null || stored.endsAtMs > now;
    if (live && stored.hash.length === hash.length && stored.hash === hash) return { shop, key: stored };
  }
  return null;
}

// SHA-256 of the same few keys, over and over; the hash is not secret-dependent in time, the key never is compared itself
const hashes = new Map<string, string>();
async function hashOf(key: string): Promise<string> {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = await sha256Hex(key);
  if (hashes.size > 1_000) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

export function bearerOf(request: Request): string | null {
  const header = request.headers.get('authorization') ?? '';
  const match = /^Bearer +(\S+)$/i.exec(header);
  return match?.[1] ?? null;
}

/** A caller with a secret key and the scope, or a problem. Names the shop for the log line. */
export async function requireScope(c: AppContext, scope: Scope): Promise<Caller> {
  const token = bearerOf(c.req.raw);
  const caller = token === null ? null : await callerOf(c.env, token);
  if (caller === null) throw new ProblemError('unauthorized');
  c.set('shop', caller.shop.id);
  if (caller.key.kind !== 'secret' || !caller.key.scopes.includes(scope)) {
    throw new ProblemError('insufficient_scope', { detail: `This needs a secret key with the scope "${scope}".` });
  }
  return caller;
}

/** The operator, who makes shops. */
export async function requireOperator(env: Env, request: Request): Promise<void> {
  const token = bearerOf(request);
  if (env.OPERATOR_TOKEN.length < 24) throw new Error('OPERATOR_TOKEN is missing or shorter than 24 characters');
  if (token === null || !(await sameText(token, env.OPERATOR_TOKEN))) throw new ProblemError('unauthorized');
}
