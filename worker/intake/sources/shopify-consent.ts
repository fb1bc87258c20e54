/**
 * Shopify's marketing consents as changes of ours. Field meanings: shopify.dev, REST Admin API, Customer
 * (`email_marketing_consent`, `sms_marketing_consent`; `accepts_marketing` before version 2022-04).
 */
import {
  type Channel,
  type ConsentChange,
  type ConsentState,
  LONGEST_PROOF,
  type Proof,
} from '../../domain/consent.ts';
import { isObject, type JsonObject, textOf } from '../../domain/json.ts';
import { instantOf } from './shopify-json.ts';

/** The times of a consent that tells none itself; null: such a consent is left aside. */
export interface Undated {
  grantedAtMs: number | null;
  withdrawnAtMs: number | null;
  neverAtMs: number | null;
}

const STATES: Readonly<Record<string, ConsentState>> = {
  subscribed: 'subscribed',
  pending: 'pending',
  unsubscribed: 'unsubscribed',
  redacted: 'unsubscribed',
  not_subscribed: 'never_subscribed',
};

const FIELDS: readonly (readonly [string, Channel])[] = [
  ['email_marketing_consent', 'email'],
  ['sms_marketing_consent', 'sms'],
];

export function marketingConsents(from: JsonObject, undated: Undated): ConsentChange[] {
  const told = FIELDS.flatMap(([field, channel]) => {
    const consent = from[field];
    return isObject(consent) ? changesOf(channel, consent, undated) : [];
  });
  return isObject(from.email_marketing_consent) ? told : [...olderForm(from, undated), ...told];
}

function changesOf(channel: Channel, consent: JsonObject, undated: Undated): ConsentChange[] {
  const word = textOf(consent, 'state')?.toLowerCase() ?? '';
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  if (state === undefined) return [];
  const atMs = instantOf(consent, 'consent_updated_at') ?? undatedAt(state, undated);
  if (atMs === null) return [];
  return [{ kind: 'state', channel, state, atMs, source: 'shopify', proof: proofIn(consent) }];
}

function proofIn(consent: JsonObject): Proof {
  const level = textOf(consent, 'opt_in_level');
  const from = textOf(consent, 'consent_collected_from');
  return {
    ...(level === null ? {} : { optInLevel: level.slice(0, LONGEST_PROOF) }),
    ...(from === null ? {} : { method: from.slice(0, LONGEST_PROOF) }),
  };
}

/** Its `false` is what everybody begins with, so it withdraws nothing. */
function olderForm(from: JsonObject, undated: Undated): ConsentChange[] {
  if (typeof from.accepts_marketing !== 'boolean') return [];
  const state = from.accepts_marketing ? 'subscribed' : 'never_subscribed';
  const atMs = instantOf(from, 'accepts_marketing_updated_at') ?? undatedAt(state, undated);
  const proof = { method: 'accepts_marketing' };
  return atMs === null ? [] : [{ kind: 'state', channel: 'email', state, atMs, source: 'shopify', proof }];
}

function undatedAt(state: ConsentState, { grantedAtMs, withdrawnAtMs, neverAtMs }: Undated): number | null {
  if (state === 'never_subscribed') return neverAtMs;
  return state === 'unsubscribed' ? withdrawnAtMs : grantedAtMs;
}
