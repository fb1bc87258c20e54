/** JSON as it arrives: the value types, and readers that never throw on a shape they did not expect. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at `key`, or null where it is missing, empty or of another type. */
export function textOf(from: JsonObject, key: string): string | null {
  const value = from[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An identifier at `key`: shops and clients send them as text or as a whole number. */
export function idOf(from: JsonObject, key: string): string | null {
  const value = from[key];
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return textOf(from, key);
}

export function objectOf(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  return isObject(value) ? value : {};
}

/** The objects of the list at `key`; whatever else the list holds is left out. */
export function objectsOf(from: JsonObject, key: string): JsonObject[] {
  const value = from[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Nested deeper than this nothing is stored: a message that a copy cannot carry would stop the copy. */
const DEEPEST = 32;

export type Flaw = 'too_deep' | 'number_too_large';

/**
 * Why a value cannot be kept as it was said: nested deeper than anything a client means, or with a number that no double
 * holds (JSON reads 1e999 as infinity and would write it as null). Walks level by level, so no depth can exhaust the stack.
 */
export function flawOf(value: Json): Flaw | null {
  let infinite = false;
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return 'too_deep';
    infinite ||= level.some((one) => typeof one === 'number' && !Number.isFinite(one));
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return infinite ? 'number_too_large' : null;
}
