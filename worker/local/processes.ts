/** Finds and ends the workerd of one state. It is known by its command line, which names the state, so a reused pid is never mistaken for it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

type Process = { pid: number; args: string[] };

/** Small images often have /proc and no ps. */
const hasProc = existsSync('/proc/self/cmdline');

/** workerd ignores the import path (its configuration comes on stdin); it is there to be seen in the process list. */
export const stateMark = (state: string): string => `--import-path=${state}`;

export function findWorkerd(state: string): number[] {
  const mark = stateMark(state);
  return listProcesses()
    .filter(({ args }) => args.includes('serve') && args.includes(mark))
    .map(({ pid }) => pid);
}

/** Answers how many were ended; returns only when they are gone and their files and port are free. */
export async function endWorkerd(state: string): Promise<number> {
  const pids = findWorkerd(state);
  for (const pid of pids) kill(pid);
  const giveUpAt = performance.now() + 5_000;
  while (pids.some(isRunning)) {
    if (performance.now() > giveUpAt) throw new Error(`workerd ${pids.join(', ')} does not end`);
    await sleep(20);
  }
  return pids.length;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * A killed process loses its command line first and its sockets and file locks last; waiting for a parent that never comes,
 * it may stay listed as a zombie. It is over when it is gone, or a zombie with no other thread left.
 */
function isRunning(pid: number): boolean {
  if (!hasProc) return isAlive(pid);
  try {
    const isZombie = /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return !isZombie || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

function listProcesses(): Process[] {
  if (!hasProc) return fromPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: readCommandLine(name) }));
}

function readCommandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // ended since it was listed, or it has ended and only waits to be reaped
  }
}

/** ps does not quote: a state with a space in its path is matched as one piece of the line. */
function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], {
    encoding: 'utf8',
  }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined) return [];
    return [{ pid: Number(pid), args: command.split(/ (?=--)| (?=serve\b)| (?=-$)/) }];
  });
}
