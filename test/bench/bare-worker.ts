/**
 * The yardstick: objects that write the same rows with the same calls as an event does here, and do nothing else: no
 * keys, no identities, no mapping, no programme, no copies.
 */
import { DurableObject } from 'cloudflare:workers';
import codes from '../../migrations/codes/0001_codes.sql';
import schema from '../../migrations/customers/0001_customers.sql';

interface Env {
  BARE: DurableObjectNamespace<Bare>;
  BARE_CODES: DurableObjectNamespace<BareCodes>;
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
    // an idle object is put away, and comes back to its rows
    this.#n = Number(ctx.storage.sql.exec('SELECT COALESCE(MAX(n), 0) AS n FROM journal').one().n);
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

interface BareRedemption {
  code: string;
  key: string;
}

/** The rows of a redemption: the code's own, an entry, a key. No rules, no vouchers, nobody told. */
export class BareCodes extends DurableObject<Env> {
  #n = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.transactionSync(() => {
      if (ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'code'").toArray().length === 0)
        ctx.storage.sql.exec(codes);
    });
    this.#n = Number(ctx.storage.sql.exec('SELECT COALESCE(MAX(seq), 0) AS n FROM entry').one().n);
  }

  redeem({ code, key }: BareRedemption, body: string): number {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      sql.exec('SELECT body FROM code WHERE code = ?', code).toArray();
      sql.exec('SELECT body FROM used_key WHERE key = ?', key).toArray();
      this.#n += 1;
      sql.exec(
        `INSERT INTO code (code, shown, owner, customer, campaign, token, made_ms, last, tally, body)
         VALUES (?, ?, 'here', NULL, NULL, NULL, 0, ?, NULL, ?)
         ON CONFLICT DO UPDATE SET last = excluded.last, body = excluded.body`,
        code,
        code,
        this.#n,
        body,
      );
      sql.exec(
        "INSERT INTO entry (seq, code, prev, at_ms, kind, body) VALUES (?, ?, NULL, 0, 'redeemed', ?)",
        this.#n,
        code,
        body,
      );
      sql.exec('INSERT INTO used_key (key, fingerprint, body) VALUES (?, ?, ?)', key, key, body);
    });
    return this.#n;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === 'GET') return new Response('hello');
    if (new URL(request.url).pathname === '/redeem') {
      const body = await request.text();
      const wanted = JSON.parse(body) as BareRedemption;
      const shard = (Number(wanted.code.replaceAll(/\D/g, '')) % 16).toString(16);
      await env.BARE_CODES.get(env.BARE_CODES.idFromName(`bare:${shard}`)).redeem(wanted, body);
      return Response.json({ success: true });
    }
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
