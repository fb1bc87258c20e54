/**
 * A referrer's link that somebody followed without claiming anything: the page's address, or a field of an event, holds
 * the code. It is remembered beside the balance until they order; nothing is given for it before.
 */
import { type JsonObject, textOf } from '../json.ts';
import type { Happened } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { DAY_MS, type Work } from '../work.ts';
import { codeOf, readCode } from './code.ts';
import type { ReferralProgramme } from './programme.ts';

/** What a field is called that holds a code. */
export const NAMES = ['ref', 'referral_code', 'referralCode'];
/** Addresses, or their part after the question mark. */
const ADDRESSES = ['url', 'search', 'landing_site', 'landingSite'];
const LONGEST_ADDRESS = 2_000;

/** The code that an event's properties tell; null: none. */
export function codeIn(properties: JsonObject): string | null {
  const told = NAMES.map((name) => textOf(properties, name));
  const linked = ADDRESSES.map((name) => refOf(textOf(properties, name) ?? ''));
  for (const text of [...told, ...linked]) {
    const code = text === null ? null : readCode(text);
    if (code !== null) return code;
  }
  return null;
}

/** What an address, or its part after the question mark, says of who referred; null: nothing. */
export function refOf(address: string): string | null {
  if (address.length > LONGEST_ADDRESS) return null;
  const [, query = ''] = address.split('?', 2);
  return new URLSearchParams(query.split('#', 1)[0]).get('ref');
}

/** Remembers the link that counts: the last one, or the first where the shop says so. Their own leads nowhere. */
export function followLink(work: Work, { event, atMs }: Happened, { programme }: Terms): void {
  const { referrals } = programme;
  const code = event === null || referrals === undefined ? null : codeIn(event.properties);
  if (code === null || referrals === undefined || code === codeOf(work.customer)) return;
  const { referral } = work.head.loyalty;
  if (referral?.received !== undefined || (referrals.checks.knownCustomers && work.head.orders > 0)) return;
  const known = referral?.link;
  const isKept = known !== undefined && isGood(known, referrals, atMs);
  if (isKept && (referrals.attribution === 'first' || known.atMs > atMs)) return;
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, referral: { ...referral, link: { code, atMs } } } };
}

export function isGood({ atMs }: { atMs: number }, { claimWithinDays }: ReferralProgramme, byMs: number): boolean {
  return byMs - atMs <= claimWithinDays * DAY_MS;
}
