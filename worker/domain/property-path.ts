/**
 * Where a value stands in an event and of what type it is: `products[].price`. The one notation that learned schemas,
 * fixed schemas and differences share. A dot, bracket or backslash of a key itself is written with a backslash before it.
 */
import { isObject, type Json, type JsonObject } from './json.ts';

export const PROPERTY_TYPES = ['text', 'date-time', 'integer', 'number', 'boolean', 'object', 'list', 'null'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** A longer path is counted, not kept. */
export const LONGEST_PATH = 255;
const DATE_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
/** What a list's elements stand under. */
const ELEMENT = '[]';

export function typeOf(value: Json): PropertyType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return isDateTime(value) ? 'date-time' : 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'object';
}

function isDateTime(text: string): boolean {
  return text.length >= 10 && text.length <= 40 && DATE_TIME.test(text) && Number.isFinite(Date.parse(text));
}

/** Calls `see` for every value below `content`, parents first. The caller vouches for the depth: see `isDeep`. */
export function eachProperty(content: JsonObject, see: (path: string, type: PropertyType) => void): void {
  for (const key of Object.keys(content)) visit(written(key), content[key] ?? null, see);
}

function visit(path: string, value: Json, see: (path: string, type: PropertyType) => void): void {
  const type = typeOf(value);
  see(path, type);
  if (Array.isArray(value)) {
    const below = path + ELEMENT;
    for (const one of value) visit(below, one, see);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) visit(`${path}.${written(key)}`, value[key] ?? null, see);
  }
}

const SPECIAL = /[\\.[\]]/;
const NOT_PLAIN = /\p{Cc}/gu;

/** A key as part of a path; what SQLite and JSON do not agree on is replaced. */
function written(key: string): string {
  const plain = plainText(key);
  return SPECIAL.test(plain) ? plain.replaceAll(/[\\.[\]]/g, '\\$&') : plain;
}

/** A text without control characters and broken ones, each replaced by U+FFFD. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll(NOT_PLAIN, '\uFFFD');
}

/** The steps of a path: a key, or null for every element of a list. null: no path that `eachProperty` could say. */
export function stepsOf(path: string): (string | null)[] | null {
  const steps: (string | null)[] = [];
  let rest = path;
  while (rest !== '' || steps.length === 0) {
    if (rest.startsWith(ELEMENT) && steps.length > 0) {
      steps.push(null);
      rest = rest.slice(ELEMENT.length);
      continue;
    }
    const match = steps.length === 0 ? FIRST.exec(rest) : NEXT.exec(rest);
    if (match?.[1] === undefined) return null;
    steps.push(match[1].replaceAll(/\\(.)/gs, '$1'));
    rest = rest.slice(match[0].length);
  }
  return steps;
}

// an empty key is a key: JSON allows it
const FIRST = /^((?:[^\\.[\]]|\\[\\.[\]])*)/s;
const NEXT = /^\.((?:[^\\.[\]]|\\[\\.[\]])*)/s;

/** The path of what holds this one; null at the top. */
export function parentOf(path: string): string | null {
  if (path.endsWith(ELEMENT)) return path.slice(0, -ELEMENT.length);
  for (let at = path.length - 1; at > 0; at -= 1) {
    if (path[at] === '.' && !isEscaped(path, at)) return path.slice(0, at);
  }
  return path.startsWith('.') ? '' : null;
}

function isEscaped(path: string, at: number): boolean {
  let before = 0;
  while (path[at - 1 - before] === '\\') before += 1;
  return before % 2 === 1;
}
