/**
 * The JWT that a shop's own server makes for its shopper. The key decides the algorithm, never the token; claims are
 * read only once the signature holds. Pure but for Web Crypto; it does not know where keys are kept.
 */
import { type CryptoKey, compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';
import { isObject, type JsonObject, textOf } from '../domain/json.ts';
import { shopperOfClaims } from './claims.ts';
import { type ProofRefusal, type Proved, refused } from './proof.ts';

export interface IdentityKey {
  algorithm: 'HS256' | 'ES256';
  /** HS256: the shared secret as text. ES256: the public key as a JWK, as JSON. */
  secret: string;
}

export interface TokenTerms {
  shop: string;
  /** The shop's key of that id; null where it has none. */
  keyOf: (kid: string) => Promise<IdentityKey | null>;
  nowMs: number;
}

export async function proveByToken(token: string, terms: TokenTerms): Promise<Proved> {
  const header = headerOf(token);
  if (header === null) return refused({ reason: 'malformed_token' });
  const { kid, alg, crit } = header;
  if (crit !== undefined) return refused({ reason: 'critical_header' });
  if (typeof kid !== 'string' || kid === '') return refused({ reason: 'missing_kid' });
  const key = /^[\w-]{1,64}$/.test(kid) ? await terms.keyOf(kid) : null;
  if (key === null) return refused({ reason: 'unknown_kid' });
  if (alg !== key.algorithm) return refused({ reason: 'wrong_algorithm', expected: key.algorithm });
  const verified = await payloadOf(token, key);
  if ('reason' in verified) return refused(verified);
  const claims = claimsIn(verified.payload);
  if (claims === null) return refused({ reason: 'malformed_token' });
  return shopperOfClaims(claims, terms);
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

async function payloadOf(token: string, key: IdentityKey): Promise<{ payload: Uint8Array } | ProofRefusal> {
  const verifier = await verifierOf(key);
  if (verifier === null) return { reason: 'unusable_key' };
  try {
    return { payload: (await compactVerify(token, verifier, { algorithms: [key.algorithm] })).payload };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { reason: 'wrong_token_signature' };
    throw error;
  }
}

/** Takes only the public members of a P-256 key, so that nothing else stored there can be used to verify. */
async function verifierOf({ algorithm, secret }: IdentityKey): Promise<CryptoKey | Uint8Array | null> {
  if (algorithm === 'HS256') return secret === '' ? null : new TextEncoder().encode(secret);
  try {
    const jwk: unknown = JSON.parse(secret);
    if (!isObject(jwk)) return null;
    const [x, y] = [textOf(jwk, 'x'), textOf(jwk, 'y')];
    if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || x === null || y === null) return null;
    return await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
  } catch {
    return null;
  }
}

function claimsIn(payload: Uint8Array): JsonObject | null {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(payload));
    return isObject(claims) ? claims : null;
  } catch {
    return null;
  }
}
