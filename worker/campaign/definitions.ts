/** The versions of a campaign; the last one holds. SQL only; it decides nothing. */
import type { Database } from '../storage/database.ts';
import type { CampaignRecord } from './record.ts';

export interface Version {
  version: number;
  atMs: number;
  who: string;
  record: CampaignRecord;
}

export class Definitions {
  readonly #db: Database;
  #current: CampaignRecord | null | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  current(): CampaignRecord | null {
    if (this.#current === undefined) {
      const row = this.#db.one('SELECT body FROM definition ORDER BY version DESC LIMIT 1');
      this.#current = row === null ? null : (JSON.parse(String(row.body)) as CampaignRecord);
    }
    return this.#current;
  }

  write(record: CampaignRecord, who: string, wallMs: number): void {
    this.#db.migrate();
    this.#current = undefined;
    this.#db.run(
      'INSERT INTO definition (version, at_ms, who, body) VALUES (?, ?, ?, ?)',
      record.campaign.version,
      wallMs,
      who,
      JSON.stringify(record),
    );
  }

  /** Newest first; `before`: the number of the last one of the page before. */
  page(before: number, limit: number): Version[] {
    return this.#db
      .all('SELECT * FROM definition WHERE version < ? ORDER BY version DESC LIMIT ?', before, limit)
      .map((row) => ({
        version: Number(row.version),
        atMs: Number(row.at_ms),
        who: String(row.who),
        record: JSON.parse(String(row.body)) as CampaignRecord,
      }));
  }

  /** Up to which version copies were told; 0: of none. */
  told(): number {
    return Number(this.#db.one("SELECT seq FROM told WHERE target = 'd1'")?.seq ?? 0);
  }

  setTold(version: number): void {
    this.#db.run(
      `INSERT INTO told (target, seq) VALUES ('d1', ?) ON CONFLICT DO UPDATE SET seq = excluded.seq`,
      version,
    );
  }
}
