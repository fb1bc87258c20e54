/** Redeems one code wherever it is kept. */
import { refusal } from '../domain/vouchers/refused.ts';
import { freshRoutes } from './find.ts';
import { redeemCode } from './redeem-code.ts';
import { redeemHeld } from './redeem-held.ts';
import type { Asking, Named, Redeemable, RedeemResult, World } from './world.ts';

/** An attempt whose caller died may have been given up; then there is another one. */
const MOST_ATTEMPTS = 4;

/** One code. Asked again under the same key it is done once, and the answer is the same. */
export async function redeemOne(world: World, asking: Asking & Named, redeemable: Redeemable): Promise<RedeemResult> {
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

const NOT_FOUND: RedeemResult = {
  state: 'refused',
  duplicate: false,
  refused: refusal('not_found', 'there is no such code'),
  failed: null,
  voucher: null,
};
