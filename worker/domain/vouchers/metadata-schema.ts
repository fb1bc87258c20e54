/** What is known of an event's properties, as Voucherify's clients read a schema. What lies deeper they have no word for. */
import type { FixedProperty } from '../schema-check.ts';

export interface SchemaProperty {
  type: 'string' | 'number' | 'boolean' | 'datetime' | 'object';
  array: boolean;
  optional: boolean;
}

const TYPES = {
  text: 'string',
  'date-time': 'datetime',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  object: 'object',
  list: 'object',
} as const satisfies Record<FixedProperty['type'], SchemaProperty['type']>;

const ELEMENT = '[]';

/** By name; a list has the type of its elements. */
export function schemaProperties(properties: readonly FixedProperty[]): Record<string, SchemaProperty> {
  const types = new Map(properties.map(({ path, type }) => [path, type]));
  const top = properties.filter(({ path }) => !/[\\.[\]]/.test(path));
  return Object.fromEntries(
    top.map(({ path, type, required }) => {
      const array = type === 'list';
      const of = array ? (types.get(path + ELEMENT) ?? 'text') : type;
      return [path, { type: TYPES[of], array, optional: !required }];
    }),
  );
}
