/** Puts a reward of the programme into a customer's wallet, as a voucher with a code of its own. */
import type { Errand } from '../errand.ts';
import type { JsonObject } from '../json.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { ALONE_LENGTH } from '../vouchers/code-maker.ts';
import type { Held, Origin, Voucher } from '../vouchers/voucher.ts';
import { pushRow, put, type Work } from '../work.ts';
import type { Reward } from './programme.ts';
import { voucherOf } from './voucher-of-reward.ts';

export interface Issue {
  /** The reward's id. */
  reward: string;
  /** Who gives it: a tier, a birthday, a rule; such as `{ kind: 'given', by: 'tier:gold' }`. */
  origin: Origin;
  /** What it is given for, such as `tier:gold:2026`; told with it. */
  key: string;
}

/** The reward of the programme as it stands; null where there is none by that id. */
export function rewardOf({ programme }: Terms, id: string): Reward | null {
  return programme.rewards?.rewards.find((one) => one.id === id) ?? null;
}

/**
 * Gives a reward for nothing: a row of its own (Reward Issued), the voucher with its code, and an errand that has the code
 * known to whoever looks for it. null where the programme has no such reward, or gives it to nobody any more; a variable
 * one has no worth of its own and is never given.
 *
 * The code follows from the shop's secret, the customer, and the number of the row, which never comes again: whoever
 * does not have the secret cannot tell it from 79 random bits, however many others they have seen, and a decision that is
 * made again makes the same one. The errand claims it for the customer; at that length nobody else has it.
 */
export function issueReward(work: Work, issue: Issue, terms: Terms, when: When): Voucher | null {
  const reward = rewardOf(terms, issue.reward);
  if (reward === null || !reward.active || reward.benefit.kind === 'variable') return null;
  if (work.customer === '') throw new Error('a voucher for nobody');
  const occasion = JSON.stringify(['alone', work.customer, work.head.seq + 1]);
  const code = terms.codes.codeFor(occasion, { prefix: reward.prefix, length: ALONE_LENGTH });
  const origin: Origin = issue.origin.kind === 'given' ? { ...issue.origin, reward: reward.id } : issue.origin;
  const given = { customer: work.customer, code, origin, atMs: when.atMs, amountMinor: null };
  const voucher = putIssued(work, voucherOf(reward, given, terms), reward, terms);
  work.errands.push(claimOf(voucher));
  const waits = voucher.held?.waitsFor === undefined ? {} : { waits: true };
  const properties = { ...issuedProperties(voucher, reward), reason: issue.key };
  pushRow(work, {
    kind: 'voucher.issued',
    name: 'Reward Issued',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries: [],
    about: { voucher: voucher.id, ...waits, for: issue.key, properties },
  });
  return voucher;
}

/** Into the wallet; where something has to be done elsewhere first, it waits for that, and asks for it. */
export function putIssued(work: Work, made: Voucher, reward: Reward, terms: Terms): Voucher {
  const waitsFor = reward.stock !== null ? 'stock' : waitsForShop(terms) ? 'shop' : null;
  const held: Held = { ...made.held, ...(waitsFor === null ? {} : { waitsFor }) };
  const voucher: Voucher = waitsFor === null ? made : { ...made, active: false, held };
  put(work.vouchers, voucher);
  if (waitsFor !== null) work.errands.push(errandOf(voucher, waitsFor, reward.id));
  return voucher;
}

export function waitsForShop({ programme }: Terms): boolean {
  return programme.rewards?.inShop === true;
}

/** Has the code lead to the customer who holds the voucher. */
export function claimOf({ id, code }: Voucher): Errand {
  return { op: `claim:${id}`, kind: 'code.claim', body: { voucher: id, code } };
}

export const ERRANDS = {
  stock: { kind: 'stock.take', prefix: 'stock' },
  shop: { kind: 'shop.issue', prefix: 'shop' },
} as const;

export function errandOf({ id, code }: Voucher, waitsFor: NonNullable<Held['waitsFor']>, reward: string): Errand {
  const { kind, prefix } = ERRANDS[waitsFor];
  const body: JsonObject = waitsFor === 'stock' ? { voucher: id, reward } : { voucher: id, code, reward };
  return { op: `${prefix}:${id}`, kind, body };
}

export function issuedProperties(voucher: Voucher, reward: Pick<Reward, 'id' | 'name'>): JsonObject {
  const { id, code, endsAtMs } = voucher;
  const expires_at = endsAtMs === null ? null : new Date(endsAtMs).toISOString();
  return { reward_id: reward.id, reward_name: reward.name, voucher_id: id, code, expires_at };
}
