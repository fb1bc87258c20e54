/**
 * Makes a shop's secret codes, and knows them again: their check characters are keyed, so a guess is nearly always known
 * for one without asking any object. Without waiting, for an object makes codes within a transaction.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { CodePattern } from '../domain/vouchers/campaign.ts';
import {
  bytesWanted,
  type CodePlan,
  draftBytes,
  draftOf,
  generationOf,
  makeCode,
  planCodes,
} from '../domain/vouchers/codes.ts';
import { fromBase64Url } from '../shops/crypto.ts';
import { NEWEST, shardsOf } from './generations.ts';

export interface CodeMint {
  /** A code for an occasion: the same for the same one, and of others not to be guessed. */
  make(plan: CodePlan, occasion: string): string;
  /** Generations that a code can be of by one of these plans, nearly always one or none. None: nobody made it here. */
  generationsOf(plans: readonly CodePlan[], code: string): number[];
}

const MOST_SHOPS = 1_000;
const MOST_TRIES = 100;
const mints = new Map<string, CodeMint>();
const encoder = new TextEncoder();

/** `root`: the root secret, base64url. */
export function codeMintOf(root: string, shop: string): CodeMint {
  const name = `${shop} ${root}`;
  const known = mints.get(name);
  if (known !== undefined) return known;
  if (mints.size >= MOST_SHOPS) mints.clear();
  const made = codeMint(root, shop);
  mints.set(name, made);
  return made;
}

/** Throws where the pattern was never fit: it was refused when the campaign was made. */
export function planOf(pattern: CodePattern): CodePlan {
  const plan = planCodes(pattern, { wanted: 1, bits: 0 });
  if ('flaws' in plan) throw new Error('a pattern that makes no codes');
  return plan;
}

function codeMint(root: string, shop: string): CodeMint {
  const bytes = fromBase64Url(root);
  const keyFor = (purpose: string) =>
    hkdf(sha256, bytes, undefined, encoder.encode(`regulars/${purpose}-v1/${shop}`), 32);
  const [drafts, checks] = [keyFor('code-drafts'), keyFor('code-checks')];
  const hash = (said: Uint8Array) => hmac(sha256, checks, said);
  return {
    make(plan, occasion) {
      for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
        const random = stream(drafts, `${attempt} ${occasion}`, bytesWanted(plan));
        const code = makeCode(plan, random, { generation: NEWEST, hash });
        if (code !== null) return code;
      }
      throw new Error('a pattern that makes no codes');
    },
    generationsOf(plans, code) {
      const found = plans.flatMap((plan) => {
        const read = draftOf(plan, code);
        const generation = read === null ? null : generationOf(plan, read, hash(draftBytes(read.draft)));
        return generation === null || shardsOf(generation) === null ? [] : generation;
      });
      return [...new Set(found)];
    },
  };
}

function stream(key: Uint8Array, said: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 32) * 32);
  for (let at = 0; at < length; at += 32) bytes.set(hmac(sha256, key, encoder.encode(`${at} ${said}`)), at);
  return bytes;
}
