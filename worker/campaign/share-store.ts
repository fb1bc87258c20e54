/** The only SQL of a budget's shares: what the root knows of each, and in a share what it may give away. It decides nothing. */
import { NO_SHARE, SHARES, type Share } from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import { OpFilter } from '../domain/vouchers/op-filter.ts';
import type { Tally } from '../domain/vouchers/tally.ts';
import type { Database } from '../storage/database.ts';
import type { Opening } from './share-calls.ts';

/** With which version of the tables shares came. */
const SINCE_VERSION = 2;

export interface ShareRow extends Share {
  share: number;
  tally: Tally | null;
  /** Of its last opening. */
  caps: Caps;
  manner: string;
}

export type PartRow = Omit<Opening, 'seen'> & { open: boolean };

export class ShareStore {
  readonly #db: Database;
  #rows: Map<number, ShareRow> | null = null;
  readonly #seen = new Map<number, OpFilter>();
  #part: { row: PartRow | null } | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** None: it was never split. */
  rows(): ShareRow[] {
    return [...this.#loaded().values()];
  }

  row(share: number): ShareRow | null {
    return this.#loaded().get(share) ?? null;
  }

  /** As they are before the first opening. */
  blank(): ShareRow[] {
    const caps = { redemptions: null, discountMinor: null, ordersMinor: null };
    return Array.from({ length: SHARES }, (_, share) => ({ ...NO_SHARE, share, tally: null, caps, manner: '' }));
  }

  /** Writes all of them or none. `seen` given: what that share decided. */
  write(rows: ShareRow[], seen: Uint8Array | null = null): void {
    this.#db.migrate();
    const sql = 'INSERT INTO share (share, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.#db.transaction(() => {
      for (const row of rows) {
        this.#db.run(sql, row.share, JSON.stringify(row));
        if (seen !== null) this.#db.run('UPDATE share SET seen = ? WHERE share = ?', bufferOf(seen), row.share);
      }
    });
    const known = this.#loaded();
    for (const row of rows) {
      known.set(row.share, row);
      if (seen !== null) this.#seen.set(row.share, OpFilter.from(seen));
    }
  }

  /** What a share told of itself meanwhile: remembered, not written. */
  note(row: ShareRow): void {
    this.#loaded().set(row.share, row);
  }

  /** Whether a share that was closed may have decided this operation. */
  mayHaveSeen(share: number, op: string): boolean {
    return this.#filter(share, () => this.#db.one('SELECT seen FROM share WHERE share = ?', share)).mayHold(op);
  }

  /** Of this object, where it is a share; null: it was never opened. */
  part(): PartRow | null {
    this.#part ??= { row: this.#hasTables() ? partIn(this.#db.one('SELECT body FROM part')) : null };
    return this.#part.row;
  }

  writePart(row: PartRow, seen: Uint8Array | null = null): void {
    this.#db.migrate();
    const sql = 'INSERT INTO part (one, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.#db.transaction(() => {
      this.#db.run(sql, JSON.stringify(row));
      if (seen !== null) this.#db.run('UPDATE part SET seen = ?', bufferOf(seen));
    });
    this.#part = { row };
    if (seen !== null) this.#seen.set(OWN, OpFilter.from(seen));
  }

  /** Whether the root may have decided this operation before it opened this share. */
  rootMayHaveSeen(op: string): boolean {
    return this.#filter(OWN, () => this.#db.one('SELECT seen FROM part')).mayHold(op);
  }

  #filter(name: number, read: () => ReturnType<Database['one']>): OpFilter {
    const known = this.#seen.get(name);
    if (known !== undefined) return known;
    const bytes = read()?.seen;
    const filter = bytes instanceof ArrayBuffer ? OpFilter.from(new Uint8Array(bytes)) : OpFilter.for(0);
    this.#seen.set(name, filter);
    return filter;
  }

  #loaded(): Map<number, ShareRow> {
    if (this.#rows !== null) return this.#rows;
    const rows = this.#hasTables() ? this.#db.all('SELECT share, body FROM share ORDER BY share') : [];
    this.#rows = new Map(rows.map(({ share, body }) => [Number(share), JSON.parse(String(body)) as ShareRow] as const));
    return this.#rows;
  }

  #hasTables(): boolean {
    return this.#db.version() >= SINCE_VERSION;
  }
}

const OWN = -1;

function partIn(row: ReturnType<Database['one']>): PartRow | null {
  return row === null ? null : (JSON.parse(String(row.body)) as PartRow);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
