/** Points for a reward: out of the lots and into the wallet as a voucher, in one row. A refusal is journalled under its key. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { JsonObject } from '../json.ts';
import { debit, type PointsEntry } from '../ledger.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import type { Voucher } from '../vouchers/voucher.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { issuedProperties, putIssued, rewardOf } from './issue.ts';
import { barredFrom, periodOf, type Quote, quote } from './offer.ts';
import { spentLots } from './points-back.ts';
import type { Reward } from './programme.ts';
import { withTaken } from './state.ts';
import { voucherOf } from './voucher-of-reward.ts';

export interface Spend {
  op: 'spend';
  key: string;
  /** SHA-256 of the request: the same key with another body is refused. */
  fingerprint: string;
  reward: string;
  /** Of a variable reward: at most so many points; null: as many as there are. */
  points: number | null;
  /** What the order is that it is for, where one is known. */
  orderMinor: number | null;
  /** Made for this request, and claimed for the customer before. */
  code: string;
  by: 'shopper' | 'merchant';
}

export function decideSpend(state: State, input: Spend, terms: Terms, now: number): Decision {
  const work = open(state);
  const reward = rewardOf(terms, input.reward);
  const buyer = { head: work.head, guardedSince: work.guardedSince };
  const barred = reward === null ? noReward() : barredFrom(reward, buyer, { atMs: now, terms });
  const asked = reward === null || barred !== null ? null : quote(reward, buyer, input);
  if (reward === null || asked === null || 'reason' in asked)
    return refuse(work, input, { terms, now, refusal: barred ?? (asked as Refusal) });
  const { entry, about } = buy(work, { input, reward, quote: asked }, terms, now);
  pushRow(work, {
    kind: 'points.spent',
    name: 'Points Redeemed',
    atMs: now,
    recordedAtMs: now,
    key: input.key,
    terms,
    entries: [entry],
    about: { fingerprint: input.fingerprint, by: input.by, ...about },
  });
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [entry] }, terms);
  return { changes: close(work, now), refusal: null };
}

interface Purchase {
  input: Spend;
  reward: Reward;
  quote: Quote;
}

/** Takes the points and puts the voucher into the wallet; answers what the row has to say. */
function buy(work: Work, { input, reward, quote }: Purchase, terms: Terms, now: number) {
  const { points, amountMinor } = quote;
  const lots = work.draft.lots;
  const entry = debit(work.draft, points, { kind: 'spent', orderId: null, reason: reward.name });
  const origin = { kind: 'reward' as const, reward: reward.id, points, spentSeq: work.head.seq + 1 };
  const given = { customer: work.customer, code: input.code, origin, atMs: now, amountMinor };
  const voucher = putIssued(work, voucherOf(reward, given, terms), reward, terms);
  const waits = voucher.held?.waitsFor === undefined ? {} : { waits: true };
  const periodMs = periodOf(reward.limit, { atMs: now, timeZone: terms.segments.manner.timeZone });
  const rewards = withTaken(work.head.loyalty.rewards, reward.id, periodMs);
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, rewards } };
  return {
    entry,
    about: {
      voucher: voucher.id,
      ...waits,
      spent: spentLots(lots, entry),
      properties: properties(voucher, reward, entry),
    },
  };
}

function properties(voucher: Voucher, reward: Reward, entry: PointsEntry): JsonObject {
  return { points: -entry.points, balance_after: entry.balanceAfter, ...issuedProperties(voucher, reward) };
}

function noReward(): Refusal {
  return { reason: 'not_found', what: 'reward' };
}

interface Refused {
  terms: Terms;
  now: number;
  refusal: Refusal;
}

/** Kept under the key, so that every retry gets the same answer. */
export function refuse(
  work: Work,
  { key, fingerprint }: { key: string; fingerprint: string },
  { terms, now, refusal }: Refused,
): Decision {
  const about = { fingerprint, refusal: { ...refusal } };
  const times = { atMs: now, recordedAtMs: now };
  pushRow(work, { kind: 'points.refused', ...times, key, terms, entries: [], about });
  return { changes: close(work, now), refusal };
}
