/** What an isolate remembers between requests, where the request that was to finish it hangs or is gone. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../worker/debugger/debugger.ts';
import { noteVerdicts } from '../../worker/debugger/notes.ts';
import type { Env } from '../../worker/env.ts';
import { openShop } from '../../worker/shops/cache.ts';

/** An environment whose object `name` is `object`, whatever its id. */
function withObject(name: 'SHOP' | 'DEBUGGER', object: object): Env {
  const namespace = { idFromName: (id: string) => id, get: () => object };
  return { ...env, [name]: namespace } as Env;
}

describe('the shop in memory', () => {
  const version = (number: number) => ({ id: 'shp', version: number });
  /** A Shop object that answers its reads in turn. */
  const answering = (...answers: Promise<unknown>[]) => {
    const snapshot = vi.fn(() => answers.shift() ?? Promise.reject(new Error('read once too often')));
    return { snapshot, env: withObject('SHOP', { snapshot }) };
  };
  const never = new Promise<never>(() => {});

  it('gives up a read that hangs after two seconds, and asks afresh', async () => {
    const id = crypto.randomUUID();
    const shop = answering(never, Promise.resolve(version(1)));
    const startedAt = Date.now();
    await expect(openShop(shop.env, id)).rejects.toThrow('did not answer');
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(await openShop(shop.env, id)).toEqual(version(1));
  });

  it('does not leave those who joined a read that hangs with nothing', async () => {
    const id = crypto.randomUUID();
    const shop = answering(never, Promise.resolve(version(1)));
    const first = openShop(shop.env, id).catch(() => 'late');
    const joined = [openShop(shop.env, id), openShop(shop.env, id)];
    expect(await Promise.all(joined)).toEqual([version(1), version(1)]);
    expect([await first, shop.snapshot.mock.calls.length]).toEqual(['late', 2]);
  });

  it('reads again where the read it joined answered an older version than the caller has seen', async () => {
    const id = crypto.randomUUID();
    const shop = answering(Promise.resolve(version(1)), Promise.resolve(version(2)));
    const [first, ...joined] = [openShop(shop.env, id), openShop(shop.env, id, 2), openShop(shop.env, id, 2)];
    expect([await first, ...(await Promise.all(joined))]).toEqual([version(1), version(2), version(2)]);
    expect(shop.snapshot).toHaveBeenCalledTimes(2);
  });
});

describe('verdicts', () => {
  const verdict = (name: string): Verdict => ({
    atMs: 1,
    source: 'segment',
    type: 'track',
    name,
    messageId: name,
    verdict: 'recorded',
    reason: null,
  });

  it('are told by the next request, where the one that gathered them was cancelled', async () => {
    const pages: string[][] = [];
    const keep = async (page: Verdict[]) => pages.push(page.map((one) => String(one.name)));
    const told = withObject('DEBUGGER', { keep });
    const shop = crypto.randomUUID();
    // a cancelled request takes its timers with it
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementationOnce(() => 0 as never);
    void noteVerdicts(told, shop, [verdict('a')]);
    timers.mockRestore();
    await noteVerdicts(told, shop, [verdict('b')]);
    expect(pages).toEqual([]);
    await scheduler.wait(1_050);
    await noteVerdicts(told, shop, [verdict('c')]);
    expect(pages).toEqual([['a', 'b', 'c']]);
  });
});
