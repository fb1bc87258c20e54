/** Whether lists show what was just done with a code. */
import { campaignIn } from '../campaign/cache.ts';
import { codesAt } from '../codes/stubs.ts';
import { locate } from './find.ts';
import type { World } from './world.ts';

/** false: that takes longer than a write waits. */
export async function codeSettled(world: World, code: string): Promise<boolean> {
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  return located !== null && codesAt(world.env, located.route.object).settled(world.waitMs);
}

export function campaignSettled({ env, shop, waitMs }: World, campaign: string): Promise<boolean> {
  return campaignIn(env, shop.id, campaign).settled(waitMs);
}
