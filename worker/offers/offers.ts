/**
 * The Offers object: what all campaigns of a shop share. Which names are taken, which validation rules there are, how codes
 * that were made here look, and how vouchers may be joined in one order. What a rule means is decided in `domain`.
 */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/offers/0001_offers.sql';
import second from '../../migrations/offers/0002_assignments.sql';
import type { CodePattern } from '../domain/vouchers/campaign.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import { STACKING, type StackingRules } from '../domain/vouchers/stacking.ts';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';
import { type Assignment, Assignments, type Sought } from './assignments.ts';

/** All of it is read at once. */
const MOST_RULES = 1_000;
const LARGEST_RULES = 4_000_000;
const MOST_PATTERNS = 500;

/** One read: what it takes to find a code's owner and to hold an order against rules. */
export interface OffersSnapshot {
  rules: Rule[];
  /** Of codes that carry a generation and check characters. */
  patterns: CodePattern[];
  /** Of codes that carry neither, in their normal form. */
  lengths: number[];
  stacking: StackingRules;
}

export class Offers extends DurableObject<Env> {
  readonly #db: Database;
  readonly #assignments: Assignments;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first, second]);
    this.#assignments = new Assignments(this.#db);
  }

  snapshot(): OffersSnapshot {
    return {
      rules: this.#rules(),
      patterns: this.#setting<CodePattern[]>('patterns') ?? [],
      lengths: this.#setting<number[]>('lengths') ?? [],
      stacking: this.#setting<StackingRules>('stacking') ?? STACKING,
    };
  }

  /** Takes a campaign's name, once: told again by the same campaign it is as it was. `taken`: another one has it. */
  takeName(id: string, name: string): 'named' | 'taken' {
    this.#db.migrate();
    this.#db.run(
      'INSERT INTO campaign (id, name_key, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      id,
      nameKey(name),
      name,
    );
    return this.campaignNamed(name) === id ? 'named' : 'taken';
  }

  /** The name is free again; for campaigns that are deleted for good, or were never made. */
  unname(id: string): void {
    this.#db.migrate();
    this.#db.run('DELETE FROM campaign WHERE id = ?', id);
  }

  /** The id behind a name; null where no campaign has it. */
  campaignNamed(name: string): string | null {
    const row = this.#db.one('SELECT id FROM campaign WHERE name_key = ?', nameKey(name));
    return row === null ? null : String(row.id);
  }

  /** Ids after `after`, for jobs that visit every campaign. */
  campaigns(after: string, limit: number): string[] {
    return this.#db
      .all('SELECT id FROM campaign WHERE id > ? ORDER BY id LIMIT ?', after, limit)
      .map((row) => String(row.id));
  }

  /**
   * Keeps a rule in the place of one with its id; `full`: there is room for no more. `before`: what it was made from;
   * `changed`: by now there is another one, or none. null: there may be any.
   */
  putRule(rule: Rule, before: Rule | null = null): 'kept' | 'full' | 'changed' {
    this.#db.migrate();
    return this.#db.transaction(() => {
      const body = JSON.stringify(rule);
      if (before !== null && JSON.stringify(this.rule(rule.id)) !== JSON.stringify(before)) return 'changed';
      const others = this.#rules().filter(({ id }) => id !== rule.id);
      const size = others.reduce((sum, one) => sum + JSON.stringify(one).length, body.length);
      if (others.length >= MOST_RULES || size > LARGEST_RULES) return 'full';
      this.#db.run(
        `INSERT INTO rule (id, n, body) VALUES (?1, (SELECT COALESCE(MAX(n), 0) + 1 FROM rule), ?2)
         ON CONFLICT DO UPDATE SET body = excluded.body`,
        rule.id,
        body,
      );
      return 'kept';
    });
  }

  rule(id: string): Rule | null {
    const row = this.#db.one('SELECT body FROM rule WHERE id = ?', id);
    return row === null ? null : (JSON.parse(String(row.body)) as Rule);
  }

  /** With all of its assignments. false: there is none. */
  dropRule(id: string): boolean {
    if (this.rule(id) === null) return false;
    this.#db.transaction(() => {
      this.#db.run('DELETE FROM rule WHERE id = ?', id);
      this.#assignments.dropOf(id);
    });
    return true;
  }

  /** null: there is no such rule. The same again is as it was. */
  assign(made: Assignment): Assignment | null {
    if (this.rule(made.rule) === null) return null;
    this.#db.migrate();
    return this.#db.transaction(() => this.#assignments.put(made));
  }

  assignment(id: string): Assignment | null {
    return this.#assignments.one(id);
  }

  unassign(id: string): void {
    this.#assignments.drop(id);
  }

  assignments(sought: Sought): { assignments: Assignment[]; total: number } {
    return this.#assignments.page(sought);
  }

  /** Rules that are assigned to a voucher or campaign. */
  rulesOf(object: string): string[] {
    return this.#assignments.rulesOf(object);
  }

  setStacking(rules: StackingRules): void {
    this.#put('stacking', rules);
  }

  /** Before the first code of a pattern is made, so that whoever reads one knows it. `full`: there is room for no more. */
  addPattern(pattern: CodePattern): 'kept' | 'full' {
    const known = this.#setting<CodePattern[]>('patterns') ?? [];
    if (known.some((one) => one.pattern === pattern.pattern && one.charset === pattern.charset)) return 'kept';
    if (known.length >= MOST_PATTERNS) return 'full';
    this.#put('patterns', [...known, pattern]);
    return 'kept';
  }

  /** Before the first code of a length is kept that carries no check. */
  addLengths(lengths: number[]): void {
    const known = new Set(this.#setting<number[]>('lengths') ?? []);
    if (lengths.every((length) => known.has(length))) return;
    this.#put(
      'lengths',
      [...new Set([...known, ...lengths])].sort((a, b) => a - b),
    );
  }

  #rules(): Rule[] {
    return this.#db.all('SELECT body FROM rule ORDER BY n').map((row) => JSON.parse(String(row.body)) as Rule);
  }

  #setting<T>(name: string): T | null {
    const row = this.#db.one('SELECT body FROM setting WHERE name = ?', name);
    return row === null ? null : (JSON.parse(String(row.body)) as T);
  }

  #put(name: string, value: unknown): void {
    this.#db.migrate();
    this.#db.run(
      'INSERT INTO setting (name, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
      name,
      JSON.stringify(value),
    );
  }
}

function nameKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
