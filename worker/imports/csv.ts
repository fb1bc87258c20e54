/**
 * CSV rows from any place of a file on, the same rows wherever the reading began. A row that has no proper end costs its
 * line and no more. What the cells mean is decided elsewhere.
 */
import Papa from 'papaparse';
import { countLines, decoded, type FileBytes, LONGEST_LINE, NEWLINE, nextLine, type Place, windowAt } from './file.ts';

export interface CsvRow {
  line: number;
  /** null: `rule` says why the row cannot be read. */
  cells: string[] | null;
  rule: string | null;
}

export interface CsvRows {
  rows: CsvRow[];
  /** Where the row after the last one begins; at the file's size it is over. */
  next: Place;
}

export const BROKEN_ROW = 'must be at most 32 KB, and every quote in it must be closed, and doubled inside of quotes';
export const NOT_UTF8 = 'must be UTF-8';
const DELIMITERS = [',', ';', '\t', '|'];

/** At most `most` rows from `from` on. */
export function readCsv(file: FileBytes, delimiter: string, from: Place, most: number): CsvRows {
  const rows: CsvRow[] = [];
  let next = from;
  while (rows.length < most && next.at < file.size) {
    const read = readWindow(file, delimiter, next, most - rows.length);
    rows.push(...read.rows);
    next = read.next;
    if (rows.length === most || !read.stuck) continue;
    rows.push({ line: next.line, cells: null, rule: BROKEN_ROW });
    next = nextLine(file, next);
  }
  return { rows, next };
}

/** The delimiter that cuts the first row into the most cells; a comma where none does. */
export function delimiterOf(file: FileBytes, from: Place): string {
  const cells = (delimiter: string) => {
    const found = readCsv(file, delimiter, from, 1).rows[0]?.cells ?? [];
    // it cut through quotes
    return found.some((cell) => cell.includes('"')) ? 0 : found.length;
  };
  return DELIMITERS.reduce((best, one) => (cells(one) > cells(best) ? one : best));
}

/** `stuck`: the row at `next` has no end that could count. */
function readWindow(file: FileBytes, delimiter: string, from: Place, most: number): CsvRows & { stuck: boolean } {
  const text = windowAt(file, from.at);
  const isLast = from.at + text.length >= file.size;
  const rows: CsvRow[] = [];
  let next = from;
  let stuck = false;
  const parser = new Papa.Parser({
    delimiter,
    newline: NEWLINE,
    step: ({ data, errors, meta }) => {
      const raw = text.slice(next.at - from.at, meta.cursor);
      // a file that ends with a newline has no row after it
      if (raw === '') return;
      stuck = errors.length > 0 || raw.length > LONGEST_LINE;
      if (!stuck) {
        rows.push(rowOf(next.line, data[0] as string[]));
        next = { at: from.at + meta.cursor, line: next.line + countLines(raw) };
      }
      if (stuck || rows.length === most) parser.abort();
    },
  });
  parser.parse(text, 0, !isLast);
  return { rows, next, stuck: stuck || (rows.length === 0 && !isLast) };
}

function rowOf(line: number, raw: string[]): CsvRow {
  const cells = raw.map((cell, at) => decoded(at === raw.length - 1 ? cell.replace(/\r$/, '') : cell));
  const read = cells.flatMap((cell) => cell ?? []);
  return read.length === cells.length ? { line, cells: read, rule: null } : { line, cells: null, rule: NOT_UTF8 };
}
