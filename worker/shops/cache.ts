/** The isolate's memory of shops: one read of the Shop object serves two seconds, and one flight at a time per shop. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import type { ShopSnapshot } from './settings.ts';

const FRESH_MS = 2_000;
/** A key may be trusted this long after the last good read (the Shop object being out of reach), not longer. */
const KEYS_STALE_MS = 5_000;
const MOST_SHOPS = 1_000;

interface Entry {
  shop: ShopSnapshot | null;
  readAt: number;
  flight: Promise<ShopSnapshot | null> | null;
}

const entries = new Map<string, Entry>();

/**
 * The shop as it was at most two seconds ago; null where there is none. With `atLeast`, a version that this isolate has
 * not seen yet is fetched first. Throws where the Shop object cannot be reached and what is known is too old for keys.
 */
export async function openShop(env: Env, id: string, atLeast = 0): Promise<ShopSnapshot | null> {
  const entry = entries.get(id);
  const recent = entry !== undefined && Date.now() - entry.readAt < FRESH_MS;
  if (recent && (entry.shop?.version ?? 0) >= atLeast) return entry.shop;
  try {
    return await read(env, id, entry);
  } catch (error) {
    if (entry !== undefined && Date.now() - entry.readAt < KEYS_STALE_MS) return entry.shop;
    throw error;
  }
}

/** The settings for a decision: they may be stale for ever, but never older than `atLeast`. */
export async function openTerms(env: Env, id: string, atLeast: number): Promise<ShopSnapshot> {
  const known = entries.get(id)?.shop;
  if (known && known.version >= atLeast && atLeast > 0) return known;
  const shop = await openShop(env, id, atLeast);
  if (shop === null) throw new Error('no such shop');
  return shop;
}

export function shopOf(env: Env, id: string) {
  return remote(env.SHOP, `shop:${id}`);
}

/** Forgets what this isolate knows, so that a writer sees its own change. */
export function forgetShop(id: string): void {
  entries.delete(id);
}

function read(env: Env, id: string, entry: Entry | undefined): Promise<ShopSnapshot | null> {
  if (entry?.flight) return entry.flight;
  const startedAt = Date.now();
  const flight = shopOf(env, id)
    .snapshot()
    .then(
      (shop) => {
        // a read that began before a write was forgotten must not come back as fresh
        if (entries.get(id)?.flight === flight) keep(id, { shop, readAt: startedAt, flight: null });
        return shop;
      },
      (error: unknown) => {
        const now = entries.get(id);
        if (now?.flight === flight) keep(id, { ...now, flight: null });
        throw error;
      },
    );
  keep(id, { shop: entry?.shop ?? null, readAt: entry?.readAt ?? 0, flight });
  return flight;
}

function keep(id: string, entry: Entry): void {
  entries.delete(id);
  entries.set(id, entry);
  if (entries.size > MOST_SHOPS) entries.delete(entries.keys().next().value ?? '');
}
