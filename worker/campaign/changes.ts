/** Changes of a campaign, each in one transaction and once for its name: the same request again changes nothing. */
import type { Database } from '../storage/database.ts';
import type { Definitions } from './definitions.ts';
import type { Pool } from './pool.ts';
import type { CampaignRecord, Changed, Refusal, Request } from './record.ts';

/** Names the request that made it. */
const CREATION = 'creation';

export class Changes {
  readonly #db: Database;
  readonly #definitions: Definitions;
  readonly #pool: Pool;

  constructor(db: Database, definitions: Definitions, pool: Pool) {
    this.#db = db;
    this.#definitions = definitions;
    this.#pool = pool;
  }

  /** The first version. */
  create(record: CampaignRecord, who: string, fingerprint: string): void {
    this.#db.transaction(() => {
      this.#definitions.write(record, who, Date.now());
      this.#pool.keep({ key: CREATION, fingerprint });
    });
  }

  madeBy(fingerprint: string): 'first' | 'again' | 'mismatch' {
    return this.#definitions.current() === null ? 'first' : this.#pool.known({ key: CREATION, fingerprint });
  }

  /** Once for its name, and not of what lies in the bin. */
  requested(request: Request, next: (record: CampaignRecord) => CampaignRecord | Refusal): Changed {
    return this.next(request.who, (record) => {
      const before = this.#pool.known(request);
      if (before !== 'first') return before;
      const changed = record.deletedAtMs === null ? next(record) : 'not_found';
      if (typeof changed !== 'string') this.#pool.keep(request);
      return changed;
    });
  }

  next(who: string, next: (record: CampaignRecord) => CampaignRecord | 'again' | Refusal): Changed {
    const record = this.#definitions.current();
    if (record === null) return { refusal: 'not_found' };
    const after = this.#db.transaction(() => {
      const changed = next(record);
      if (typeof changed !== 'string' && changed !== record) this.#definitions.write(changed, who, Date.now());
      return changed;
    });
    if (after === 'again') return { refusal: null, record, again: true };
    return typeof after === 'string' ? { refusal: after } : { refusal: null, record: after, again: false };
  }
}
