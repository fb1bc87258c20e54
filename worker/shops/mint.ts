/** Makes keys: the key itself for its one showing, and what is stored of it. */
import type { Env } from '../env.ts';
import { randomText, sha256Hex } from './crypto.ts';
import { type KeyKind, newKey, SCOPES_OF, type Scope } from './keys.ts';
import type { StoredKey } from './settings.ts';

export interface MintedKey {
  key: string;
  stored: StoredKey;
}

export async function mintKey(env: Env, shop: string, kind: KeyKind, scopes?: readonly Scope[]): Promise<MintedKey> {
  const key = await newKey(env.ROOT_SECRET, kind, shop);
  const stored: StoredKey = {
    id: `key_${randomText(16)}`,
    kind,
    hash: await sha256Hex(key),
    hint: `${key.slice(0, 7)}…${key.slice(-4)}`,
    scopes: [...(scopes ?? SCOPES_OF[kind])],
    createdAtMs: Date.now(),
    endsAtMs: null,
  };
  return { key, stored };
}
