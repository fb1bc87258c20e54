/** Holds values against a rule's tests. Every negative is the exact opposite of its positive, so what is not set passes it. */
import type { Json, JsonObject } from '../json.ts';
import { valuesAt } from '../segments/paths.ts';
import { numberOf } from '../segments/values.ts';
import { instantOf } from '../zoned.ts';
import type { NumberTest, ValueTest } from './rule-definition.ts';

export function passesNumber(test: NumberTest, told: number): boolean {
  switch (test.op) {
    case 'is':
      return told === test.value;
    case 'is_not':
      return told !== test.value;
    case 'more_than':
      return told > test.value;
    case 'less_than':
      return told < test.value;
    case 'at_least':
      return told >= test.value;
    case 'at_most':
      return told <= test.value;
    case 'between':
      return told >= test.from && told <= test.to;
  }
}

/** Of all values that a path leads to; a list's members are asked one by one. */
export function passesAt(test: ValueTest, from: { content: JsonObject; path: string }, timeZone: string): boolean {
  return passesValue(test, valuesAt(from.content, from.path), timeZone);
}

export function passesValue(test: ValueTest, values: readonly Json[], timeZone: string): boolean {
  const told = values.flat().filter((value) => value !== null && value !== '');
  switch (test.op) {
    case 'set':
      return told.length > 0;
    case 'unset':
      return told.length === 0;
    case 'any_of':
      return told.some((value) => test.values.some((wanted) => isSame(value, wanted)));
    case 'none_of':
      return !told.some((value) => test.values.some((wanted) => isSame(value, wanted)));
    case 'number':
      return passesNumbers(test.test, told);
    case 'after':
    case 'before':
      return told.some((value) => passesDate(test, value, timeZone));
    case 'contains_none':
      return !texts(told).some((text) => test.texts.some((wanted) => text.includes(wanted)));
    case 'contains':
      return texts(told).some((text) => test.texts.some((wanted) => text.includes(wanted)));
    case 'starts_with':
      return texts(told).some((text) => test.texts.some((wanted) => text.startsWith(wanted)));
    case 'ends_with':
      return texts(told).some((text) => test.texts.some((wanted) => text.endsWith(wanted)));
  }
}

function passesNumbers(test: NumberTest, told: readonly Json[]): boolean {
  const numbers = told.map(numberOf).filter((number) => number !== null);
  if (test.op === 'is_not') return !numbers.some((number) => number === test.value);
  return numbers.some((number) => passesNumber(test, number));
}

/** "5" is 5 and "true" is true: shops send metadata as texts. */
function isSame(value: Json, wanted: string | number | boolean): boolean {
  if (typeof value === 'object') return false;
  if (typeof wanted === 'number') return numberOf(value) === wanted;
  return String(value) === String(wanted);
}

function texts(told: readonly Json[]): string[] {
  return told.flatMap((value) => (typeof value === 'object' ? [] : [String(value)]));
}

function passesDate({ op, at }: { op: 'after' | 'before'; at: string }, value: Json, timeZone: string): boolean {
  const told = typeof value === 'string' ? instantOf(value, timeZone) : null;
  const wanted = instantOf(at, timeZone);
  if (told === null || wanted === null) return false;
  return op === 'after' ? told > wanted : told < wanted;
}
