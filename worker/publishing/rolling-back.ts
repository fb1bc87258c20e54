/** What is taken back: a redemption or a stack cut by who keeps what of it, and how its steps are called. */
import type { RollBackCall } from '../codes/calls.ts';
import type { Errand } from '../domain/errand.ts';
import { type RedemptionOwner, redemptionId } from '../domain/vouchers/redemption-name.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { objectOf } from '../offers/route.ts';
import { keyOf } from './redeem-held.ts';
import { type Named, nameOf, type World } from './world.ts';

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

export interface Part {
  owner: RedemptionOwner;
  redemptions: string[];
  /** Of each in the whole request. */
  places: number[];
}

export type PartAnswer =
  | Extract<RollBackResult, { state: 'rolled_back' | 'refused' | 'mismatch' | 'not_found' }>
  | { state: 'held' };

export interface PartCall {
  part: Part;
  coordinator: Coordinator | null;
  stack: boolean;
  /** What other wallets have of it, where this one decides. */
  elsewhere?: Errand[];
}

export function coordinatorOf(world: World, wanted: Named, owner: RedemptionOwner): Coordinator {
  const name = rollbackName(world, wanted);
  const { fingerprint } = wanted;
  return owner.kind === 'customer'
    ? { kind: 'customer', customer: owner.customer, op: keyOf(name), fingerprint, place: -1 }
    : { kind: 'codes', object: objectIn(world, owner), op: name, fingerprint, place: -1 };
}

export function objectIn({ shop }: World, owner: RedemptionOwner): string {
  if (owner.kind !== 'codes') throw new Error('a wallet is no object of codes');
  return objectOf(shop.id, owner.generation, owner.shard);
}

export function rollbackName(world: World, named: Named): string {
  return nameOf(world, 'rollback', named);
}

export function pairsOf(
  world: World,
  wanted: Named,
  { owner, redemptions, places }: Part,
): RollBackCall['redemptions'] {
  const name = rollbackName(world, wanted);
  return redemptions.map((redemption, at) => ({
    redemption,
    rollback: redemptionId({ prefix: 'rr', name, place: places[at] ?? 0, owner }),
  }));
}
