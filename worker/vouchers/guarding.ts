/** Has rules guard a voucher or a campaign: the list of assignments first, then whatever is guarded, until both say the same. */

import type { Assignment } from '../offers/assignments.ts';
import { offersOf } from '../offers/cache.ts';
import { changeCampaign } from '../publishing/campaigns.ts';
import { changeVoucher } from '../publishing/change.ts';
import { nameOf, nowOf, type World } from '../publishing/world.ts';
import { notFound, noVoucher, VoucherError } from './errors.ts';

export type Guarded = Pick<Assignment, 'kind' | 'object' | 'code'>;

const MOST_TURNS = 20;

/**
 * What is guarded names all rules that are listed for it. Two who change them at once may each write what the other does not
 * know of: whoever wrote looks again, so the last to write has seen all. false: what is guarded is no more.
 */
export async function bringInto(
  world: World,
  guarded: Guarded,
  { dropped, who }: { dropped: readonly string[]; who: string },
): Promise<boolean> {
  const listedNow = async () =>
    (await offersOf(world.env, world.shop.id).rulesOf(guarded.object)).filter((rule) => !dropped.includes(rule));
  let wanted = await listedNow();
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (!(await write(world, guarded, { rules: wanted, who }))) return false;
    const now = await listedNow();
    if (now.join() === wanted.join()) return true;
    wanted = now;
  }
  throw new VoucherError('multiple_requests', 'Its rules were changed by too many at once');
}

/** Writes down that a rule guards something; the same again is as it was. Throws where there is no such rule. */
export async function assigned(world: World, rule: string, guarded: Guarded): Promise<Assignment> {
  const kept = await assign(world, rule, guarded);
  if (kept === null) throw notFound('validation_rules', rule);
  return kept;
}

/** Throws where one of them is no rule of the shop. */
export async function mustBeRules({ env, shop }: World, rules: readonly string[]): Promise<void> {
  const known = await Promise.all(rules.map((rule) => offersOf(env, shop.id).rule(rule)));
  const at = known.indexOf(null);
  if (at >= 0) throw notFound('validation_rules', rules[at] ?? '');
}

/** Lists the rules that something was made with. It names them already, so it was never without them. */
export async function listAll(world: World, rules: readonly string[], guarded: Guarded): Promise<void> {
  for (const rule of rules) await assign(world, rule, guarded);
}

/** null: there is no such rule any more. */
function assign(world: World, rule: string, guarded: Guarded): Promise<Assignment | null> {
  const made = { id: assignmentId(world, rule, guarded), rule, ...guarded, createdAtMs: nowOf(world) };
  return offersOf(world.env, world.shop.id).assign(made);
}

function assignmentId(world: World, rule: string, { object }: Guarded): string {
  return `asgm_${nameOf(world, 'assignment', { key: `${rule} ${object}` })}`;
}

/** These rules guard it from now on, and no others. `rules`: of which `mustBeRules` said that they are. */
export async function guardBy(
  world: World,
  rules: readonly string[],
  { who, ...guarded }: Guarded & { who: string },
): Promise<void> {
  const offers = offersOf(world.env, world.shop.id);
  await listAll(world, rules, guarded);
  const dropped = (await offers.rulesOf(guarded.object)).filter((rule) => !rules.includes(rule));
  const isThere = await bringInto(world, guarded, { dropped, who });
  for (const rule of dropped) await offers.unassign(assignmentId(world, rule, guarded));
  // whoever assigned another one meanwhile may have read that they were still there
  if (!isThere || !(await bringInto(world, guarded, { dropped: [], who })))
    throw guarded.kind === 'campaign' ? notFound('campaign', guarded.object) : noVoucher(guarded.code ?? '');
}

async function write(
  world: World,
  { kind, object, code }: Guarded,
  { rules, who }: { rules: string[]; who: string },
): Promise<boolean> {
  const named = { key: crypto.randomUUID(), fingerprint: object };
  if (kind === 'campaign') {
    const changed = await changeCampaign(world, object, { change: { rules }, who, ...named });
    return changed.refusal === null;
  }
  const changed = await changeVoucher(world, code ?? '', { ...named, change: { kind: 'change', change: { rules } } });
  return changed.state === 'changed';
}
