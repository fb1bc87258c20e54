/** Gathers verdicts of an isolate and tells the Debugger once a second: after the answer, best effort. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import type { Verdict } from './debugger.ts';

const GATHER_MS = 500;
const MOST = 1_000;
/** A page older than this has lost the request that was to send it: cancelled, and its timer with it. */
const ORPHANED_MS = 2 * GATHER_MS;

interface Page {
  verdicts: Verdict[];
  sinceMs: number;
}

const waiting = new Map<string, Page>();

export function debuggerOf(env: Env, shop: string) {
  return remote(env.DEBUGGER, `debugger:${shop}`);
}

/** Adds verdicts; hand the promise to `waitUntil`. */
export async function noteVerdicts(env: Env, shop: string, verdicts: Verdict[]): Promise<void> {
  const now = Date.now();
  const page = waiting.get(shop) ?? { verdicts: [], sinceMs: now };
  page.verdicts.push(...verdicts);
  if (page.verdicts.length > 2 * MOST) page.verdicts.splice(0, page.verdicts.length - MOST);
  const begun = waiting.has(shop);
  if (begun && now - page.sinceMs < ORPHANED_MS) return;
  page.sinceMs = now;
  waiting.set(shop, page);
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  // whoever took the page over, or was late, finds it sent
  if (waiting.get(shop) !== page) return;
  waiting.delete(shop);
  await send(env, shop, page.verdicts.slice(-MOST));
}

async function send(env: Env, shop: string, page: Verdict[]): Promise<void> {
  try {
    await debuggerOf(env, shop).keep(page);
  } catch (error) {
    console.error(
      JSON.stringify({
        level: 'warn',
        msg: 'verdicts lost',
        shop,
        count: page.length,
        error: String(error),
      }),
    );
  }
}
