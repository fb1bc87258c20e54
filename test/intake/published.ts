/** Other people's published payloads, read where they lie; the tests that need them are skipped where they do not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'fixtures');

/** Say this to `describe.skipIf`, and name the reason in the title. */
export const isPublishedAbsent = !existsSync(FOLDER);
export const published = isPublishedAbsent
  ? 'published samples (skipped: no ../shared/fixtures beside the project)'
  : 'published samples';

export function readBytes(path: string): Uint8Array {
  return readFileSync(join(FOLDER, path));
}

export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
}
