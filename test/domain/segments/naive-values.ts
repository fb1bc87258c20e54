/** The model's reading of values: what stands at a path, and whether a filter lets it pass. */
import { isObject, type Json, type JsonObject } from '../../../worker/domain/json.ts';
import type {
  ListFilter,
  NumericFilter,
  StringFilter,
  ValueFilter,
} from '../../../worker/domain/segments/definition.ts';
import { datePasses, instantIn, type Moment, momentAt } from './naive-calendar.ts';

export interface Reading {
  nowMs: number;
  zone: string;
  klaviyo: boolean;
}

/** All that a name leads to; a list that it names is one value, its members are opened by the filters. */
export function valuesAt(content: JsonObject, name: string): Json[] {
  if (Object.hasOwn(content, name)) return [content[name] ?? null];
  let found: Json[] = [content];
  for (const step of name.split('.')) {
    const key = step.replaceAll('[]', '');
    found = found
      .flatMap(members)
      .flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] ?? null] : []));
    if (key !== step) found = found.flatMap((one) => (Array.isArray(one) ? one : []));
  }
  return found;
}

function members(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}

function isSet(value: Json): boolean {
  return value !== null && value !== '';
}

export function valuePasses(filter: ValueFilter, told: readonly Json[], reading: Reading): boolean {
  const set = told.filter(isSet);
  if (filter.type === 'existence') return filter.operator === 'is-set' ? set.length > 0 : set.length === 0;
  const positive = positiveOf(filter.operator);
  const skipsUnset = positive !== filter.operator || filter.operator.startsWith('length-');
  if (reading.klaviyo && skipsUnset && set.length === 0) return false;
  if (positive !== filter.operator)
    return !valuePasses({ ...filter, operator: positive } as ValueFilter, told, reading);
  const values = set.flatMap(members);
  if (filter.type === 'list') return listPasses(filter, values, reading);
  return values.filter(isSet).some((one) => onePasses(filter, one, reading));
}

function positiveOf(operator: string): string {
  if (operator === 'nregex') return 'regex';
  if (operator === 'phone-country-code-not-in') return 'phone-country-code-in';
  return operator.startsWith('not-') ? operator.slice(4) : operator;
}

function onePasses(filter: ValueFilter, value: Json, reading: Reading): boolean {
  switch (filter.type) {
    case 'string':
      return textPasses(filter, value, reading);
    case 'numeric': {
      const number = numberIn(value);
      return number !== null && numberPasses(filter, number);
    }
    case 'boolean':
      return truthIn(value) === filter.value;
    case 'date': {
      const moment = momentIn(value, reading.zone);
      return moment !== null && datePasses(filter, moment, reading.nowMs, reading.zone);
    }
    default:
      throw new Error(`no filter of single values: ${filter.type}`);
  }
}

function textIn(value: Json): string | null {
  return typeof value === 'object' ? null : String(value);
}

function cased(text: string, caseSensitive: boolean | undefined, { klaviyo }: Reading): string {
  return (caseSensitive ?? klaviyo) ? text : text.toLowerCase();
}

function textPasses(filter: StringFilter, value: Json, reading: Reading): boolean {
  const plain = textIn(value);
  if (plain === null) return false;
  const fold = (text: string) => cased(text, filter.case_sensitive, reading);
  const text = fold(plain);
  switch (filter.operator) {
    case 'equals':
      return text === fold(filter.value);
    case 'contains':
      return text.includes(fold(filter.value));
    case 'starts-with':
      return text.startsWith(fold(filter.value));
    case 'ends-with':
      return text.endsWith(fold(filter.value));
    case 'regex':
      return new RegExp(filter.value, (filter.case_sensitive ?? reading.klaviyo) ? '' : 'i').test(plain);
    case 'in':
      return filter.value.some((one) => text === fold(one));
    case 'phone-country-code-in':
      return filter.value.some((country) => isOfCountry(plain, country));
    default:
      throw new Error(`no positive text operator: ${filter.operator}`);
  }
}

/** The countries of the tests; Jamaica's numbers begin with +1 as well, and are its own. */
const CALLING: Readonly<Record<string, string>> = { US: '1', CA: '1', DE: '49', JM: '1876' };

function isOfCountry(phone: string, country: string): boolean {
  const code = CALLING[country] ?? country.replace('+', '');
  return phone.startsWith(`+${code}`) && (code !== '1' || !phone.startsWith('+1876'));
}

function numberIn(value: Json): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  return Number.isFinite(Number(value)) ? Number(value) : null;
}

function numberPasses({ operator, value = 0, start = 0, end = 0 }: NumericFilter, told: number): boolean {
  if (operator === 'equals') return told === value;
  if (operator === 'greater-than') return told > value;
  if (operator === 'greater-than-or-equal') return told >= value;
  if (operator === 'less-than') return told < value;
  if (operator === 'less-than-or-equal') return told <= value;
  if (operator === 'between') return start <= told && told <= end;
  throw new Error(`no positive operator of numbers: ${operator}`);
}

function truthIn(value: Json): boolean | null {
  const word = textIn(value)?.toLowerCase() ?? '';
  if (['true', '1', 't', 'yes', 'y'].includes(word)) return true;
  return ['false', '0', 'f', 'no', 'n', 'none'].includes(word) ? false : null;
}

function momentIn(value: Json, zone: string): Moment | null {
  if (typeof value === 'number') return momentAt(zone, value < 1e11 ? value * 1000 : value);
  if (typeof value !== 'string') return null;
  const [, month, day] = /^(\d\d)-(\d\d)$/.exec(value) ?? [];
  if (month !== undefined) {
    // of a leap year, so that the 29th of February is one
    const isDay = instantIn('UTC', `2000-${month}-${day}`) !== null;
    return isDay ? { atMs: null, month: Number(month), day: Number(day) } : null;
  }
  const at = instantIn(zone, value);
  return at === null ? null : momentAt(zone, at);
}

function listPasses(filter: ListFilter, all: readonly Json[], reading: Reading): boolean {
  const fold = (text: string) => cased(text, filter.case_sensitive, reading);
  const texts = all.flatMap((one) => textIn(one) ?? []).map(fold);
  const holds = (one: string | number) => texts.includes(fold(String(one)));
  switch (filter.operator) {
    case 'contains':
      return holds(filter.value);
    case 'contains-any':
      return filter.value.some(holds);
    case 'contains-all':
      return filter.value.every(holds);
    case 'contains-substring':
      return texts.some((text) => text.includes(fold(filter.value)));
    default: {
      const operator = filter.operator.replace('length-', '') as NumericFilter['operator'];
      return numberPasses({ type: 'numeric', operator, value: Number(filter.value) }, all.length);
    }
  }
}
