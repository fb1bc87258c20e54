/** Objects that were written before their journal lay in the order of customers: nothing of it is lost on the way. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import first from '../../migrations/customers/0001_customers.sql';
import consents from '../../migrations/customers/0002_consents.sql';
import merges from '../../migrations/customers/0003_merges.sql';
import type { CustomerHistory } from '../../worker/customers/history.ts';
import { Projector } from '../../worker/customers/projector.ts';
import { CustomerStore } from '../../worker/customers/store.ts';
import { makeCopies } from './shop.ts';

const AT = Date.UTC(2026, 0, 1);

/** Two customers whose rows lie among each other's, one with points, as an older version wrote them. */
const ROWS = [
  ['a-1', 1, 'event', 'Viewed', null, '{"trust":"server","properties":{"page":1}}'],
  ['a-2', 1, 'event', 'Viewed', null, '{"trust":"browser","properties":{}}'],
  ['a-1', 2, 'points.adjusted', null, 5, '{"reason":"r","fingerprint":"f"}'],
  ['a-2', 2, 'event', 'Viewed', null, '{"trust":"server","properties":{}}'],
  ['a-1', 3, 'event', 'Viewed', null, '{"trust":"server","properties":{"page":2}}'],
] as const;

function write(sql: SqlStorage): void {
  sql.exec('CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT');
  for (const text of [first, consents, merges]) sql.exec(text);
  sql.exec('INSERT INTO schema_version (version) VALUES (3)');
  ROWS.forEach(([customer, seq, kind, name, points, about], at) => {
    sql.exec(
      `INSERT INTO journal (n, customer, seq, kind, name, at_ms, recorded_ms, key, order_id, points, named, programme, entries,
        about) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, 0, 1, NULL, ?)`,
      ...[at + 1, customer, seq, kind, name, AT + seq, AT + seq, `k${at}`, points, about],
    );
    sql.exec('INSERT INTO used_key (customer, key, seq) VALUES (?, ?, ?)', customer, `k${at}`, seq);
  });
  for (const [customer, seq, balance] of [
    ['a-1', 3, 5],
    ['a-2', 2, 0],
  ] as const)
    sql.exec(
      `INSERT INTO customer (customer, seq, now_ms, balance, debt, lifetime, next_due_ms, first_seen_ms, last_seen_ms, known,
        orders, traits) VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, 1, 0, '{}')`,
      ...[customer, seq, AT + 9, balance, balance, balance === 0 ? null : AT + 100, AT, AT + 9],
    );
  sql.exec(
    "INSERT INTO lot (customer, expires_ms, lot, points, remaining, origin) VALUES ('a-1', ?, 128, 5, 5, 'adjustment')",
    AT + 100,
  );
  sql.exec("INSERT INTO told (reader, n) VALUES ('d1', 5)");
}

it('keep every row, key and due instant, answer segments, and are told to D1 once more', async () => {
  await makeCopies();
  const object = env.CUSTOMERS.get(env.CUSTOMERS.newUniqueId());
  await runInDurableObject(object, async (_, { storage }) => {
    write(storage.sql);
    const store = new CustomerStore(storage);
    expect(store.isThere()).toBe(true);
    const seqs = (customer: string) => store.timeline(customer, { limit: 9, before: null }).map(({ seq }) => seq);
    expect([seqs('a-1'), seqs('a-2')]).toEqual([
      [3, 2, 1],
      [2, 1],
    ]);
    expect(store.rowsBetween('a-1', 1, 3, 9).map(({ kind }) => kind)).toEqual(['points.adjusted']);
    expect(store.pointsRows('a-1', { limit: 9, before: null }).map(({ seq }) => seq)).toEqual([2]);
    expect(store.head('a-1')).toMatchObject({ nextDueMs: AT + 100, lotsDueMs: AT + 100, segmentsVersion: 0 });
    store.transaction((batch) => {
      batch.load(['a-1', 'a-2'], [{ customer: 'a-1', key: 'k4' }]);
      expect(batch.rowOfKey('a-1', 'k4')).toMatchObject({ seq: 3, name: 'Viewed' });
      const query = {
        name: 'Viewed',
        afterMs: 0,
        upToMs: AT + 9,
        order: 'newest' as const,
        most: null,
        detailed: true,
      };
      const history: CustomerHistory = batch.history('a-2');
      expect([...history.events({ ...query, source: 'any' })].map(({ seq }) => seq)).toEqual([2, 1]);
      expect([...history.events({ ...query, source: 'trusted' })].map(({ seq }) => seq)).toEqual([2]);
    });
    const shop = crypto.randomUUID();
    const projector = new Projector(store, env.DB, () => shop);
    await projector.flush();
    const copies = env.DB.prepare('SELECT customer, seq FROM profile WHERE shop = ? ORDER BY customer').bind(shop);
    expect((await copies.all()).results).toEqual([
      { customer: 'a-1', seq: 3 },
      { customer: 'a-2', seq: 2 },
    ]);
  });
});
