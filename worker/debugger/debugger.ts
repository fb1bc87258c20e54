/** The Debugger object: what arrived lately and what became of it. Best effort by design: it may lose a second. */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/debugger/0001_debugger.sql';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';

const KEPT = 1_000;

export interface Verdict {
  atMs: number;
  source: string;
  type: string | null;
  name: string | null;
  messageId: string | null;
  verdict: 'recorded' | 'duplicate' | 'refused' | 'failed';
  /** Why it was refused, or why an order event did not touch the orders. */
  reason: string | null;
}

export class Debugger extends DurableObject<Env> {
  readonly #db: Database;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first]);
  }

  keep(verdicts: Verdict[]): void {
    this.#db.migrate();
    this.#db.transaction(() => {
      this.#db.run('INSERT INTO page (verdicts, body) VALUES (?, ?)', verdicts.length, JSON.stringify(verdicts));
      this.#db.run(
        `DELETE FROM page WHERE n <= (SELECT n FROM
           (SELECT n, SUM(verdicts) OVER (ORDER BY n DESC) - verdicts AS newer FROM page) WHERE newer >= ? LIMIT 1)`,
        KEPT,
      );
    });
  }

  /** The newest first, at most the last 1,000. */
  latest(limit: number): Verdict[] {
    const pages = this.#db.all('SELECT body FROM page ORDER BY n DESC');
    const verdicts = pages.flatMap((page) => (JSON.parse(String(page.body)) as Verdict[]).reverse());
    return verdicts.slice(0, Math.min(limit, KEPT));
  }
}
