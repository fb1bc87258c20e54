/** Who was given which codes of a campaign: each publication once, one to a person where it says so. SQL only, but for that. */
import type { Database } from '../storage/database.ts';
import type { Publication } from './publication.ts';

/** `customers`: all ids of one who is erased; `subject`: the random one that is left. */
export interface ForgetCall {
  customers: string[];
  publications: string[];
  subject: string;
}

export class Publications {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  one(id: string): Publication | null {
    const row = this.#db.one('SELECT body FROM publication WHERE publication = ?', id);
    return row === null ? null : (JSON.parse(String(row.body)) as Publication);
  }

  /** The one that a person joined by, whatever they were called then. */
  ofCustomer(customers: string[]): Publication | null {
    const sql = 'SELECT publication FROM joined WHERE customer IN (SELECT value FROM json_each(?)) LIMIT 1';
    const row = this.#db.one(sql, JSON.stringify(customers));
    return row === null ? null : this.one(String(row.publication));
  }

  /** How many of these have joined. */
  joined(customers: string[]): number {
    const sql = 'SELECT COUNT(*) AS n FROM joined WHERE customer IN (SELECT value FROM json_each(?))';
    return Number(this.#db.one(sql, JSON.stringify(customers))?.n ?? 0);
  }

  ofSource(source: string): Publication | null {
    const row = this.#db.one('SELECT publication FROM source WHERE source = ?', source);
    return row === null ? null : this.one(String(row.publication));
  }

  /** Begins one: who joins by it is noted with it. */
  begin(publication: Publication, joins: boolean, wallMs: number): void {
    this.write(publication);
    this.#db.run(
      'INSERT INTO open_publication (publication, at_ms, finished) VALUES (?, ?, 0)',
      publication.id,
      wallMs,
    );
    const { customer, sourceId, id } = publication;
    if (joins) this.#db.run('INSERT INTO joined (customer, publication) VALUES (?, ?)', customer, id);
    if (sourceId !== null) this.#db.run('INSERT INTO source (source, publication) VALUES (?, ?)', sourceId, id);
  }

  write(publication: Publication): void {
    this.#db.run(
      'INSERT INTO publication (publication, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
      publication.id,
      JSON.stringify(publication),
    );
  }

  /** It has ended; copies are told of it next. */
  finish(publication: Publication): void {
    this.write(publication);
    this.#db.run('UPDATE open_publication SET finished = 1 WHERE publication = ?', publication.id);
    if (publication.state !== 'voided') return;
    this.#db.run('DELETE FROM joined WHERE customer = ? AND publication = ?', publication.customer, publication.id);
    if (publication.sourceId !== null) this.#db.run('DELETE FROM source WHERE source = ?', publication.sourceId);
  }

  /** Within a transaction: of an erased customer's publications only what was given, and when, is kept. Copies are told of it. */
  forget({ customers, publications, subject }: ForgetCall): void {
    const joined = 'SELECT customer, publication FROM joined WHERE customer IN (SELECT value FROM json_each(?))';
    const found = this.#db.all(joined, JSON.stringify(customers)).map((row) => String(row.publication));
    const told = 'INSERT INTO open_publication (publication, at_ms, finished) VALUES (?, 0, 1) ON CONFLICT DO NOTHING';
    for (const id of new Set([...publications, ...found])) {
      const one = this.one(id);
      if (one === null || !customers.includes(one.customer)) continue;
      if (one.sourceId !== null) this.#db.run('DELETE FROM source WHERE source = ?', one.sourceId);
      // one that is on its way ends where they are not
      const whose = one.state === 'open' ? one.customer : subject;
      this.write({ ...one, customer: whose, sourceId: null, metadata: {} });
      this.#db.run(told, id);
    }
    const of = 'customer IN (SELECT value FROM json_each(?))';
    this.#db.run(`DELETE FROM joined WHERE ${of}`, JSON.stringify(customers));
    this.#db.run(`DELETE FROM customer_tally WHERE ${of}`, JSON.stringify(customers));
  }

  /** Those that are neither done nor voided since before a wall time. */
  openSince(wallMs: number, limit: number): Publication[] {
    const sql = `SELECT publication FROM open_publication WHERE finished = 0 AND at_ms <= ? ORDER BY at_ms LIMIT ?`;
    return this.#db.all(sql, wallMs, limit).flatMap((row) => this.one(String(row.publication)) ?? []);
  }

  /** When (wall time) the oldest of them began; null: none is open. */
  oldestMs(): number | null {
    const row = this.#db.one('SELECT MIN(at_ms) AS at FROM open_publication WHERE finished = 0');
    return row === null || row.at === null ? null : Number(row.at);
  }

  /** Ended ones that copies were not told of. */
  untold(limit: number): Publication[] {
    return this.#db
      .all('SELECT publication FROM open_publication WHERE finished = 1 LIMIT ?', limit)
      .flatMap((row) => this.one(String(row.publication)) ?? []);
  }

  /** Copies were told of them. */
  told(ids: string[]): void {
    this.#db.run(
      'DELETE FROM open_publication WHERE finished = 1 AND publication IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
  }

  /** Ids after `after`, for telling all of them again. */
  page(after: string, limit: number): Publication[] {
    return this.#db
      .all('SELECT body FROM publication WHERE publication > ? ORDER BY publication LIMIT ?', after, limit)
      .map((row) => JSON.parse(String(row.body)) as Publication);
  }
}
