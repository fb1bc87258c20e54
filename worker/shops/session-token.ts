/** The drawer's bearer: one shopper of one shop for fifteen minutes, signed with a key derived for nothing else. */
import { jwtVerify, SignJWT } from 'jose';
import type { Session } from '../wire/hub.ts';
import { hmacKeyFor } from './crypto.ts';

const ISSUER = 'regulars';
const AUDIENCE = 'hub';
const LIFETIME_SECONDS = 15 * 60;

export interface SessionOf {
  shop: string;
  customer: string;
}

export interface ReadSession extends SessionOf {
  /** How the shopper proved who they are. */
  proof: string;
}

export async function makeSession(root: string, of: ReadSession, nowMs: number): Promise<Session> {
  const issued = Math.floor(nowMs / 1000);
  const expires = issued + LIFETIME_SECONDS;
  const token = await new SignJWT({ shop: of.shop, amr: [of.proof] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(of.customer)
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .setJti(crypto.randomUUID())
    .sign(await hmacKeyFor(root, 'session'));
  return { token, expiresAtMs: expires * 1000, nowMs };
}

/** Whose bearer this is; null for one that ended, is another installation's, or was made for something else. */
export async function readSession(root: string, token: string, nowMs: number): Promise<ReadSession | null> {
  try {
    const { payload } = await jwtVerify(token, await hmacKeyFor(root, 'session'), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'shop', 'iat', 'exp'],
      currentDate: new Date(nowMs),
    });
    const { shop, sub, amr } = payload;
    if (typeof shop !== 'string' || typeof sub !== 'string') return null;
    return { shop, customer: sub, proof: Array.isArray(amr) ? String(amr[0]) : '' };
  } catch {
    return null;
  }
}
