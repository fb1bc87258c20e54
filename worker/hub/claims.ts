/** From the signed claims of a merchant's token to a shopper: who signed for whom, for how long, and who it is. Pure. */
import type { Identifier } from '../domain/event.ts';
import { emailOf, LONGEST_ID, NOBODY } from '../domain/identifier.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { type ProofRefusal, type Proved, refused } from './proof.ts';

export const AUDIENCE = 'regulars';
const MOST_SECONDS = 600;
const SKEW_SECONDS = 30;
const UNPRINTABLE = /^\s|\s$|\p{Cc}/u;

export function shopperOfClaims(claims: JsonObject, terms: { shop: string; nowMs: number }): Proved {
  if (claims.iss !== terms.shop) return refused({ reason: 'wrong_issuer' });
  if (claims.aud !== AUDIENCE) return refused({ reason: 'wrong_audience' });
  const late = brokenTime(claims, terms.nowMs / 1000);
  if (late !== null) return refused(late);
  const strong = identifierOf(claims.sub);
  if (strong === null) return refused({ reason: 'wrong_subject' });
  const email = claims.email_verified === false ? null : emailOf(claims);
  const identifiers: [Identifier, ...Identifier[]] = [strong];
  if (email !== null) identifiers.push({ kind: 'email', value: email });
  const traits: JsonObject = { [strong.kind === 'shopify' ? 'shopifyId' : 'userId']: strong.value };
  if (email !== null) traits.email = email;
  const name = textOf(claims, 'name')?.trim().slice(0, LONGEST_ID) ?? '';
  if (name !== '') traits.name = name;
  return { kind: 'shopper', shopper: { proof: 'merchant_jwt', identifiers, traits } };
}

/** Both ends are required, so that nobody can make a token that is good for long. */
function brokenTime({ iat, exp, nbf }: JsonObject, now: number): ProofRefusal | null {
  if (!isInstant(iat)) return { reason: 'missing_time', claim: 'iat' };
  if (!isInstant(exp)) return { reason: 'missing_time', claim: 'exp' };
  if (exp <= iat || exp - iat > MOST_SECONDS) return { reason: 'wrong_lifetime', mostSeconds: MOST_SECONDS };
  if (iat > now + SKEW_SECONDS) return { reason: 'issued_later' };
  if (nbf !== undefined && (!isInstant(nbf) || nbf > now + SKEW_SECONDS)) return { reason: 'not_yet_valid' };
  return now >= exp + SKEW_SECONDS ? { reason: 'expired' } : null;
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** `shopify:<number>`, `user:<id>`, or an id alone, which is a user's. */
function identifierOf(sub: unknown): Identifier | null {
  if (typeof sub !== 'string') return null;
  const [, prefix, rest] = /^(shopify|user):(.*)$/s.exec(sub) ?? [null, 'user', sub];
  const value = rest ?? '';
  if (prefix === 'shopify') return /^[1-9]\d{0,19}$/.test(value) ? { kind: 'shopify', value } : null;
  if (value === '' || value.length > LONGEST_ID || NOBODY.test(value) || UNPRINTABLE.test(value)) return null;
  return { kind: 'user', value };
}
