/** What a storefront downloads, in gzip bytes, against the budgets. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWidget } from '../../worker/local/build-widget.ts';

export interface WidgetSize {
  readonly part: string;
  readonly gzipBytes: number;
  readonly budget: number;
}

type Downloads = ReadonlyMap<string, { readonly gzipBytes: number; readonly imports: readonly string[] }>;

/** A tab counts what it shares with the other tabs as its own; the shell is everything of the first paint, with Lit. */
export async function widgetSizes(): Promise<WidgetSize[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'regulars-sizes-'));
  try {
    const { files } = await buildWidget({ outdir, minify: true });
    const parts = files.map(async ({ path, gzipBytes }) => {
      const imports = staticImports(await readFile(join(outdir, path), 'utf8'));
      return [path, { gzipBytes, imports }] as const;
    });
    return sizesOf(new Map(await Promise.all(parts)));
  } finally {
    await rm(outdir, { recursive: true });
  }
}

function sizesOf(files: Downloads): WidgetSize[] {
  const shell = closure(files, 'hub/drawer-');
  const without = (paths: Set<string>): string[] => [...paths].filter((path) => !shell.has(path));
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((total, path) => total + (files.get(path)?.gzipBytes ?? 0), 0);
  return [
    { part: 'loader', gzipBytes: sum(['hub.js']), budget: 2_000 },
    { part: 'shell', gzipBytes: sum(shell), budget: 15_000 },
    { part: 'for-you', gzipBytes: sum(without(closure(files, 'hub/for-you-'))), budget: 8_000 },
    { part: 'orders', gzipBytes: sum(without(closure(files, 'hub/orders-'))), budget: 8_000 },
    { part: 'profile', gzipBytes: sum(without(closure(files, 'hub/profile-'))), budget: 8_000 },
    { part: 'whole hub', gzipBytes: sum(files.keys()), budget: 40_000 },
  ];
}

function closure(files: Downloads, prefix: string): Set<string> {
  const entry = [...files.keys()].find((path) => path.startsWith(prefix));
  if (!entry) throw new Error(`The build made no ${prefix}`);
  const found = new Set([entry]);
  for (const path of found) {
    for (const name of files.get(path)?.imports ?? []) found.add(`hub/${name}`);
  }
  return found;
}

const staticImports = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].flatMap(([, name]) => name ?? []);

if (import.meta.main) console.table(await widgetSizes());
