/** Reads what a list is asked: the page, the order, and what narrows it, each field by the list's own names. */
import type { z } from '@hono/zod-openapi';
import { codeKey } from '../domain/vouchers/codes.ts';
import { type Filter, METADATA, type Test } from '../projection/filters.ts';
import type { ListQuery } from '../projection/voucher-lists.ts';
import { type ListFilters, MOST_PAGES } from '../wire/voucher-lists.ts';
import { fromBrackets } from './bracketed.ts';
import { VoucherError } from './errors.ts';

/** How a client writes a field's values, and how the copies have them. A word that a list does not know is met by nothing. */
export type FieldKind = 'text' | 'code' | 'instant' | 'flag' | Record<string, string | number>;

export interface FilterField {
  /** The list's own name. */
  field: string;
  kind: FieldKind;
}

export type FilterFields = Record<string, FilterField>;

const TESTS: Readonly<Record<string, Test>> = {
  $is: 'in',
  $in: 'in',
  $is_not: 'not_in',
  $not_in: 'not_in',
  $has_value: 'known',
  $is_unknown: 'unknown',
  $contains: 'contains',
  $not_contain: 'not_contains',
  $starts_with: 'starts_with',
  $ends_with: 'ends_with',
  $after: 'after',
  $before: 'before',
  $more_than: 'more',
  $more_than_equal: 'more_or_equal',
  $less_than: 'less',
  $less_than_equal: 'less_or_equal',
};
const NUMERIC = new Set<Test>(['more', 'more_or_equal', 'less', 'less_or_equal']);

/** What a request's query says, held against the list's schema. A refusal names the parameter. */
export function queryOf<T>(url: string, schema: z.ZodType<T>): T {
  const read = fromBrackets(new URL(url).searchParams);
  if (read === null) throw new VoucherError('invalid_query_params', 'brackets must open and close');
  const told = schema.safeParse(read);
  if (told.success) return told.data;
  const flaws = told.error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new VoucherError('invalid_query_params', flaws.join('; '));
}

interface Asked {
  limit: number;
  page: number;
  order: string;
  filters?: ListFilters | undefined;
}

export function listQuery(
  shop: string,
  asked: Asked,
  { fields, must }: { fields: FilterFields; must: Filter[] },
): ListQuery {
  const { limit, page, order, filters = {} } = asked;
  if (page > MOST_PAGES) throw new VoucherError('page_over_limit', `page must be at most ${MOST_PAGES}`);
  const descending = order.startsWith('-');
  return {
    shop,
    must: { all: true, of: must },
    filters: filtersOf(filters, fields),
    order: descending ? order.slice(1) : order,
    descending,
    limit,
    offset: (page - 1) * limit,
  };
}

export function within(
  field: string,
  times: { after?: string | undefined; before?: string | undefined } | undefined,
): Filter[] {
  const { after, before } = times ?? {};
  return [
    ...(after === undefined ? [] : [{ field, test: 'after' as const, values: [Date.parse(after)] }]),
    ...(before === undefined ? [] : [{ field, test: 'before' as const, values: [Date.parse(before)] }]),
  ];
}

/** Nothing where it was not asked for. */
export function oneOf(field: string, ...values: (string | number | undefined)[]): Filter[] {
  const asked = values.filter((value) => value !== undefined);
  return asked.length === 0 ? [] : [{ field, test: 'in', values: asked }];
}

function filtersOf({ junction, ...filters }: ListFilters, fields: FilterFields): ListQuery['filters'] {
  const all = typeof junction !== 'string' || junction.toLowerCase() === 'and';
  const of = Object.entries(filters).flatMap(([name, told]) => {
    const known = fieldNamed(name, fields);
    if (known === null || typeof told === 'string') throw unknown(`filters.${name}`, 'is not a field of this list');
    return Object.entries(told.conditions).map(([word, value]) =>
      filterOf(known, { name, word, value: [value].flat() }),
    );
  });
  return { all, of };
}

function fieldNamed(name: string, fields: FilterFields): FilterField | null {
  if (name.startsWith(METADATA) && name.length > METADATA.length) return { field: name, kind: 'text' };
  return Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;
}

function filterOf(
  { field, kind }: FilterField,
  { name, word, value }: { name: string; word: string; value: string[] },
): Filter {
  const test = TESTS[word];
  if (test === undefined) throw unknown(`filters.${name}.conditions.${word}`, 'is not supported');
  if (test === 'known' || test === 'unknown') return { field, test, values: [] };
  const values = value.map((one) => (NUMERIC.has(test) && kind === 'text' ? Number(one) : copiedValue(one, kind)));
  if (values.some((one) => typeof one === 'number' && Number.isNaN(one)))
    throw unknown(
      `filters.${name}.conditions.${word}`,
      kind === 'instant' ? 'must be an ISO 8601 date' : 'must be a number',
    );
  return { field, test, values };
}

function copiedValue(text: string, kind: FieldKind): string | number {
  switch (kind) {
    case 'text':
      return text;
    case 'code':
      return codeKey(text);
    case 'instant':
      return Date.parse(text);
    case 'flag':
      return text.toLowerCase() === 'true' ? 1 : 0;
    default:
      return Object.hasOwn(kind, text) ? (kind[text] ?? '') : '';
  }
}

function unknown(field: string, rule: string): VoucherError {
  return new VoucherError('invalid_query_params', `${field} ${rule}`);
}
