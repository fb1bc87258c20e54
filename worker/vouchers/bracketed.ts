/** Queries as `qs` writes them, which Voucherify's clients use: `customer[source_id]=u&item[0][amount]=5`, read back into what they were. */
import { isObject, type Json, type JsonObject } from '../domain/json.ts';

const MOST_PARAMETERS = 2_000;
const DEEPEST = 6;
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** null: it is no such query, or larger than any client's. Values are texts. Lists are objects with numbers as names: `listOf`. */
export function fromBrackets(query: URLSearchParams): JsonObject | null {
  const read: JsonObject = Object.create(null);
  let count = 0;
  for (const [name, value] of query) {
    count += 1;
    const path = pathOf(name);
    if (path === null || count > MOST_PARAMETERS || !put(read, path, value)) return null;
  }
  return plain(read);
}

/** Which of these parameters a query has, by itself or with brackets; null: none. */
export function firstOf(query: URLSearchParams, names: readonly string[]): string | null {
  for (const name of query.keys()) {
    const base = name.split('[', 1)[0] ?? '';
    if (names.includes(base)) return base;
  }
  return null;
}

function pathOf(name: string): string[] | null {
  const match = NAME.exec(name);
  if (match?.[1] === undefined) return null;
  const path = [match[1], ...[...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key ?? '')];
  return path.length > DEEPEST || path.includes('') ? null : path;
}

function put(into: JsonObject, path: readonly string[], value: string): boolean {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    if (isObject(into[key])) return false;
    into[key] = value;
    return true;
  }
  const below: Json = into[key] ?? Object.create(null);
  if (!isObject(below)) return false;
  into[key] = below;
  return put(below, rest, value);
}

/** With a prototype of its own again, whatever the names were: `__proto__` is left out. */
function plain(read: JsonObject): JsonObject {
  const entries = Object.entries(read).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(entries.map(([key, value]) => [key, isObject(value) ? listOf(plain(value)) : value]));
}

/** What has the names 0, 1, 2 … is a list. */
function listOf(read: JsonObject): Json {
  const keys = Object.keys(read);
  const isList = keys.length > 0 && keys.every((key, at) => key === String(at));
  return isList ? Object.values(read) : read;
}
