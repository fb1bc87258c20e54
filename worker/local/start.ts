/** `npm start`: the whole of Regulars on one machine. Order matters: lock, end an orphan, then touch the state. */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAll } from './build.ts';
import { type Demo, openDemo } from './demo/demo.ts';
import { openEdge } from './edge.ts';
import { type Flags, parseFlags, USAGE } from './flags.ts';
import { type Lock, lockState } from './lock.ts';
import { migrate } from './migrate.ts';
import { requireFreePort } from './ports.ts';
import { endWorkerd } from './processes.ts';
import { Refusal } from './refusal.ts';
import { loadSecrets } from './secrets.ts';
import { emptyStateDirectory, openStateDirectory } from './state-directory.ts';
import { watchWorkerd } from './watch.ts';

const STOP_WITHIN_MS = 4_000;

/** What has been opened, closed last first. Filled while starting, so that a stop half-way leaves nothing behind. */
const opened: (() => unknown)[] = [];
let stopping = false;

async function start(flags: Flags): Promise<void> {
  const state = openStateDirectory(flags.state);
  const lock = lockState(state, flags.port);
  opened.push(lock.release);
  if ((await endWorkerd(state)) > 0) console.log('ended a workerd that was left over on this state');
  if (flags.fresh) emptyStateDirectory(state);
  await requireFreePort(flags.port);
  if (flags.demo) await requireFreePort(flags.port + 1);
  const secrets = loadSecrets(state);
  if (flags.build) await buildAll();
  opened.push(() => endWorkerd(state));
  const applied = await migrate(state);
  if (applied.length > 0) console.log(`applied ${applied.join(', ')}`);

  const origin = `http://localhost:${flags.port}`;
  await openWatchedEdge({ port: flags.port, state, secrets }, lock);
  const demo = flags.demo
    ? await openDemo({
        origin,
        port: flags.port + 1,
        state,
        operatorToken: secrets.operatorToken,
      })
    : null;
  if (demo !== null) opened.push(demo.close);
  console.log(`\nRegulars\n  API documentation  ${origin}/docs\n  operator token     ${secrets.operatorToken}`);
  if (demo !== null) printDemo(demo);
  console.log(`ready on ${origin}`);
}

async function openWatchedEdge(options: Parameters<typeof openEdge>[0], lock: Lock): Promise<void> {
  const edge = openEdge(options);
  // Miniflare leaves the process inside its own signal handlers, before anything else is closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void stop(0));
  }
  opened.push(() => edge.dispose());
  await edge.ready;
  opened.push(watchWorkerd(options.state, lock, () => void stop(1, 'workerd ended and could not be started again')));
}

function printDemo({ address, live, test, file }: Demo): void {
  console.log(`  demo storefront    ${address}
  live demo shop     ${live.id}
    publishable key  ${live.keys.publishable}
    write key        ${live.keys.write}
    secret key       ${live.keys.secret}
  test demo shop     ${test.id} (its keys are in ${file})`);
}

async function stop(code: number, message?: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (message !== undefined) console.error(message);
  const late = sleep(STOP_WITHIN_MS).then(() => process.exit(1));
  await Promise.race([closeAll(), late]);
  process.exit(code);
}

async function closeAll(): Promise<void> {
  for (const close of opened.reverse()) await close();
}

process.stdout.on('error', () => {}); // whoever read our output has gone; the edge goes on
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

const parsed = parseFlags(process.argv.slice(2));
if (parsed.kind === 'refused') {
  console.error(`${parsed.message}\n\n${USAGE}`);
  process.exit(2);
}
if (parsed.kind === 'help') {
  console.log(USAGE);
  process.exit(0);
}
try {
  await start(parsed.flags);
} catch (error) {
  await stop(
    1,
    error instanceof Refusal ? error.message : `could not start: ${error instanceof Error ? error.stack : error}`,
  );
}
