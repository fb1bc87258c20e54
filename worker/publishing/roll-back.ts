/** Takes redemptions back: one, or all of a stack, each exactly once, wherever their vouchers are kept. There is no time limit. */
import type { RollBackAnswer, RollBackCall } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import { readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import { refusal } from '../domain/vouchers/refused.ts';
import { wrongTarget } from '../domain/vouchers/roll-back.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import { keptNow } from './kept.ts';
import { dropInWallet, finishInWallet, inWallet, walletBack } from './roll-back-held.ts';
import {
  coordinatorOf,
  objectIn,
  type Part,
  type PartAnswer,
  type PartCall,
  pairsOf,
  type RollBackResult,
  type RolledBack,
  type RollingBack,
  rollbackName,
} from './rolling-back.ts';
import { type Stack, stackOf } from './stack-record.ts';
import type { Named, World } from './world.ts';

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
  const call = { part, coordinator: null, stack: false };
  const result = await rollBackPart(world, wanted, call);
  if (result.state !== 'not_found') return resultOf(result);
  const owner = await keptNow(world, wanted.redemption);
  return resultOf(owner === null ? result : await rollBackPart(world, wanted, { ...call, part: { ...part, owner } }));
}

/**
 * The first owner decides for all: objects of codes keep their part ready, and do it once that one has; other wallets are
 * told by the first one, for good, and here as well, so that the answer has what they did.
 */
async function rollBackStack(
  world: World,
  wanted: RollingBack & Named,
  { redemptions }: Stack,
): Promise<RollBackResult> {
  const parts = partsOf(redemptions);
  const [first, ...rest] = parts;
  if (first === undefined) return { state: 'not_found' };
  const others = rest.filter(({ owner }) => owner.kind === 'codes');
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
  const wallets = await Promise.all(
    rest.flatMap((part) => (part.owner.kind === 'customer' ? [walletBack(world, wanted, { part, coordinator })] : [])),
  );
  const elsewhere = wallets.map(({ errand }) => errand);
  const decided = await rollBackPart(world, wanted, { part: first, coordinator: null, stack: true, elsewhere });
  if (decided.state !== 'rolled_back') {
    for (const one of wallets) dropInWallet(world, one);
    await voidAll(world, wanted, others);
    return resultOf(decided);
  }
  const done = await Promise.all([
    ...others.map((part) => finish(world, wanted, part)),
    ...wallets.map((one) => finishInWallet(world, one)),
  ]);
  return { ...decided, rollbacks: [...decided.rollbacks, ...done.flat()] };
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

function resultOf(answer: PartAnswer): RollBackResult {
  if (answer.state === 'held') throw new Error('a rollback that nobody decided on');
  return answer;
}
