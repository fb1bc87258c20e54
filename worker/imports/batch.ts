/** The next lines of a file, whatever its format, each read as what it is for or with the rule it breaks; and its header. */
import type { JsonObject } from '../domain/json.ts';
import { type Columns, columnsOf, type FileKind, fieldsOfCells } from './columns.ts';
import { delimiterOf, readCsv } from './csv.ts';
import type { Fields, Flaw } from './fields.ts';
import { type FileBytes, isUtf16, type Place, startOf } from './file.ts';
import { type LineReading, readFields, readObject, type Setting } from './lines.ts';
import { readNdjson } from './ndjson.ts';

/** How the rows of a file are read; `columns` and `delimiter` say nothing of NDJSON. */
export interface Layout {
  format: 'csv' | 'ndjson';
  delimiter: string;
  columns: Columns;
}

/** null in `reading`: a blank line. */
export interface ReadRow<Reading> {
  line: number;
  reading: Reading | null;
}

export type ReadLine = ReadRow<LineReading>;

/** How a row becomes what it is for: a JSON line's object, or a CSV row's cells by their names; or what is wrong with it. */
export interface RowReader<Reading> {
  ofObject: (value: JsonObject, line: number) => Reading;
  ofFields: (fields: Fields, line: number) => Reading;
  flawed: (flaw: Flaw) => Reading;
}

export type Opening = { layout: Layout; first: Place; flaws: null } | { flaws: Flaw[]; line: number };

export interface Wanted {
  kind: FileKind;
  format: Layout['format'];
  /** Names of the file -> names of ours; null leaves a column out. */
  columns: Readonly<Record<string, string | null>>;
}

/** Where the first row is and how it is read; or why the whole file cannot be. */
export function openFile(file: FileBytes, { kind, format, columns: mapping }: Wanted): Opening {
  if (isUtf16(file)) return { line: 1, flaws: [{ field: 'file', rule: 'must be UTF-8, not UTF-16' }] };
  const first = startOf(file);
  if (format === 'ndjson') return { layout: { format, delimiter: '', columns: [] }, first, flaws: null };
  const delimiter = delimiterOf(file, first);
  const { rows, next } = readCsv(file, delimiter, first, 1);
  const [header] = rows;
  if (header?.cells == null) return { line: 1, flaws: [{ field: 'header', rule: header?.rule ?? 'is required' }] };
  const { columns, flaws } = columnsOf(kind, header.cells, mapping);
  return flaws.length > 0 ? { line: 1, flaws } : { layout: { format, delimiter, columns }, first: next, flaws: null };
}

/** At most `most` lines from `from` on. `from` of each event is `{job}:{line}`. */
export function readLines(
  file: FileBytes,
  layout: Layout,
  from: Place,
  { most, job, setting }: { most: number; job: string; setting: Setting },
): { lines: ReadLine[]; next: Place } {
  const reader: RowReader<LineReading> = {
    ofObject: (value, line) => readObject(value, `${job}:${line}`, setting),
    ofFields: (fields, line) => readFields(fields, `${job}:${line}`, setting),
    flawed: (flaw) => ({ told: null, flaw }),
  };
  return readRows(file, layout, from, { ...reader, most });
}

/** At most `most` rows from `from` on, each read by whoever knows what it is for. */
export function readRows<Reading>(
  file: FileBytes,
  layout: Layout,
  from: Place,
  { most, ofObject, ofFields, flawed }: RowReader<Reading> & { most: number },
): { lines: ReadRow<Reading>[]; next: Place } {
  if (layout.format === 'ndjson') {
    const { rows, next } = readNdjson(file, from, most);
    const lines = rows.map(({ line, value, rule }): ReadRow<Reading> => {
      if (rule !== null) return { line, reading: flawed({ field: 'line', rule }) };
      return { line, reading: value === null ? null : ofObject(value, line) };
    });
    return { lines, next };
  }
  const { rows, next } = readCsv(file, layout.delimiter, from, most);
  const lines = rows.map(({ line, cells, rule }): ReadRow<Reading> => {
    if (cells === null) return { line, reading: flawed({ field: 'line', rule: rule ?? '' }) };
    if (cells.every((cell) => cell.trim() === '')) return { line, reading: null };
    const fields = fieldsOfCells(layout.columns, cells);
    return { line, reading: 'rule' in fields ? flawed(fields) : ofFields(fields, line) };
  });
  return { lines, next };
}
