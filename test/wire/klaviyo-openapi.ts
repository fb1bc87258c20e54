/** Klaviyo's OpenAPI document as a judge of definitions, and as a source of them: what fits a schema, and values that do. */
import fc from 'fast-check';
import { isPublishedAbsent, readJson } from '../intake/published.ts';

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  nullable?: boolean;
}

interface Document {
  components: { schemas: Record<string, Schema> };
}

const { schemas } = isPublishedAbsent
  ? { schemas: {} }
  : (readJson('klaviyo/profiles.json') as unknown as Document).components;

export function named(name: string): Schema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`Klaviyo has no ${name}`);
  return schema;
}

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { nullable = false } = schema;
  const target = named(nameOf(schema));
  return nullable ? { ...target, nullable } : target;
}

function nameOf({ $ref = '' }: Schema): string {
  return $ref.replace('#/components/schemas/', '');
}

/** Whether a value fits; `oneOf` is read as any of them. A field that the schema does not name fits nowhere. */
export function fits(value: unknown, told: Schema): boolean {
  const schema = resolved(told);
  if (value === null) return schema.nullable === true;
  if (schema.oneOf !== undefined) return schema.oneOf.some((one) => fits(value, one));
  if (schema.enum !== undefined) return schema.enum.includes(value);
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const known = Object.entries(value).every(
        ([key, one]) => properties[key] !== undefined && fits(one, properties[key]),
      );
      return known && required.every((key) => Object.hasOwn(value, key));
    }
    case 'array':
      return Array.isArray(value) && value.every((one) => fits(one, schema.items ?? {}));
    case 'integer':
      return Number.isInteger(value);
    case 'string':
      return typeof value === 'string' && (schema.format !== 'date-time' || DATE_TIME.test(value));
    case undefined:
      return true;
    default:
      return typeof value === schema.type;
  }
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const DATES = ['2022-11-08T00:00:00+00:00', '2026-02-28T23:59:59.999Z', '2024-02-29T12:00:00-05:00'];

/** Values that fit, without those that hold a schema or a word of `foreign`. */
export function valuesOf(told: Schema, foreign: ReadonlySet<string>): fc.Arbitrary<unknown> {
  const schema = resolved(told);
  const plain = plainValuesOf(schema, foreign);
  return schema.nullable ? fc.option(plain, { freq: 8 }) : plain;
}

function plainValuesOf(schema: Schema, foreign: ReadonlySet<string>): fc.Arbitrary<unknown> {
  if (schema.oneOf !== undefined)
    return fc.oneof(...schema.oneOf.filter((one) => !foreign.has(nameOf(one))).map((one) => valuesOf(one, foreign)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.filter((one) => !foreign.has(String(one))));
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([key, one]) => [key, valuesOf(one, foreign)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
    }
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, foreign), { minLength: 1, maxLength: 3 });
    case 'string':
      return schema.format === 'date-time' ? fc.constantFrom(...DATES) : fc.string({ minLength: 1, maxLength: 40 });
    case 'integer':
      // months of the calendar among them
      return fc.integer({ min: 1, max: 12 });
    case 'number':
      return fc.double({ min: -1e9, max: 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constant(null);
  }
}
