/** Everything derived from the root secret: key checks, sealing, session signing. Nothing here stores anything. */
const encoder = new TextEncoder();
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

export type Purpose = 'key-check' | 'session' | 'mint';

const derived = new Map<string, Promise<CryptoKey>>();

/** An HMAC-SHA-256 key for one purpose (HKDF over the root secret). */
export function hmacKeyFor(root: string, purpose: Purpose): Promise<CryptoKey> {
  return remember(`${purpose}:${root}`, async () =>
    crypto.subtle.importKey('raw', await bitsFor(root, purpose), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ]),
  );
}

function sealingKey(root: string): Promise<CryptoKey> {
  return remember(`seal:${root}`, async () =>
    crypto.subtle.importKey('raw', await bitsFor(root, 'seal-v1'), 'AES-GCM', false, ['encrypt', 'decrypt']),
  );
}

function remember(name: string, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const known = derived.get(name);
  if (known) return known;
  const made = make();
  derived.set(name, made);
  return made;
}

async function bitsFor(root: string, info: string): Promise<ArrayBuffer> {
  const material = await crypto.subtle.importKey('raw', fromBase64Url(root), 'HKDF', false, ['deriveBits']);
  const how = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: encoder.encode(`regulars/${info}`),
  };
  return crypto.subtle.deriveBits(how, material, 256);
}

/**
 * Seals another system's secret with AES-256-GCM. `place` (shop and name) is bound to it, so that a sealed value moved
 * to another row does not open.
 */
export async function seal(root: string, place: string, plain: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: 'AES-GCM', iv, additionalData: encoder.encode(place) };
  const sealed = await crypto.subtle.encrypt(how, await sealingKey(root), encoder.encode(plain));
  return `v1.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`;
}

/** The opposite of `seal`; throws where the value, the place or the root secret is not the one it was sealed with. */
export async function unseal(root: string, place: string, sealed: string): Promise<string> {
  const [version, iv = '', body = ''] = sealed.split('.');
  if (version !== 'v1') throw new Error('unknown sealing version');
  const how = {
    name: 'AES-GCM',
    iv: fromBase64Url(iv),
    additionalData: encoder.encode(place),
  };
  return new TextDecoder().decode(await crypto.subtle.decrypt(how, await sealingKey(root), fromBase64Url(body)));
}

/** `length` random characters of the look-alike-free alphabet, 5 bits each. */
export function randomText(length: number): string {
  return textOf(crypto.getRandomValues(new Uint8Array(length)));
}

/**
 * 32 new bytes: random, or with a `seed` always the same ones, which only the holder of the root secret can compute. So
 * a request that is run again, because the first run died before it answered, makes what the first run made.
 */
export async function newBytes(root: string, seed: string | null): Promise<Uint8Array<ArrayBuffer>> {
  if (seed === null) return crypto.getRandomValues(new Uint8Array(32));
  return new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKeyFor(root, 'mint'), encoder.encode(seed)));
}

/** The first `length` of at most 32 new characters, 5 bits each; as random or as seeded as `newBytes`. */
export async function newText(root: string, seed: string | null, length: number): Promise<string> {
  return textOf((await newBytes(root, seed)).slice(0, length));
}

function textOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ALPHABET[byte & 31]).join('');
}

/** Six characters that only the holder of the root secret can compute: made-up ids are refused without asking any object. */
export async function checkOf(root: string, text: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await hmacKeyFor(root, 'key-check'), encoder.encode(text));
  return textOf(new Uint8Array(mac).slice(0, 6));
}

export async function sha256Hex(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
}

/** Compares two texts in time that does not depend on where they differ. */
export async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map((text) => crypto.subtle.digest('SHA-256', encoder.encode(text))));
  return left !== undefined && right !== undefined && crypto.subtle.timingSafeEqual(left, right);
}

export function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
