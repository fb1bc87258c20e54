/** JSON objects, one a line, from any place of a file on. */
import { isObject, type JsonObject } from '../domain/json.ts';
import { decoded, type FileBytes, LONGEST_LINE, NEWLINE, nextLine, type Place, windowAt } from './file.ts';
import { readJson } from './json-text.ts';

export interface JsonRow {
  line: number;
  /** null: the line is blank, or `rule` says why it cannot be read. */
  value: JsonObject | null;
  rule: string | null;
}

const TOO_LONG = 'must be at most 32 KB';

/** At most `most` lines from `from` on, blank ones among them, and the place after them. */
export function readNdjson(file: FileBytes, from: Place, most: number): { rows: JsonRow[]; next: Place } {
  const rows: JsonRow[] = [];
  let next = from;
  while (rows.length < most && next.at < file.size) {
    const text = windowAt(file, next.at);
    const isLast = next.at + text.length >= file.size;
    const lines = text.split(NEWLINE);
    // what follows the last newline goes on behind the window, or is nothing at the end of the file
    const rest = lines.pop() ?? '';
    if (isLast && rest !== '') lines.push(rest);
    for (const raw of lines.slice(0, most - rows.length)) {
      rows.push(rowOf(next.line, raw));
      next = { at: Math.min(file.size, next.at + raw.length + 1), line: next.line + 1 };
    }
    if (lines.length > 0) continue;
    rows.push({ line: next.line, value: null, rule: TOO_LONG });
    next = nextLine(file, next);
  }
  return { rows, next };
}

function rowOf(line: number, raw: string): JsonRow {
  if (raw.length > LONGEST_LINE) return { line, value: null, rule: TOO_LONG };
  const text = decoded(raw);
  if (text === null) return { line, value: null, rule: 'must be UTF-8' };
  if (text.trim() === '') return { line, value: null, rule: null };
  const { value, rule } = readJson(text);
  if (rule !== null) return { line, value: null, rule };
  return isObject(value) ? { line, value, rule } : { line, value: null, rule: 'must be a JSON object' };
}
