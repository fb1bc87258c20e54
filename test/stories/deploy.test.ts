/** What `npm run deploy` would upload: it builds, it binds what the worker names, and it is small. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

it('a dry run of the deployment bundles the worker under 1 MB gzip, with every binding', async () => {
  const out = mkdtempSync(join(tmpdir(), 'regulars-deploy-'));
  const wrangler = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const run = promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', out], { cwd: ROOT });
  const { stdout } = await run;
  for (const binding of ['CUSTOMERS', 'DIRECTORY', 'SHOP', 'DEBUGGER', 'JOBS', 'env.DB', 'env.ASSETS'])
    expect(stdout).toContain(binding);
  expect(gzipSync(readFileSync(join(out, 'index.js'))).byteLength).toBeLessThan(1_000_000);
  rmSync(out, { recursive: true });
});
