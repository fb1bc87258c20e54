/** Makes keys: the key itself for its one showing, and what is stored of it. */
import type { Env } from '../env.ts';
import { newBytes, newText, sha256Hex, toBase64Url } from './crypto.ts';
import { type KeyKind, newKey, SCOPES_OF, type Scope } from './keys.ts';
import type { StoredKey } from './settings.ts';

export interface MintedKey {
  key: string;
  stored: StoredKey;
}

export interface WantedKey {
  kind: KeyKind;
  scopes?: readonly Scope[] | undefined;
  /** Names the request, where it may be run again: the same seed makes the same key. null: a key like no other. */
  seed: string | null;
}

export async function mintKey(env: Env, shop: string, { kind, scopes, seed }: WantedKey): Promise<MintedKey> {
  const key = await newKey(env.ROOT_SECRET, { kind, shop, seed: seedOf('key', shop, kind, seed) });
  const stored: StoredKey = {
    id: `key_${await newText(env.ROOT_SECRET, seedOf('key id', shop, kind, seed), 16)}`,
    kind,
    hash: await sha256Hex(key),
    hint: `${key.slice(0, 7)}…${key.slice(-4)}`,
    scopes: [...(scopes ?? SCOPES_OF[kind])],
    createdAtMs: Date.now(),
    endsAtMs: null,
  };
  return { key, stored };
}

/** A new id and a new HS256 secret for signing shoppers' tokens. */
export async function mintIdentity(
  env: Env,
  shop: string,
  seed: string | null,
): Promise<{ id: string; secret: string }> {
  const id = await newText(env.ROOT_SECRET, seedOf('id', shop, 'identity', seed), 12);
  const secret = await newBytes(env.ROOT_SECRET, seedOf('secret', shop, 'identity', seed));
  return { id: `kid_${id}`, secret: toBase64Url(secret) };
}

/** JSON, that no two lists of parts can read the same. */
function seedOf(part: string, shop: string, kind: string, seed: string | null): string | null {
  return seed === null ? null : JSON.stringify([part, shop, kind, seed]);
}
