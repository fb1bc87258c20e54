/** The isolate's memory of shops: one read of the Shop object serves two seconds, and one flight at a time per shop. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import { within } from '../time/deadline.ts';
import type { ShopSnapshot } from './settings.ts';

const FRESH_MS = 2_000;
/** A key may be trusted this long after the last good read (the Shop object being out of reach), not longer. */
const KEYS_STALE_MS = 5_000;
/** A read that took longer is given up, so that one that hangs does not hold every request of the shop. */
const FLIGHT_MS = 2_000;
const MOST_SHOPS = 1_000;

interface Flight {
  startedAt: number;
  answer: Promise<ShopSnapshot | null>;
}

interface Entry {
  shop: ShopSnapshot | null;
  readAt: number;
  flight: Flight | null;
}

const entries = new Map<string, Entry>();

/**
 * The shop as it was at most two seconds ago; null where there is none. With `atLeast`, a version that this isolate has
 * not seen yet is fetched first. Throws where the Shop object cannot be reached and what is known is too old for keys.
 */
export async function openShop(env: Env, id: string, atLeast = 0): Promise<ShopSnapshot | null> {
  const fresh = remembered(id, FRESH_MS, atLeast);
  if (fresh !== undefined) return fresh;
  try {
    return await read(env, id, atLeast);
  } catch (error) {
    const trusted = remembered(id, KEYS_STALE_MS, atLeast);
    if (trusted !== undefined) return trusted;
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

/** What was read less than `ageMs` ago and is no older than `atLeast`; undefined where nothing is. */
function remembered(id: string, ageMs: number, atLeast: number): ShopSnapshot | null | undefined {
  const entry = entries.get(id);
  if (entry === undefined || Date.now() - entry.readAt >= ageMs) return undefined;
  return (entry.shop?.version ?? 0) >= atLeast ? entry.shop : undefined;
}

/** Joins the flight under way, else begins one; begins the next where what it joined was too late or too old. */
async function read(env: Env, id: string, atLeast: number): Promise<ShopSnapshot | null> {
  const joined = entries.get(id)?.flight ?? null;
  if (joined !== null) {
    const landed = await landing(id, joined);
    if (landed !== 'late' && (landed?.version ?? 0) >= atLeast) return landed;
    // others that waited for the same one may have begun the next already, or even had its answer
    const fresh = remembered(id, FRESH_MS, atLeast);
    if (fresh !== undefined) return fresh;
  }
  const next = entries.get(id)?.flight ?? begin(env, id);
  const landed = await landing(id, next);
  if (landed === 'late') throw new Error('the shop did not answer in time');
  return landed;
}

/**
 * Waits for a flight until its deadline, then drops it. Each who waits has a timer of its own: where the request that
 * began the flight was cancelled, the platform ends that request's timers with it, and the flight never lands.
 */
async function landing(id: string, flight: Flight): Promise<ShopSnapshot | null | 'late'> {
  return within(Math.max(0, flight.startedAt + FLIGHT_MS - Date.now()), flight.answer, () => {
    drop(id, flight);
    return 'late' as const;
  });
}

function begin(env: Env, id: string): Flight {
  const before = entries.get(id);
  const flight: Flight = { startedAt: Date.now(), answer: shopOf(env, id).snapshot() };
  keep(id, { shop: before?.shop ?? null, readAt: before?.readAt ?? 0, flight });
  flight.answer.then(
    (shop) => {
      // a read that began before a write was forgotten must not come back as fresh
      if (entries.get(id)?.flight === flight) keep(id, { shop, readAt: flight.startedAt, flight: null });
    },
    () => drop(id, flight),
  );
  return flight;
}

function drop(id: string, flight: Flight): void {
  const now = entries.get(id);
  if (now?.flight === flight) keep(id, { ...now, flight: null });
}

function keep(id: string, entry: Entry): void {
  entries.delete(id);
  entries.set(id, entry);
  if (entries.size > MOST_SHOPS) entries.delete(entries.keys().next().value ?? '');
}
