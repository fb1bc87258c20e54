/** D1 as it can be: calls that are lost before or after they were applied, or applied much later. Miniflare's never fails. */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';

/** `echoed`: applied, and once more when stalled calls are. */
export type Fault = 'none' | 'lost before' | 'lost after' | 'stalled' | 'echoed';

interface Copies {
  /** Applies what was stalled, as D1 does long after its caller has given up. */
  applyStalled: () => Promise<void>;
  stalled: number;
  restore: () => void;
}

/** Every batch of every object asks `fault` what becomes of it. Stalled ones are answered never and applied when told. */
export function withFaults(fault: () => Fault): Copies {
  const prototype = Object.getPrototypeOf(env.DB) as D1Database;
  const batch = prototype.batch;
  const held: (() => Promise<unknown>)[] = [];
  const spy = vi.spyOn(prototype, 'batch').mockImplementation(async function (this: D1Database, statements) {
    const kind = fault();
    if (kind === 'lost before') throw new Error('Network connection lost.');
    if (kind === 'stalled' || kind === 'echoed') held.push(() => batch.call(this, statements));
    if (kind === 'stalled') return new Promise(() => {});
    const results = await batch.call(this, statements);
    if (kind === 'lost after') throw new Error('Network connection lost.');
    return results as never;
  });
  return {
    applyStalled: async () => {
      for (const apply of held.splice(0)) await apply();
    },
    get stalled() {
      return held.length;
    },
    restore: () => spy.mockRestore(),
  };
}
