/** Says what codes would do for an order, and where that is asked keeps their uses and money for whoever has the key. */
import { codesAt } from '../codes/stubs.ts';
import type { Operation } from '../domain/operations.ts';
import type { LockVoucher } from '../domain/vouchers/held-request.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Planned as Entry } from '../domain/vouchers/stack.ts';
import { refusedIn } from '../holds/wallet.ts';
import { operate } from '../routing/follow.ts';
import { locate } from './find.ts';
import { type Planned, planFor, type Source } from './plan.ts';
import { askerOf, keyOf } from './redeem-held.ts';
import { type Asking, type Named, nameOf, type Redeemable, type World } from './world.ts';

export interface Validating {
  redeemables: Redeemable[];
  /** `public`: on routes that anybody may call. */
  scope: 'exact' | 'public';
}

/** The same evaluation that redeem makes. Writes nothing. `refused`: the request is malformed. */
export function validate(world: World, asking: Asking, wanted: Validating): Promise<Planned | { refused: Refused }> {
  return planFor(world, asking, wanted);
}

export type Locked =
  | { state: 'locked'; planned: Planned }
  /** Not all of them can be used, or kept; nothing is. `code`: which one could not be kept. */
  | { state: 'invalid'; planned: Planned; code: string | null; refused: Refused | null }
  | { state: 'malformed'; refused: Refused };

export interface Locking extends Validating, Named {
  lockKey: string;
  ttlMs: number;
}

/** The same key overwrites its own locks. Where one of the codes cannot be kept none is. */
export async function validateAndLock(world: World, asking: Asking, wanted: Locking): Promise<Locked> {
  const own = { ...asking, lockKey: wanted.lockKey };
  const planned = await planFor(world, own, wanted);
  if ('refused' in planned) return { state: 'malformed', refused: planned.refused };
  if (!planned.plan.valid) return { state: 'invalid', planned, code: null, refused: null };
  const locked: Source[] = [];
  for (const [place, entry] of planned.plan.entries.entries()) {
    const source = planned.sources.find(({ redeemable }) => redeemable.code === entry.id);
    if (entry.status !== 'applicable' || source === undefined) continue;
    const refused = await lockOne(world, own, { wanted, planned, source, entry, place });
    if (refused !== null) {
      await Promise.all(locked.map((one) => releaseAt(world, one, { ...wanted, step: 'undo' })));
      return { state: 'invalid', planned, code: entry.id, refused };
    }
    locked.push(source);
  }
  return { state: 'locked', planned };
}

/** null: there is no such code. */
export async function release(
  world: World,
  code: string,
  wanted: Named & { lockKey: string },
): Promise<{ refused: Refused | null } | null> {
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  if (located === null) return null;
  const holder = located.found.owner === 'customer' ? located.found.customer : null;
  const id = located.found.owner === 'customer' ? located.found.voucher : '';
  return releaseAt(
    world,
    { redeemable: { code, creditsMinor: null }, located, holder, id },
    { ...wanted, step: 'release' },
  );
}

interface LockOne {
  wanted: Locking;
  planned: Planned;
  source: Source;
  entry: Extract<Entry, { status: 'applicable' }>;
  place: number;
}

/** null: it is kept. */
async function lockOne(world: World, asking: Asking, one: LockOne): Promise<Refused | null> {
  const { source, entry, wanted, planned, place } = one;
  const { located, voucher, holder, facts, campaign, rules } = source;
  if (voucher === null || located === null) return refusal('not_found', 'there is no such code');
  const { channel, metadata, caller, cart } = asking;
  const { lockKey, ttlMs } = wanted;
  const { creditsMinor } = entry.fit;
  const campaignCounts = Object.fromEntries(
    Object.entries(facts.counts).filter(([name]) => name.startsWith('campaign.')),
  );
  if (holder === null) {
    const use = {
      code: voucher.code,
      creditsMinor,
      bill: entry.before,
      counts: campaignCounts,
      base: planned.terms.stacking.base,
    };
    const about = { lockKey, ttlMs, customer: planned.asker, channel, metadata, caller, clockMs: world.clockMs };
    const told = await codesAt(world.env, located.route.object).lock({ use, ...about });
    if (told.verdict === 'locked') return null;
    return told.verdict === 'refused' ? told.refused : refusal('multiple_requests', 'it changed meanwhile');
  }
  const key = keyOf(`${nameOf(world, 'lock', wanted)}:${place}`);
  const asker = askerOf(asking.customer, holder, planned.asker?.facts ?? null);
  const held = { voucher: voucher.id, campaign, rules, counts: campaignCounts, creditsMinor, referrer: null };
  const about = { lockKey, ttlMs, asker, cart, channel, metadata, caller };
  const operation: LockVoucher = { op: 'lock_voucher', key, fingerprint: wanted.fingerprint, ...held, ...about };
  return operated(world, holder, operation);
}

type At = Pick<Source, 'redeemable' | 'located' | 'holder'> & { id?: string; voucher?: Source['voucher'] };

async function releaseAt(
  world: World,
  { redeemable, located, holder, id, voucher }: At,
  { lockKey, step, ...named }: Named & { lockKey: string; step: string },
): Promise<{ refused: Refused | null }> {
  if (located === null) return { refused: refusal('not_found', 'there is no such code') };
  if (holder === null) {
    const told = await codesAt(world.env, located.route.object).release(redeemable.code, lockKey, {
      clockMs: world.clockMs,
    });
    if (told.verdict === 'released') return { refused: null };
    return { refused: told.verdict === 'refused' ? told.refused : refusal('not_found', 'there is no such code') };
  }
  const key = keyOf(`${nameOf(world, step, named)}:${redeemable.code}`);
  const about = { voucher: voucher?.id ?? id ?? '', lockKey, key, fingerprint: named.fingerprint };
  return { refused: await operated(world, holder, { op: 'release_voucher', ...about }) };
}

/** null: it was done. */
async function operated(
  world: World,
  customer: string,
  operation: LockVoucher | Extract<Operation, { op: 'release_voucher' }>,
): Promise<Refused | null> {
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(world.env, world.shop, { customer, input, waitMs: 0 });
  if (answer.verdict === 'mismatch') return refusal('multiple_requests', 'another request came under this key');
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a lock was not recorded');
  return answer.refusal === null ? null : refusedIn(answer.refusal);
}
