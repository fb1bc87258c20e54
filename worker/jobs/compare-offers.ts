/** Compares campaigns, and codes that nobody holds, with their copies; and finds copies of codes that are nobody's. */

import { codesAt } from '../codes/stubs.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { openOffers } from '../offers/cache.ts';
import { routesOf } from '../offers/route.ts';
import { rowsOf } from '../projection/voucher-rows.ts';
import { copiedCodes, voucherDifferences } from '../projection/voucher-told.ts';
import { nextCopies, type OfferPlace } from './offer-pages.ts';

const SETTLE_MS = 1_000;
const STRAY_PAGE = 300;
/** How long a copy gets to catch up with what was done while the page was read. */
const PAUSE_MS = 300;

export interface ComparedOffers {
  /** null: that was the last page. */
  next: OfferPlace | null;
  seen: number;
  differences: JsonObject[];
}

/** Goes on until something differs, or the time is over. */
export async function compareOffers(
  env: Env,
  shop: string,
  { place, untilMs }: { place: OfferPlace; untilMs: number },
): Promise<ComparedOffers> {
  let [at, seen] = [place, 0];
  for (;;) {
    const page = await comparePage(env, shop, at);
    seen += page.seen;
    if (page.next === null || page.differences.length > 0 || Date.now() >= untilMs) return { ...page, seen };
    at = page.next;
  }
}

async function comparePage(env: Env, shop: string, place: OfferPlace): Promise<ComparedOffers> {
  const first = await nextCopies({ env, shop, settleMs: SETTLE_MS }, place);
  const seen = first.copies.vouchers?.length ?? 0;
  let found = await voucherDifferences(env.DB, shop, rowsOf(first.copies));
  if (found.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const again = await nextCopies({ env, shop, settleMs: SETTLE_MS }, place);
    found = await voucherDifferences(env.DB, shop, rowsOf(again.copies));
  }
  return { next: first.next, seen, differences: found.map((one) => ({ ...one })) };
}

/** The last voucher that was looked at; null: that was the last page. */
export async function compareStrays(
  env: Env,
  shop: string,
  after: string,
): Promise<{ last: string | null; differences: JsonObject[] }> {
  const copied = await copiedCodes(env.DB, shop, after, STRAY_PAGE);
  const offers = await openOffers(env, shop);
  const byObject = new Map<string, typeof copied>();
  for (const one of copied)
    for (const { object } of routesOf(env, shop, offers, one.code))
      byObject.set(object, [...(byObject.get(object) ?? []), one]);
  const known = new Set<string>();
  await Promise.all(
    [...byObject].map(async ([object, own]) => {
      const taken = await codesAt(env, object).taken(own.map(({ code }) => code));
      for (const [at, { id }] of own.entries()) if (taken[at]) known.add(id);
    }),
  );
  const strays = copied.filter(({ id }) => !known.has(id));
  const about = { table: 'voucher', field: 'row', object: null, copy: 'present' };
  const last = copied.length < STRAY_PAGE ? null : (copied.at(-1)?.id ?? null);
  return { last, differences: strays.map(({ id }) => ({ ...about, id })) };
}
