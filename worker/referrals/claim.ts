/**
 * A friend claims what somebody's link promised, by their e-mail: who refers whom is looked up, what looks like cheating is
 * found, and the friend's object decides.
 */
import { directoryOf, forgetSubject, resolveAll } from '../directory/cache.ts';
import type { ReferralParties } from '../directory/referral-lookup.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { aliasOf } from '../domain/referrals/alias.ts';
import type { ReferralProgramme } from '../domain/referrals/programme.ts';
import { answerOf } from '../domain/referrals/received.ts';
import { isAlive } from '../domain/referrals/state.ts';
import type { Env } from '../env.ts';
import { count } from '../guard/count.ts';
import { operate, settleMoves } from '../routing/follow.ts';
import { randomText } from '../shops/crypto.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { inShopTime } from '../time/receipt.ts';
import { ProblemError } from '../wire/problem.ts';
import { NO_LIST, type ReferralStanding, referralStanding } from './standing.ts';

const DAY_MS = 86_400_000;
const MOST_ROUNDS = 8;

export interface Claiming {
  /** In its one form. */
  code: string;
  /** In its one form. */
  email: string;
  /** When the link was followed, as the page says; null: now. */
  clickedAtMs: number | null;
  /** The browser, as the page calls it. */
  anonymousId: string | null;
  /** Where the claim comes from; '' where nobody knows. */
  address: string;
}

export type Claimed =
  | { kind: 'claimed'; status: string; voucher: string | null }
  | { kind: 'refused'; why: 'unknown_code' | 'link_too_old' | 'not_for_you' };

interface Claim extends Claiming {
  env: Env;
  shop: ShopSnapshot;
  programme: ReferralProgramme;
  nowMs: number;
  parties: ReferralParties;
  referrer: ReferralStanding;
}

/** Safe to repeat: one person is one referral, and counts once. Throws `rate_limited` where people are made up too fast. */
export async function claimReferral(
  env: Env,
  shop: ShopSnapshot,
  programme: ReferralProgramme,
  claiming: Claiming,
): Promise<Claimed> {
  const { receivedAtMs: nowMs, wallMs = nowMs } = await receiptOf(env, shop);
  if (isTooOld(claiming.clickedAtMs, programme, { nowMs, wallMs })) return { kind: 'refused', why: 'link_too_old' };
  const parties = await directoryOf(env, shop.id).referral(claiming);
  if (parties.referrer === null) return { kind: 'refused', why: 'unknown_code' };
  const referrer = await referralStanding(env, shop, parties.referrer, NO_LIST);
  if (referrer === null || !referrer.mayRefer) return { kind: 'refused', why: 'not_for_you' };
  return claimed({ ...claiming, env, shop, programme, nowMs, parties, referrer });
}

function isTooOld(
  clickedAtMs: number | null,
  { claimWithinDays }: ReferralProgramme,
  time: { nowMs: number; wallMs: number },
): boolean {
  return clickedAtMs !== null && inShopTime(clickedAtMs, time) < time.nowMs - claimWithinDays * DAY_MS;
}

async function claimed(claim: Claim): Promise<Claimed> {
  const { parties, referrer } = claim;
  const known = parties.byEmail ?? parties.byMailbox;
  // nobody but the referrer is there to tell it of
  if (known === referrer.customer) return { kind: 'refused', why: 'not_for_you' };
  const before = known === null ? null : await referralStanding(claim.env, claim.shop, known, NO_LIST);
  if (before?.customer === referrer.customer) return { kind: 'refused', why: 'not_for_you' };
  const again = before === null ? null : claimedBefore(before, claim.code);
  if (again !== null) return again;
  const blocked = await flawsOf(claim);
  const friend = before?.customer ?? known ?? (await newFriend(claim));
  const held = blocked.length === 0 && (await isTooMany(claim, friend)) ? ['address_velocity'] : [];
  return decide(claim, { friend, blocked, held });
}

/** Of a claim that is there under this code; null where there is none. */
function claimedBefore({ current }: ReferralStanding, code: string): Claimed | null {
  if (current === null || current.code !== code) return null;
  return isAlive(current) || current.status === 'blocked' ? toClaimed(answerOf(current)) : null;
}

/** What is known to be no honest referral before the friend's object is asked. */
async function flawsOf({ env, shop, programme, parties, referrer, email }: Claim): Promise<string[]> {
  const { self, sameBrowser, knownCustomers } = programme.checks;
  const alias = aliasOf(email);
  const own = [...parties.mailboxes, ...(referrer.email === null ? [] : [aliasOf(referrer.email)])];
  const { byEmail, byMailbox, byBrowser } = parties;
  const isSelf = own.includes(alias) || byMailbox === referrer.customer;
  const other = byEmail !== null && byMailbox !== null && byMailbox !== byEmail ? byMailbox : null;
  const spelled =
    !knownCustomers || other === null || isSelf ? null : await referralStanding(env, shop, other, NO_LIST);
  return [
    ...(self && isSelf ? ['self'] : []),
    ...(sameBrowser && byBrowser === referrer.customer ? ['same_browser'] : []),
    ...((spelled?.orders ?? 0) > 0 ? ['known_customer'] : []),
  ];
}

/** Anyone can type an e-mail: it names nobody whom the shop knows, until a trusted sender says so too. */
async function newFriend({ env, shop, email, address }: Claim): Promise<string> {
  const subject = {
    identifiers: [{ kind: 'email' as const, value: email }],
    trust: 'browser' as const,
    visitor: address,
  };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const [resolved] = await resolveAll(env, shop, [subject]);
    if (resolved === undefined) break;
    if (resolved.moves.length === 0) return resolved.customer;
    forgetSubject(shop.id, subject);
    await settleMoves(env, shop, [resolved]);
  }
  throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
}

/** By whichever links, and by the clock of the shop. The same friend again counts once. */
async function isTooMany({ env, shop, programme, address, nowMs }: Claim, friend: string): Promise<boolean> {
  const { perAddress } = programme.checks;
  if (perAddress === null || address === '') return false;
  const counting = { subject: `referrals:${address}`, windowMs: perAddress.days * DAY_MS, op: friend, nowMs };
  return (await count(env, shop.id, counting)).count > perAddress.count;
}

interface Found {
  friend: string;
  blocked: string[];
  held: string[];
}

async function decide({ env, shop, code, referrer }: Claim, { friend, blocked, held }: Found): Promise<Claimed> {
  // the friend's id in it leads whoever reviews it to the object that decides
  const id = `ref_${friend}_${randomText(8)}`;
  const about = { id, code, referrer: referrer.customer, blocked, held };
  const operation = { op: 'claim_referral' as const, key: `referral:claim:${id}`, fingerprint: id, ...about };
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(env, shop, { customer: friend, input, waitMs: 0 });
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('the claim was not recorded');
  const said = answer.row?.about.answer;
  if (said === null || typeof said !== 'object' || Array.isArray(said)) return { kind: 'refused', why: 'not_for_you' };
  return toClaimed(said);
}

function toClaimed(answer: JsonObject): Claimed {
  const status = textOf(answer, 'status') ?? 'pending';
  if (status === 'blocked') return { kind: 'refused', why: 'not_for_you' };
  return { kind: 'claimed', status, voucher: textOf(answer, 'voucher') };
}
