/**
 * The wallets of a stack beside the one that decides. Each redeems its part at once, so that nobody else can use it, and
 * asks whoever decides what became of it: by itself after a while, sooner where it is hastened.
 */
import { customersOf } from '../customers/stubs.ts';
import type { JsonObject } from '../domain/json.ts';
import { type RedemptionOwner, redemptionId } from '../domain/vouchers/redemption-name.ts';
import type { StackPlan } from '../domain/vouchers/stack.ts';
import { outcomeErrand } from '../domain/vouchers/stack-outcome.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { operate } from '../routing/follow.ts';
import { partOperation } from './deciding.ts';
import { heldRedemptions } from './facts.ts';
import { isIn, type Kept, type Part, type Parts } from './parts.ts';
import type { Planned } from './plan.ts';
import { keyOf } from './redeem-held.ts';
import type { World } from './world.ts';

/** One that does not answer by then ends it by itself. */
const HASTENED_MS = 5_000;

/** What they have redeemed, or that something has changed. */
export async function keepInWallets(
  world: World,
  parts: Parts,
  { kept, plan }: { kept: Kept; plan: StackPlan },
): Promise<Redemption[] | 'changed'> {
  const answers = await Promise.all(walletsOf(parts).map((part) => keepIn(world, parts, { part, kept, plan })));
  const all: Redemption[] = [];
  for (const answer of answers) {
    if (answer === 'changed') return 'changed';
    all.push(...answer);
  }
  return all;
}

interface Keeping {
  part: WalletPart;
  kept: Kept;
  plan: StackPlan;
}

async function keepIn(world: World, parts: Parts, { part, kept, plan }: Keeping): Promise<Redemption[] | 'changed'> {
  const { name } = parts;
  const { customer } = part.owner;
  const pairs = part.members.map(({ redemption, place }) => ({
    redemption,
    rollback: redemptionId({ prefix: 'rr', name, place, owner: part.owner }),
  }));
  const operation = {
    ...partOperation(parts, part, { kept, held: [], plan, refused: null }),
    key: keyOf(partName(name, customer)),
    outcome: outcomeErrand(partName(name, customer), asJson(parts.coordinator), pairs),
  };
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(world.env, world.shop, { customer, input, waitMs: 0 });
  if (answer.verdict === 'mismatch') return 'changed';
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a part was not recorded');
  if (answer.refusal !== null) return 'changed';
  const ids = pairs.map(({ redemption }) => redemption);
  const made = (await heldRedemptions(world, customer, ids)).filter(({ id }) => ids.includes(id));
  const stands = made.filter(({ rollbacks }) => rollbacks.length === 0);
  return part.members.every((member) => isIn(stands, member)) ? stands : 'changed';
}

/** Whether one of them has a part of this attempt already, whatever applies now. */
export async function isKeptInWallets(world: World, { name, decider }: Parts, planned: Planned): Promise<boolean> {
  const places = planned.sources.map((_, at) => at + 1);
  const known = await Promise.all(
    holdersBeside(decider, planned).map(async (customer) => {
      const owner = { kind: 'customer' as const, customer };
      const ids = places.map((place) => redemptionId({ prefix: 'r', name, place, owner }));
      return (await heldRedemptions(world, customer, ids)).some(({ id }) => ids.includes(id));
    }),
  );
  return known.includes(true);
}

/** What was decided on is heard of, or that it never will be. Throws where one cannot be reached. */
export async function endInWallets(world: World, { name, decider }: Parts, planned: Planned): Promise<void> {
  const ended = holdersBeside(decider, planned).map((customer) =>
    customersOf(world.env, world.shop.id, customer).hasten(partName(name, customer), HASTENED_MS),
  );
  if ((await Promise.all(ended)).includes(false)) throw new Error('a wallet did not let go of its part');
}

type WalletPart = Part & { owner: Extract<RedemptionOwner, { kind: 'customer' }> };

function walletsOf({ others }: Parts): WalletPart[] {
  return others.flatMap(({ owner, members }) => (owner.kind === 'customer' ? [{ owner, members }] : []));
}

function holdersBeside({ owner }: Part, { sources }: Planned): string[] {
  const own = owner.kind === 'customer' ? owner.customer : null;
  return [...new Set(sources.flatMap(({ holder }) => (holder === null || holder === own ? [] : [holder])))];
}

/** Apart for each wallet: two customers may turn out to be one. */
function partName(name: string, customer: string): string {
  return `${name}:${customer}`;
}

function asJson(coordinator: Coordinator): JsonObject {
  return { ...coordinator };
}
