/**
 * The one who referred: their object is told what becomes of a referral, gives the reward, and takes it back. Each word
 * comes under a key of its own and is answered the same for ever, from the journal.
 */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { JsonObject } from '../json.ts';
import type { PointsEntry } from '../ledger.ts';
import type { Bonus } from '../loyalty/bonus.ts';
import { givenProperties, pointsGiven } from '../loyalty/give-bonus.ts';
import type { When } from '../loyalty/part.ts';
import { afterDecision } from '../loyalty/parts.ts';
import { participationOf } from '../members/participation.ts';
import { issueReward } from '../rewards/issue.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, put, type Work } from '../work.ts';
import { kindOfStatus, nameOfStatus, type ReferralAsk } from './changing.ts';
import { codeOf } from './code.ts';
import { lotOf, originOf } from './completing.ts';
import type { Made } from './made.ts';
import { completedReferrals, type Given, type ReferralStatus } from './state.ts';
import { takePointsBack, takeVoucherBack } from './take-back.ts';

export interface ReferralNews {
  op: 'referral';
  key: string;
  fingerprint: string;
  ask: ReferralAsk;
  referral: string;
  version: number;
  friend: string;
  status: ReferralStatus;
  reasons: string[];
  startedAtMs: number;
  reward: Bonus | null;
  flagged: boolean;
}

export function decideNews(state: State, input: ReferralNews, terms: Terms, now: number): Decision {
  const work = open(state);
  const when = { atMs: now, nowMs: now };
  const { id, made } = { id: input.referral, made: work.referrals.all.get(input.referral) };
  const before = made ?? blank(id, input);
  if (before.version >= input.version) know(work, input, terms, when);
  else if (input.ask === 'reward') reward(work, { input, before }, terms, when);
  else if (input.ask === 'revoke') takeBack(work, { input, before }, terms, when);
  else say(work, { input, before }, { terms, when });
  afterDecision(work, { ...when, event: null, entries: work.rows.flatMap((row) => row.entries) }, terms);
  return { changes: close(work, now), refusal: null };
}

function blank(id: string, { friend, startedAtMs }: ReferralNews): Made {
  const none = { reasons: [], flagged: false, given: null };
  return { id, friend, startedAtMs, changedAtMs: startedAtMs, status: 'pending', version: 0, ...none };
}

interface News {
  input: ReferralNews;
  before: Made;
}

interface Saying {
  terms: Terms;
  when: When;
  status?: ReferralStatus;
  reasons?: string[];
  flagged?: boolean;
  given?: Given | null;
  entries?: PointsEntry[];
  answer?: JsonObject;
  properties?: JsonObject;
}

/** Keeps what it is now, and tells of it. */
function say(work: Work, { input, before }: News, saying: Saying): void {
  const { terms, when, status = input.status, reasons = input.reasons, entries = [], answer = {} } = saying;
  const { flagged = before.flagged || input.flagged, given = before.given } = saying;
  const { version, friend, key, fingerprint } = input;
  const made: Made = { ...before, friend, status, reasons, flagged, given, version, changedAtMs: when.atMs };
  put(work.referrals, made);
  // only that something could not be taken back is no news to anybody
  const isNews = before.version === 0 || before.status !== status;
  pushRow(work, {
    kind: kindOfStatus(status),
    name: isNews ? nameOfStatus(status) : null,
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    terms,
    entries,
    about: {
      fingerprint,
      referral: made.id,
      answer,
      properties: { ...propertiesOf(work, made), ...saying.properties },
    },
  });
}

function propertiesOf({ customer }: Work, { id, status, reasons, flagged, startedAtMs }: Made): JsonObject {
  return {
    role: 'referrer',
    referral_id: id,
    code: codeOf(customer),
    status,
    reason: reasons[0] ?? null,
    reasons,
    started_at: new Date(startedAtMs).toISOString(),
    ...(flagged ? { flagged } : {}),
  };
}

/** Something older than what is known; nothing changes. */
function know(work: Work, { key, fingerprint, referral }: ReferralNews, terms: Terms, when: When): void {
  pushRow(work, {
    kind: 'referral.changed',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    terms,
    entries: [],
    about: { fingerprint, referral, answer: {} },
  });
}

/** Gives what was promised, but not to who takes no part, nor to who turned out to be the friend. */
function reward(work: Work, news: News, terms: Terms, when: When): void {
  const refusal = refusalOf(work, news.input, terms, when);
  if (refusal !== null) {
    const status = refusal === 'self' ? 'blocked' : 'cancelled';
    say(work, news, { terms, when, status, reasons: [refusal], answer: { granted: false, reason: refusal } });
    return;
  }
  const bonus = news.input.reward;
  const origin = originOf(news.before);
  const voucher =
    bonus?.kind === 'reward'
      ? issueReward(work, { reward: bonus.reward, origin: { kind: 'given', by: origin }, key: origin }, terms, when)
      : null;
  const givings = bonus === null ? [] : [{ bonus, by: origin, reason: 'Referral' }];
  const entries = pointsGiven(work, givings, terms, when.atMs);
  const [entry] = entries;
  const given: Given = {
    ...(entry === undefined ? {} : { points: lotOf(entry) }),
    ...(voucher === null ? {} : { voucher: { id: voucher.id, code: voucher.code } }),
  };
  count(work, 1);
  const properties = givenProperties(givings, entries, terms);
  say(work, news, {
    terms,
    when,
    status: 'completed',
    reasons: [],
    given,
    entries,
    answer: { granted: true },
    properties,
  });
}

function refusalOf(work: Work, { referral }: ReferralNews, { programme }: Terms, { nowMs }: When): string | null {
  const received = work.head.loyalty.referral?.received ?? [];
  if (received.some((one) => one.id === referral)) return 'self';
  const state = participationOf(work.head, programme, (segment) => work.guardedSince(segment, nowMs) !== null);
  return state === 'disabled' ? 'referrer_disabled' : null;
}

/** The friend sent everything back: what was not used goes, what was stays and is flagged. */
function takeBack(work: Work, news: News, terms: Terms, when: When): void {
  const { given } = news.before;
  const points = takePointsBack(work, given, originOf(news.before), when.nowMs);
  const flagged = !takeVoucherBack(work, given, when) || points.flagged;
  if (news.before.status === 'completed') count(work, -1);
  const answer = { flagged };
  const last = points.entries.at(-1);
  const properties: JsonObject = last === undefined ? {} : { points: last.points, balance_after: last.balanceAfter };
  say(work, news, { terms, when, flagged, given: null, entries: points.entries, answer, properties });
}

function count(work: Work, by: 1 | -1): void {
  const { referral } = work.head.loyalty;
  const completed = Math.max(0, completedReferrals(referral) + by);
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, referral: { ...referral, completed } } };
}
