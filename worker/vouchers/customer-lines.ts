/** Many customers of a voucher client as lines of an import: each told as by itself, a flawed one refused by its line. */
import type { Json, JsonObject } from '../domain/json.ts';
import { type CustomerFields, traitsOfFields } from '../domain/vouchers/customer-fields.ts';
import { delimiterOf, readCsv } from '../imports/csv.ts';
import { type FileBytes, isUtf16, startOf } from '../imports/file.ts';
import { VoucherError } from './errors.ts';

export interface CustomerLine extends CustomerFields {
  source_id?: string | null | undefined;
}

/** Names of an import's fields: what identifies stands by itself, the rest are traits. */
export function lineOf({ source_id, ...fields }: CustomerLine): JsonObject {
  const { email, phone, ...traits } = traitsOfFields(fields);
  const named: [string, Json | undefined][] = [
    ['user_id', source_id ?? undefined],
    ['email', email],
    ['phone', phone],
  ];
  return { ...Object.fromEntries(named.flatMap(([name, value]) => (value == null ? [] : [[name, value]]))), traits };
}

const ROWS_AT_ONCE = 500;

/** Columns by their names without case, blanks and signs; any other column is a piece of metadata. */
const COLUMNS: Readonly<Record<string, string>> = {
  sourceid: 'source_id',
  name: 'name',
  email: 'email',
  phone: 'phone',
  description: 'description',
  birthday: 'birthdate',
  birthdate: 'birthdate',
  addressline1: 'line_1',
  addressline2: 'line_2',
  addresscity: 'city',
  addressstate: 'state',
  addresscountry: 'country',
  addresspostalcode: 'postal_code',
};
const ADDRESS = new Set(['line_1', 'line_2', 'city', 'state', 'country', 'postal_code']);

/** Each row as the object that a client would have sent. Refused whole where nothing in it could name anybody. */
export function readCustomerCsv(bytes: Uint8Array): CustomerLine[] {
  const file: FileBytes = { size: bytes.byteLength, read: (from, length) => bytes.subarray(from, from + length) };
  if (isUtf16(file)) throw new VoucherError('invalid_payload', 'file must be UTF-8');
  const first = startOf(file);
  const delimiter = delimiterOf(file, first);
  const header = readCsv(file, delimiter, first, 1);
  const names = (header.rows[0]?.cells ?? []).map((cell) => cell.trim());
  const columns = names.map(columnOf);
  if (!columns.includes('source_id') && !columns.includes('email'))
    throw new VoucherError('invalid_payload', 'file needs a column Source_id or Email');
  const lines: CustomerLine[] = [];
  for (let place = header.next; place.at < file.size; ) {
    const { rows, next } = readCsv(file, delimiter, place, ROWS_AT_ONCE);
    for (const { cells } of rows) {
      if (cells === null || cells.some((cell) => cell.trim() !== '')) lines.push(rowOf(names, cells ?? []));
    }
    place = next;
  }
  return lines;
}

function columnOf(name: string): string | null {
  return COLUMNS[name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')] ?? null;
}

function rowOf(names: string[], cells: string[]): CustomerLine {
  const fields: Record<string, string> = {};
  const address: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const text = cells[at]?.trim() ?? '';
    const column = columnOf(name);
    if (text === '' || name === '') continue;
    if (column === null) metadata[name.replace(/^metadata\./, '')] = text;
    else if (ADDRESS.has(column)) address[column] = text;
    else fields[column] = text;
  }
  return { ...fields, metadata, ...(Object.keys(address).length === 0 ? {} : { address }) };
}
