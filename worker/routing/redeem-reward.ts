/** Points for a reward, and back: the code is made and claimed first, then one operation of the customer does it all. */
import { claimCode } from '../customers/claim-code.ts';
import { customersOf } from '../customers/stubs.ts';
import type { JournalRow } from '../domain/journal.ts';
import { isObject, textOf } from '../domain/json.ts';
import { carriedFrom } from '../domain/merge.ts';
import type { Operation } from '../domain/operations.ts';
import type { Refusal } from '../domain/refusal.ts';
import { CLAIMED_LENGTH } from '../domain/vouchers/code-maker.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import type { Given, Redeemed, Undone } from '../wire/rewards.ts';
import { operate } from './follow.ts';

/** A code that somebody has already is made again; twice in a row never happens. */
const MOST_CODES = 3;
/** How long an answer waits for what has to be done elsewhere. */
const READY_WAIT_MS = 5_000;

/** Who asks, once under a key. */
export interface RewardCall {
  customer: string;
  key: string;
  fingerprint: string;
  by: 'shopper' | 'merchant';
  /** How long to wait for D1's copy; 0: not at all. */
  waitMs: number;
}

export interface Wish {
  reward: string;
  points: number | null;
  orderMinor: number | null;
}

/** How it went; `refusal` null: it did. */
export interface RewardAnswer<T> {
  refusal: Refusal | null;
  body: T | null;
  duplicate: boolean;
  projected: boolean;
  rowsWritten: number;
}

export async function redeemReward(
  env: Env,
  shop: ShopSnapshot,
  call: RewardCall,
  wish: Wish,
): Promise<RewardAnswer<Redeemed>> {
  const { key, fingerprint, by } = call;
  const code = await newCode(env, shop, call, wish.reward);
  const told = await tell(env, shop, call, { op: 'spend', key, fingerprint, by, code, ...wish });
  const { row, customer, ...about } = told;
  if (about.refusal !== null) return { ...about, body: null };
  const got = await gotBy(env, shop, row, customer);
  if (got.failed !== null) return { ...about, refusal: { reason: 'reward_unavailable', why: got.failed }, body: null };
  const [entry] = row.entries;
  const points = { points: -(entry?.points ?? 0), balance: entry?.balanceAfter ?? 0 };
  return { ...about, body: { customer: firstCustomer(row, customer), ...points, ...got.body } };
}

/** `force`: although it was used. */
export async function undoReward(
  env: Env,
  shop: ShopSnapshot,
  call: RewardCall,
  { voucher, force, reason }: { voucher: string; force: boolean; reason: string | null },
): Promise<RewardAnswer<Undone>> {
  const { key, fingerprint, by } = call;
  const told = await tell(env, shop, call, { op: 'undo_reward', key, fingerprint, by, voucher, force, reason });
  const { row, customer, ...about } = told;
  if (about.refusal !== null) return { ...about, body: null };
  const [entry] = row.entries;
  const points = { points: entry?.points ?? 0, balance: entry?.balanceAfter ?? 0 };
  return { ...about, body: { customer: firstCustomer(row, customer), ...points } };
}

/** For nothing. */
export async function giveReward(
  env: Env,
  shop: ShopSnapshot,
  call: RewardCall,
  { reward, reason }: { reward: string; reason: string },
): Promise<RewardAnswer<Given>> {
  const { key, fingerprint } = call;
  const told = await tell(env, shop, call, { op: 'give_reward', key, fingerprint, reward, reason });
  const { row, customer, ...about } = told;
  if (about.refusal !== null) return { ...about, body: null };
  const got = await gotBy(env, shop, row, customer);
  if (got.failed !== null) return { ...about, refusal: { reason: 'reward_unavailable', why: got.failed }, body: null };
  return { ...about, body: { customer: firstCustomer(row, customer), ...got.body } };
}

/**
 * The code of this request, claimed for the customer. It follows from the key, so a retry makes the same one; what was
 * claimed for a spend that is then refused leads to a customer who has no such voucher, and nobody else ever gets it.
 */
async function newCode(env: Env, shop: ShopSnapshot, { customer, key }: RewardCall, reward: string): Promise<string> {
  const { rewards = [] } = shop.settings.programme.rewards ?? {};
  const prefix = rewards.find(({ id }) => id === reward)?.prefix ?? '';
  const maker = codeMakerOf(env.ROOT_SECRET, shop.id);
  for (let attempt = 0; attempt < MOST_CODES; attempt += 1) {
    const occasion = JSON.stringify(['spend', customer, key, attempt]);
    const code = maker.codeFor(occasion, { prefix, length: CLAIMED_LENGTH });
    if (await claimCode(env, shop.id, { code, customer, token: `spend:${customer}:${key}` })) return code;
  }
  throw new Error('no free code');
}

async function tell(env: Env, shop: ShopSnapshot, { customer, waitMs }: RewardCall, operation: Operation) {
  const told = await operate(env, shop, { customer, input: { kind: 'operation', operation }, waitMs });
  const { answer, projected, rowsWritten } = told;
  if (answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (answer.verdict === 'failed' || answer.verdict === 'late' || answer.row === null)
    throw new Error('an operation without its journal row');
  const { row, refusal } = answer;
  return { row, refusal, customer: told.customer, duplicate: answer.verdict === 'duplicate', projected, rowsWritten };
}

/** A replay names whom the first answer named. */
function firstCustomer(row: JournalRow, customer: string): string {
  return carriedFrom(row)?.customer ?? customer;
}

interface Got {
  body: Omit<Given, 'customer'>;
  /** It could not be made, and the points are back. */
  failed: 'out_of_stock' | 'not_made' | null;
}

/** What the row says was got; of what is made elsewhere, once it is made or failed, or the wait is over. */
async function gotBy(env: Env, shop: ShopSnapshot, { about }: JournalRow, customer: string): Promise<Got> {
  const said = isObject(about.properties) ? about.properties : {};
  const id = textOf(said, 'voucher_id') ?? '';
  const waiting = about.waits === true ? await madeBy(env, shop, customer, id) : null;
  const expires = textOf(said, 'expires_at');
  const body = {
    reward: textOf(said, 'reward_id') ?? '',
    name: textOf(said, 'reward_name') ?? '',
    voucher: id,
    code: textOf(said, 'code') ?? '',
    endsAtMs: expires === null ? null : Date.parse(expires),
    ready: waiting?.held?.waitsFor === undefined,
  };
  return { body, failed: waiting?.held?.failed ?? null };
}

async function madeBy(env: Env, shop: ShopSnapshot, customer: string, id: string): Promise<Voucher | null> {
  const told = await customersOf(env, shop.id, customer).voucherReady(customer, id, READY_WAIT_MS);
  return told === null || told.moved !== null ? null : told.voucher;
}
