/** Takes redemptions back: one, or all of a stack, each exactly once, wherever their vouchers are kept. There is no time limit. */
import type { RollBackAnswer, RollBackCall } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import type { RollBackVouchers } from '../domain/vouchers/held-request.ts';
import { type RedemptionOwner, readRedemptionId, redemptionId } from '../domain/vouchers/redemption-name.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import { rollBack as decide, wrongTarget } from '../domain/vouchers/roll-back.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { refusedIn } from '../holds/wallet.ts';
import { objectOf } from '../offers/route.ts';
import { operate } from '../routing/follow.ts';
import { heldRedemptions, heldVoucher } from './facts.ts';
import { keyOf } from './redeem-held.ts';
import { announceBack, settle } from './reserving.ts';
import { type Stack, stackOf } from './stack-record.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

export interface RollingBack {
  /** `r_…` of a redemption, or of a stack. */
  redemption: string;
  /** Money of a gift card alone: this much; null: all that is left. */
  amountMinor: number | null;
  reason: string | null;
  /** Where they are named they must be the redemption's. */
  customer: string | null;
  orderId: string | null;
  /** By which way it is asked: a stack goes as a whole, and neither way takes what is the other's. */
  route: 'single' | 'stack';
}

export type RollBackResult =
  | { state: 'rolled_back'; duplicate: boolean; rollbacks: RolledBack[] }
  | { state: 'refused'; duplicate: boolean; refused: Refused }
  | { state: 'mismatch' }
  | { state: 'not_found' };

export interface RolledBack {
  redemption: Redemption;
  rollback: Rollback;
  /** As it is now; null: it is not known. */
  voucher: Voucher | null;
}

/** An attempt whose caller died may have been given up; then there is another one. */
const MOST_ATTEMPTS = 4;

/** Asked again under the same key it is done once, and the answer is the same. */
export async function rollBack(world: World, wanted: RollingBack & Named): Promise<RollBackResult> {
  let result: RollBackResult = { state: 'not_found' };
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const key = attempt === 0 ? wanted.key : `${wanted.key} again ${attempt}`;
    result = await attemptOnce(world, { ...wanted, key });
    if (result.state !== 'refused' || result.refused.key !== 'multiple_requests') break;
  }
  return result;
}

async function attemptOnce(world: World, wanted: RollingBack & Named): Promise<RollBackResult> {
  const name = readRedemptionId(wanted.redemption);
  if (name === null || name.prefix !== 'r') return { state: 'not_found' };
  const stack = await stackOf(world, wanted.redemption);
  const wrong = wrongTarget(stack === null ? 'alone' : 'parent', stack === null ? 'single' : wanted.route);
  if (wrong !== null) return { state: 'refused', duplicate: false, refused: wrong };
  if (stack !== null) return rollBackStack(world, wanted, stack);
  const part = { owner: name.owner, redemptions: [wanted.redemption], places: [0] };
  return resultOf(await rollBackPart(world, wanted, { part, coordinator: null, stack: false }));
}

interface Part {
  owner: RedemptionOwner;
  redemptions: string[];
  /** Of each in the whole request. */
  places: number[];
}

type PartAnswer =
  | Extract<RollBackResult, { state: 'rolled_back' | 'refused' | 'mismatch' | 'not_found' }>
  | { state: 'held' };

/** The first owner decides for all: the others keep their part ready, and do it once that one has. */
async function rollBackStack(
  world: World,
  wanted: RollingBack & Named,
  { redemptions }: Stack,
): Promise<RollBackResult> {
  const parts = partsOf(redemptions);
  const [first, ...others] = parts;
  if (first === undefined) return { state: 'not_found' };
  if (wanted.amountMinor !== null)
    return {
      state: 'refused',
      duplicate: false,
      refused: refusal('invalid_rollback_params', 'a stack goes back as a whole'),
    };
  const coordinator = coordinatorOf(world, wanted, first.owner);
  const held = await Promise.all(others.map((part) => rollBackPart(world, wanted, { part, coordinator, stack: true })));
  const refused = held.find(({ state }) => state !== 'held' && state !== 'rolled_back');
  if (refused !== undefined && refused.state !== 'held') {
    await voidAll(world, wanted, others);
    return resultOf(refused);
  }
  const decided = await rollBackPart(world, wanted, { part: first, coordinator: null, stack: true });
  if (decided.state !== 'rolled_back') {
    await voidAll(world, wanted, others);
    return resultOf(decided);
  }
  const rest = await Promise.all(others.map((part) => finish(world, wanted, part)));
  return { ...decided, rollbacks: [...decided.rollbacks, ...rest.flat()] };
}

/** By owner, in the order of the stack; what a customer holds comes first, for it cannot be kept ready. */
function partsOf(redemptions: Redemption[]): Part[] {
  const parts = new Map<string, Part>();
  redemptions.forEach(({ id }, place) => {
    const owner = readRedemptionId(id)?.owner;
    if (owner === undefined) return;
    const name = JSON.stringify(owner);
    const part = parts.get(name) ?? { owner, redemptions: [], places: [] };
    part.redemptions.push(id);
    part.places.push(place);
    parts.set(name, part);
  });
  const isHeld = ({ owner }: Part) => (owner.kind === 'customer' ? 0 : 1);
  return [...parts.values()].sort((a, b) => isHeld(a) - isHeld(b));
}

interface PartCall {
  part: Part;
  coordinator: Coordinator | null;
  stack: boolean;
}

function rollBackPart(world: World, wanted: RollingBack & Named, call: PartCall): Promise<PartAnswer> {
  return call.part.owner.kind === 'codes' ? inCodes(world, wanted, call) : inWallet(world, wanted, call);
}

async function inCodes(
  world: World,
  wanted: RollingBack & Named,
  { part, coordinator, stack }: PartCall,
): Promise<PartAnswer> {
  const { amountMinor, reason, customer, orderId, fingerprint } = wanted;
  const about = { amountMinor, reason, customer, orderId, stack, coordinator };
  const named = { key: rollbackName(world, wanted), fingerprint, clockMs: world.clockMs };
  const call: RollBackCall = { ...named, ...about, redemptions: pairsOf(world, wanted, part) };
  const answer: RollBackAnswer = await codesAt(world.env, objectIn(world, part.owner)).rollBack(call);
  switch (answer.verdict) {
    case 'rolled_back': {
      const { duplicate, backs } = answer;
      return { state: 'rolled_back', duplicate, rollbacks: backs };
    }
    case 'refused':
      return { state: 'refused', duplicate: answer.duplicate, refused: answer.refused };
    case 'held':
      return { state: 'held' };
    default:
      return { state: answer.verdict };
  }
}

/** In the holder's own object; their campaigns are told first that something is to be given back. */
async function inWallet(world: World, wanted: RollingBack & Named, { part, stack }: PartCall): Promise<PartAnswer> {
  if (part.owner.kind !== 'customer') throw new Error('not in a wallet');
  const { customer: holder } = part.owner;
  const { amountMinor, reason, customer, orderId, fingerprint } = wanted;
  const name = rollbackName(world, wanted);
  const redemptions = pairsOf(world, wanted, part);
  const before = await heldRedemptions(world, holder, part.redemptions);
  const announced = await announce(world, wanted, { holder, name, redemptions: before, stack });
  const about = { amountMinor, reason, customer, orderId, stack };
  const operation: RollBackVouchers = {
    op: 'roll_back_vouchers',
    key: keyOf(name),
    fingerprint,
    redemptions,
    ...about,
  };
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(world.env, world.shop, { customer: holder, input, waitMs: world.waitMs });
  if (answer.verdict === 'mismatch') return { state: 'mismatch' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a rollback was not recorded');
  const isDone = answer.refusal === null;
  for (const one of announced) settle(world, one, isDone ? { actual: null } : 'voided');
  const duplicate = answer.verdict === 'duplicate';
  if (answer.refusal !== null) {
    if (answer.refusal.reason === 'not_found') return { state: 'not_found' };
    return { state: 'refused', duplicate, refused: refusedIn(answer.refusal) };
  }
  const after = await heldRedemptions(world, holder, part.redemptions);
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

interface Announcing {
  holder: string;
  name: string;
  redemptions: Redemption[];
  stack: boolean;
}

/** Where it will be refused nothing is announced. */
async function announce(
  world: World,
  wanted: RollingBack & Named,
  { holder, name, redemptions, stack }: Announcing,
): Promise<{ campaign: string; op: string }[]> {
  const { amountMinor, reason, fingerprint } = wanted;
  const announced = await Promise.all(
    redemptions.map(async (redemption, place) => {
      if (redemption.campaign === null) return [];
      const held = await heldVoucher(world, holder, redemption.voucher);
      if (held === null) return [];
      const ask = { id: '', atMs: nowOf(world), reason, amountMinor, stack };
      const back = decide(held.voucher, redemption, ask);
      if ('refused' in back) return [];
      const about = { campaign: redemption.campaign, op: `${name}:${place}`, customer: redemption.customer };
      const coordinator = { kind: 'customer' as const, customer: holder, op: keyOf(name), fingerprint, place };
      await announceBack(world, { ...about, cost: back.givenBack, coordinator });
      return [about];
    }),
  );
  return announced.flat();
}

/** What the first owner decided, done by another one. */
async function finish(world: World, wanted: RollingBack & Named, part: Part): Promise<RolledBack[]> {
  const codes = codesAt(world.env, objectIn(world, part.owner));
  await codes.post(rollbackName(world, wanted), { clockMs: world.clockMs });
  const told = await rollBackPart(world, wanted, {
    part,
    coordinator: coordinatorOf(world, wanted, part.owner),
    stack: true,
  });
  return told.state === 'rolled_back' ? told.rollbacks : [];
}

/** Throws where one cannot be reached: another attempt must not find what this one keeps. */
async function voidAll(world: World, wanted: RollingBack & Named, parts: Part[]): Promise<void> {
  const name = rollbackName(world, wanted);
  const voids = parts.map(({ owner }) =>
    codesAt(world.env, objectIn(world, owner)).void(name, wanted.fingerprint, { clockMs: world.clockMs }),
  );
  await Promise.all(voids);
}

function coordinatorOf(world: World, wanted: Named, owner: RedemptionOwner): Coordinator {
  const name = rollbackName(world, wanted);
  const { fingerprint } = wanted;
  return owner.kind === 'customer'
    ? { kind: 'customer', customer: owner.customer, op: keyOf(name), fingerprint, place: -1 }
    : { kind: 'codes', object: objectIn(world, owner), op: name, fingerprint, place: -1 };
}

function objectIn({ shop }: World, owner: RedemptionOwner): string {
  if (owner.kind !== 'codes') throw new Error('a wallet is no object of codes');
  return objectOf(shop.id, owner.generation, owner.shard);
}

function rollbackName(world: World, named: Named): string {
  return nameOf(world, 'rollback', named);
}

function pairsOf(world: World, wanted: Named, { owner, redemptions, places }: Part): RollBackCall['redemptions'] {
  const name = rollbackName(world, wanted);
  return redemptions.map((redemption, at) => ({
    redemption,
    rollback: redemptionId({ prefix: 'rr', name, place: places[at] ?? 0, owner }),
  }));
}

function resultOf(answer: PartAnswer): RollBackResult {
  if (answer.state === 'held') throw new Error('a rollback that nobody decided on');
  return answer;
}
