/** A line of a file of points: whom it names, and how many points it adds or sets; or the rule it breaks. Pure. */
import { nextMidnight } from '../domain/calendar.ts';
import type { Identifier } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import { instantOf } from '../domain/zoned.ts';
import { type Columns, fieldsOfObject, POINTS_NAMES } from './columns.ts';
import type { Fields, Flaw } from './fields.ts';
import { LineReader, type Now } from './line-reader.ts';
import { pointsIn, type Separator } from './points-number.ts';

export interface PointsSetting extends Now {
  mode: 'add' | 'set';
  thousands: Separator | null;
  /** Of lines that say none. */
  reason: string | null;
  note: string | null;
}

export interface PointsLine {
  /** Who is meant, by what can be nobody else's; a phone number only where nothing else names them. */
  names: Identifier[];
  /** An id of ours. */
  customer: string | null;
  /** Points to add or take, or the balance that is to be. */
  amount: number;
  reason: string | null;
  note: string | null;
  /** null: as the programme says; `NEVER`: they never run out. */
  expiresAtMs: number | null;
}

export type PointsReading = { told: PointsLine; flaw: null } | { told: null; flaw: Flaw };

const LONGEST_REASON = 200;
const LONGEST_NOTE = 1_000;
/** The platform knows no alarms after this. */
const LATEST_MS = Date.UTC(2189, 0, 1) - 1;
/** Milliseconds before this are seconds. */
const EARLIEST_MS = 100_000_000_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = 'must be never, a date, an ISO 8601 time or milliseconds since 1970';
/** What an export puts before a text that a spreadsheet would take for a formula. */
const DEFUSED = /^'(?=[=+\-@\t\r\n＝＋－＠])/;
const EXTERNAL = 'external:';
const OF_ITS_OWN = ['user_id', 'email', 'phone', 'anonymous_id'];

/** What is wrong with the columns of a CSV file, besides what is wrong with those of any. */
export function pointsFlaws(columns: Columns, mode: PointsSetting['mode']): Flaw[] {
  if (columns.includes('points') && columns.includes('balance'))
    return [{ field: 'header', rule: 'must have points or balance, not both' }];
  return numberFlaw((name) => columns.includes(name), mode) ?? [];
}

export function readPointsObject(value: JsonObject, setting: PointsSetting): PointsReading {
  const fields = fieldsOfObject('points', value);
  return 'rule' in fields ? { told: null, flaw: fields } : readPointsFields(fields, setting);
}

/** Cells as an export of ours wrote them. */
export function readPointsCells(cells: Fields, setting: PointsSetting): PointsReading {
  const plain = [...cells].map(
    ([name, cell]) => [name, typeof cell === 'string' ? cell.replace(DEFUSED, '') : cell] as const,
  );
  return readPointsFields(new Map(plain), setting);
}

function readPointsFields(fields: Fields, setting: PointsSetting): PointsReading {
  const reader = new LineReader(fields, setting);
  const who = whoIsNamed(reader);
  const amount = amountOf(reader, setting);
  const [reason, note] = [textOf(reader, 'reason', LONGEST_REASON), textOf(reader, 'note', LONGEST_NOTE)];
  const expiresAtMs = expiryOf(reader, setting);
  if (setting.mode === 'add' && amount < 0 && expiresAtMs !== null)
    reader.refuse('expires_at', 'is only for points that are given');
  if (reader.text('available_at') !== null)
    reader.refuse('available_at', 'must be empty: points that wait are not imported');
  if (reader.flaw !== null) return { told: null, flaw: reader.flaw };
  const words = { reason: reason ?? setting.reason, note: note ?? setting.note };
  return { told: { ...who, amount, ...words, expiresAtMs }, flaw: null };
}

function whoIsNamed(reader: LineReader): Pick<PointsLine, 'names' | 'customer'> {
  const [customer, user] = [reader.id('customer_id'), reader.id('user_id')];
  const [shopify, email, phone] = [reader.id('shopify_id'), reader.email(), reader.phone()];
  const external = [...reader.fields.keys()].filter((name) => name.startsWith(EXTERNAL));
  const names: Identifier[] = [
    ...named('user', user),
    ...named('shopify', shopify),
    ...named('email', email),
    ...external.flatMap((name) => externalName(reader, name)),
  ];
  // families and placeholders share a number
  if (names.length === 0 && customer === null) names.push(...named('phone', phone));
  if (names.length === 0 && customer === null)
    reader.refuse('line', `names nobody: give one of ${POINTS_NAMES.join(', ')} or external:…`);
  return { names, customer };
}

function named(kind: Identifier['kind'], value: string | null): Identifier[] {
  return value === null ? [] : [{ kind, value }];
}

function externalName(reader: LineReader, name: string): Identifier[] {
  const [type, id] = [name.slice(EXTERNAL.length), reader.id(name)];
  if (id === null) return [];
  if (OF_ITS_OWN.includes(type)) reader.refuse(name, `belongs into a column ${type}`);
  return type === 'shopify_customer_id'
    ? [{ kind: 'shopify', value: id }]
    : [{ kind: 'external', value: `${type}:${id}` }];
}

/** null: the number stands where it should. */
function numberFlaw(has: (name: string) => boolean, mode: PointsSetting['mode']): Flaw[] | null {
  if (mode === 'set') return has('balance') || has('points') ? null : [{ field: 'balance', rule: 'is required' }];
  if (has('balance')) return [{ field: 'balance', rule: 'says what is to be had: import it with the mode set' }];
  return has('points') ? null : [{ field: 'points', rule: 'is required' }];
}

/** 0 where it is refused. */
function amountOf(reader: LineReader, { mode, thousands }: PointsSetting): number {
  const flaw = numberFlaw((name) => reader.fields.has(name), mode)?.[0];
  const field = reader.fields.has('balance') ? 'balance' : 'points';
  if (flaw !== undefined) return reader.refuse(flaw.field, flaw.rule) ?? 0;
  if (reader.fields.has('points') && field === 'balance')
    return reader.refuse('balance', 'must not stand beside points') ?? 0;
  const { value, rule } = pointsIn(reader.text(field) ?? '', thousands);
  if (value === null) return reader.refuse(field, rule) ?? 0;
  if (mode === 'add' && value === 0) reader.refuse(field, 'must not be 0');
  if (mode === 'set' && value < 0) reader.refuse(field, 'must not be negative');
  return value;
}

function textOf(reader: LineReader, field: string, longest: number): string | null {
  const text = reader.text(field);
  return text === null || text.length <= longest
    ? text
    : reader.refuse(field, `must have at most ${longest} characters`);
}

/** A date means that they are good to its end, where the shop is. */
function expiryOf(reader: LineReader, { nowMs, timeZone }: PointsSetting): number | null {
  const text = reader.text('expires_at');
  if (text === null) return null;
  if (text.toLowerCase() === 'never') return NEVER;
  const isDigits = /^\d{1,15}$/.test(text);
  const instant = isDigits ? Number(text) : instantOf(text, timeZone);
  if (instant === null || (isDigits && instant < EARLIEST_MS)) return reader.refuse('expires_at', TIME);
  const atMs = DATE.test(text) ? nextMidnight(timeZone, instant) : instant;
  if (atMs <= nowMs) return reader.refuse('expires_at', 'must be in the future');
  return atMs <= LATEST_MS ? atMs : reader.refuse('expires_at', 'must be before the year 2189');
}
