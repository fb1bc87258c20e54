/** The Guard: exact counts, and that guessing codes is bounded without keeping anybody else out. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { count } from '../../worker/guard/count.ts';
import type { Guard } from '../../worker/guard/guard.ts';
import { guarded, type Visitor } from '../../worker/guard/guess.ts';
import { guardOf } from '../../worker/guard/stubs.ts';
import { shopOf } from '../../worker/shops/cache.ts';
import { eventually, makeShop } from './shop.ts';

const MINUTE = 60_000;
let shops = 0;
/** The Guard asks nothing of a shop but to keep its notices. */
const newShop = () => `shp_guard${++shops}`;
const stranger = (address = '192.0.2.1'): Visitor => ({ address, customer: null });

const miss = async () => ({ found: false, value: 'unknown' });
const hit = async () => ({ found: true, value: 'a voucher' });

/** One guess after the other; what each was told. */
async function guesses(shop: string, visitor: Visitor, times: number) {
  const told = [];
  for (let at = 0; at < times; at += 1) told.push(await guarded(env, shop, visitor, miss));
  return told;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('wrong guesses', () => {
  it('case 36: are refused with a time to wait from the 11th on, one after the other', async () => {
    const shop = newShop();
    const told = await guesses(shop, stranger(), 100);
    expect(told.slice(0, 10)).toEqual(Array(10).fill({ open: true, value: 'unknown' }));
    for (const one of told.slice(10)) {
      if (one.open) throw new Error('an 11th guess was looked for');
      expect(one.retryAfterSeconds).toBeGreaterThan(14 * 60);
      expect(one.retryAfterSeconds).toBeLessThanOrEqual(15 * 60);
    }
  });

  it('case 36: of a hundred at once no more than 10 are looked for, and a right one among the refused says nothing', async () => {
    const shop = newShop();
    let looked = 0;
    const told = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        guarded(env, shop, stranger(), async () => {
          looked += 1;
          return at === 99 ? hit() : miss();
        }),
      ),
    );
    expect([looked, told.filter(({ open }) => open).length]).toEqual([10, 10]);
    expect(told[99]).toMatchObject({ open: false });
  });

  it('are counted by address, so that others go on', async () => {
    const shop = newShop();
    await guesses(shop, stranger('192.0.2.1'), 11);
    expect(await guarded(env, shop, stranger('192.0.2.2'), hit)).toEqual({ open: true, value: 'a voucher' });
    expect(await guarded(env, newShop(), stranger('192.0.2.1'), hit)).toEqual({ open: true, value: 'a voucher' });
  });

  it('case 36: of somebody behind the same line keep no customer out who is proven', async () => {
    const shop = newShop();
    await guesses(shop, stranger(), 20);
    const customer = { ...stranger(), customer: 'a-1' };
    expect(await guarded(env, shop, customer, hit)).toEqual({ open: true, value: 'a voucher' });
    const told = await guesses(shop, customer, 11);
    expect(told.map(({ open }) => open)).toEqual([...Array(10).fill(true), false]);
  });

  it('keep a customer from all but what is theirs', async () => {
    const shop = newShop();
    const customer = { ...stranger(), customer: 'a-1' };
    await guesses(shop, customer, 10);
    const scopes: string[] = [];
    const own = (scope: 'any' | 'own') => {
      scopes.push(scope);
      return hit();
    };
    expect(await guarded(env, shop, customer, own)).toEqual({ open: true, value: 'a voucher' });
    expect(scopes).toEqual(['own']);
    expect(await guarded(env, shop, customer, miss)).toMatchObject({ open: false });
  });

  it('leave the window one by one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const shop = newShop();
    const from = Date.UTC(2026, 4, 4, 12);
    for (let at = 0; at < 10; at += 1) {
      vi.setSystemTime(from + at * MINUTE);
      await guesses(shop, stranger(), 1);
    }
    expect(await guarded(env, shop, stranger(), miss)).toEqual({ open: false, retryAfterSeconds: 6 * 60 });
    vi.setSystemTime(from + 15 * MINUTE);
    expect((await guesses(shop, stranger(), 2)).map(({ open }) => open)).toEqual([true, false]);
  });

  it('are told to the merchant once', async () => {
    const shop = (await makeShop()).id;
    await guesses(shop, stranger(), 15);
    const [notice, ...others] = await eventually(async () => {
      const notices = await shopOf(env, shop).notices(null, 10);
      return notices.length === 0 ? null : notices;
    });
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'codes.guessed', about: { misses: 10 } });
    expect(JSON.stringify(notice)).not.toContain('192.0.2.1');
  });
});

describe('right ones', () => {
  it('write nothing and are never refused, however many come at once', async () => {
    const shop = newShop();
    const { guard } = stubOf(shop, 'address:192.0.2.1');
    const slow = async () => {
      await scheduler.wait(1);
      return hit();
    };
    const told = await Promise.all(Array.from({ length: 100 }, () => guarded(env, shop, stranger(), slow)));
    expect(told).toEqual(Array(100).fill({ open: true, value: 'a voucher' }));
    expect(await runInDurableObject(guard, (instance: Guard) => instance.rowsWritten)).toBe(0);
  });

  it('a look that fails is no miss', async () => {
    const shop = newShop();
    const failing = () => guarded(env, shop, stranger(), () => Promise.reject(new Error('out of reach')));
    for (let at = 0; at < 12; at += 1) await expect(failing()).rejects.toThrow('out of reach');
    expect(await guarded(env, shop, stranger(), hit)).toMatchObject({ open: true });
  });
});

describe('a count', () => {
  const referral = (shop: string, op: string | null, nowMs: number, windowMs = 60 * MINUTE) =>
    count(env, shop, { subject: 'referrer:a-1', windowMs, op, nowMs });

  it('is exact whatever runs at once, and the same operation counts once', async () => {
    const shop = newShop();
    const now = Date.UTC(2026, 4, 4, 12);
    const counts = await Promise.all(Array.from({ length: 60 }, (_, at) => referral(shop, `op-${at % 30}`, now)));
    expect(Math.max(...counts.map((one) => one.count))).toBe(30);
    expect(await referral(shop, 'op-0', now)).toEqual({ count: 30, oldestMs: now });
  });

  it('forgets what left its window, and each window counts for itself', async () => {
    const shop = newShop();
    const now = Date.UTC(2026, 4, 4, 12);
    await referral(shop, 'a', now);
    await referral(shop, 'b', now + 30 * MINUTE);
    expect((await referral(shop, 'c', now + 60 * MINUTE)).count).toBe(2);
    expect((await referral(shop, 'c', now + 60 * MINUTE, 24 * 60 * MINUTE)).count).toBe(1);
  });

  it('writes one row, keeps no name, and is swept away when its window is over', async () => {
    const shop = newShop();
    const { guard } = stubOf(shop, 'referrer:a-1');
    await referral(shop, 'a', Date.now());
    const rows = () =>
      runInDurableObject(guard, (instance: Guard, { storage }) => ({
        written: instance.rowsWritten,
        kept: storage.sql.exec('SELECT * FROM subject').toArray(),
      }));
    const before = await rows();
    expect([before.written, before.kept.length, JSON.stringify(before.kept).includes('a-1')]).toEqual([1, 1, false]);
    await referral(shop, 'b', Date.now() - 61 * MINUTE);
    await runInDurableObject(guard, (_, { storage }) => storage.sql.exec('UPDATE subject SET until_ms = 1'));
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    expect((await rows()).kept).toEqual([]);
  });
});

/** The object itself, for looking into it. */
function stubOf(shop: string, subject: string) {
  const { name } = guardOf(env, shop, subject);
  const n = (name.codePointAt(0) ?? 0) % 8;
  return { guard: env.GUARD.get(env.GUARD.idFromName(`guard:${shop}:${n}`)) };
}
