/** Reading a file by its bytes: windows of it as text whose characters are bytes, and UTF-8 where a text is wanted. */

export interface FileBytes {
  size: number;
  /** At most `length` bytes from the byte `from` on; fewer only at the end. */
  read: (from: number, length: number) => Uint8Array;
}

/** Where a row begins: its byte, and its line as an editor counts them, from 1. */
export interface Place {
  at: number;
  line: number;
}

/** Longer than this no line is read. */
export const LONGEST_LINE = 32 * 1024;
/** Read at once; several times the longest line, so that whatever does not end in it is too long. */
export const WINDOW = 128 * 1024;
export const NEWLINE = '\n';

const CHUNK = 8_192;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A window of the file, one character for each byte: everything that structures a row is ASCII, so places in it are
 * places in the file, wherever a window cuts a character.
 */
export function windowAt(file: FileBytes, at: number): string {
  return bytesAsText(file.read(at, WINDOW));
}

function bytesAsText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** What the bytes of `raw` say in UTF-8; null where they are none. */
export function decoded(raw: string): string | null {
  if (!/[\x80-\xff]/.test(raw)) return raw;
  try {
    return utf8.decode(Uint8Array.from(raw, (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** Where the first row begins: after a byte order mark. */
export function startOf(file: FileBytes): Place {
  const [a, b, c] = file.read(0, 3);
  return { at: a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0, line: 1 };
}

/** UTF-16, as spreadsheets save "Unicode text". */
export function isUtf16(file: FileBytes): boolean {
  const [a, b] = file.read(0, 2);
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
}

/** The place after the line that `from` stands in, however long it is. */
export function nextLine(file: FileBytes, from: Place): Place {
  for (let at = from.at; at < file.size; at += WINDOW) {
    const end = file.read(at, WINDOW).indexOf(NEWLINE.charCodeAt(0));
    if (end >= 0) return { at: at + end + 1, line: from.line + 1 };
  }
  return { at: file.size, line: from.line + 1 };
}

export function countLines(raw: string): number {
  let lines = 0;
  for (let at = raw.indexOf(NEWLINE); at >= 0; at = raw.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
