/** A customer's remembered past: longer than what is kept, changed meanwhile, undone. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../worker/customers/batch.ts';
import { CustomerStore } from '../../worker/customers/store.ts';
import { newHead } from '../../worker/domain/customer.ts';

const AT = Date.UTC(2026, 0, 1);
const KEPT = 10_000;

/** Events of one name, a second apart, every tenth a server's; `from` is the number of the first. */
function tell(batch: Batch, from: number, count: number, late: number[] = []): void {
  const head = { ...newHead(AT), seq: from + count - 1 + late.length, nowMs: AT };
  const times = [...Array.from({ length: count }, (_, at) => AT + (from + at) * 1_000), ...late];
  const rows = times.map((atMs, at) => {
    const about = { trust: (from + at) % 10 === 0 ? 'server' : 'browser', properties: {} };
    const blank = { key: null, orderId: null, programmeVersion: 1, entries: [], recordedAtMs: AT };
    return { seq: from + at, kind: 'event' as const, name: 'Viewed', atMs, ...blank, about };
  });
  batch.add('c', { head, rows, lots: [], orders: [] });
}

function ask(
  store: CustomerStore,
  about: { source?: 'any' | 'trusted'; afterMs?: number; upToMs?: number; most?: number | null },
) {
  const query = { name: 'Viewed', source: 'any' as const, afterMs: 0, upToMs: AT * 2, most: null, ...about };
  return store.transaction((batch) => {
    batch.load(['c'], []);
    const history = batch.history('c');
    const slow = [...history.events({ ...query, order: 'newest', detailed: false })].map(({ atMs }) => atMs);
    return { fast: history.instants(query), slow };
  });
}

async function withStore(work: (store: CustomerStore) => void): Promise<void> {
  const object = env.CUSTOMERS.get(env.CUSTOMERS.newUniqueId());
  await runInDurableObject(object, (_, { storage }) => work(new CustomerStore(storage)));
}

describe('the times of events', () => {
  it('are the same from memory as from the rows, of a past longer than memory keeps', async () => {
    await withStore((store) => {
      store.transaction((batch) => tell(batch, 1, KEPT + 2_000));
      const questions = [
        {},
        { most: 5 },
        { most: KEPT + 500 },
        { source: 'trusted' as const },
        { source: 'trusted' as const, most: 3 },
        { afterMs: AT + 11_000_000 },
        { upToMs: AT + 1_500_000 },
        { upToMs: AT + 3_000_000, most: 700 },
        { afterMs: AT + 1_999_000, upToMs: AT + 2_002_000 },
      ];
      for (const question of questions) {
        const { fast, slow } = ask(store, question);
        expect(fast.length, JSON.stringify(question)).toBe(slow.length);
        expect(fast, JSON.stringify(question)).toEqual(slow);
      }
    });
  });

  it('follow what is recorded, on time and late, before and after it is written', async () => {
    await withStore((store) => {
      store.transaction((batch) => tell(batch, 1, 50));
      expect(ask(store, {}).fast).toHaveLength(50);
      store.transaction((batch) => {
        batch.load(['c'], []);
        tell(batch, 51, 5, [AT + 3_500, AT - 1]);
        const query = { name: 'Viewed', source: 'any' as const, afterMs: 0, upToMs: AT * 2, most: null };
        expect(batch.history('c').instants(query)).toHaveLength(57);
      });
      const { fast, slow } = ask(store, {});
      expect(fast).toEqual(slow);
      expect([fast.length, fast.at(-1)]).toEqual([57, AT - 1]);
    });
  });

  it('forget what was undone', async () => {
    await withStore((store) => {
      store.transaction((batch) => tell(batch, 1, 3));
      expect(ask(store, {}).fast).toHaveLength(3);
      const undone = () =>
        store.transaction((batch) => {
          batch.load(['c'], []);
          tell(batch, 4, 2);
          throw new Error('on purpose');
        });
      expect(undone).toThrow('on purpose');
      const { fast, slow } = ask(store, {});
      expect(fast).toEqual(slow);
      expect(fast).toHaveLength(3);
    });
  });
});
