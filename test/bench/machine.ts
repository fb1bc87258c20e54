/** What the edge's log and the system say of it: rows written, memory. */
import { readFileSync } from 'node:fs';

/** Rows written by requests whose log lines come after `from` characters of the log, and how many requests those were. */
export function rowsSince(log: string, from: number, route: string): { rows: number; requests: number } {
  const lines = readFileSync(log, 'utf8').slice(from).split('\n');
  const told = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const mine = told.filter((line) => line.route === route && line.status === 200);
  return { rows: mine.reduce((sum, line) => sum + line.rowsWritten, 0), requests: mine.length };
}

export function sizeOf(log: string): number {
  return readFileSync(log, 'utf8').length;
}

/** Resident memory of a process in MiB, now and at its highest. Linux only; elsewhere null. */
export function memoryOf(pid: number | undefined): { now: number; highest: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mib = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
    return { now: mib('VmRSS'), highest: mib('VmHWM') };
  } catch {
    return null;
  }
}
