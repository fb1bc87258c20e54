/** The worker on this machine: Miniflare with the bindings of wrangler.toml (a test compares them) and everything kept on disk. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Log, LogLevel, Miniflare, type ModuleDefinition, type WorkerOptions } from 'miniflare';
import { ASSETS, WORKER } from './build.ts';
import type { Secrets } from './secrets.ts';

export type EdgeOptions = { port: number; state: string; secrets: Secrets };

export const COMPATIBILITY_DATE = '2026-07-01';
export const COMPATIBILITY_FLAGS = ['global_fetch_strictly_public'];
export const OBJECTS = {
  CUSTOMERS: 'Customers',
  DIRECTORY: 'Directory',
  SHOP: 'Shop',
  DEBUGGER: 'Debugger',
  JOBS: 'Jobs',
  CODES: 'Codes',
  CAMPAIGN: 'Campaign',
  OFFERS: 'Offers',
  GUARD: 'Guard',
  CONNECTION: 'Connection',
};
export const DATABASE = { binding: 'DB', name: 'regulars' };

export function openEdge({ port, state, secrets }: EdgeOptions): Miniflare {
  prepareRuntime();
  return new Miniflare({ workers: [worker(port, secrets), STATIC_FILES], ...sharedOptions(state) });
}

/** The same database with nothing in front of it: no port, no objects, nobody who could call. */
export function openDatabaseOnly(state: string): Miniflare {
  prepareRuntime();
  const database = { d1Databases: { [DATABASE.binding]: DATABASE.name }, compatibilityDate: COMPATIBILITY_DATE };
  return new Miniflare({ workers: [{ name: 'database', modules: NO_CODE, ...database }], ...sharedOptions(state) });
}

function prepareRuntime(): void {
  // Young generations of 16 MB and more let memory grow threefold for no speed (measured); it must be set before workerd starts.
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= '--max-semi-space-size=4';
  process.env.MINIFLARE_WORKERD_PATH = join(import.meta.dirname, 'workerd.sh');
}

const sharedOptions = (state: string) => ({
  defaultPersistRoot: join(state, 'data'),
  cf: false,
  logRequests: false,
  log: new Log(LogLevel.ERROR),
  handleRuntimeStdio: passOn,
  unsafeRuntimeEnv: { REGULARS_STATE: state, REGULARS_WORKERD: findWorkerdBinary() },
});

const NO_CODE: ModuleDefinition[] = [{ type: 'ESModule', path: 'none.js', contents: 'export default {}' }];

function worker(port: number, secrets: Secrets): WorkerOptions {
  return {
    name: 'regulars',
    // Straight to the worker: Miniflare's own entry in front of it halves what a machine can serve (measured).
    unsafeDirectSockets: [{ host: '127.0.0.1', port, serviceName: 'regulars' }],
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
    modules: [{ type: 'ESModule', path: 'worker.js', contents: readFileSync(WORKER, 'utf8') }],
    bindings: { OPERATOR_TOKEN: secrets.operatorToken, ROOT_SECRET: secrets.rootSecret, ...HOT_BUDGETS },
    durableObjects: Object.fromEntries(
      Object.entries(OBJECTS).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    d1Databases: { [DATABASE.binding]: DATABASE.name },
    serviceBindings: { ASSETS: STATIC_FILES.name },
  };
}

/** As the environment says; see `worker/env.ts`. */
const { BUDGET_HOT_PER_SECOND } = process.env;
const HOT_BUDGETS = BUDGET_HOT_PER_SECOND === undefined ? {} : { BUDGET_HOT_PER_SECOND };

/**
 * Cloudflare looks at the files first, for nothing; here that look costs each request 160 µs (measured), so the files
 * stand beside the worker, which asks for them where no route of its own matches.
 */
const STATIC_FILES: WorkerOptions & { name: string } = {
  name: 'static',
  compatibilityDate: COMPATIBILITY_DATE,
  modules: NO_CODE,
  assets: { directory: ASSETS, workerName: 'static' },
};

/** The worker's log lines as they are: they are JSON, made to be piped. */
function passOn(stdout: Readable, stderr: Readable): void {
  stdout.pipe(process.stdout, { end: false });
  stderr.pipe(process.stderr, { end: false });
}

function findWorkerdBinary(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
  const workerd: { default: string } = fromMiniflare('workerd');
  return workerd.default;
}
