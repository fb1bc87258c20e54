/**
 * Gathers what arrived at an isolate and tells the Debugger twice a second: after the answer, best effort. Nothing is made
 * of an event before the flush, so what newer events push out costs nothing but the reference to it.
 */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import { lessonsOf, type Note, pagesOf } from './note.ts';

const GATHER_MS = 500;
const MOST = 1_000;
/** What the isolate holds on to for all shops, in bytes as received; a flush stays far below what a call may carry. */
const MOST_BYTES = 2 * 1024 * 1024;
/** A page older than this has lost the request that was to send it: cancelled, and its timer with it. */
const ORPHANED_MS = 2 * GATHER_MS;
/** Refusals of one kind that are told one by one before they are only counted: they cost their sender nothing. */
const MOST_ALIKE = 20;

/** The events of one request; `notes` is called at the flush, if at all. */
export interface Arrival {
  events: number;
  bytes: number;
  notes: () => Note[];
}

interface Waiting {
  arrivals: Arrival[];
  events: number;
  refusals: Map<string, { note: Note; times: number }>;
  sinceMs: number;
}

const waiting = new Map<string, Waiting>();
let heldBytes = 0;

export function debuggerOf(env: Env, shop: string) {
  return remote(env.DEBUGGER, `debugger:${shop}`);
}

/** Notes the events of a request; hand the promise to `waitUntil`. */
export function noteArrival(env: Env, shop: string, arrival: Arrival): Promise<void> {
  const page = pageOf(shop);
  add(page, arrival);
  return flushed(env, shop, page);
}

/** Notes a request that was refused as a whole. The twenty-first of its kind in one flush, and any over a rate, is counted. */
export function noteRefusal(env: Env, shop: string, note: Note): Promise<void> {
  const page = pageOf(shop);
  const kind = `${note.source} ${note.reason}`;
  const alike = page.refusals.get(kind) ?? { note, times: 0 };
  page.refusals.set(kind, alike);
  alike.times += 1;
  if (alike.times > (note.reason === 'rate_limited' ? 1 : MOST_ALIKE)) {
    alike.note.count += 1;
  } else {
    alike.note = note;
    const bytes = note.raw instanceof Uint8Array ? note.raw.byteLength : 0;
    add(page, { events: 1, bytes, notes: () => [note] });
  }
  return flushed(env, shop, page);
}

function pageOf(shop: string): Waiting {
  return waiting.get(shop) ?? { arrivals: [], events: 0, refusals: new Map(), sinceMs: Date.now() };
}

/** What newer events push out is let go at once. */
function add(page: Waiting, arrival: Arrival): void {
  page.arrivals.push(arrival);
  page.events += arrival.events;
  heldBytes += arrival.bytes;
  while (
    page.arrivals.length > 1 &&
    (page.events - (page.arrivals[0]?.events ?? 0) >= MOST || heldBytes > MOST_BYTES)
  ) {
    release(page, page.arrivals.shift());
  }
}

function release(page: Waiting, arrival: Arrival | undefined): void {
  page.events -= arrival?.events ?? 0;
  heldBytes -= arrival?.bytes ?? 0;
}

/** The first to note something waits for the others and sends it all. */
async function flushed(env: Env, shop: string, page: Waiting): Promise<void> {
  const now = Date.now();
  const begun = waiting.has(shop);
  if (begun && now - page.sinceMs < ORPHANED_MS) return;
  page.sinceMs = now;
  waiting.set(shop, page);
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  // whoever took the page over, or was late, finds it sent
  if (waiting.get(shop) !== page) return;
  waiting.delete(shop);
  for (const arrival of page.arrivals) heldBytes -= arrival.bytes;
  await send(env, shop, page);
}

async function send(env: Env, shop: string, page: Waiting): Promise<void> {
  try {
    const notes = page.arrivals.flatMap((arrival) => arrival.notes()).slice(-MOST);
    await debuggerOf(env, shop).keep(pagesOf(notes), lessonsOf(notes));
  } catch (error) {
    console.error(
      JSON.stringify({ level: 'warn', msg: 'events not noted', shop, count: page.events, error: String(error) }),
    );
  }
}
