/** The merchant looked at a referral: it goes on, or it ends. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { When } from '../loyalty/part.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { change, publicStatus, receivedOf } from './changing.ts';
import { beginCompletion, cancel, giveFriend } from './completing.ts';
import { completesAt, qualifies } from './qualify.ts';
import { isAlive, type Received } from './state.ts';

export interface ReferralReview {
  op: 'review_referral';
  key: string;
  fingerprint: string;
  referral: string;
  verdict: 'approve' | 'block';
}

export function decideReview(state: State, input: ReferralReview, terms: Terms, now: number): Decision {
  const work = open(state);
  const received = receivedOf(work).find((one) => one.id === input.referral);
  const refusal = refusalOf(work, received, input);
  const when = { atMs: now, nowMs: now };
  if (refusal !== null || received === undefined) refuse(work, input, refusal, { terms, when });
  else if (input.verdict === 'block') block(work, received, input, { terms, when });
  else approve(work, received, input, { terms, when });
  afterDecision(work, { ...when, event: null, entries: work.rows.flatMap((row) => row.entries) }, terms);
  return { changes: close(work, now), refusal };
}

/** What waits may be approved, what is blocked unblocked; what is not over may be blocked. */
function refusalOf(work: Work, received: Received | undefined, { verdict }: ReferralReview): Refusal | null {
  if (received === undefined) return { reason: 'not_found', what: 'referral' };
  const status = publicStatus(received);
  if (verdict === 'block')
    return status === 'pending' || status === 'held' ? null : { reason: 'referral_over', status };
  if (status !== 'held' && status !== 'blocked') return { reason: 'referral_over', status };
  const isTaken = receivedOf(work).some((one) => one.id !== received.id && isAlive(one));
  return isTaken ? { reason: 'referral_over', status: 'cancelled' } : null;
}

interface Deciding {
  terms: Terms;
  when: When;
}

function refuse(work: Work, input: ReferralReview, refusal: Refusal | null, { terms, when }: Deciding): void {
  const { key, fingerprint, referral } = input;
  pushRow(work, {
    kind: 'referral.changed',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    terms,
    entries: [],
    about: { fingerprint, referral, ...(refusal === null ? {} : { refusal: { ...refusal } }) },
  });
}

/** One whose reward is under way ends as blocked too, and what was granted is asked back. */
function block(work: Work, received: Received, input: ReferralReview, { terms, when }: Deciding): void {
  const { key, fingerprint } = input;
  cancel(work, received, { reason: 'by_hand', status: 'blocked', terms, when, key, about: { fingerprint } });
}

/** It completes where the friend bought already, by the orders that were looked up for this; else it waits for an order. */
function approve(work: Work, received: Received, input: ReferralReview, { terms, when }: Deciding): void {
  const { key, fingerprint } = input;
  const given = giveFriend(work, received, { terms, when });
  const order = received.order ?? boughtAlready(work, received, { terms, when });
  const open: Received = { ...given, ...(order === undefined ? {} : { order }), status: 'pending', reasons: [] };
  const after = change(
    work,
    { ...open, ordersBefore: work.head.orders, ordersSince: [] },
    {},
    { terms, when, key, about: { fingerprint } },
  );
  if (order !== undefined && order.completesAtMs <= when.nowMs) beginCompletion(work, after);
}

/** The latest order that would do. */
function boughtAlready(work: Work, received: Received, { terms, when }: Deciding): Received['order'] {
  const orders = [...work.orders.values()].filter((order) => qualifies(order, received, terms));
  const latest = orders.sort((a, b) => (b.paidAtMs ?? 0) - (a.paidAtMs ?? 0))[0];
  if (latest === undefined) return undefined;
  return { id: latest.orderId, completesAtMs: completesAt(received, terms, latest.paidAtMs ?? when.nowMs) };
}
