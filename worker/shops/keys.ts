/** The form of ids and keys: a key names its shop, and both carry a check that costs no look-up. */
import { checkOf, newText, randomText } from './crypto.ts';

export const KEY_KINDS = ['publishable', 'write', 'secret'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];
const PREFIX: Record<KeyKind, string> = {
  publishable: 'pk',
  write: 'wk',
  secret: 'sk',
};

export const SCOPES = ['events', 'hub', 'redeem', 'customers', 'points', 'programme', 'settings', 'keys'] as const;
export type Scope = (typeof SCOPES)[number];
/**
 * What a key of each kind may do where nothing narrower was asked for. `events` lets a publishable or write key send them
 * and a secret key read the log of them, raw forms and so personal data included. `redeem` lets a page use vouchers up.
 */
export const SCOPES_OF: Record<KeyKind, readonly Scope[]> = {
  publishable: ['events', 'hub', 'redeem'],
  write: ['events'],
  secret: ['events', 'customers', 'points', 'programme', 'settings', 'keys'],
};

export interface NewKey {
  kind: KeyKind;
  shop: string;
  /** What the key's bytes are derived from, that a rerun may make the same key again; null: random. */
  seed: string | null;
}

export interface KeyName {
  kind: KeyKind;
  shop: string;
}

const SHOP_ID = /^shp_([0-9a-z]{14})([0-9a-z]{6})$/;
const KEY = /^(pk|wk|sk)_([0-9a-z]{20})_([0-9a-z]{26})([0-9a-z]{6})$/;

/** A new id; with a seed (a hex digest) always the same one, so that a retried creation reaches the same shop. */
export async function newShopId(root: string, seed: string | null): Promise<string> {
  const random = seed === null ? randomText(14) : seed.slice(0, 14);
  return `shp_${random}${await checkOf(root, `shp_${random}`)}`;
}

/** True for an id that this installation has given out; says nothing of whether the shop still exists. */
export async function isShopId(root: string, id: string): Promise<boolean> {
  const match = SHOP_ID.exec(id);
  return match !== null && (await checkOf(root, `shp_${match[1]}`)) === match[2];
}

/** A new key: 130 bits that nobody can guess, shown once. */
export async function newKey(root: string, { kind, shop, seed }: NewKey): Promise<string> {
  const body = `${PREFIX[kind]}_${shop.slice('shp_'.length)}_${await newText(root, seed, 26)}`;
  return body + (await checkOf(root, body));
}

/** What a key says of itself; null for a text that no installation with this root secret gave out. */
export async function readKey(root: string, key: string): Promise<KeyName | null> {
  const match = KEY.exec(key);
  if (match === null) return null;
  const [, prefix, shop, , check] = match;
  if (!checked.has(key)) {
    if ((await checkOf(root, key.slice(0, -6))) !== check) return null;
    if (checked.size >= MOST_CHECKED) checked.clear();
    checked.add(key);
  }
  const kind = KEY_KINDS.find((one) => PREFIX[one] === prefix);
  return kind === undefined ? null : { kind, shop: `shp_${shop}` };
}

// the same few keys come with every request; only right ones are remembered, so that nobody can fill it by guessing
const checked = new Set<string>();
const MOST_CHECKED = 1_000;
