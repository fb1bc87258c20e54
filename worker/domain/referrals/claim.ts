/** A friend claims what somebody's link promised. Asked again it is the same claim; of two people who refer them one counts. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { When } from '../loyalty/part.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { change } from './changing.ts';
import { cancel, giveFriend } from './completing.ts';
import type { ReferralProgramme } from './programme.ts';
import { answerOf, receivedFrom } from './received.ts';
import { currentOf, isAlive, type Received } from './state.ts';

export interface ReferralClaim {
  op: 'claim_referral';
  key: string;
  fingerprint: string;
  /** The new referral's, where it becomes one. */
  id: string;
  code: string;
  referrer: string;
  /** What was found out before: why it is blocked, and why somebody has to look at it. */
  blocked: string[];
  held: string[];
}

export function decideClaim(state: State, input: ReferralClaim, terms: Terms, now: number): Decision {
  const work = open(state);
  const when = { atMs: now, nowMs: now };
  const current = currentOf(work.head.loyalty.referral);
  const programme = terms.programme.referrals;
  if (programme === undefined || (current !== undefined && stays(current, input, programme)))
    repeat(work, input, current, { terms, when });
  else begin(work, { input, current, programme }, { terms, when });
  afterDecision(work, { ...when, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}

interface Deciding {
  terms: Terms;
  when: When;
}

/** Whether the claim that is there goes on. One person is a friend once. */
function stays(current: Received, { code }: ReferralClaim, { attribution }: ReferralProgramme): boolean {
  const { status, order } = current;
  if (status === 'completed' || status === 'completing') return true;
  if (current.code === code) return isAlive(current) || status === 'blocked';
  return isAlive(current) && (attribution === 'first' || order !== undefined);
}

/** Nothing changes; the answer is that of the claim that is there. */
function repeat(
  work: Work,
  { key, fingerprint }: ReferralClaim,
  current: Received | undefined,
  { terms, when }: Deciding,
) {
  pushRow(work, {
    kind: 'referral.changed',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    terms,
    entries: [],
    about: { fingerprint, answer: current === undefined ? null : answerOf(current) },
  });
}

interface Beginning {
  input: ReferralClaim;
  current: Received | undefined;
  programme: ReferralProgramme;
}

function begin(work: Work, { input, current, programme }: Beginning, { terms, when }: Deciding): void {
  const replaced = current !== undefined && isAlive(current) ? current : undefined;
  if (replaced !== undefined) cancel(work, replaced, { reason: 'another_link', terms, when });
  const made = newReceived(work, { input, current, programme }, when);
  const received = made.status === 'pending' ? giveFriend(work, made, { terms, when }) : made;
  const { key, fingerprint } = input;
  change(work, received, {}, { terms, when, key, about: { fingerprint, answer: answerOf(received) } });
}

function newReceived(work: Work, { input, current, programme }: Beginning, { atMs }: When): Received {
  // who follows another link keeps the reward they have; there is no second one
  const got = current?.got?.voucher === undefined ? {} : { got: { voucher: current.got.voucher } };
  const isKnown = programme.checks.knownCustomers && work.head.orders > 0;
  const blocked = [...input.blocked, ...(isKnown ? ['known_customer'] : [])];
  return { ...receivedFrom(work, { ...input, blocked }, programme, atMs), ...got };
}
