/**
 * What is kept of a name once nobody may know it: HMAC-SHA-256 under a key of the shop's own (HKDF over the root secret), so
 * that without the secret no list of names can be tried against it. Done without waiting, for it is asked within decisions.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Identifier } from '../domain/event.ts';
import { fromBase64Url, toBase64Url } from './crypto.ts';

export type NameHash = (name: Identifier) => string;

const encoder = new TextEncoder();

/** `root`: the root secret, base64url. */
export function nameHashOf(root: string, shop: string): NameHash {
  const key = hkdf(sha256, fromBase64Url(root), undefined, encoder.encode(`regulars/erased-names-v1/${shop}`), 32);
  return ({ kind, value }) => toBase64Url(hmac(sha256, key, encoder.encode(`${kind} ${value}`)));
}
