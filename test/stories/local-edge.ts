/** Starts the product as a stranger does, `worker/local/start.ts` in a process of its own, so that a test may also kill it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../worker/local/ports.ts';
import { endWorkerd, findWorkerd } from '../../worker/local/processes.ts';

const START = join(import.meta.dirname, '..', '..', 'worker', 'local', 'start.ts');
const READY_WITHIN_MS = 60_000;

export type LocalEdgeOptions = {
  state?: string;
  port?: number;
  demo?: boolean;
  build?: boolean;
};
export type LocalEdge = {
  url: string;
  port: number;
  state: string;
  operatorToken: string;
  node: ChildProcess;
  workerd: () => number[];
  /** Asks it to stop and waits; answers the exit code. */
  stop: () => Promise<number | null>;
  /** Stops it and takes its state away. */
  remove: () => Promise<void>;
};

export async function startLocalEdge(options: LocalEdgeOptions = {}): Promise<LocalEdge> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'regulars-test-'));
  const port = options.port ?? (await findFreePort());
  const log = join(state, '..', `${state.split('/').at(-1)}.log`);
  const node = await spawnStart(startArguments({ ...options, state, port }), log, `ready on http://localhost:${port}`);
  const secrets: { operatorToken: string } = JSON.parse(readFileSync(join(state, 'secrets.json'), 'utf8'));
  const stop = () => stopProcess(node);
  return {
    url: `http://localhost:${port}`,
    port,
    state,
    operatorToken: secrets.operatorToken,
    node,
    workerd: () => findWorkerd(state),
    stop,
    remove: async () => {
      await stop();
      await endWorkerd(state);
      rmSync(state, { recursive: true, force: true });
      rmSync(log, { force: true });
    },
  };
}

function startArguments({ state, port, demo, build }: LocalEdgeOptions): string[] {
  const flags = [...(demo === false ? ['--no-demo'] : []), ...(build === false ? ['--no-build'] : [])];
  return ['--port', String(port), '--state', String(state), ...flags];
}

/**
 * Answers when the line has been said. Output goes to a file: an edge that outlives its node parent must not hang on a pipe
 * that nobody reads. Starts on the same state append to it, so only what comes after the present end counts.
 */
async function spawnStart(args: string[], log: string, line: string): Promise<ChildProcess> {
  const output = openSync(log, 'a');
  const saidBefore = fstatSync(output).size;
  const node = spawn(process.execPath, [START, ...args], { stdio: ['ignore', output, output] });
  closeSync(output);
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const said = readFileSync(log).subarray(saidBefore).toString();
    const isOver = node.exitCode !== null || node.signalCode !== null;
    if (said.includes(line) && !isOver) return node;
    if (isOver || performance.now() > giveUpAt) throw new Error(`the edge did not start:\n${said}`);
    await sleep(25);
  }
}

export async function stopProcess(node: ChildProcess): Promise<number | null> {
  if (node.exitCode !== null || node.signalCode !== null) return node.exitCode;
  const ended = once(node, 'exit');
  node.kill('SIGTERM');
  await ended;
  return node.exitCode;
}
