/** Tells a busy port before anything is built or written. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

/** A process that was killed a moment ago holds its port a little longer than it is listed, hence the patience. */
export async function requireFreePort(port: number, patienceMs = 1_000): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const trouble = await probePort(port);
    if (trouble === null) return;
    if (trouble === 'EACCES') {
      throw new Refusal(`port ${port} needs more rights than this user has; choose another with --port`);
    }
    if (performance.now() > giveUpAt) throw new Refusal(`port ${port} is busy; choose another with --port`);
    await sleep(50);
  }
}

async function probePort(port: number): Promise<string | null> {
  // Clients of an edge that has just ended knock at once; a connection left open would keep the probe from closing.
  const probe = createServer((socket) => socket.destroy());
  probe.listen({ port, host: '127.0.0.1' });
  try {
    await once(probe, 'listening');
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
  probe.close();
  await once(probe, 'close');
  return null;
}

/** A port that is free together with the next one, for tests. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      await requireFreePort(port, 0);
      await requireFreePort(port + 1, 0);
      return port;
    } catch {
      // taken: try another
    }
  }
}
