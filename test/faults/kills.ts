/** kill -9 in its three kinds, each followed by the way back that a person has: start again on the same state. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import type { Random } from './random.ts';

export const KILLS = ['node', 'workerd', 'both'] as const;
export type Kill = (typeof KILLS)[number];

export async function killAndReturn(edge: LocalEdge, kill: Kill, random: Random): Promise<LocalEdge> {
  const before = edge.workerd();
  if (kill !== 'node') killWorkerd(before);
  if (kill === 'workerd') {
    await waitForOtherWorkerd(edge, before);
    return edge;
  }
  edge.node.kill('SIGKILL');
  await ended(edge);
  // An orphan goes on serving; clients may well be acknowledged by it before it is taken over.
  await sleep(random.integer(0, 400));
  return startLocalEdge({ state: edge.state, port: edge.port, demo: false, build: false });
}

function killWorkerd(pids: number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

async function ended({ node }: LocalEdge): Promise<void> {
  if (node.exitCode === null && node.signalCode === null) await once(node, 'exit');
}

/** Node notices and starts another. */
export async function waitForOtherWorkerd(edge: LocalEdge, before: number[]): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const isNew = edge.workerd().some((pid) => !before.includes(pid));
    if (isNew && (await isHealthy(edge.url))) return;
    if (performance.now() > giveUpAt) throw new Error('no other workerd came up');
    await sleep(25);
  }
}

export async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
