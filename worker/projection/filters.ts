/** What a list is narrowed by, as SQL: fields by their names, each a text, an instant or a flag. Which fields there are, a list says itself. */
import { type SQL, sql } from 'drizzle-orm';

export const TESTS = [
  'in',
  'not_in',
  'starts_with',
  'ends_with',
  'contains',
  'not_contains',
  'known',
  'unknown',
  'after',
  'before',
  'more',
  'more_or_equal',
  'less',
  'less_or_equal',
] as const;
export type Test = (typeof TESTS)[number];

/** `values` of an instant are milliseconds, of a flag 1 and 0; any of them is enough, of a bound there is one. */
export interface Filter {
  field: string;
  test: Test;
  values: (string | number)[];
}

export interface Filters {
  /** All of them must hold; else one is enough. */
  all: boolean;
  of: Filter[];
}

export const METADATA = 'metadata.';

/** The fields of a list. `metadata`: the JSON that fields `metadata.<name>` are read from. */
export interface Fields {
  named: Record<string, SQL>;
  metadata: SQL;
}

/** undefined: nothing narrows it. A field that the list does not know is met by nothing. */
export function filtered({ all, of }: Filters, fields: Fields): SQL | undefined {
  if (of.length === 0) return undefined;
  const conditions = of.map((filter) => conditionOf(filter, expressionOf(filter.field, fields)));
  return sql`(${sql.join(conditions, all ? sql` AND ` : sql` OR `)})`;
}

function expressionOf(field: string, { named, metadata }: Fields): SQL {
  if (!field.startsWith(METADATA)) return named[field] ?? sql`NULL`;
  const name = field.slice(METADATA.length);
  return sql`(SELECT CASE m.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(m.value AS TEXT) END
    FROM json_each(${metadata}) m WHERE m.key = ${name})`;
}

function conditionOf({ test, values }: Filter, field: SQL): SQL {
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  const first = values[0] ?? null;
  const any = (one: (value: string | number) => SQL) => sql`(${sql.join(values.map(one), sql` OR `)})`;
  switch (test) {
    case 'in':
      return sql`${field} IN ${list}`;
    case 'not_in':
      return sql`(${field} IS NULL OR ${field} NOT IN ${list})`;
    case 'starts_with':
      return any((value) => sql`substr(${field}, 1, length(${value})) = ${value}`);
    case 'ends_with':
      return any((value) => sql`substr(${field}, -length(${value})) = ${value}`);
    case 'contains':
      return any((value) => sql`instr(${field}, ${value}) > 0`);
    case 'not_contains':
      return sql`NOT coalesce(${any((value) => sql`instr(${field}, ${value}) > 0`)}, 0)`;
    case 'known':
      return sql`${field} IS NOT NULL`;
    case 'unknown':
      return sql`${field} IS NULL`;
    case 'after':
      return sql`${field} > ${first}`;
    case 'before':
      return sql`${field} < ${first}`;
    case 'more':
      return sql`CAST(${field} AS REAL) > ${first}`;
    case 'less':
      return sql`CAST(${field} AS REAL) < ${first}`;
    case 'more_or_equal':
      return sql`CAST(${field} AS REAL) >= ${first}`;
    case 'less_or_equal':
      return sql`CAST(${field} AS REAL) <= ${first}`;
  }
}
