/** A CSV file of vouchers without a campaign: what its columns mean, each row as the object that a client would have sent. */
import { delimiterOf, readCsv } from '../imports/csv.ts';
import { type FileBytes, isUtf16, startOf } from '../imports/file.ts';
import { MOST_LINES } from '../wire/voucher-imports.ts';
import { VoucherError } from './errors.ts';

const ROWS_AT_ONCE = 500;

/** Columns by their names without case, blanks and signs; any other column is a piece of metadata. */
const COLUMNS: Readonly<Record<string, string>> = {
  code: 'code',
  vouchercode: 'code',
  vouchertype: 'type',
  type: 'type',
  value: 'value',
  discounttype: 'discount_type',
  discountamountlimit: 'amount_limit',
  unittype: 'unit_type',
  category: 'category',
  startdate: 'start_date',
  expirationdate: 'expiration_date',
  redemptionlimit: 'quantity',
  redemptionquantity: 'quantity',
  active: 'active',
  additionalinfo: 'additional_info',
};
const VALUES: Readonly<Record<string, string>> = {
  AMOUNT: 'amount_off',
  PERCENT: 'percent_off',
  FIXED: 'fixed_amount',
  UNIT: 'unit_off',
};

export interface CsvItem {
  line: number;
  /** null: `rule` says why the row cannot be read. */
  item: object | null;
  rule: string;
}

/** Refused whole where there is no header with a code, or there are too many rows. */
export function readVoucherCsv(bytes: Uint8Array): CsvItem[] {
  const file: FileBytes = { size: bytes.byteLength, read: (from, length) => bytes.subarray(from, from + length) };
  if (isUtf16(file)) throw new VoucherError('invalid_payload', 'file must be UTF-8');
  const first = startOf(file);
  const delimiter = delimiterOf(file, first);
  const header = readCsv(file, delimiter, first, 1);
  const names = (header.rows[0]?.cells ?? []).map((cell) => cell.trim());
  if (!names.some((name) => columnOf(name) === 'code'))
    throw new VoucherError('invalid_payload', 'file needs a column Code');
  const items: CsvItem[] = [];
  for (let place = header.next; place.at < file.size; ) {
    const { rows, next } = readCsv(file, delimiter, place, ROWS_AT_ONCE);
    for (const { line, cells, rule } of rows) {
      if (cells?.every((cell) => cell.trim() === '')) continue;
      items.push({ line, item: cells === null ? null : itemOf(names, cells), rule: rule ?? '' });
    }
    if (items.length > MOST_LINES)
      throw new VoucherError('invalid_payload', `file must have at most ${MOST_LINES} rows`);
    place = next;
  }
  return items;
}

function columnOf(name: string): string | null {
  return COLUMNS[name.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? null;
}

function itemOf(names: string[], cells: string[]): object {
  const told = new Map<string, string>();
  const metadata: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const text = cells[at]?.trim() ?? '';
    const column = columnOf(name);
    if (text === '' || name === '') continue;
    if (column === null) metadata[name.replace(/^metadata\./, '')] = text;
    else told.set(column, text);
  }
  const said = (column: string, field = column) => (told.has(column) ? { [field]: told.get(column) } : {});
  const quantity = told.get('quantity');
  const active = told.get('active');
  return {
    ...{ ...said('code'), ...said('category'), ...said('start_date'), ...said('expiration_date') },
    ...said('additional_info'),
    ...(quantity === undefined ? {} : { redemption: { quantity: Number(quantity) } }),
    ...(active === undefined ? {} : { active: truthOf(active) }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...benefitOf(told),
  };
}

/** What is neither stays as it is, and is refused with its line. */
function truthOf(text: string): boolean | string {
  const lower = text.toLowerCase();
  return lower === 'true' || (lower === 'false' ? false : text);
}

function benefitOf(told: ReadonlyMap<string, string>): object {
  const value = Number(told.get('value'));
  const type = told.get('type')?.toUpperCase() ?? 'DISCOUNT_VOUCHER';
  if (type === 'GIFT_VOUCHER') return { type, gift: { amount: value } };
  const kind = told.get('discount_type')?.toUpperCase() ?? 'AMOUNT';
  const cap = told.get('amount_limit');
  const unit = told.get('unit_type');
  const about = {
    ...(cap === undefined ? {} : { amount_limit: Number(cap) }),
    ...(unit === undefined ? {} : { unit_type: unit }),
  };
  return { type, discount: { type: kind, [VALUES[kind] ?? 'amount_off']: value, ...about } };
}
