/**
 * The way to a budget from outside its object. Where it is known that shares decide, the share of an operation is asked at
 * once; whatever that one does not answer by itself, the root does.
 */

import type { Cost } from '../domain/vouchers/budget.ts';
import { shareOf } from '../domain/vouchers/budget-shares.ts';
import type { Counts } from '../domain/vouchers/facts.ts';
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import type { CountCall, ReserveCall, Reserved, Taking } from './calls.ts';
import { nameOfShare } from './names.ts';
import type { Deciding, Ending } from './share-calls.ts';

/** So long after a share answered it is asked first. */
const REMEMBER_MS = 5_000;
const MOST_KNOWN = 2_000;

/** Until when (wall time) shares are asked first, by the root's name. */
const splits = new Map<string, number>();

/** `name`: of the root. */
export function budgetAt(env: Env, name: string) {
  const root = remote(env.CAMPAIGN, name);
  const at = { env, name };
  return {
    async reserve(call: ReserveCall): Promise<Reserved> {
      const told = call.by === 1 ? await decided(at, { how: 'reserve', call }) : null;
      return told ?? learned(name, await root.reserve(call));
    },
    async take(call: Taking): Promise<Reserved> {
      return (await decided(at, { how: 'take', call })) ?? learned(name, await root.take(call));
    },
    async post(op: string, actual: Cost | null): Promise<boolean> {
      return (await ended(at, op, { became: 'posted', actual })) ?? root.post(op, actual);
    },
    async void(op: string): Promise<void> {
      if ((await ended(at, op, { became: 'voided' })) === null) await root.void(op);
    },
    async counts(call: CountCall): Promise<Counts> {
      const [own] = call.own ?? [];
      const told = own !== undefined && isSplit(name) ? await shareFor(at, own).countsIn(call) : null;
      return told ?? root.counts(call);
    },
    kept: (ops: string[]) => root.kept(ops),
    giveBack: (call: GivingBack, nowMs: number) => root.giveBack(call, nowMs),
  };
}

type GivingBack = Pick<Taking, 'op' | 'cost' | 'customer' | 'atMs' | 'calendar'>;

interface At {
  env: Env;
  name: string;
}

/** null: the root has to say. */
async function decided(at: At, deciding: Deciding): Promise<Reserved | null> {
  if (!isSplit(at.name)) return null;
  const told = await shareFor(at, deciding.call.op).decideIn(deciding, null);
  if (typeof told === 'string') {
    splits.delete(at.name);
    return null;
  }
  remember(at.name);
  return told;
}

async function ended(at: At, op: string, ending: Ending): Promise<boolean | null> {
  if (!isSplit(at.name)) return null;
  const told = await shareFor(at, op).endIn(op, ending, null);
  return typeof told === 'string' ? null : told;
}

function shareFor({ env, name }: At, op: string) {
  return remote(env.CAMPAIGN, nameOfShare(name, shareOf(op)));
}

function isSplit(name: string): boolean {
  return (splits.get(name) ?? 0) > Date.now();
}

function remember(name: string): void {
  splits.delete(name);
  splits.set(name, Date.now() + REMEMBER_MS);
  if (splits.size > MOST_KNOWN) splits.delete(splits.keys().next().value ?? '');
}

function learned(name: string, { split, ...reserved }: Reserved): Reserved {
  if (split === true) remember(name);
  return reserved;
}
