/** Rows as a file, a page at a time: whoever reads slowly makes nothing pile up. What opens it must not run what is in it. */
import Papa from 'papaparse';
import type { Json } from '../domain/json.ts';

export type FileFormat = 'csv' | 'ndjson';
/** In the order of the columns. */
export type FileRow = Record<string, Json>;

const NEWLINE = '\r\n';

/**
 * What spreadsheets take for a formula, also in its wide forms, where it does not begin as one by being a plain number or
 * a phone number: these must stay what they are for whoever reads the file by program, and do no harm.
 */
const FORMULA = /^(?!\+[1-9]\d{7,14}$|[+-]?\d+(?:\.\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

/** The first page is read before anything is answered: a failure is a problem then, and a broken download later. */
export async function rowFile(
  columns: readonly string[],
  pages: AsyncGenerator<FileRow[]>,
  format: FileFormat,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const textOf = format === 'csv' ? csvOf : ndjsonOf;
  let next = await pages.next();
  return new ReadableStream({
    start: (controller) => {
      if (format === 'csv') controller.enqueue(encoder.encode(columns.join(',') + NEWLINE));
    },
    pull: async (controller) => {
      // a page without rows is no answer to whoever reads
      for (let told = false; !told && !next.done; next = await pages.next()) {
        told = next.value.length > 0;
        if (told) controller.enqueue(encoder.encode(textOf(next.value)));
      }
      if (next.done) controller.close();
    },
    cancel: async () => {
      await pages.return(undefined);
    },
  });
}

function csvOf(rows: FileRow[]): string {
  const cells = rows.map((row) => Object.values(row).map(cellOf));
  return Papa.unparse(cells, { newline: NEWLINE, escapeFormulae: FORMULA }) + NEWLINE;
}

function cellOf(value: Json): Json {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function ndjsonOf(rows: FileRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** `name`: of the file, without its ending. */
export function fileHeaders(name: string, format: FileFormat): Record<string, string> {
  return {
    'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
    'Content-Disposition': `attachment; filename="${name}.${format}"`,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
}
