/** Where an event differs from a fixed schema: a small check of types and presence, not JSON Schema. Pure. */

import { kindOf } from './event-schema.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type PropertyType, stepsOf, typeOf } from './property-path.ts';

export interface FixedProperty {
  /** As `property-path.ts` writes it: `products[].price`. */
  path: string;
  type: Exclude<PropertyType, 'null'>;
  /** In every object that could hold it; where that object is missing itself, nothing is missing here. */
  required: boolean;
  nullable: boolean;
}

export interface Difference {
  path: string;
  rule: string;
}

/** An event that differs everywhere need not say so everywhere. */
const MOST_DIFFERENCES = 20;

type Steps = (string | null)[];
const steps = new WeakMap<FixedProperty, Steps>();

/** At most 20 differences, one a property; none: the event is as the schema says. */
export function differencesFrom(properties: readonly FixedProperty[], content: JsonObject): Difference[] {
  const found: Difference[] = [];
  for (const property of properties) {
    const rule = brokenRule(property, content);
    if (rule !== null) found.push({ path: property.path, rule });
    if (found.length === MOST_DIFFERENCES) break;
  }
  return found;
}

function brokenRule(property: FixedProperty, content: JsonObject): string | null {
  for (const value of valuesAt(content, stepsFor(property))) {
    if (value === undefined && property.required) return 'is required';
    if (value === undefined) continue;
    const rule = wrongType(property, value);
    if (rule !== null) return rule;
  }
  return null;
}

function stepsFor(property: FixedProperty): Steps {
  const known = steps.get(property);
  if (known !== undefined) return known;
  const made = stepsOf(property.path) ?? [];
  steps.set(property, made);
  return made;
}

/** Every value at the path; undefined for each object that does not hold it. */
function valuesAt(content: JsonObject, path: Steps): (Json | undefined)[] {
  let found: (Json | undefined)[] = [content];
  for (const step of path) {
    found = found.flatMap((value) => {
      if (step === null) return Array.isArray(value) ? value : [];
      if (!isObject(value)) return [];
      return [Object.hasOwn(value, step) ? value[step] : undefined];
    });
  }
  return found;
}

function wrongType({ type, nullable }: FixedProperty, value: Json): string | null {
  const actual = typeOf(value);
  if (actual === 'null') return nullable ? null : 'must not be null';
  // a type of one kind only: a number may be whole, a text may be a date
  const fits = actual === type || (type === kindOf(type) && kindOf(actual) === type);
  return fits ? null : `must be ${A[type]}, not ${A[actual]}`;
}

const A: Record<PropertyType, string> = {
  text: 'a text',
  'date-time': 'a date or time (ISO 8601)',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  list: 'a list',
  null: 'null',
};
