/** A stack cut by who keeps what of it: the part of whoever decides, and the parts of the others, who wait for that. */
import type { AskingCustomer, RedeemCall, Use } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import type { Fit } from '../domain/vouchers/applicable.ts';
import type { Bill } from '../domain/vouchers/bill.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Base } from '../domain/vouchers/effects.ts';
import type { Counts } from '../domain/vouchers/facts.ts';
import { type RedemptionOwner, redemptionId } from '../domain/vouchers/redemption-name.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { objectOf } from '../offers/route.ts';
import type { Planned, Source } from './plan.ts';
import { keyOf } from './redeem-held.ts';
import type { Asking, Named, World } from './world.ts';

/** One voucher of a stack that applies. */
export interface Member {
  source: Source & { voucher: Voucher };
  fit: Fit;
  /** What it finds of the order; null: none is named. */
  before: Bill | null;
  /** From 1; 0 is the parent. */
  place: number;
  redemption: string;
  failed: string;
}

export interface Part {
  owner: RedemptionOwner;
  members: Member[];
}

export interface Parts {
  asking: Asking & Named;
  /** Of this attempt. */
  name: string;
  parent: string;
  decider: Part;
  others: Part[];
  coordinator: Coordinator;
}

/** What the campaigns of a stack keep for it, and who asks. */
export interface Kept {
  /** By the place in the stack. */
  byPlace: Map<number, Keeping>;
  asker: AskingCustomer | null;
  base: Base;
}

export interface Keeping {
  campaign: string;
  op: string;
  cost: Cost;
  counts: Counts;
}

/** null: nobody keeps any of it. Who decides follows from the request alone, so that a retry asks the same again. */
export function partsOf(
  world: World,
  asking: Asking & Named,
  { name, planned }: { name: string; planned: Planned },
): Parts | null {
  const { sources, plan } = planned;
  const holders = sources.flatMap(({ holder }) => holder ?? []);
  const holder = holders.find((one) => one === asking.customer) ?? holders[0];
  const first = sources.find(({ located }) => located !== null);
  const owner = holder !== undefined ? { kind: 'customer' as const, customer: holder } : ownerOf(first);
  if (owner === null) return null;
  const members = plan.entries.flatMap((entry, at): Member[] => {
    const source = sources.find((one) => one.redeemable.code === entry.id);
    const of = source === undefined ? null : ownerOf(source);
    if (entry.status !== 'applicable' || source === undefined || source.voucher === null || of === null) return [];
    const about = { name, place: at + 1, owner: of };
    const ids = {
      redemption: redemptionId({ prefix: 'r', ...about }),
      failed: redemptionId({ prefix: 'rf', ...about }),
    };
    const { fit, before } = entry;
    return [{ source: { ...source, voucher: source.voucher }, fit, before, place: at + 1, ...ids }];
  });
  const parts = new Map<string, Part>([[JSON.stringify(owner), { owner, members: [] }]]);
  for (const member of members) {
    const of = ownerOf(member.source) ?? owner;
    const part = parts.get(JSON.stringify(of)) ?? { owner: of, members: [] };
    part.members.push(member);
    parts.set(JSON.stringify(of), part);
  }
  const [decider = { owner, members: [] }, ...others] = parts.values();
  const parent = redemptionId({ prefix: 'r', name, place: 0, owner });
  return { asking, name, parent, decider, others, coordinator: coordinatorOf(world, owner, { name, asking }) };
}

function ownerOf(source: Source | undefined): RedemptionOwner | null {
  if (source === undefined || source.located === null) return null;
  const { generation, shard } = source.located.route;
  return source.holder === null ? { kind: 'codes', generation, shard } : { kind: 'customer', customer: source.holder };
}

function coordinatorOf(
  world: World,
  owner: RedemptionOwner,
  { name, asking }: { name: string; asking: Named },
): Coordinator {
  const { fingerprint } = asking;
  return owner.kind === 'customer'
    ? { kind: 'customer', customer: owner.customer, op: keyOf(name), fingerprint, place: -1 }
    : { kind: 'codes', object: objectIn(world, owner), op: name, fingerprint, place: -1 };
}

export function objectIn({ shop }: World, owner: RedemptionOwner): string {
  if (owner.kind !== 'codes') throw new Error('a wallet is no object of codes');
  return objectOf(shop.id, owner.generation, owner.shard);
}

/** The objects of codes among the others keep their parts; what they keep, or that something has changed. */
export async function holdInCodes(world: World, parts: Parts, kept: Kept): Promise<Redemption[] | 'changed'> {
  const others = parts.others.filter(({ owner }) => owner.kind === 'codes');
  const answers = await Promise.all(
    others.map((part) => {
      const call = callOf(world, parts, { part, kept, others: [], coordinator: parts.coordinator });
      return codesAt(world.env, objectIn(world, part.owner)).redeem(call);
    }),
  );
  const held = answers.flatMap((answer) => (answer.verdict === 'held' ? [answer.redemptions] : []));
  const all = held.flat();
  const isAsReckoned = others.every(({ members }) => members.every((member) => isIn(all, member)));
  return held.length < answers.length || !isAsReckoned ? 'changed' : all;
}

/** What was kept before, by a caller that died, may have come to something else. */
export function isIn(held: Redemption[], { redemption, fit }: Member): boolean {
  const found = held.find(({ id }) => id === redemption);
  return found?.discountMinor === (fit.taken?.discountMinor ?? 0) && found.creditsMinor === fit.creditsMinor;
}

interface PartCall {
  part: Part;
  kept: Kept;
  others: Redemption[];
  /** null: it is decided with this. */
  coordinator: Coordinator | null;
}

export function callOf(world: World, parts: Parts, { part, kept, others, coordinator }: PartCall): RedeemCall {
  const { asking, name, parent } = parts;
  const { cart, lockKey, channel, metadata, caller, fingerprint } = asking;
  return {
    key: name,
    fingerprint,
    clockMs: world.clockMs,
    uses: part.members.map((member): Use => {
      const keeping = kept.byPlace.get(member.place);
      const { creditsMinor } = member.fit;
      return {
        code: member.source.voucher.code,
        creditsMinor,
        bill: member.before,
        counts: keeping?.counts ?? {},
        reserved: keeping?.cost ?? null,
        barred: null,
        settled: { taken: member.fit.taken, creditsMinor },
        redemption: member.redemption,
        failed: member.failed,
        base: kept.base,
      };
    }),
    customer: kept.asker,
    lockKey,
    orderId: cart?.orderId ?? null,
    channel,
    metadata,
    caller,
    parent,
    others,
    coordinator,
  };
}

/** What was decided is done in all objects of codes; who cannot be reached hears of it later. */
export async function postInCodes(world: World, { others, name }: Parts): Promise<void> {
  const posts = others.flatMap(({ owner }) =>
    owner.kind === 'codes' ? [codesAt(world.env, objectIn(world, owner)).post(name, { clockMs: world.clockMs })] : [],
  );
  await Promise.allSettled(posts);
}
