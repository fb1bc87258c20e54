/** Bundles the widget: hub.js under a stable name, everything else under names that change with the content. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild';

export type WidgetFile = { path: string; bytes: number; gzipBytes: number };
export type WidgetOptions = { outdir: string; minify?: boolean };

const WIDGET = join(import.meta.dirname, '..', '..', 'widget');
const WIRE = join(import.meta.dirname, '..', 'wire');
const CHUNKS = 'hub';

/** Modules are fetched across origins, so every file needs CORS; only hub.js may change under its name. */
const HEADERS = `/hub.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/hub/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
`;

/** Writes into `outdir` (dist/assets, served at the edge's root) and removes chunks of earlier builds. Paths are relative to it. */
export async function buildWidget({ outdir, minify = true }: WidgetOptions): Promise<{ files: WidgetFile[] }> {
  await mkdir(outdir, { recursive: true });
  const shared: BuildOptions = {
    absWorkingDir: WIDGET,
    bundle: true,
    minify,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: minify ? [compact] : [],
  };
  const chunks = await buildChunks(shared, outdir);
  const loader = await buildLoader(shared, outdir, modulesOf(chunks, outdir));
  const paths = [...Object.keys(loader.outputs), ...Object.keys(chunks.outputs)].map((path) => join(WIDGET, path));
  await removeOthers(join(outdir, CHUNKS), paths);
  await writeFile(join(outdir, '_headers'), HEADERS);
  return {
    files: await Promise.all(paths.map((path) => measure(path, outdir))),
  };
}

async function buildChunks(shared: BuildOptions, outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    entryPoints: { drawer: 'drawer.ts' },
    outdir: join(outdir, CHUNKS),
    format: 'esm',
    splitting: true,
    // Modules are UTF-8 whatever the page is in: Arabic need not be escaped.
    charset: 'utf8',
    ...(shared.minify ? { mangleProps: await shortKeys() } : {}),
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
  });
  return metafile;
}

/** Members of the drawer's own classes. None has the name of an export, or of something of the platform, the loader or the API. */
const MEMBERS =
  'accountHref focusSoon forEachView hasFailed hasOlder isOpen mustStay olderFailed onBack onCancel onClick onClose ' +
  'onClosed onIntent onKeydown onPointerdown onRetry onSelect renderAwaited renderBack renderConfirm renderDone ' +
  'renderRefused renderResult scrollToTop';

/** Members of Lit, which stands in the same files: nobody else calls them. None that it names by a text. */
const OF_LIT =
  'addController createProperty createRenderRoot elementStyles enableUpdating firstUpdated fromAttribute ' +
  'getPropertyOptions hasUpdated hostConnected hostDisconnected hostUpdate hostUpdated isUpdatePending performUpdate ' +
  'removeController renderBefore renderOptions renderRoot requestUpdate scheduleUpdate shadowRootOptions shouldUpdate ' +
  'toAttribute updateComplete useDefault willUpdate';

/**
 * The keys of the words that are in camel case: short in code and languages alike. One that the drawer's own API says
 * anywhere stays as it is.
 */
async function shortKeys(): Promise<RegExp> {
  const english = ['en.ts', 'en-tabs.ts'].map((name) => readFile(join(WIDGET, 'strings', name), 'utf8'));
  const words = (await Promise.all(english)).join('\n');
  const paths = (await readdir(WIRE)).filter((name) => /^(hub.*|rewards|consents)\.ts$/.test(name));
  const wire = await Promise.all(paths.map((name) => readFile(join(WIRE, name), 'utf8')));
  const said = new Set(wire.join(' ').match(/\w+/g));
  const keys = [...words.matchAll(/^ {2}([a-z]+[A-Z]\w*):/gm)].flatMap(([, key = '']) => (said.has(key) ? [] : [key]));
  return new RegExp(`^(${[...keys, ...`${MEMBERS} ${OF_LIT}`.split(' ')].join('|')})$`);
}

async function buildLoader(shared: BuildOptions, outdir: string, modules: string[]): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    entryPoints: { hub: 'loader.ts' },
    outdir,
    format: 'iife',
    metafile: true,
    define: { DRAWER_MODULES: JSON.stringify(modules) },
  });
  return metafile;
}

/** The drawer and what it imports statically: asked for side by side, the shopper waits for one round trip. */
function modulesOf({ outputs }: Metafile, outdir: string): string[] {
  const drawer = Object.entries(outputs).find(([, output]) => output.entryPoint === 'drawer.ts');
  if (!drawer) throw new Error('The build made no drawer');
  const [path, { imports }] = drawer;
  const parts = imports.filter(({ kind }) => kind === 'import-statement').map((part) => part.path);
  return [...parts, path].map((part) => `/${relative(outdir, join(WIDGET, part))}`);
}

async function removeOthers(folder: string, keep: string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!keep.includes(path)) await rm(path);
  }
}

async function measure(path: string, outdir: string): Promise<WidgetFile> {
  const bytes = await readFile(path);
  return {
    path: relative(outdir, path),
    bytes: bytes.length,
    gzipBytes: gzipSync(bytes, { level: 9 }).length,
  };
}

/**
 * Two things that esbuild does not do. Splitting would cut the shell in two, what the tabs use as well and the rest: the
 * entry, re-exported by each tab, keeps it one file that compresses better (it is there before any tab loads). And
 * templates stay as they are written: indentation between tags and in style sheets need not travel.
 */
const compact: Plugin = {
  name: 'compact',
  setup({ onLoad }) {
    onLoad({ filter: /widget\/.*\.ts$/ }, async ({ path }) => {
      const source = (await readFile(path, 'utf8'))
        .replace(/html`\n\s+/g, 'html`')
        .replace(/([>}])\n\s+(?=<|\$\{)/g, '$1');
      const shell = source.includes('export const createPanel') ? "export { mount } from '../drawer.ts';" : '';
      return { contents: shell + (await smallStyles(source)), loader: 'ts' };
    });
  },
};

async function smallStyles(source: string): Promise<string> {
  const style = /\bcss`([^`$\\]+)`/.exec(source);
  if (!style?.[1]) return source;
  const { code } = await transform(style[1], {
    loader: 'css',
    minify: true,
    target: 'es2022',
  });
  return source.replace(style[0], () => `css\`${code.replace(/[\\`$]/g, '\\$&').trim()}\``);
}
