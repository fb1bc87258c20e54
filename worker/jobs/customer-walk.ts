/** Long work over all customers of a shop: pages the Directory, a bounded number a second, and says how far it is. */
import { z } from 'zod';
import type { SegmentCall } from '../customers/calls.ts';
import { directoryOf } from '../directory/cache.ts';
import { shopOf } from '../shops/cache.ts';
import { testNow } from '../shops/shop-time.ts';
import type { StepCall } from './kind.ts';

const PAGE = 200;

export const Place = z.strictObject({ after: z.string(), done: z.int(), total: z.int() });
export type Place = z.infer<typeof Place>;

export const perSecond = z.int().min(1).max(10_000).nullable();

export interface Walked {
  place: Place;
  ended: boolean;
  /** A rate was asked for, and this step has used it up. */
  notBeforeMs: number;
}

/** What calls to objects carry, with the newest settings: who starts such work has just written some. */
export async function segmentCall({
  env,
  shop,
}: Pick<StepCall<unknown, unknown>, 'env' | 'shop'>): Promise<SegmentCall> {
  const snapshot = await shopOf(env, shop).snapshot();
  if (snapshot === null) throw new Error('no such shop');
  return { shop, version: snapshot.version, clockMs: await testNow(env, snapshot) };
}

/** Walks on from a place (null: the beginning) until the step's time or rate is used up. A failure gives up what has not moved. */
export async function walk(
  { env, shop, untilMs }: Pick<StepCall<unknown, unknown>, 'env' | 'shop' | 'untilMs'>,
  { from, rate }: { from: Place | null; rate: number | null },
  visit: (customers: string[]) => Promise<void>,
): Promise<Walked> {
  const beganMs = Date.now();
  const directory = directoryOf(env, shop);
  let place = from ?? { after: '', done: 0, total: await directory.count() };
  const most = place.done + (rate ?? Number.POSITIVE_INFINITY);
  do {
    const limit = Math.min(PAGE, most - place.done);
    const customers = await directory.page(place.after, limit);
    await visit(customers);
    const done = place.done + customers.length;
    const ended = customers.length < limit;
    place = { after: customers.at(-1) ?? place.after, done, total: ended ? done : Math.max(place.total, done) };
    if (ended) return { place, ended, notBeforeMs: 0 };
  } while (Date.now() < untilMs && place.done < most);
  const moved = place.done - (from?.done ?? 0);
  return { place, ended: false, notBeforeMs: rate === null ? 0 : beganMs + Math.ceil((moved * 1_000) / rate) };
}
