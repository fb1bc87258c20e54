/** Members as a file, a page at a time: whoever reads slowly makes nothing pile up. What opens it must not run what is in it. */
import Papa from 'papaparse';
import type { MemberRow } from '../projection/members.ts';

const PAGE = 500;
const LONGEST_NAME = 60;
const COLUMNS = ['customer', 'user_id', 'email', 'phone', 'name', 'balance', 'since'];
const NEWLINE = '\r\n';

/**
 * What spreadsheets take for a formula, also in its wide forms, where it does not begin as one by being a plain number or
 * a phone number: these must stay what they are for whoever reads the file by program, and do no harm.
 */
const FORMULA = /^(?!\+[1-9]\d{7,14}$|[+-]?\d+(?:\.\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

type Format = 'csv' | 'ndjson';
type PageOf = (after: string, limit: number) => Promise<MemberRow[]>;

/** The first page is read before anything is answered: a failure is a problem then, and a broken download later. */
export async function exported(pageOf: PageOf, format: Format): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let next: MemberRow[] | null = await pageOf('', PAGE);
  return new ReadableStream({
    start: (controller) => {
      if (format === 'csv') controller.enqueue(encoder.encode(COLUMNS.join(',') + NEWLINE));
    },
    pull: async (controller) => {
      const rows: MemberRow[] = next ?? [];
      if (rows.length > 0) controller.enqueue(encoder.encode(format === 'csv' ? csvOf(rows) : ndjsonOf(rows)));
      const last = rows.at(-1);
      next = last === undefined || rows.length < PAGE ? null : await pageOf(last.customer, PAGE);
      if (next === null) controller.close();
    },
  });
}

function csvOf(rows: MemberRow[]): string {
  const cells = rows.map((row) => Object.values(fieldsOf(row)));
  return Papa.unparse(cells, { newline: NEWLINE, escapeFormulae: FORMULA }) + NEWLINE;
}

function ndjsonOf(rows: MemberRow[]): string {
  return rows.map((row) => `${JSON.stringify(fieldsOf(row))}\n`).join('');
}

/** In the order of the columns. */
function fieldsOf({ customer, userId, email, phone, name, balance, sinceMs }: MemberRow) {
  return { customer, user_id: userId, email, phone, name, balance, since: new Date(sinceMs).toISOString() };
}

/** From a name that may hold anything: letters, digits and dashes, which no header and no file system minds. */
export function fileName(name: string, id: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  const own = id.replace(/[^A-Za-z0-9_-]/g, '');
  return plain === '' ? own : `${plain}-${own}`;
}
