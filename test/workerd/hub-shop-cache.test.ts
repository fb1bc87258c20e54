/** What an isolate remembers between requests, where the request that was to finish it hangs or is gone. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../worker/env.ts';
import { openShop } from '../../worker/shops/cache.ts';

/** An environment whose Shop object is `object`, whatever its id. */
function withShop(object: object): Env {
  const namespace = { idFromName: (id: string) => id, get: () => object };
  return { ...env, SHOP: namespace } as unknown as Env;
}

describe('the shop in memory', () => {
  const version = (number: number) => ({ id: 'shp', version: number });
  /** A Shop object that answers its reads in turn. */
  const answering = (...answers: Promise<unknown>[]) => {
    const snapshot = vi.fn(() => answers.shift() ?? Promise.reject(new Error('read once too often')));
    return { snapshot, env: withShop({ snapshot }) };
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
    // whose timer rings first is nobody's business: who began the read may find the next one's answer as well
    expect(['late', version(1)]).toContainEqual(await first);
    expect(shop.snapshot).toHaveBeenCalledTimes(2);
  });

  it('reads again where the read it joined answered an older version than the caller has seen', async () => {
    const id = crypto.randomUUID();
    const shop = answering(Promise.resolve(version(1)), Promise.resolve(version(2)));
    const [first, ...joined] = [openShop(shop.env, id), openShop(shop.env, id, 2), openShop(shop.env, id, 2)];
    expect([await first, ...(await Promise.all(joined))]).toEqual([version(1), version(2), version(2)]);
    expect(shop.snapshot).toHaveBeenCalledTimes(2);
  });
});
