/** JSON as it stands in a line or a cell: no digit lost, and nothing in it that could not be stored. */
import { flawOf, type Json } from '../domain/json.ts';

export type JsonReading = { value: Json; rule: null } | { value: null; rule: string };

const RULES = {
  too_deep: 'must not nest deeper than 32 levels',
  number_too_large: 'must hold no number larger than can be kept',
};

export function readJson(text: string): JsonReading {
  const value = parsed(text);
  if (value === undefined) return { value: null, rule: 'must be JSON' };
  const flaw = flawOf(value);
  if (flaw !== null) return { value: null, rule: RULES[flaw] };
  // an escape can write half a character, which no database keeps
  const whole = !/\\u[dD][89a-fA-F]/.test(text) || texts(value).every((one) => one.isWellFormed());
  return whole ? { value, rule: null } : { value: null, rule: 'must hold whole characters only' };
}

function texts(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [name, ...texts(one)]);
}

function parsed(text: string): Json | undefined {
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole numbers that a double cannot hold, such as ids, stay as their own text. */
function keepDigits(_key: string, value: Json, context?: { source?: string }): Json {
  const isLost = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isLost && context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value;
}
