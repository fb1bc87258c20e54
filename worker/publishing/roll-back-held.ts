/** Takes redemptions of held vouchers back, each wallet's together: by itself, or as part of a stack that another one decides on. */
import { reach } from '../customers/reach.ts';
import type { Errand } from '../domain/errand.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RollBackVouchers } from '../domain/vouchers/held-request.ts';
import { rollBack as decide } from '../domain/vouchers/roll-back.ts';
import { ROLL_BACK_ELSEWHERE } from '../domain/vouchers/stack-outcome.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { refusedIn } from '../holds/wallet.ts';
import { ProblemError } from '../wire/problem.ts';
import { heldRedemptions, heldVoucher } from './facts.ts';
import { keyOf } from './redeem-held.ts';
import { announceBack, settle } from './reserving.ts';
import {
  coordinatorOf,
  type Part,
  type PartAnswer,
  type PartCall,
  pairsOf,
  type RolledBack,
  type RollingBack,
  rollbackName,
} from './rolling-back.ts';
import { type Named, nowOf, type World } from './world.ts';

/** In the holder's own object; their campaigns are told first that something is to be given back. */
export async function inWallet(
  world: World,
  wanted: RollingBack & Named,
  { part, stack, elsewhere = [] }: PartCall,
): Promise<PartAnswer> {
  const holder = holderOf(part);
  const name = rollbackName(world, wanted);
  const coordinator = coordinatorOf(world, wanted, part.owner);
  const announced = await announce(world, wanted, { part, name, stack, coordinator });
  const operation = { ...operationOf(world, wanted, { part, stack, name }), elsewhere };
  const done = await recordIn(world, holder, operation);
  const isDone = done.state === 'rolled_back';
  for (const one of announced) settle(world, one, isDone ? { actual: null } : 'voided');
  return done;
}

/** A wallet's part of a stack that another wallet decides on. */
export interface WalletBack {
  holder: string;
  operation: RollBackVouchers;
  /** Has it done whatever becomes of the caller; goes with the decision. */
  errand: Errand;
  announced: { campaign: string; op: string }[];
}

/** Its campaigns are told what is to be given back once `coordinator` has decided. */
export async function walletBack(
  world: World,
  wanted: RollingBack & Named,
  { part, coordinator }: { part: Part; coordinator: Coordinator },
): Promise<WalletBack> {
  const holder = holderOf(part);
  // apart for each wallet: two customers may turn out to be one
  const name = `${rollbackName(world, wanted)}:${holder}`;
  const announced = await announce(world, wanted, { part, name, stack: true, coordinator });
  const operation = operationOf(world, wanted, { part, stack: true, name });
  const body = { holder, operation: asJson(operation) };
  return { holder, operation, errand: { op: `back:${name}`, kind: ROLL_BACK_ELSEWHERE, body }, announced };
}

/** It was decided: done here as well, so that the answer has it. */
export async function finishInWallet(
  world: World,
  { holder, operation, announced }: WalletBack,
): Promise<RolledBack[]> {
  const done = await recordIn(world, holder, operation);
  for (const one of announced) settle(world, one, { actual: null });
  return done.state === 'rolled_back' ? done.rollbacks : [];
}

export function dropInWallet(world: World, { announced }: WalletBack): void {
  for (const one of announced) settle(world, one, 'voided');
}

function holderOf({ owner }: Part): string {
  if (owner.kind !== 'customer') throw new Error('not in a wallet');
  return owner.customer;
}

interface Naming {
  part: Part;
  stack: boolean;
  name: string;
}

function operationOf(world: World, wanted: RollingBack & Named, { part, stack, name }: Naming): RollBackVouchers {
  const { amountMinor, reason, customer, orderId, fingerprint } = wanted;
  const about = { amountMinor, reason, customer, orderId, stack };
  return {
    op: 'roll_back_vouchers',
    key: keyOf(name),
    fingerprint,
    redemptions: pairsOf(world, wanted, part),
    ...about,
  };
}

async function recordIn(world: World, holder: string, operation: RollBackVouchers): Promise<PartAnswer> {
  const { redemptions } = operation;
  const input = { kind: 'operation' as const, operation };
  const reached = await reach(world.env, world.shop, { customer: holder, input, waitMs: world.waitMs });
  if (reached === null) throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
  const { answer } = reached;
  if (answer.verdict === 'erased') return { state: 'not_found' };
  if (answer.verdict === 'mismatch') return { state: 'mismatch' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a rollback was not recorded');
  const duplicate = answer.verdict === 'duplicate';
  if (answer.refusal !== null) {
    if (answer.refusal.reason === 'not_found') return { state: 'not_found' };
    return { state: 'refused', duplicate, refused: refusedIn(answer.refusal) };
  }
  const ids = redemptions.map(({ redemption }) => redemption);
  const after = await heldRedemptions(world, holder, ids);
  const rollbacks = await Promise.all(
    after.map(async (redemption): Promise<RolledBack[]> => {
      const id = redemptions.find((pair) => pair.redemption === redemption.id)?.rollback;
      const rollback = redemption.rollbacks.find((one) => one.id === id);
      const held = await heldVoucher(world, holder, redemption.voucher);
      return rollback === undefined ? [] : [{ redemption, rollback, voucher: held?.voucher ?? null }];
    }),
  );
  return { state: 'rolled_back', duplicate, rollbacks: rollbacks.flat() };
}

interface Announcing extends Naming {
  coordinator: Coordinator;
}

/** Where it will be refused nothing is announced. */
async function announce(
  world: World,
  wanted: RollingBack & Named,
  { part, name, stack, coordinator }: Announcing,
): Promise<{ campaign: string; op: string }[]> {
  const { amountMinor, reason } = wanted;
  const holder = holderOf(part);
  const redemptions = await heldRedemptions(world, holder, part.redemptions);
  const announced = await Promise.all(
    redemptions.map(async (redemption, place) => {
      if (redemption.campaign === null) return [];
      const held = await heldVoucher(world, holder, redemption.voucher);
      if (held === null) return [];
      const ask = { id: '', atMs: nowOf(world), reason, amountMinor, stack };
      const back = decide(held.voucher, redemption, ask);
      if ('refused' in back) return [];
      const about = { campaign: redemption.campaign, op: `${name}:${place}`, customer: redemption.customer };
      await announceBack(world, { ...about, cost: back.givenBack, coordinator: { ...coordinator, place } });
      return [about];
    }),
  );
  return announced.flat();
}

function asJson({ redemptions, elsewhere: _, ...operation }: RollBackVouchers): JsonObject {
  return { ...operation, redemptions: redemptions.map((pair) => ({ ...pair })) };
}
