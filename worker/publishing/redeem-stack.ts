/**
 * Redeems several codes for one order, all of them or in partial mode those that apply, however many objects keep them. Each
 * of the others keeps its part first; one of them, a customer who holds some of it or else whoever has the first code,
 * decides with its own part for all. Whatever dies on the way, all of it comes about or none.
 */
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { StackPlan } from '../domain/vouchers/stack.ts';
import { commit, knownAt, noteRefusal } from './deciding.ts';
import { endInWallets, keepInWallets } from './other-wallets.ts';
import { holdInCodes, type Parts, partsOf, postInCodes } from './parts.ts';
import { type Planned, planFor } from './plan.ts';
import { keepAll, opOf, settleAll } from './stack-budget.ts';
import { isBegun, undo } from './undoing.ts';
import { type Asking, type Named, nameOf, type Redeemable, type RedeemResult, type World } from './world.ts';

/** Something may change while a stack is reckoned; then it is reckoned anew. */
const MOST_ATTEMPTS = 12;

export type StackResult = RedeemResult & {
  /** What was reckoned; null: it was done before. */
  plan: StackPlan | null;
};

export async function redeemStack(
  world: World,
  asking: Asking & Named,
  redeemables: Redeemable[],
): Promise<StackResult> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const name = nameOf(world, `redeem:${attempt}`, asking);
    const own = redeemables.map((_, at) => opOf(name, at + 1));
    const planned = await planFor(world, asking, { redeemables, scope: 'exact', own });
    if ('refused' in planned) return { ...refusedWith(planned.refused), plan: null };
    const parts = partsOf(world, asking, { name, planned });
    // none of them is a code
    if (parts === null) return { ...refusedWith(reasonOf(planned.plan)), plan: planned.plan };
    const before = await knownAt(world, parts);
    if (before !== null && before !== 'given_up') return { ...before, plan: null };
    const done = before === null ? await attemptOnce(world, parts, planned) : 'changed';
    if (done !== 'changed') return { ...done, plan: planned.plan };
    if (await undo(world, parts, planned)) continue;
    const known = await knownAt(world, parts);
    if (known !== null && known !== 'given_up') return { ...known, plan: null };
  }
  return { ...refusedWith(refusal('multiple_requests', 'too many changed it at once')), plan: null };
}

async function attemptOnce(world: World, parts: Parts, planned: Planned): Promise<RedeemResult | 'changed'> {
  // what this very attempt keeps since its caller died may be what makes it seem impossible
  if (!planned.plan.valid)
    return (await isBegun(world, parts, planned)) ? 'changed' : noteRefusal(world, parts, reasonOf(planned.plan));
  const kept = await keepAll(world, parts, planned);
  if ('refused' in kept) {
    if (kept.refused.key === 'multiple_requests') return 'changed';
    settleAll(world, kept.kept, 'voided');
    return noteRefusal(world, parts, kept.refused);
  }
  const { plan } = planned;
  const [inCodes, inWallets] = await Promise.all([
    holdInCodes(world, parts, kept),
    keepInWallets(world, parts, { kept, plan }),
  ]);
  if (inCodes === 'changed' || inWallets === 'changed') return 'changed';
  const decided = await commit(world, parts, { kept, held: [...inCodes, ...inWallets], plan });
  if (decided === 'changed') return 'changed';
  await Promise.allSettled([postInCodes(world, parts), endInWallets(world, parts, planned)]);
  settleAll(world, kept, 'posted');
  return decided;
}

/** The first that does not apply says why all of it does not; else the first that is left out. */
function reasonOf({ entries }: StackPlan): Refused {
  const first = entries.find((one) => one.status === 'inapplicable');
  if (first?.status === 'inapplicable') return first.refused;
  const left = entries.find((one) => one.status === 'skipped');
  return refusal('invalid_payload', left?.status === 'skipped' ? left.message : 'none of them applies');
}

function refusedWith(refused: Refused): RedeemResult {
  return { state: 'refused', duplicate: false, refused, failed: null, voucher: null };
}
