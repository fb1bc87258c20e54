/**
 * Codes of a shop's vouchers, from the root secret: HMAC-SHA-256 of the occasion under a key of the shop's own (HKDF), so
 * that without the secret no code tells of another. It is done without waiting, for a decision cannot wait; that is why
 * it is not the platform's own crypto.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { CodeMaker } from '../domain/vouchers/code-maker.ts';
import { codeKey, PLAIN_CHARSET } from '../domain/vouchers/codes.ts';
import { fromBase64Url } from './crypto.ts';

/** Bytes from here on are left out, so that every character is as likely as the others. */
const FAIR = 256 - (256 % PLAIN_CHARSET.length);
const NAME_LENGTH = 20;

const MOST_SHOPS = 1_000;
const makers = new Map<string, CodeMaker>();
const encoder = new TextEncoder();

/** `root`: the root secret, base64url. */
export function codeMakerOf(root: string, shop: string): CodeMaker {
  const name = `${shop} ${root}`;
  const known = makers.get(name);
  if (known !== undefined) return known;
  if (makers.size >= MOST_SHOPS) makers.clear();
  const made = codeMaker(root, shop);
  makers.set(name, made);
  return made;
}

function codeMaker(root: string, shop: string): CodeMaker {
  const bytes = fromBase64Url(root);
  const keyFor = (purpose: string) =>
    hkdf(sha256, bytes, undefined, encoder.encode(`regulars/${purpose}-v1/${shop}`), 32);
  const [codes, ids, names] = [keyFor('codes'), keyFor('voucher-ids'), keyFor('names')];
  const nameOf = (key: Uint8Array, said: string) => textOf(key, said, NAME_LENGTH).toLowerCase();
  return {
    codeFor: (occasion, { prefix, length }) => `${prefix}${textOf(codes, occasion, length)}`,
    idOf: (code) => `v_${nameOf(ids, codeKey(code))}`,
    nameFor: (occasion) => nameOf(names, occasion),
  };
}

/** As many digests as it takes; one nearly always does. */
function textOf(key: Uint8Array, said: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of hmac(sha256, key, encoder.encode(`${block} ${said}`))) {
      if (byte < FAIR && text.length < length) text += PLAIN_CHARSET[byte % PLAIN_CHARSET.length];
    }
  }
  return text;
}
