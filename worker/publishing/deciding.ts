/** Whoever decides on a stack: asks what it has decided before, has it decide, keep a refusal, or never decide at all. */
import type { RedeemAnswer } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import { customersOf } from '../customers/stubs.ts';
import type { Refusal } from '../domain/refusal.ts';
import { CHANGED, type CommitStack, type StackUse } from '../domain/vouchers/commit-stack.ts';
import { inPlace, readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { StackPlan } from '../domain/vouchers/stack.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { refusedIn } from '../holds/wallet.ts';
import { operate } from '../routing/follow.ts';
import { following } from '../routing/following.ts';
import { heldRedemptions, heldVoucher } from './facts.ts';
import { callOf, type Kept, objectIn, type Part, type Parts } from './parts.ts';
import { askerOf } from './redeem-held.ts';
import { stackOf } from './stack-record.ts';
import type { RedeemResult, World } from './world.ts';

/** `changed`: it does not come to what was reckoned; nothing was done. */
export type Decided = RedeemResult | 'changed';

/** What became of this attempt before: null: nothing yet. `given_up`: it never will be. */
export async function knownAt(world: World, parts: Parts): Promise<RedeemResult | 'given_up' | null> {
  const { decider, name, asking, coordinator, parent } = parts;
  const { fingerprint } = asking;
  if (decider.owner.kind === 'codes') {
    const answer = await codesAt(world.env, objectIn(world, decider.owner)).known({ key: name, fingerprint });
    if (answer === null) return null;
    const decided = decidedIn(answer, parent);
    return isGivenUp(decided) ? 'given_up' : decided;
  }
  const { customer } = decider.owner;
  const told = await following(world, customer, (id) =>
    customersOf(world.env, world.shop.id, id).rowOf(id, coordinator.op),
  );
  const row = told?.row ?? null;
  if (row === null) return null;
  if (row.about.fingerprint !== fingerprint) return { state: 'mismatch' };
  if (row.about.refusal === undefined) return again(world, parent);
  const refused = refusedIn(row.about.refusal as unknown as Refusal);
  if (refused.key === CHANGED.key) return 'given_up';
  return { state: 'refused', duplicate: true, refused, failed: null, voucher: null };
}

/** The decider's own part, and with it all of it. */
export async function commit(
  world: World,
  parts: Parts,
  { kept, held, plan }: { kept: Kept; held: Redemption[]; plan: StackPlan },
): Promise<Decided> {
  const { decider, parent } = parts;
  if (decider.owner.kind === 'codes') {
    const call = callOf(world, parts, { part: decider, kept, others: held, coordinator: null });
    const answer = await codesAt(world.env, objectIn(world, decider.owner)).redeem(call);
    if (answer.verdict !== 'redeemed' && answer.verdict !== 'refused' && answer.verdict !== 'mismatch')
      return 'changed';
    const decided = decidedIn(answer, parent);
    return isGivenUp(decided) ? 'changed' : decided;
  }
  const operation = operationOf(parts, { kept, held, plan, refused: null });
  const told = await decide(world, parts, operation);
  if (told !== null) return told.state === 'refused' && told.refused.key === CHANGED.key ? 'changed' : told;
  // the others hear of it only now: what they have kept is what they will have redeemed
  const own = await heldRedemptions(world, decider.owner.customer, [parent]);
  return redeemed(world, parent, [...own.filter((one) => one.parent === parent), ...held]);
}

/** Kept under the request's name, so that a retry hears the same. */
export async function noteRefusal(world: World, parts: Parts, refused: Refused): Promise<RedeemResult | 'changed'> {
  const { decider, name, asking, parent } = parts;
  if (decider.owner.kind === 'codes') {
    const named = { key: name, fingerprint: asking.fingerprint };
    return decidedIn(await codesAt(world.env, objectIn(world, decider.owner)).refuse(named, refused), parent);
  }
  const nothing: Kept = { byPlace: new Map(), asker: null, base: 'discounted' };
  const operation = { ...operationOf(parts, { kept: nothing, held: [], plan: null, refused }), uses: [] };
  return (await decide(world, parts, operation)) ?? again(world, parent);
}

/** null: it was redeemed. */
async function decide(world: World, { decider }: Parts, operation: CommitStack): Promise<RedeemResult | null> {
  if (decider.owner.kind !== 'customer') throw new Error('not in a wallet');
  const input = { kind: 'operation' as const, operation };
  const { customer } = decider.owner;
  const { answer } = await operate(world.env, world.shop, { customer, input, waitMs: world.waitMs });
  if (answer.verdict === 'mismatch') return { state: 'mismatch' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a stack was not recorded');
  if (answer.refusal === null) return null;
  const duplicate = answer.verdict === 'duplicate';
  return { state: 'refused', duplicate, refused: refusedIn(answer.refusal), failed: null, voucher: null };
}

export interface Committing {
  kept: Kept;
  held: Redemption[];
  plan: StackPlan | null;
  refused: Refused | null;
}

function operationOf(parts: Parts, committing: Committing): CommitStack {
  return partOperation(parts, parts.decider, committing);
}

/** One wallet's part: the decider's own, or that of another one. */
export function partOperation(parts: Parts, part: Part, { kept, held, plan, refused }: Committing): CommitStack {
  const { asking, coordinator, parent } = parts;
  const { cart, lockKey, channel, metadata, caller, fingerprint } = asking;
  const holder = part.owner.kind === 'customer' ? part.owner.customer : '';
  const uses = part.members.map((member): StackUse => {
    const { source, fit, before, redemption, failed, place } = member;
    const { voucher, campaign, rules } = source;
    const counts = kept.byPlace.get(place)?.counts ?? {};
    const settled = { amountMinor: 0, taken: fit.taken };
    const about = { voucher: voucher.id, campaign, rules, counts, creditsMinor: fit.creditsMinor, referrer: null };
    return { ...about, redemption, failed, bill: before, settled };
  });
  return {
    op: 'commit_stack',
    key: coordinator.op,
    fingerprint,
    uses,
    others: held,
    refused,
    parent,
    lockKey,
    orderId: cart?.orderId ?? null,
    amounts: plan?.amounts ?? null,
    base: kept.base,
    asker: askerOf(asking.customer, holder, kept.asker?.facts ?? null),
    cart,
    channel,
    metadata,
    caller,
  };
}

/** What was redeemed together, with the vouchers as they are now where a customer holds them. */
async function again(world: World, parent: string): Promise<RedeemResult> {
  return redeemed(world, parent, (await stackOf(world, parent))?.redemptions ?? []);
}

async function redeemed(world: World, parent: string, all: Redemption[]): Promise<RedeemResult> {
  const redemptions = inPlace(all).map((one) => ({ ...one, rollbacks: [] }));
  const vouchers = await Promise.all(redemptions.map((one) => voucherOf(world, one)));
  return { state: 'redeemed', duplicate: false, parent, redemptions, vouchers: vouchers.flat() };
}

async function voucherOf(world: World, { id, voucher, code }: Redemption): Promise<Voucher[]> {
  const owner = readRedemptionId(id)?.owner;
  if (owner?.kind === 'customer') return [(await heldVoucher(world, owner.customer, voucher))?.voucher ?? []].flat();
  if (owner === undefined) return [];
  const [found] = await codesAt(world.env, objectIn(world, owner)).find({
    codes: [code],
    customer: null,
    clockMs: world.clockMs,
  });
  return found?.owner === 'here' ? [found.voucher] : [];
}

function decidedIn(answer: RedeemAnswer, parent: string): RedeemResult {
  switch (answer.verdict) {
    case 'redeemed': {
      const { duplicate, redemptions, vouchers } = answer;
      return { state: 'redeemed', duplicate, parent, redemptions: inPlace(redemptions), vouchers };
    }
    case 'refused': {
      const { duplicate, refused, failed, voucher } = answer;
      return { state: 'refused', duplicate, refused, failed, voucher };
    }
    case 'mismatch':
      return { state: 'mismatch' };
    default:
      return {
        state: 'refused',
        duplicate: false,
        refused: refusal('multiple_requests', 'it is going on'),
        failed: null,
        voucher: null,
      };
  }
}

function isGivenUp(result: RedeemResult): boolean {
  return result.state === 'refused' && result.refused.key === 'multiple_requests';
}
