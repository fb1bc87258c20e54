/** Members as a file, a page at a time. */
import type { MemberRow } from '../projection/members.ts';
import { type FileFormat, type FileRow, rowFile } from './row-file.ts';

const PAGE = 500;
const LONGEST_NAME = 60;
const COLUMNS = ['customer', 'user_id', 'email', 'phone', 'name', 'balance', 'since'];

type PageOf = (after: string, limit: number) => Promise<MemberRow[]>;

export function exported(pageOf: PageOf, format: FileFormat): Promise<ReadableStream<Uint8Array>> {
  return rowFile(COLUMNS, pagesOf(pageOf), format);
}

async function* pagesOf(pageOf: PageOf): AsyncGenerator<FileRow[]> {
  for (let after = ''; ; ) {
    const rows = await pageOf(after, PAGE);
    yield rows.map(fieldsOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.customer;
  }
}

/** In the order of the columns. */
function fieldsOf({ customer, userId, email, phone, name, balance, sinceMs }: MemberRow): FileRow {
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
