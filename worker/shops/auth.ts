/** Who is calling: from a key to its shop. Keys are compared by hash; a key that ended or lacks a scope says so. */
import type { Env } from '../env.ts';
import { openShop } from './cache.ts';
import { sha256Hex } from './crypto.ts';
import { readKey } from './keys.ts';
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
