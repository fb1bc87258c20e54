/** Redeems one code wherever it is kept. */
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import { openOffers } from '../offers/cache.ts';
import { freshRoutes } from './find.ts';
import { planFor } from './plan.ts';
import { redeemCode } from './redeem-code.ts';
import { redeemHeld } from './redeem-held.ts';
import type { Asking, Named, Redeemable, RedeemResult, World } from './world.ts';

/** An attempt whose caller died may have been given up; then there is another one. */
const MOST_ATTEMPTS = 4;

/** One code. Asked again under the same key it is done once, and the answer is the same. */
export async function redeemOne(world: World, asking: Asking & Named, redeemable: Redeemable): Promise<RedeemResult> {
  const idle = await withoutEffect(world, asking, redeemable);
  if (idle !== null) return refusedWith(idle);
  let result = NOT_FOUND;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const key = attempt === 0 ? asking.key : `${asking.key} again ${attempt}`;
    result = await attemptOnce(world, { ...asking, key }, redeemable);
    if (result.state !== 'refused' || result.refused.key !== 'multiple_requests') break;
  }
  return result;
}

/** Whoever has the code is asked at once; only where it leads elsewhere is there another call. */
async function attemptOnce(world: World, asking: Asking & Named, redeemable: Redeemable): Promise<RedeemResult> {
  for await (const route of freshRoutes(world, redeemable.code)) {
    const result = await redeemCode(world, asking, { redeemable, route });
    if (result.state !== 'elsewhere') return result;
    if (result.found.owner === 'customer') return redeemHeld(world, asking, { redeemable, at: result.found });
    if (result.found.owner !== 'none') break;
  }
  return NOT_FOUND;
}

/** Where the shop leaves out what would take nothing, as validations and stacks do; null: it takes something, or does not apply. */
async function withoutEffect(world: World, asking: Asking, redeemable: Redeemable): Promise<Refused | null> {
  const { stacking } = await openOffers(world.env, world.shop.id);
  if (stacking.noEffect !== 'skip') return null;
  const planned = await planFor(world, asking, { redeemables: [redeemable], scope: 'exact' });
  if ('refused' in planned) return null;
  const [entry] = planned.plan.entries;
  return entry?.status === 'skipped' ? refusal('invalid_payload', entry.message) : null;
}

function refusedWith(refused: Refused): RedeemResult {
  return { state: 'refused', duplicate: false, refused, failed: null, voucher: null };
}

const NOT_FOUND: RedeemResult = refusedWith(refusal('not_found', 'there is no such code'));
