/** What the columns of a CSV file and the fields of a JSON line are called here, and which of them a kind of file knows. */
import { isPlain } from '../domain/identifier.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Fields, Flaw } from './fields.ts';

export type ImportKind = 'customers' | 'consents' | 'events' | 'list';
/** Points are read by themselves: their lines are no events. */
export type FileKind = ImportKind | 'points';

export const IDENTIFYING = ['user_id', 'email', 'phone', 'shopify_id', 'anonymous_id'] as const;
export const PROOF = ['method', 'opt_in_level', 'ip', 'form', 'text', 'url'] as const;
export const POINTS_NAMES = ['customer_id', 'user_id', 'email', 'phone', 'shopify_id'] as const;
export const CONSENT = ['channel', 'state', 'at', 'source', 'reason', ...PROOF] as const;

const KNOWN: Record<FileKind, readonly string[]> = {
  customers: [...IDENTIFYING, 'first_name', 'last_name', 'birthday', 'created_at'],
  consents: [...IDENTIFYING, ...CONSENT],
  events: [...IDENTIFYING, 'event', 'timestamp', 'message_id', 'properties'],
  list: [...IDENTIFYING, 'subscribed_at', ...CONSENT],
  // `customer`: whom an export names by our id, which means nobody in another shop; not read
  points: [...POINTS_NAMES, 'points', 'balance', 'reason', 'note', 'expires_at', 'available_at', 'customer'],
};
const REQUIRED: Record<FileKind, readonly string[]> = {
  customers: [],
  consents: ['channel', 'state', 'at'],
  events: ['event', 'timestamp'],
  list: [],
  points: [],
};
/** Columns under these carry a name of the shop's own. */
const OPEN: Record<FileKind, string | null> = {
  customers: 'traits.',
  consents: null,
  events: 'properties.',
  list: null,
  points: null,
};
const EXTERNAL = 'external:';
const MOST_COLUMNS = 300;
const LONGEST_NAME = 100;
const UNKNOWN = 'is not a known column';

/**
 * The name that a column or field has here: `E-Mail`, `firstName` and `First name` are known ones; null for a name that
 * means nothing in this kind of file.
 */
export function nameOf(kind: FileKind, written: string): string | null {
  const name = written.trim();
  if (name.length > LONGEST_NAME || !isPlain(name)) return null;
  if (name.toLowerCase().startsWith(EXTERNAL))
    return name.length > EXTERNAL.length ? EXTERNAL + name.slice(EXTERNAL.length) : null;
  const open = OPEN[kind];
  const inner = open !== null && name.startsWith(open) ? name.slice(open.length) : name;
  if (inner === '' || inner === '__proto__') return null;
  const known = KNOWN[kind].find((one) => squeezed(one) === squeezed(kind === 'customers' ? inner : name));
  if (known !== undefined) return known;
  return kind === 'customers' || inner !== name ? `${open}${inner}` : null;
}

function squeezed(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** A file's columns by their names here; null for one that the merchant leaves out. */
export type Columns = (string | null)[];

/** What spreadsheets leave behind the last column; its cells must be empty. */
const NAMELESS = '';

/** The header's columns, and what is wrong with them. */
export function columnsOf(
  kind: FileKind,
  header: string[],
  mapping: Readonly<Record<string, string | null>>,
): { columns: Columns; flaws: Flaw[] } {
  const written = header.map((cell) => cell.trim());
  const flaws: Flaw[] = [];
  if (written.length > MOST_COLUMNS) flaws.push({ field: 'header', rule: `must have at most ${MOST_COLUMNS} columns` });
  for (const field of Object.keys(mapping)) {
    if (!written.includes(field)) flaws.push({ field, rule: 'is mapped, but the header has no such column' });
  }
  const columns = written.map((name) => {
    const meant = Object.hasOwn(mapping, name) ? (mapping[name] ?? null) : name;
    if (meant === null || meant === '') return meant === '' ? NAMELESS : null;
    const known = nameOf(kind, meant);
    if (known === null) flaws.push({ field: name.slice(0, LONGEST_NAME), rule: UNKNOWN });
    return known;
  });
  const named = columns.flatMap((name) => (name === null || name === NAMELESS ? [] : name));
  const twice = named.filter((name, at) => named.indexOf(name) !== at);
  flaws.push(...twice.map((field) => ({ field, rule: 'is there twice' })), ...lacking(kind, named));
  return { columns, flaws };
}

function lacking(kind: FileKind, named: string[]): Flaw[] {
  const missing = REQUIRED[kind].filter((name) => !named.includes(name));
  const flaws = missing.map((field) => ({ field, rule: 'is required' }));
  const naming: readonly string[] = kind === 'points' ? POINTS_NAMES : IDENTIFYING;
  const names = named.some((name) => name.startsWith(EXTERNAL) || naming.includes(name));
  return names ? flaws : [{ field: 'header', rule: `needs one of ${naming.join(', ')} or external:…` }, ...flaws];
}

/** A row's cells by column; a flaw where a cell stands under no column. */
export function fieldsOfCells(columns: Columns, cells: string[]): Fields | Flaw {
  const fields = new Map<string, Json>();
  for (const [at, cell] of cells.entries()) {
    if (cell.trim() === '') continue;
    const name = columns[at];
    if (name === undefined || name === NAMELESS) {
      return { field: `column ${at + 1}`, rule: 'has no name in the header' };
    }
    if (name !== null) fields.set(name, cell);
  }
  return fields;
}

/** A JSON line's values by their names here; `traits` and `properties` may also be objects of their own. */
export function fieldsOfObject(kind: FileKind, value: JsonObject): Fields | Flaw {
  const fields = new Map<string, Json>();
  for (const [written, one] of flattened(kind, value)) {
    const name = nameOf(kind, written);
    if (name === null) return { field: written.slice(0, LONGEST_NAME), rule: 'is not a known field' };
    if (fields.has(name)) return { field: name, rule: 'is there twice' };
    if (one !== null && one !== '') fields.set(name, one);
  }
  return fields;
}

function flattened(kind: FileKind, value: JsonObject): [string, Json][] {
  return Object.entries(value).flatMap(([name, one]): [string, Json][] => {
    const isTraits = kind === 'customers' && name === 'traits' && typeof one === 'object' && one !== null;
    return isTraits && !Array.isArray(one)
      ? Object.entries(one).map(([key, inner]) => [`traits.${key}`, inner])
      : [[name, one]];
  });
}
