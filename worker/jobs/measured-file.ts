/** A hash of an uploaded file, however it was cut into parts, and how many lines it has. */
import { NEWLINE } from '../imports/file.ts';
import { toHex } from '../shops/crypto.ts';
import type { Upload } from './uploads.ts';

const CHUNK = 1024 * 1024;

/** `lines` counts line breaks, and a last line without one. */
export async function measured(upload: Upload): Promise<{ sha256: string; lines: number }> {
  const digest = new crypto.DigestStream('SHA-256');
  const writer = digest.getWriter();
  const newline = NEWLINE.charCodeAt(0);
  let lines = 0;
  let last = newline;
  for (let at = 0; at < upload.size; at += CHUNK) {
    const bytes = upload.read(at, CHUNK);
    for (const byte of bytes) if (byte === newline) lines += 1;
    last = bytes.at(-1) ?? last;
    await writer.write(bytes);
  }
  await writer.close();
  return { sha256: toHex(await digest.digest), lines: last === newline ? lines : lines + 1 };
}
