/** What a code may look like, when two are one, and how secret ones are made and known again without asking storage. */
import type { CodePattern } from './campaign.ts';
import type { Flaw } from './rules.ts';

/** Without 0 O 1 I L, which people mistake for each other. */
export const PLAIN_CHARSET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const DEFAULT_PATTERN: CodePattern = { pattern: '########', charset: PLAIN_CHARSET };
export const GIFT_PATTERN: CodePattern = { pattern: '####-####-####-####', charset: PLAIN_CHARSET };
/** Random bits of a gift card's code. */
export const GIFT_BITS = 60;

const LONGEST_PATTERN = 100;
const SMALLEST_CHARSET = 8;
/** So many guesses at check characters fail for one that passes. */
const GUESSES = 900;
/** So many codes that could be are there for one that is. */
const SAFETY = 100;
const PLACE = '#';

/** A code's normal form: no blanks (nor what cannot be seen), capitals, one kind of dash. Codes with the same one are one code. */
export function codeKey(code: string): string {
  // nearly every code is plain, and a hundred thousand may be asked for at once
  if (/^[!-~]*$/.test(code)) return code.toUpperCase();
  let key = code;
  // what was apart may join once what stood between is gone, so until nothing changes
  for (let round = 0; round < 4; round += 1) {
    const plain = key
      .replaceAll(/[\s\p{Cf}\p{Cc}]/gu, '')
      .normalize('NFKC')
      .toUpperCase()
      .normalize('NFKC');
    const next = plain.replaceAll(/\p{Pd}/gu, '-');
    if (next === key) return key;
    key = next;
  }
  return key;
}

export function sameCode(a: string, b: string): boolean {
  return codeKey(a) === codeKey(b);
}

/** Voucherify's `code_config`; absent parts fall to the default. */
export interface CodeConfig {
  length?: number | undefined;
  charset?: string | undefined;
  prefix?: string | undefined;
  postfix?: string | undefined;
  pattern?: string | undefined;
}

/** `pattern` overrides `length`; the affixes go around either. */
export function patternOf(config: CodeConfig, byDefault: CodePattern = DEFAULT_PATTERN): CodePattern {
  const { length, charset = byDefault.charset, prefix = '', postfix = '' } = config;
  const places = length === undefined ? byDefault.pattern : PLACE.repeat(Math.min(length, LONGEST_PATTERN + 1));
  return { pattern: `${prefix}${config.pattern ?? places}${postfix}`, charset };
}

/** A pattern made ready. Of its places the last ones hold the generation (1) and check characters (`checks`). */
export interface CodePlan {
  pattern: string;
  /** Distinct in normal form. */
  charset: string;
  random: number;
  checks: number;
  /** Of the random places. */
  bits: number;
  /** So many codes may be made of it: a hundredth of those that there could be. */
  capacity: number;
}

export interface CodeWish {
  /** How many codes there may ever be of it. */
  wanted: number;
  /** At least so many random bits; 0 for codes that are worth little. */
  bits: number;
}

/** Refused up front where the pattern has too few places: codes must stay rare among guesses. `field` within the code config. */
export function planCodes({ pattern, charset }: CodePattern, { wanted, bits }: CodeWish): CodePlan | { flaws: Flaw[] } {
  const characters = distinct(charset);
  const malformed = malformedIn(pattern, charset, characters);
  if (malformed !== null) return { flaws: [malformed] };
  const size = characters.length;
  const checks = Math.ceil(Math.log(GUESSES) / Math.log(size) - 1e-9);
  const random = placesOf(pattern) - 1 - checks;
  const plan = {
    pattern,
    charset: characters,
    random,
    checks,
    bits: random * Math.log2(size),
    capacity: random < 1 ? 0 : Math.floor(Math.min(size ** random / SAFETY, Number.MAX_SAFE_INTEGER)),
  };
  const more = { places: placesFor(wanted, bits, size) + 1 + checks, size };
  if (plan.capacity < wanted || plan.bits < bits) return { flaws: [tooFew(plan, { wanted, ...more })] };
  return plan;
}

function placesFor(wanted: number, bits: number, size: number): number {
  const forCount = Math.log(Math.max(1, wanted) * SAFETY) / Math.log(size);
  return Math.max(1, Math.ceil(Math.max(forCount, bits / Math.log2(size)) - 1e-9));
}

function tooFew(
  { capacity }: CodePlan,
  { wanted, places, size }: { wanted: number; places: number; size: number },
): Flaw {
  const room = capacity < wanted ? `has room for ${capacity} codes, not for ${wanted}` : 'can be guessed too easily';
  return { field: 'pattern', rule: `${room}: it takes ${places} places (#) of ${size} different characters` };
}

function placesOf(pattern: string): number {
  return pattern.split(PLACE).length - 1;
}

function malformedIn(pattern: string, charset: string, characters: string): Flaw | null {
  if (!/^[!-~]*$/.test(charset) || charset.includes(PLACE))
    return { field: 'charset', rule: 'must be plain letters, digits and signs (ASCII) without blanks and #' };
  if (characters.length < SMALLEST_CHARSET)
    return {
      field: 'charset',
      rule: `must hold at least ${SMALLEST_CHARSET} characters, capitals or not counting once`,
    };
  if (pattern.length > LONGEST_PATTERN)
    return { field: 'pattern', rule: `must have at most ${LONGEST_PATTERN} characters` };
  // what is fixed must stay apart from its neighbours in normal form, or no code could be read again
  const filled = codeKey(pattern.replaceAll(PLACE, 'A'));
  const key = codeKey(pattern);
  const isReadable = filled === key.replaceAll(PLACE, 'A') && placesOf(key) === placesOf(pattern);
  return isReadable ? null : { field: 'pattern', rule: 'must not hold marks that join the character before them' };
}

/** The characters of a set, each once in normal form, as they were written first. */
function distinct(charset: string): string {
  const seen = new Set<string>();
  return [...charset].filter((one) => !seen.has(codeKey(one)) && seen.add(codeKey(one))).join('');
}

/** Keyed and of at least 32 bytes, such as HMAC-SHA-256 under a key of the shop. */
export type KeyedHash = (bytes: Uint8Array) => Uint8Array;

/** The random places filled from random bytes, without bias; null: the bytes did not suffice (`bytesWanted` nearly always do). */
export function draftCode(plan: CodePlan, random: Uint8Array): string | null {
  const { pattern, charset } = plan;
  // bytes from here on would make the first characters likelier
  const fair = 256 - (256 % charset.length);
  const drawn: string[] = [];
  for (const byte of random) if (byte < fair) drawn.push(charset.charAt(byte % charset.length));
  if (drawn.length < plan.random) return null;
  let place = 0;
  return pattern.replaceAll(PLACE, () => {
    place += 1;
    return place <= plan.random ? (drawn[place - 1] ?? PLACE) : PLACE;
  });
}

/** Of the plainest charset it takes a second helping less than once in a million codes. */
export function bytesWanted({ random }: CodePlan): number {
  return 3 * random + 16;
}

const encoder = new TextEncoder();

/** What the keyed hash is taken of, for a draft. */
export function draftBytes(draft: string): Uint8Array {
  return encoder.encode(codeKey(draft));
}

export interface Tail {
  /** 1 up to the charset's length - 1: which layout of the codes' objects it was made for. */
  generation: number;
  /** The keyed hash of `draftBytes`. */
  digest: Uint8Array;
}

/** The whole code. The generation is masked, so that codes of one generation do not look alike. */
export function finishCode({ charset, checks }: CodePlan, draft: string, { generation, digest }: Tail): string {
  if (!Number.isInteger(generation) || generation < 1 || generation >= charset.length)
    throw new RangeError('no such generation');
  const tail = [(digestNumber(digest, 0) + generation) % charset.length];
  for (let at = 1; at <= checks; at += 1) tail.push(digestNumber(digest, at) % charset.length);
  let place = 0;
  return draft.replaceAll(PLACE, () => {
    place += 1;
    return charset.charAt(tail[place - 1] ?? 0);
  });
}

/** All of it at once; null: the random bytes did not suffice. */
export function makeCode(
  plan: CodePlan,
  random: Uint8Array,
  { generation, hash }: { generation: number; hash: KeyedHash },
): string | null {
  const draft = draftCode(plan, random);
  return draft === null ? null : finishCode(plan, draft, { generation, digest: hash(draftBytes(draft)) });
}

export interface Draft {
  draft: string;
  tail: string;
}

/** A code that has the pattern's form, ready to be checked; null: it was not made from this pattern. */
export function draftOf(plan: CodePlan, code: string): Draft | null {
  const [form, key, charset] = [codeKey(plan.pattern), codeKey(code), codeKey(plan.charset)];
  if (form.length !== key.length) return null;
  let [draft, tail, place] = ['', '', 0];
  for (let at = 0; at < form.length; at += 1) {
    const [wanted, told] = [form.charAt(at), key.charAt(at)];
    if (wanted === PLACE ? !charset.includes(told) : told !== wanted) return null;
    if (wanted === PLACE) place += 1;
    const isTail = wanted === PLACE && place > plan.random;
    draft += isTail ? PLACE : told;
    tail += isTail ? told : '';
  }
  return { draft, tail };
}

/** The generation of a code whose check characters are right; null: nobody made it. */
export function generationOf({ charset, checks }: CodePlan, { tail }: Draft, digest: Uint8Array): number | null {
  const [key, size] = [codeKey(charset), charset.length];
  const generation = (key.indexOf(tail.charAt(0)) - (digestNumber(digest, 0) % size) + size) % size;
  for (let at = 1; at <= checks; at += 1)
    if (key.indexOf(tail.charAt(at)) !== digestNumber(digest, at) % size) return null;
  return generation === 0 ? null : generation;
}

/** All of it at once. */
export function readCode(plan: CodePlan, code: string, hash: KeyedHash): number | null {
  const read = draftOf(plan, code);
  return read === null ? null : generationOf(plan, read, hash(draftBytes(read.draft)));
}

function digestNumber(digest: Uint8Array, place: number): number {
  return digest.slice(4 * place, 4 * place + 4).reduce((number, byte) => number * 256 + byte, 0);
}
