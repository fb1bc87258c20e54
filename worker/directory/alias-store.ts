/** What referrals look up in the Directory: mailboxes by their one spelling, customers by the beginning of their id. SQL only. */
import { aliasOf } from '../domain/referrals/alias.ts';
import type { Database } from '../storage/database.ts';

/** The migration that made the table. */
const SINCE = 4;

export class AliasStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Of an e-mail that becomes a customer's; whoever had the mailbox first keeps it. An e-mail in the one spelling needs no row. */
  note(customer: string, email: string): void {
    const alias = aliasOf(email);
    if (alias === email) return;
    this.#db.run('INSERT INTO mail_alias (alias, customer) VALUES (?, ?) ON CONFLICT DO NOTHING', alias, customer);
  }

  move(loser: string, survivor: string): void {
    this.#db.run('UPDATE mail_alias SET customer = ? WHERE customer = ?', survivor, loser);
  }

  forget(customer: string): void {
    this.#db.run('DELETE FROM mail_alias WHERE customer = ?', customer);
  }

  owner(alias: string): string | null {
    if (this.#db.version() < SINCE) return null;
    const row = this.#db.one('SELECT customer FROM mail_alias WHERE alias = ?', alias);
    return row === null ? null : String(row.customer);
  }

  /** Ids that begin so, at most two, each where it led to. */
  beginningWith(text: string): string[] {
    const sql = `SELECT COALESCE(moved_to, customer) AS id FROM customer
      WHERE customer >= ?1 AND customer < ?1 || '~' AND moved_to IS NOT '' AND born_ms >= 0 ORDER BY customer LIMIT 2`;
    return this.#db.all(sql, text).map((row) => String(row.id));
  }
}
