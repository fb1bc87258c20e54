/** Bytes as a file, and a file of parts as the Jobs object puts them together. */
import type { FileBytes } from '../../worker/imports/file.ts';

export function fileOf(text: string | Uint8Array): FileBytes {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { size: bytes.length, read: (from, length) => bytes.slice(from, from + length) };
}

/** One byte for each character: for bytes that are no UTF-8. */
export function rawBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
