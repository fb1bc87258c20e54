/** Which browser tests and screenshots run in, and how it starts: nothing has to be installed by hand. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from 'playwright';

/** For `chromium.launch`. Where no Chromium comes from npm (macOS, Windows, ARM), an installed Chrome is used. */
export type ChromiumLaunch = Pick<LaunchOptions, 'executablePath' | 'channel'> & { args: string[] };

const ARGS = ['--font-render-hinting=none', '--force-color-profile=srgb'];

export async function chromiumLaunch(): Promise<ChromiumLaunch> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', args: ARGS };
  const folder = await unpacked();
  useLibraries(folder);
  return { executablePath: join(folder, 'chromium'), args: [...ARGS, '--no-sandbox', '--disable-gpu'] };
}

/**
 * The package unpacks into the temporary folder and takes a file that is there for a whole one, even one that another
 * process is still writing. So it unpacks into a folder of ours, which gets its name when it is complete.
 */
async function unpacked(): Promise<string> {
  const folder = join(tmpdir(), `regulars-chromium-${installedVersion()}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  await unpackInto(partial);
  pointFontsAt(partial, folder);
  try {
    renameSync(partial, folder);
  } catch {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** `AWS_LAMBDA_JS_RUNTIME` makes the package bring its own libnss. It is read at import. */
async function unpackInto(folder: string): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' });
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    await chromium.executablePath();
  } finally {
    for (const name of ['TMPDIR', 'AWS_LAMBDA_JS_RUNTIME', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** The packed fonts.conf names /tmp/fonts; the machine's own fonts are added for every other script. */
function pointFontsAt(unpackedIn: string, folder: string): void {
  const config = join(unpackedIn, 'fonts', 'fonts.conf');
  const own = `<dir>${join(folder, 'fonts')}</dir><dir>/usr/share/fonts</dir>`;
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('<dir>/tmp/fonts</dir>', own).replace('/tmp/fonts-cache', join(folder, 'cache')));
}

/** A browser started by this process finds the libraries in its environment. */
function useLibraries(folder: string): void {
  const libraries = join(folder, 'al2023', 'lib');
  const known = process.env.LD_LIBRARY_PATH;
  if (!known?.startsWith(libraries)) process.env.LD_LIBRARY_PATH = known ? `${libraries}:${known}` : libraries;
  process.env.FONTCONFIG_PATH = join(folder, 'fonts');
}

function installedVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'));
  return String(version);
}
