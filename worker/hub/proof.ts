/** What a proof of identity comes to: a shopper, a guest, or the one reason why not. Pure; it knows no way to prove. */
import type { Identifier } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';

export type ProofKind = 'merchant_jwt' | 'shopify_proxy';

export interface Shopper {
  proof: ProofKind;
  /** The strong one first; an e-mail is here only where the proof's signature covers it. */
  identifiers: [Identifier, ...Identifier[]];
  /** What the proof says of a shopper whom nobody knew before. */
  traits: JsonObject;
}

export type ProofRefusal =
  | { reason: 'malformed_token' }
  | { reason: 'missing_kid' }
  | { reason: 'unknown_kid' }
  | { reason: 'wrong_algorithm'; expected: string }
  | { reason: 'critical_header' }
  | { reason: 'unusable_key' }
  | { reason: 'wrong_token_signature' }
  | { reason: 'wrong_issuer' }
  | { reason: 'wrong_audience' }
  | { reason: 'wrong_subject' }
  | { reason: 'missing_time'; claim: 'iat' | 'exp' }
  | { reason: 'wrong_lifetime'; mostSeconds: number }
  | { reason: 'issued_later' }
  | { reason: 'not_yet_valid' }
  | { reason: 'expired' }
  | { reason: 'no_shopify' }
  | { reason: 'repeated_parameter'; name: string }
  | { reason: 'missing_parameter'; name: string }
  | { reason: 'wrong_query_signature' }
  | { reason: 'stale_query'; mostSeconds: number }
  | { reason: 'other_shop' }
  | { reason: 'wrong_customer' };

export type Proved =
  | { kind: 'shopper'; shopper: Shopper }
  | { kind: 'guest' }
  | { kind: 'refused'; refusal: ProofRefusal };

export function refused(refusal: ProofRefusal): Extract<Proved, { kind: 'refused' }> {
  return { kind: 'refused', refusal };
}

/** For the developer of the page: which rule was broken, never what a secret or another claim was. */
export function detailOf(refusal: ProofRefusal): string {
  switch (refusal.reason) {
    case 'malformed_token':
      return 'The token is no compact JWT with a JSON object inside.';
    case 'missing_kid':
      return 'The token\'s header needs "kid", the id of an identity key.';
    case 'unknown_kid':
      return 'The token\'s "kid" is no identity key of this shop.';
    case 'wrong_algorithm':
      return `This identity key signs with ${refusal.expected}; the token's header says otherwise.`;
    case 'critical_header':
      return 'The token\'s header may not carry "crit".';
    case 'unusable_key':
      return 'This identity key cannot verify anything; register it again.';
    case 'wrong_token_signature':
      return "The token's signature does not belong to it.";
    case 'wrong_issuer':
      return '"iss" must be the shop\'s id, as text.';
    case 'wrong_audience':
      return '"aud" must be "regulars", as text.';
    case 'wrong_subject':
      return '"sub" must be "shopify:<number>", "user:<id>" or the user\'s id, of at most 255 characters.';
    case 'missing_time':
      return `"${refusal.claim}" is required, in seconds since 1970.`;
    case 'wrong_lifetime':
      return `"exp" must be after "iat" by at most ${refusal.mostSeconds} seconds.`;
    case 'issued_later':
      return '"iat" is in the future; set the clock of the server.';
    case 'not_yet_valid':
      return '"nbf" is in the future, or is no number.';
    case 'expired':
      return 'The token has expired; make a new one for every request of the page.';
    case 'no_shopify':
      return 'This shop has no Shopify source connected.';
    case 'repeated_parameter':
      return `"${refusal.name}" stands in the query more than once.`;
    case 'missing_parameter':
      return `"${refusal.name}" is missing from the query, or is not of its form.`;
    case 'wrong_query_signature':
      return 'The signature does not belong to this query; pass it on exactly as Shopify sent it.';
    case 'stale_query':
      return `"timestamp" is more than ${refusal.mostSeconds} seconds from now.`;
    case 'other_shop':
      return 'The query was signed for another shop.';
    case 'wrong_customer':
      return '"logged_in_customer_id" is no customer number.';
  }
}
