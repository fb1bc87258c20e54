/** Changes of a voucher by hand, wherever it is kept: switched on or off, other dates, money put on it, taken away. */
import type { ChangeAnswer } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import type { GiftMove } from '../domain/vouchers/gift.ts';
import type { ChangeVoucher, CreditVoucher, RemoveVoucher, VoucherChange } from '../domain/vouchers/held-request.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { refusedIn } from '../holds/wallet.ts';
import { operate } from '../routing/follow.ts';
import { heldVoucher } from './facts.ts';
import { locate } from './find.ts';
import { keyOf } from './redeem-held.ts';
import { type Named, nameOf, type World } from './world.ts';

export type ChangeResult =
  /** `voucher` null: it is nobody's any more. `projected`: lists show it. */
  | { state: 'changed'; duplicate: boolean; voucher: Voucher | null; move: GiftMove | null; projected: boolean }
  | { state: 'refused'; duplicate: boolean; refused: Refused }
  | { state: 'mismatch' }
  | { state: 'not_found' };

export type Change =
  | { kind: 'change'; change: VoucherChange }
  | { kind: 'remove' }
  /** `credit`: `vtx_…` follows from the request. */
  | { kind: 'credit'; amountMinor: number; reason: string | null; source: string | null };

/** Asked again under the same key it is done once, and the answer is the same. */
export async function changeVoucher(
  world: World,
  code: string,
  { change, ...named }: Named & { change: Change },
): Promise<ChangeResult> {
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  if (located === null) return { state: 'not_found' };
  const { found, route } = located;
  if (found.owner === 'customer') return inWallet(world, found, { change, ...named });
  const codes = codesAt(world.env, route.object);
  const call = { key: nameOf(world, change.kind, named), fingerprint: named.fingerprint, code, clockMs: world.clockMs };
  const result = resultOf(await inCodes(codes, call, change));
  if (result.state !== 'changed') return result;
  return { ...result, projected: world.waitMs > 0 && (await codes.settled(world.waitMs)) };
}

function inCodes(
  codes: ReturnType<typeof codesAt>,
  call: { key: string; fingerprint: string; code: string; clockMs: number | null },
  change: Change,
): Promise<ChangeAnswer> {
  switch (change.kind) {
    case 'change':
      return codes.change({ ...call, change: change.change });
    case 'remove':
      return codes.remove(call);
    case 'credit': {
      const { amountMinor, reason, source } = change;
      return codes.credit({ ...call, credit: { id: creditId(call.key), amountMinor, reason, source } });
    }
  }
}

async function inWallet(
  world: World,
  { customer, voucher }: { customer: string; voucher: string },
  { change, ...named }: Named & { change: Change },
): Promise<ChangeResult> {
  const name = nameOf(world, change.kind, named);
  const operation = operationOf(change, {
    key: keyOf(name),
    fingerprint: named.fingerprint,
    voucher,
    credit: creditId(name),
  });
  const input = { kind: 'operation' as const, operation };
  const { answer, projected } = await operate(world.env, world.shop, { customer, input, waitMs: world.waitMs });
  if (answer.verdict === 'mismatch') return { state: 'mismatch' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a change was not recorded');
  const duplicate = answer.verdict === 'duplicate';
  if (answer.refusal !== null) {
    if (answer.refusal.reason === 'not_found') return { state: 'not_found' };
    return { state: 'refused', duplicate, refused: refusedIn(answer.refusal) };
  }
  const move = (answer.row?.about.move ?? null) as unknown as GiftMove | null;
  const held = await heldVoucher(world, customer, voucher);
  return { state: 'changed', duplicate, voucher: held?.voucher ?? null, move, projected };
}

function operationOf(
  change: Change,
  { credit, ...about }: { key: string; fingerprint: string; voucher: string; credit: string },
): ChangeVoucher | RemoveVoucher | CreditVoucher {
  switch (change.kind) {
    case 'change':
      return { op: 'change_voucher', ...about, change: change.change };
    case 'remove':
      return { op: 'remove_voucher', ...about };
    case 'credit': {
      const { amountMinor, reason, source } = change;
      return { op: 'credit_voucher', ...about, credit, amountMinor, reason, source };
    }
  }
}

function creditId(name: string): string {
  return `vtx_${name}`;
}

function resultOf(answer: ChangeAnswer): ChangeResult {
  switch (answer.verdict) {
    case 'changed': {
      const { duplicate, voucher, move } = answer;
      return { state: 'changed', duplicate, voucher, move, projected: false };
    }
    case 'refused':
      return { state: 'refused', duplicate: answer.duplicate, refused: answer.refused };
    case 'mismatch':
      return { state: 'mismatch' };
    case 'elsewhere':
      return answer.found.owner === 'gone'
        ? { state: 'refused', duplicate: false, refused: refusal('not_found', 'the code is gone') }
        : { state: 'not_found' };
  }
}
