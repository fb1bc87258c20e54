/** The test projects by height: pure (node), workerd (objects, queries), browser (the drawer), stories (HTTP), faults (crashes). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import type { Plugin } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const root = join(import.meta.dirname, '..');
/** `*.long.test.ts` run only under `npm run test:long`, next to the fault rounds. */
const long = process.env.REGULARS_LONG === '1';

/** Many times what any test takes on two idle cores: it says that something hangs, and nothing about the machine. */
const HANGS_AFTER_MS = long ? 600_000 : 180_000;

const suffix = long ? 'long.test' : 'test';
const excluded = long ? [] : ['**/*.long.test.ts'];

const files = (...folders: string[]) => ({
  include: folders.map((folder) => `test/${folder}/**/*.${suffix}.ts`),
  exclude: excluded,
});

/** Wrangler's Text rule and esbuild's text loader, said to Vite. */
const sqlAsText: Plugin = {
  name: 'sql-as-text',
  enforce: 'pre',
  load(id) {
    const [path = ''] = id.split('?');
    return path.endsWith('.sql') ? `export default ${JSON.stringify(readFileSync(path, 'utf8'))}` : null;
  },
};

/**
 * Two processes, one for a core, that take all the files between them: the modules under test are imported twice and not
 * once for every file. Projects with another number of processes are of another group.
 */
const shared = { isolate: false, maxWorkers: 2, sequence: { groupOrder: 1 } };
/** These wait for alarms and for gathered writes a third of their time. */
const waiting = { isolate: false, maxWorkers: 3, sequence: { groupOrder: 2 } };

/** Folders that need more than Node; whatever is not in one of them is pure, so no test file can be forgotten. */
const elsewhere = ['workerd', 'browser', 'stories', 'conformance', 'faults', 'bench'];

const pure: TestProjectInlineConfiguration = {
  root,
  plugins: [sqlAsText],
  test: {
    name: 'pure',
    environment: 'node',
    include: [`test/**/*.${suffix}.ts`],
    exclude: [...excluded, ...elsewhere.map((folder) => `test/${folder}/**`)],
    ...shared,
    testTimeout: HANGS_AFTER_MS,
  },
};

const workerd: TestProjectInlineConfiguration = {
  root,
  plugins: [
    sqlAsText,
    cloudflareTest(async () => ({
      wrangler: { configPath: join(root, 'wrangler.toml') },
      miniflare: {
        bindings: {
          OPERATOR_TOKEN: 'op_for_tests_only_0123456789abcdef',
          ROOT_SECRET: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
          // For `applyD1Migrations(env.DB, env.D1_MIGRATIONS)` of cloudflare:test.
          D1_MIGRATIONS: await readD1Migrations(join(root, 'migrations', 'd1')),
        },
      },
    })),
  ],
  test: {
    name: 'workerd',
    ...files('workerd'),
    ...waiting,
    setupFiles: ['mended-pool.ts', 'fresh-storage.ts'].map((file) => join(import.meta.dirname, 'workerd', file)),
    testTimeout: HANGS_AFTER_MS,
    hookTimeout: HANGS_AFTER_MS,
  },
};

const stories: TestProjectInlineConfiguration = {
  root,
  test: {
    name: 'stories',
    environment: 'node',
    ...files('stories', 'conformance'),
    globalSetup: [join(import.meta.dirname, 'stories', 'edge.ts')],
    testTimeout: HANGS_AFTER_MS,
    hookTimeout: HANGS_AFTER_MS,
  },
};

const faults: TestProjectInlineConfiguration = {
  root,
  test: {
    name: 'faults',
    environment: 'node',
    include: ['test/faults/**/*.test.ts'],
    globalSetup: [join(import.meta.dirname, 'faults', 'build-once.ts')],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: HANGS_AFTER_MS,
  },
};

async function browser(): Promise<TestProjectInlineConfiguration[]> {
  const project = join(import.meta.dirname, 'browser', 'project.ts');
  if (!existsSync(project)) return [];
  const { browserProject } = await import(project);
  return [await browserProject()];
}

export default defineConfig(async () => ({
  root,
  // a passed test's log lines are nobody's business
  test: { silent: 'passed-only' as const, projects: [pure, workerd, ...(await browser()), stories, faults] },
}));
