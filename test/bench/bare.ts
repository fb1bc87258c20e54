/** Starts the yardstick of bare-worker.ts beside the product, on the same machine and the same kind of disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { COMPATIBILITY_DATE } from '../../worker/local/edge.ts';
import { findFreePort } from '../../worker/local/ports.ts';

export interface Bare {
  url: string;
  stop: () => Promise<void>;
}

export async function startBare(): Promise<Bare> {
  const state = mkdtempSync(join(tmpdir(), 'regulars-bare-'));
  const built = await build({
    entryPoints: [join(import.meta.dirname, 'bare-worker.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['cloudflare:*'],
    loader: { '.sql': 'text' },
    write: false,
  });
  const port = await findFreePort();
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= '--max-semi-space-size=4';
  const edge = new Miniflare({
    name: 'bare',
    unsafeDirectSockets: [{ host: '127.0.0.1', port, serviceName: 'bare' }],
    modules: [{ type: 'ESModule', path: 'bare.js', contents: built.outputFiles[0]?.text ?? '' }],
    compatibilityDate: COMPATIBILITY_DATE,
    durableObjects: {
      BARE: { className: 'Bare', useSQLite: true },
      BARE_CODES: { className: 'BareCodes', useSQLite: true },
    },
    defaultPersistRoot: state,
    cf: false,
  });
  await edge.ready;
  const stop = async () => {
    await edge.dispose();
    rmSync(state, { recursive: true, force: true });
  };
  return { url: `http://localhost:${port}`, stop };
}
