/** What the columns of a file of codes mean, and what a line of it says: a code, and what of it is its own. */
import { isPlain } from '../domain/identifier.ts';
import type { JsonObject } from '../domain/json.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import { instantOf } from '../domain/zoned.ts';
import type { Flaw } from './fields.ts';

const NAMES = ['code', 'active', 'category', 'starts_at', 'ends_at', 'amount_minor', 'limit', 'title'] as const;
type Name = (typeof NAMES)[number];

/** As other systems call them in their exports. */
const OTHERS: Readonly<Record<string, Name>> = {
  coupon_code: 'code',
  voucher_code: 'code',
  start_date: 'starts_at',
  expiration_date: 'ends_at',
  expires_at: 'ends_at',
  gift_amount: 'amount_minor',
  redemption_limit: 'limit',
  redemption_quantity: 'limit',
  additional_info: 'title',
};
const METADATA = 'metadata.';
const LONGEST_CODE = 200;
const LARGEST_MINOR = 1_000_000_000;
const LONGEST_TITLE = 1_000;

/** A column's meaning, or `metadata.<name>`. */
export type CodeColumns = string[];

export interface CodeLine {
  code: string;
  /** null: as its campaign says. */
  active: boolean | null;
  category: string | null;
  startsAtMs: number | null;
  endsAtMs: number | null;
  amountMinor: number | null;
  /** How often it may be redeemed. */
  limit: number | null;
  title: string | null;
  metadata: JsonObject;
}

/** `others`: what a column means whose name is not known. */
export function codeColumns(
  header: string[],
  others: 'refused' | 'metadata' = 'refused',
): { columns: CodeColumns; flaws: Flaw[] } {
  const flaws: Flaw[] = [];
  const columns = header.map((cell) => {
    const written = cell.trim();
    const plain = written.toLowerCase().replaceAll(/[\s-]+/g, '_');
    const known = NAMES.find((name) => name === plain) ?? OTHERS[plain];
    if (known !== undefined) return known;
    if (written.startsWith(METADATA) && written.length > METADATA.length && isPlain(written)) return written;
    if (others === 'metadata' && written !== '' && isPlain(written)) return `${METADATA}${written}`;
    flaws.push({ field: written.slice(0, 100), rule: 'is not a known column' });
    return '';
  });
  const twice = columns.filter((name, at) => name !== '' && columns.indexOf(name) !== at);
  flaws.push(...twice.map((field) => ({ field, rule: 'is there twice' })));
  if (!columns.includes('code')) flaws.push({ field: 'code', rule: 'is required' });
  return { columns, flaws };
}

/** `timeZone`: of times that name none. */
export function readCodeLine(columns: CodeColumns, cells: string[], timeZone: string): CodeLine | { flaw: Flaw } {
  if (cells.length > columns.length) return flawed(`column ${columns.length + 1}`, 'has no name in the header');
  const told = new Map(columns.flatMap((name, at) => (cells[at]?.trim() ? [[name, cells[at].trim()] as const] : [])));
  const code = told.get('code') ?? '';
  const key = codeKey(code);
  if (key === '') return flawed('code', 'is required');
  if (code.length > LONGEST_CODE || !isPlain(code))
    return flawed('code', `must be at most ${LONGEST_CODE} plain characters`);
  const [startsAtMs, endsAtMs] = [instant(told.get('starts_at'), timeZone), instant(told.get('ends_at'), timeZone)];
  if (startsAtMs === 'wrong') return flawed('starts_at', TIME);
  if (endsAtMs === 'wrong') return flawed('ends_at', TIME);
  if (startsAtMs !== null && endsAtMs !== null && endsAtMs <= startsAtMs)
    return flawed('ends_at', 'must be after starts_at');
  const active = told.get('active')?.toLowerCase() ?? null;
  if (active !== null && active !== 'true' && active !== 'false') return flawed('active', 'must be true or false');
  const amount = told.get('amount_minor') ?? null;
  if (amount !== null && !isAmount(amount)) return flawed('amount_minor', 'must be a whole number of minor units');
  const limit = told.get('limit') ?? null;
  if (limit !== null && (!isAmount(limit) || Number(limit) === 0))
    return flawed('limit', 'must be a whole number from 1');
  const title = told.get('title') ?? null;
  if (title !== null && title.length > LONGEST_TITLE)
    return flawed('title', `must have at most ${LONGEST_TITLE} characters`);
  return {
    code,
    active: active === null ? null : active === 'true',
    category: told.get('category') ?? null,
    startsAtMs,
    endsAtMs,
    amountMinor: amount === null ? null : Number(amount),
    limit: limit === null ? null : Number(limit),
    title,
    metadata: metadataOf(told),
  };
}

const TIME = 'must be an ISO 8601 date or time';

function instant(text: string | undefined, timeZone: string): number | null | 'wrong' {
  return text === undefined ? null : (instantOf(text, timeZone) ?? 'wrong');
}

function isAmount(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_MINOR;
}

function metadataOf(told: Map<string, string>): JsonObject {
  const own = [...told].filter(([name]) => name.startsWith(METADATA));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(METADATA.length), value]));
}

function flawed(field: string, rule: string): { flaw: Flaw } {
  return { flaw: { field, rule } };
}
