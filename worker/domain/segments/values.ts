/**
 * What a filter says of a property's values. Every negative is the exact opposite of its positive, so what is not set does
 * not equal anything; `klaviyo` leaves the unset out of both, and looks at capitals.
 */
import type { Json } from '../json.ts';
import { hasCountryCode } from './calling-codes.ts';
import { passesDateIn } from './dates.ts';
import type { ListFilter, NumericFilter, StringFilter, ValueFilter } from './definition.ts';
import { always, anyOf, not, type Truth } from './truth.ts';

/** Tells whether a text matches a pattern, in time that grows with the text alone; null for a pattern it cannot read. */
export type PatternMaker = (pattern: string) => ((text: string) => boolean) | null;

export interface Reading {
  nowMs: number;
  timeZone: string;
  klaviyo: boolean;
  pattern: PatternMaker;
}

/** `values`: all that a path leads to; none, or only null, where it is not set. */
export function passes(filter: ValueFilter, values: readonly Json[], reading: Reading): Truth {
  const set = values.filter(isSet);
  // a list is entered, whether the path says so or not
  const members = set.flat().filter(isSet);
  switch (filter.type) {
    case 'existence':
      return always(set.length > 0 === (filter.operator === 'is-set'));
    case 'date':
      return anyOf(members.map((value) => passesDateIn(filter, value, reading.nowMs, reading.timeZone)));
    case 'boolean':
      return always(members.some((value) => truthOf(value) === filter.value));
    case 'numeric':
      return signed(filter.operator === 'not-equals', set, reading, () =>
        members.some((value) => passesNumber(filter, numberOf(value))),
      );
    case 'string':
      return signed(filter.operator.includes('not-') || filter.operator === 'nregex', set, reading, () =>
        members.some((value) => passesText(filter, textOf(value), reading)),
      );
    case 'list':
      return passesList(filter, set, reading);
  }
}

function isSet(value: Json): boolean {
  return value !== null && value !== '';
}

/** `positive` says whether the opposite of a negative operator holds, or the operator itself. */
function signed(negative: boolean, set: readonly Json[], reading: Reading, positive: () => boolean): Truth {
  if (reading.klaviyo && set.length === 0) return always(false);
  return negative ? not(always(positive())) : always(positive());
}

const TRUE = new Set(['true', '1', 't', 'yes', 'y']);
const FALSE = new Set(['false', '0', 'f', 'no', 'n', 'none']);

function truthOf(value: Json): boolean | null {
  const said = typeof value === 'object' ? '' : String(value).trim().toLowerCase();
  if (TRUE.has(said)) return true;
  return FALSE.has(said) ? false : null;
}

export function numberOf(value: Json): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?\s*$/i.test(value)) return null;
  return Number(value);
}

/** For `not-equals` whether it equals. */
export function passesNumber({ operator, value = 0, start = 0, end = 0 }: NumericFilter, told: number | null): boolean {
  if (told === null) return false;
  switch (operator) {
    case 'equals':
    case 'not-equals':
      return told === value;
    case 'greater-than':
      return told > value;
    case 'greater-than-or-equal':
      return told >= value;
    case 'less-than':
      return told < value;
    case 'less-than-or-equal':
      return told <= value;
    case 'between':
      return told >= start && told <= end;
  }
}

function textOf(value: Json): string | null {
  return typeof value === 'object' ? null : String(value);
}

/** For a negative operator whether its opposite holds. */
function passesText(filter: StringFilter, told: string | null, reading: Reading): boolean {
  if (told === null) return false;
  const plain = folding(filter, reading);
  const text = plain(told);
  switch (filter.operator) {
    case 'in':
    case 'not-in':
      return filter.value.some((one) => plain(one) === text);
    case 'phone-country-code-in':
    case 'phone-country-code-not-in':
      return filter.value.some((country) => hasCountryCode(told, country));
    case 'equals':
    case 'not-equals':
      return text === plain(filter.value);
    case 'contains':
    case 'not-contains':
      return text.includes(plain(filter.value));
    case 'starts-with':
    case 'not-starts-with':
      return text.startsWith(plain(filter.value));
    case 'ends-with':
    case 'not-ends-with':
      return text.endsWith(plain(filter.value));
    case 'regex':
    case 'nregex':
      return reading.pattern(countsCapitals(filter, reading) ? filter.value : `(?i)${filter.value}`)?.(told) ?? false;
  }
}

interface Cased {
  case_sensitive?: boolean | undefined;
}

function countsCapitals({ case_sensitive }: Cased, { klaviyo }: Reading): boolean {
  return case_sensitive ?? klaviyo;
}

function folding(filter: Cased, reading: Reading) {
  return countsCapitals(filter, reading) ? (text: string) => text : (text: string) => text.toLowerCase();
}

function passesList(filter: ListFilter, set: readonly Json[], reading: Reading): Truth {
  // a property that is a list, or a path that leads to many values; a single value is a list of one
  const members = set.flat();
  const items = members.flatMap((value) => textOf(value) ?? []);
  const isUnset = set.length === 0;
  if (reading.klaviyo && isUnset) return always(false);
  const plain = folding(filter, reading);
  const has = (wanted: string | number) => items.some((item) => plain(item) === plain(String(wanted)));
  switch (filter.operator) {
    case 'contains':
      return always(has(filter.value));
    case 'not-contains':
      return always(!has(filter.value));
    case 'contains-any':
      return always(filter.value.some(has));
    case 'contains-all':
      return always(filter.value.every(has));
    case 'not-contains-any':
      return always(!filter.value.some(has));
    case 'not-contains-all':
      return always(!filter.value.every(has));
    case 'contains-substring':
      return always(items.some((item) => plain(item).includes(plain(filter.value))));
    case 'not-contains-substring':
      return always(!items.some((item) => plain(item).includes(plain(filter.value))));
    default: {
      const operator = filter.operator.slice('length-'.length) as NumericFilter['operator'];
      return always(passesNumber({ type: 'numeric', operator, value: filter.value }, members.length));
    }
  }
}
