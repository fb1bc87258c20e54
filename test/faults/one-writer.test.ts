/** One state has one writer, whichever processes were killed and whoever tries to start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readHolder } from '../../worker/local/lock.ts';
import { findFreePort } from '../../worker/local/ports.ts';
import { endWorkerd, findWorkerd, isAlive } from '../../worker/local/processes.ts';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { isHealthy, waitForOtherWorkerd } from './kills.ts';
import { makeShop } from './shop.ts';

const START = join(import.meta.dirname, '..', '..', 'worker', 'local', 'start.ts');
const opened: LocalEdge[] = [];

afterEach(async () => {
  for (const edge of opened.splice(0)) await edge.remove();
});

async function open(options: Parameters<typeof startLocalEdge>[0] = {}): Promise<LocalEdge> {
  const edge = await startLocalEdge({ demo: false, build: false, ...options });
  opened.push(edge);
  return edge;
}

/** Runs a start that is expected to end by itself. */
async function tryStart(...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [START, '--no-demo', '--no-build', ...args], { timeout: 20_000 });
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  child.stderr.on('data', (part) => (said += part));
  await once(child, 'close');
  return { code: child.exitCode, said };
}

test('refuses a second start on a live state, and wipes nothing with --fresh', async () => {
  const edge = await open();
  const shop = await makeShop(edge.url, edge.operatorToken);
  const secrets = readFileSync(join(edge.state, 'secrets.json'), 'utf8');
  const port = String(await findFreePort());
  for (const flags of [[], ['--fresh']]) {
    const second = await tryStart('--state', edge.state, '--port', port, ...flags);
    expect(second).toEqual({ code: 1, said: expect.stringContaining(`is in use by process ${edge.node.pid}`) });
  }
  expect(readFileSync(join(edge.state, 'secrets.json'), 'utf8')).toBe(secrets);
  expect(edge.workerd()).toHaveLength(1);
  expect((await readShop(edge, shop.secret)).status).toBe(200);
});

test('lets one of several simultaneous starts have the state', async () => {
  const first = await open();
  await first.stop();
  const ports = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  const starts = await Promise.allSettled(ports.map((port) => open({ state: first.state, port })));
  expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(findWorkerd(first.state)).toHaveLength(1);
});

test('takes over the workerd that a killed node left behind, on the same port, with all data', async () => {
  const edge = await open();
  const shop = await makeShop(edge.url, edge.operatorToken);
  const [orphan = 0] = edge.workerd();
  edge.node.kill('SIGKILL');
  await once(edge.node, 'exit');
  expect({ alive: isAlive(orphan), serving: await isHealthy(edge.url) }).toEqual({ alive: true, serving: true });
  const next = await open({ state: edge.state, port: edge.port });
  const writers = next.workerd();
  expect({ count: writers.length, orphan: writers.includes(orphan) }).toEqual({ count: 1, orphan: false });
  expect((await readShop(next, shop.secret)).status).toBe(200);
});

test('starts workerd anew when it alone is killed, and says so in lock.json', async () => {
  const edge = await open();
  const shop = await makeShop(edge.url, edge.operatorToken);
  const before = edge.workerd();
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await waitForOtherWorkerd(edge, before);
  expect((await readShop(edge, shop.secret)).status).toBe(200);
  await expect.poll(() => readHolder(edge.state)?.workerd, { timeout: 5_000 }).toEqual(edge.workerd());
});

test('is not kept out by a lock.json whose process id now belongs to somebody else, and leaves that one alone', async () => {
  const edge = await open();
  await edge.stop();
  const stale = { node: process.pid, workerd: [process.ppid], port: edge.port, since: '2026-01-01T00:00:00Z' };
  writeFileSync(join(edge.state, 'lock.json'), JSON.stringify(stale));
  const next = await open({ state: edge.state, port: edge.port });
  expect(readHolder(edge.state)?.node).toBe(next.node.pid);
  expect(isAlive(process.ppid)).toBe(true);
});

test('stops node and workerd within five seconds of SIGTERM, with exit code 0', async () => {
  const edge = await open();
  const from = performance.now();
  expect(await edge.stop()).toBe(0);
  expect(performance.now() - from).toBeLessThan(5_000);
  expect(findWorkerd(edge.state)).toEqual([]);
  expect(readHolder(edge.state)).toBeNull();
});

test('says that a port is busy and leaves no process behind', async () => {
  const port = await findFreePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const state = mkdtempSync(join(tmpdir(), 'regulars-test-'));
  const start = await tryStart('--state', state, '--port', String(port));
  expect(start).toEqual({ code: 1, said: expect.stringContaining(`port ${port} is busy`) });
  expect(await endWorkerd(state)).toBe(0);
  other.close();
});

test('refuses a directory that holds something else, and flags that it does not know', async () => {
  const foreign = await tryStart('--state', import.meta.dirname, '--fresh');
  expect(foreign).toEqual({ code: 1, said: expect.stringContaining('holds something else') });
  const unknown = await tryStart('--prot', '1');
  expect(unknown).toEqual({ code: 2, said: expect.stringContaining("Unknown option '--prot'") });
});

const readShop = (edge: LocalEdge, secret: string): Promise<Response> =>
  fetch(`${edge.url}/admin/v1/customers`, { headers: { authorization: `Bearer ${secret}` } });
