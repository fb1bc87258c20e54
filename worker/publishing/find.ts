/** Finds what a code leads to: the voucher itself, the customer who holds it, or whose code for friends it is. */
import type { Found } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import { forgetOffers, openOffers } from '../offers/cache.ts';
import { canBe, type Route, routesOf } from '../offers/route.ts';
import type { World } from './world.ts';

export interface Located {
  route: Route;
  found: Exclude<Found, { owner: 'none' }>;
}

/**
 * null: there is no such code. `scope` `public`: for routes that anybody may call, where a code that nobody can have made
 * is not even looked for; one whose pattern or length is new is found there two seconds later. `customer`: whose
 * redemptions are counted.
 */
export async function locate(
  world: World,
  code: string,
  { customer, scope }: { customer: string | null; scope: 'exact' | 'public' },
): Promise<Located | null> {
  const { env, shop } = world;
  const offers = await openOffers(env, shop.id);
  if (scope === 'public' && !canBe(env, shop.id, offers, code)) return null;
  const routes = scope === 'public' ? routesOf(env, shop.id, offers, code) : freshRoutes(world, code);
  for await (const route of routes) {
    const [found] = await codesAt(env, route.object).find({ codes: [code], customer, clockMs: world.clockMs });
    if (found !== undefined && found.owner !== 'none') return { route, found };
  }
  return null;
}

/** Where a code can be, the likeliest first; at last by patterns that this isolate may not have heard of. */
export async function* freshRoutes({ env, shop }: World, code: string): AsyncGenerator<Route> {
  const routes = routesOf(env, shop.id, await openOffers(env, shop.id), code);
  yield* routes;
  const known = new Set(routes.map(({ object }) => object));
  forgetOffers(shop.id);
  for (const route of routesOf(env, shop.id, await openOffers(env, shop.id), code))
    if (!known.has(route.object)) yield route;
}
