/** Applies migrations/d1/*.sql in order, each once and whole. The table is the one `wrangler d1 migrations apply` keeps. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';
import { ROOT } from './build.ts';
import { DATABASE, openDatabaseOnly } from './edge.ts';

const MIGRATIONS = join(ROOT, 'migrations', 'd1');

/**
 * Before the edge opens: Miniflare's database handle blocks this process while it waits, and a workerd that is being called
 * at the same time would wait for this process to read its log.
 */
export async function migrate(state: string): Promise<string[]> {
  const edge = openDatabaseOnly(state);
  try {
    return await applyMissing(edge);
  } finally {
    await edge.dispose();
  }
}

async function applyMissing(edge: Miniflare): Promise<string[]> {
  const database = await edge.getD1Database(DATABASE.binding);
  await database
    .prepare(
      'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
    )
    .run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const missing = listMigrations().filter((name) => !applied.has(name));
  for (const name of missing) {
    const statements = splitStatements(readFileSync(join(MIGRATIONS, name), 'utf8'));
    await database.batch([
      ...statements.map((sql) => database.prepare(sql)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ]);
  }
  return missing;
}

const listMigrations = (): string[] =>
  readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();

/** Our own files only: a statement ends with `;` at the end of a line, comments have their own lines, there are no triggers. */
export function splitStatements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:--.*)?$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
