/** Gathers verdicts of an isolate and tells the Debugger once a second: after the answer, best effort. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import type { Verdict } from './debugger.ts';

const GATHER_MS = 500;
const MOST = 1_000;
const waiting = new Map<string, Verdict[]>();

export function debuggerOf(env: Env, shop: string) {
  return remote(env.DEBUGGER, `debugger:${shop}`);
}

/** Adds verdicts; hand the promise to `waitUntil`. */
export async function noteVerdicts(env: Env, shop: string, verdicts: Verdict[]): Promise<void> {
  const gathered = waiting.get(shop);
  if (gathered !== undefined) {
    gathered.push(...verdicts);
    if (gathered.length > 2 * MOST) gathered.splice(0, gathered.length - MOST);
    return;
  }
  waiting.set(shop, [...verdicts]);
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  const page = waiting.get(shop) ?? [];
  waiting.delete(shop);
  try {
    await debuggerOf(env, shop).keep(page.slice(-MOST));
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
