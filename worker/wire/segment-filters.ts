/** The filters of a segment's conditions: Klaviyo's by their names, and ours; each is told by its type, then by its operator. */
import { z } from '@hono/zod-openapi';
import { exactly, flag, kinds, list, MOST_NUMBER, must, name, number, object, oneOf, text, whole } from './ruled.ts';

const LONGEST_VALUE = 1_000;
const MOST_VALUES = 500;
export const LONGEST_NAME = 255;

const value = text(LONGEST_VALUE);
const values = list(value, MOST_VALUES);
/** Klaviyo's texts may be null. */
const valueOrNull = value.nullable().transform((said) => said ?? '');
const caseSensitive = flag()
  .optional()
  .describe('Default: capitals count only where the definition is read as Klaviyo does');

const strings = z
  .discriminatedUnion(
    'operator',
    [
      z.strictObject(
        {
          type: exactly('string'),
          operator: z.enum([
            'equals',
            'not-equals',
            'contains',
            'not-contains',
            'starts-with',
            'not-starts-with',
            'ends-with',
            'not-ends-with',
            'regex',
            'nregex',
          ]),
          value: valueOrNull.describe('null is read as the empty text. Of regex and nregex: RE2 syntax'),
          case_sensitive: caseSensitive,
        },
        object,
      ),
      z.strictObject(
        {
          type: exactly('string'),
          operator: z.enum(['in', 'not-in', 'phone-country-code-in', 'phone-country-code-not-in']),
          value: values,
          case_sensitive: caseSensitive,
        },
        object,
      ),
    ],
    kinds(),
  )
  .openapi('SegmentStringFilter');

export const NumericFilter = z
  .strictObject(
    {
      type: exactly('numeric'),
      operator: oneOf([
        'equals',
        'not-equals',
        'greater-than',
        'greater-than-or-equal',
        'less-than',
        'less-than-or-equal',
        'between',
      ]),
      value: number().optional().describe('Required, but of `between`'),
      start: number().optional().describe('Of `between`: the least, included'),
      end: number().optional().describe('Of `between`: the most, included'),
    },
    object,
  )
  .superRefine((filter, { addIssue }) => {
    const wanted = filter.operator === 'between' ? (['start', 'end'] as const) : (['value'] as const);
    for (const field of ['value', 'start', 'end'] as const) {
      const isWanted = wanted.some((one) => one === field);
      if (isWanted === (filter[field] !== undefined)) continue;
      const rule = isWanted ? 'must be given, and be a number' : `is not a field of ${filter.operator}`;
      addIssue({ code: 'custom', path: [field], message: rule });
    }
  })
  .openapi('SegmentNumericFilter');

export const BooleanFilter = z.strictObject(
  { type: exactly('boolean'), operator: exactly('equals'), value: flag() },
  object,
);

const existence = z.strictObject({ type: exactly('existence'), operator: oneOf(['is-set', 'not-set']) }, object);

const lists = z
  .discriminatedUnion(
    'operator',
    [
      z.strictObject(
        {
          type: exactly('list'),
          operator: z.enum(['contains', 'not-contains']),
          value: textOrNumber()
            .nullable()
            .transform((said) => said ?? ''),
          case_sensitive: caseSensitive,
        },
        object,
      ),
      z.strictObject(
        {
          type: exactly('list'),
          operator: z.enum(['contains-any', 'contains-all', 'not-contains-any', 'not-contains-all']),
          value: list(textOrNumber(), MOST_VALUES),
          case_sensitive: caseSensitive,
        },
        object,
      ),
      z.strictObject(
        {
          type: exactly('list'),
          operator: z.enum(['contains-substring', 'not-contains-substring']),
          value: valueOrNull,
          case_sensitive: caseSensitive,
        },
        object,
      ),
      z.strictObject(
        {
          type: exactly('list'),
          operator: z.enum([
            'length-equals',
            'length-greater-than',
            'length-greater-than-or-equal',
            'length-less-than',
            'length-less-than-or-equal',
          ]),
          value: whole(0, MOST_NUMBER),
          case_sensitive: caseSensitive,
        },
        object,
      ),
    ],
    kinds(),
  )
  .openapi('SegmentListFilter');

function textOrNumber() {
  return z.union([value, number()], must('be a text or a number'));
}

/** The longest windows, in their own units: more reaches before anything was sold. */
const LONGEST = { minute: 100_000, hour: 100_000, day: 100_000, week: 100_000, month: 1_200, year: 100 } as const;
const MOST_QUANTITY = 100_000;

const unit = oneOf(['minute', 'hour', 'day', 'week', 'month', 'year']).describe(
  'A day is 24 hours; months and years go by the calendar',
);
const quantity = whole(1, MOST_QUANTITY);

export const Span = z.strictObject({ unit, quantity }, object).superRefine(isWithinReach).openapi('SegmentSpan');

interface Reach {
  unit: keyof typeof LONGEST;
  quantity?: number;
  start?: number;
  end?: number;
}

function isWithinReach(
  reach: Reach,
  { addIssue }: { addIssue: (issue: z.core.$ZodRawIssue<z.core.$ZodIssueCustom>) => void },
) {
  const most = LONGEST[reach.unit];
  for (const field of ['quantity', 'start', 'end'] as const)
    if ((reach[field] ?? 0) > most)
      addIssue({
        code: 'custom',
        path: [field],
        message: `must be at most ${most}, in ${reach.unit}s`,
        input: reach[field],
      });
}

const DATE = 'be a date such as 2026-03-31, or with its time, such as 2026-03-31T10:00:00Z';
const date = z.string(must(DATE)).refine(isDate, `must ${DATE}`);
const dateOrToday = z
  .string(must(`${DATE}, or today`))
  .refine((said) => said === 'today' || isDate(said), `must ${DATE}, or today`)
  .describe('A date alone is its whole day. `today` is the day of the question');

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?$/;

/** Days that no calendar has, such as 31 February, are none; nor are those before the year 100. */
function isDate(said: string): boolean {
  const day = ISO.exec(said)?.[1];
  if (day === undefined || day < '0100') return false;
  const atMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(day);
}

const type = exactly('date');
const dates = [
  z.strictObject({ type, operator: z.enum(['before', 'after']), date: dateOrToday }, object),
  z.strictObject({ type, operator: z.literal('between-static'), start: date, end: date.describe('Included') }, object),
  z
    .strictObject({ type, operator: z.enum(['at-least', 'in-the-last', 'in-the-next']), unit, quantity }, object)
    .superRefine(isWithinReach),
  z
    .strictObject(
      {
        type,
        operator: z.literal('between'),
        unit,
        start: whole(0, MOST_QUANTITY).describe('The nearer end: so long ago, included'),
        end: whole(0, MOST_QUANTITY).describe('The farther end, not included'),
      },
      object,
    )
    .superRefine(isWithinReach),
  z
    .strictObject({ type, operator: z.enum(['anniversary-last', 'anniversary-next']), unit, quantity }, object)
    .superRefine(isWithinReach),
  z.strictObject({ type, operator: z.literal('calendar-month'), value: whole(1, 12) }, object),
  z.strictObject({ type, operator: z.enum(['anniversary', 'anniversary-month', 'this-month', 'alltime']) }, object),
] as const;
const dated = z.discriminatedUnion('operator', [...dates], kinds()).openapi('SegmentDateFilter');
const sinceEvent = z.strictObject(
  {
    type,
    operator: z.literal('since-event').describe('After another event; where there was none, no event counts'),
    metric_id: name(LONGEST_NAME).describe("The other event's name"),
    which: oneOf(['first', 'last']),
  },
  object,
);

export const DateFilter = z.discriminatedUnion('type', [dated], kinds());
export const StringFilter = z.discriminatedUnion('type', [strings], kinds());
export const DateOrExistence = z.discriminatedUnion('type', [dated, existence], kinds());

export const Timeframe = z
  .discriminatedUnion('type', [z.discriminatedUnion('operator', [...dates, sinceEvent], kinds())], kinds())
  .openapi('SegmentTimeframe');

export const ValueFilter = z
  .discriminatedUnion('type', [strings, NumericFilter, BooleanFilter, dated, lists, existence], kinds())
  .openapi('SegmentFilter');

/** Klaviyo's filters of a metric may have none: they ask for nothing. */
export const filterOrNull = z.discriminatedUnion('type', [ValueFilter], kinds()).nullish();
