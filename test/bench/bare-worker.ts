/**
 * The yardstick: objects that write the same rows with the same calls as an event does here, and do nothing else: no
 * keys, no identities, no mapping, no programme, no copies.
 */
import { DurableObject } from 'cloudflare:workers';
import schema from '../../migrations/customers/0001_customers.sql';

interface Env {
  BARE: DurableObjectNamespace<Bare>;
}
interface BareEvent {
  userId: string;
  messageId: string;
  event: string;
  properties: object;
}

export class Bare extends DurableObject<Env> {
  #n = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.transactionSync(() => {
      if (ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'journal'").toArray().length === 0)
        ctx.storage.sql.exec(schema);
    });
  }

  store(events: BareEvent[]): number {
    const { sql } = this.ctx.storage;
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      for (const one of events) {
        this.#n += 1;
        sql.exec(
          `INSERT INTO journal (n, customer, seq, kind, name, at_ms, recorded_ms, key, order_id, points, named, programme, entries, about)
           VALUES (?, ?, ?, 'event', ?, ?, ?, ?, NULL, NULL, 0, 1, NULL, ?)`,
          this.#n,
          one.userId,
          this.#n,
          one.event,
          now,
          now,
          one.messageId,
          JSON.stringify(one.properties),
        );
        sql.exec('INSERT INTO used_key (customer, key, seq) VALUES (?, ?, ?)', one.userId, one.messageId, this.#n);
      }
      for (const customer of new Set(events.map((one) => one.userId))) {
        sql.exec(
          `INSERT INTO customer (customer, seq, now_ms, balance, debt, lifetime, next_due_ms, first_seen_ms, last_seen_ms,
             known, orders, moved_to, traits) VALUES (?, ?, ?, 0, 0, 0, NULL, ?, ?, 1, 0, NULL, '{}')
           ON CONFLICT DO UPDATE SET seq = excluded.seq, now_ms = excluded.now_ms, last_seen_ms = excluded.last_seen_ms`,
          customer,
          this.#n,
          now,
          now,
          now,
        );
      }
    });
    return events.length;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === 'GET') return new Response('hello');
    const { batch } = (await request.json()) as { batch: BareEvent[] };
    const shards = new Map<string, BareEvent[]>();
    for (const one of batch) {
      const shard = (Number(one.userId.slice(1)) % 16).toString(16);
      shards.set(shard, [...(shards.get(shard) ?? []), one]);
    }
    const stored = [...shards].map(([shard, events]) =>
      env.BARE.get(env.BARE.idFromName(`bare:${shard}`)).store(events),
    );
    await Promise.all(stored);
    return Response.json({ success: true });
  },
};
