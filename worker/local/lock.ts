/**
 * One node process per state. The lock is SQLite's own lock on lock.db, which the system lets go when its holder dies however
 * that happens, so no pid is ever trusted. lock.json only tells people and messages who holds it.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writePrivateJson } from './private-file.ts';
import { Refusal } from './refusal.ts';

export type Holder = {
  node: number;
  workerd: number[];
  port: number;
  since: string;
};
export type Lock = { tell: (workerd: number[]) => void; release: () => void };

export function lockState(state: string, port: number): Lock {
  const database = new DatabaseSync(join(state, 'lock.db'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Refusal(`${state} is in use${describe(readHolder(state))}. Stop that one, or name another --state.`);
  }
  const since = new Date().toISOString();
  const file = join(state, 'lock.json');
  const tell = (workerd: number[]) => writePrivateJson(file, { node: process.pid, workerd, port, since });
  tell([]);
  return {
    tell,
    release: () => {
      rmSync(file, { force: true });
      database.close();
    },
  };
}

export function readHolder(state: string): Holder | null {
  try {
    return JSON.parse(readFileSync(join(state, 'lock.json'), 'utf8'));
  } catch {
    return null;
  }
}

const describe = (holder: Holder | null): string =>
  holder === null ? '' : ` by process ${holder.node} (port ${holder.port}, since ${holder.since})`;
