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

/**
 * A tab counts what it shares with the other tabs as its own, the pages of one what comes on top of it; the shell is
 * everything of the first paint, with Lit. A shopper loads the words of one language: the largest counts.
 */
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

const LANGUAGES = ['ar', 'de', 'en-tabs'];

function sizesOf(files: Downloads): WidgetSize[] {
  const shell = closure(files, 'drawer');
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((total, path) => total + (files.get(path)?.gzipBytes ?? 0), 0);
  const beyond = (known: Set<string>, entry: string): number =>
    sum([...closure(files, entry)].filter((path) => !known.has(path)));
  const rewards = new Set([...shell, ...closure(files, 'rewards')]);
  const words = LANGUAGES.map((language) => beyond(shell, language));
  const tabs = ['for-you', 'rewards', 'orders', 'profile'];
  return [
    { part: 'loader', gzipBytes: sum(['hub.js']), budget: 2_000 },
    { part: 'shell', gzipBytes: sum(shell), budget: 15_000 },
    ...tabs.map((part) => ({ part, gzipBytes: beyond(shell, part), budget: 8_000 })),
    { part: 'rewards, its pages', gzipBytes: beyond(rewards, 'rewards-pages'), budget: 8_000 },
    ...LANGUAGES.map((part, at) => ({ part, gzipBytes: words[at] ?? 0, budget: 5_000 })),
    {
      part: 'whole hub',
      gzipBytes: sum(files.keys()) - words.reduce((total, bytes) => total + bytes) + Math.max(...words),
      budget: 40_000,
    },
  ];
}

function closure(files: Downloads, name: string): Set<string> {
  const entry = [...files.keys()].find((path) => new RegExp(`^hub/${name}-[^-]+$`).test(path));
  if (!entry) throw new Error(`The build made no ${name}`);
  const found = new Set([entry]);
  for (const path of found) {
    for (const name of files.get(path)?.imports ?? []) found.add(`hub/${name}`);
  }
  return found;
}

const staticImports = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].flatMap(([, name]) => name ?? []);

if (import.meta.main) console.table(await widgetSizes());
