/** Bundles the worker and the widget into dist/. Not minified, like Wrangler's own bundle: the size is the deployed one and stacks can be read. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildWidget } from './build-widget.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const ASSETS = join(ROOT, 'dist', 'assets');
export const WORKER = join(ROOT, 'dist', 'worker.js');

export async function buildAll(): Promise<void> {
  mkdirSync(ASSETS, { recursive: true });
  await Promise.all([buildWidget({ outdir: ASSETS, minify: true }), buildWorker()]);
}

async function buildWorker(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['worker/index.ts'],
    outfile: WORKER,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.sql': 'text' },
    logLevel: 'warning',
  });
}

function printSizes(): void {
  const files = readdirSync(ASSETS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('_'))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of [WORKER, ...files.sort()]) {
    const bytes = readFileSync(path);
    console.log(
      `${relative(ROOT, path).padEnd(40)} ${kilobytes(bytes.length)}  gzip ${kilobytes(gzipSync(bytes).length)}`,
    );
  }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;

if (import.meta.main) {
  await buildAll();
  printSizes();
}
