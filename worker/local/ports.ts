/** Tells a busy port before anything is built or written. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Refusal } from './refusal.ts';

export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  probe.listen({ port, host: '127.0.0.1' });
  try {
    await once(probe, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES')
      throw new Refusal(`port ${port} needs more rights than this user has; choose another with --port`);
    throw new Refusal(`port ${port} is busy; choose another with --port`);
  }
  probe.close();
  await once(probe, 'close');
}

/** A port that is free together with the next one, for tests. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      await requireFreePort(port);
      await requireFreePort(port + 1);
      return port;
    } catch {
      // taken: try another
    }
  }
}
