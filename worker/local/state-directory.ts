/** Makes, recognises and empties a state directory, so that --state and --fresh can never hurt a directory of something else. */
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.ts';

const MARK = 'regulars-state.json';
/** What an owner holds open or others look at: stays when the rest is wiped. */
const KEPT = new Set([MARK, 'lock.db', 'lock.db-journal', 'lock.json']);

/** Answers the real path, which is what identifies a state whatever way it was named. */
export function openStateDirectory(path: string): string {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Refusal(`${path} is not a directory`);
    const isEmpty = readdirSync(path).length === 0;
    if (!isEmpty && !existsSync(join(path, MARK))) {
      throw new Refusal(`${path} holds something else than Regulars' state; name another directory with --state`);
    }
  }
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, MARK), `${JSON.stringify({ kind: 'regulars-state', version: 1 })}\n`);
  return realpathSync(path);
}

/** Only for the holder of the lock. */
export function emptyStateDirectory(state: string): void {
  for (const name of readdirSync(state)) {
    if (!KEPT.has(name)) rmSync(join(state, name), { recursive: true, force: true });
  }
}
