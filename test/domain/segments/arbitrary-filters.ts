/** Filters at random, over few values, so that about half of what is asked is so. */
import fc from 'fast-check';
import type {
  BooleanFilter,
  DateFilter,
  ExistenceFilter,
  ListFilter,
  NumericFilter,
  StringFilter,
  Timeframe,
  ValueFilter,
} from '../../../worker/domain/segments/definition.ts';
import { DATE_TEXTS, span } from './instants.ts';

const some = fc.constantFrom;
export const TEXTS = ['a', 'A', 'ab', 'Ba', 'DE', 'us', 'yes', '0', '2.5', 'Straße', '+4915112345678'];
const text = some(...TEXTS, '');
export const NUMBERS = [0, 1, 2, 2.5, 3, 0.1, 0.2, 0.3, 10, 25.99];
const number = some(...NUMBERS);
/** What a filter leaves unsaid in half of the cases. */
const caseSensitive = some(undefined, undefined, true, false);

const texts: fc.Arbitrary<StringFilter> = fc.oneof(
  fc.record({
    type: some('string' as const),
    operator: some(
      'equals' as const,
      'not-equals' as const,
      'contains' as const,
      'not-contains' as const,
      'starts-with' as const,
      'not-starts-with' as const,
      'ends-with' as const,
      'not-ends-with' as const,
    ),
    value: text,
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('string' as const),
    operator: some('regex' as const, 'nregex' as const),
    value: some('^A', 'a$', 'a|e', '\\d', '\\D', '[a-c]+B?', '.'),
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('string' as const),
    operator: some('in' as const, 'not-in' as const),
    value: fc.array(text, { minLength: 1, maxLength: 3 }),
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('string' as const),
    operator: some('phone-country-code-in' as const, 'phone-country-code-not-in' as const),
    value: fc.array(some('49', '+49', '1', 'US', 'CA', 'DE', 'JM'), { minLength: 1, maxLength: 2 }),
  }),
);
export const stringFilter = texts;

export const numericFilter: fc.Arbitrary<NumericFilter> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: some('numeric' as const),
      operator: some(
        'equals' as const,
        'not-equals' as const,
        'greater-than' as const,
        'greater-than-or-equal' as const,
        'less-than' as const,
        'less-than-or-equal' as const,
      ),
      value: number,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(number, number).map(
      ([a, b]): NumericFilter => ({
        type: 'numeric',
        operator: 'between',
        start: Math.min(a, b),
        end: Math.max(a, b),
      }),
    ),
  },
);

/** Of counts: near to what a life of few events holds. */
export const countFilter: fc.Arbitrary<NumericFilter> = fc
  .tuple(numericFilter, fc.integer({ min: 0, max: 3 }))
  .map(([filter, value]) =>
    filter.operator === 'between' ? { ...filter, start: 1, end: 1 + value } : { ...filter, value },
  );

export const booleanFilter: fc.Arbitrary<BooleanFilter> = fc
  .boolean()
  .map((value) => ({ type: 'boolean', operator: 'equals', value }));

/** Few, so that lists meet what is looked for in them. */
export const MEMBERS: (string | number)[] = ['a', 'A', 'ab', 'DE', 2, 2.5];
const listMember = some(...MEMBERS);
const listFilter: fc.Arbitrary<ListFilter> = fc.oneof(
  fc.record({
    type: some('list' as const),
    operator: some('contains' as const, 'not-contains' as const),
    value: listMember,
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('list' as const),
    operator: some(
      'contains-any' as const,
      'contains-all' as const,
      'not-contains-any' as const,
      'not-contains-all' as const,
    ),
    value: fc.array(listMember, { minLength: 1, maxLength: 2 }),
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('list' as const),
    operator: some('contains-substring' as const, 'not-contains-substring' as const),
    value: some('a', 'B', 'e'),
    case_sensitive: caseSensitive,
  }),
  fc.record({
    type: some('list' as const),
    operator: some(
      'length-equals' as const,
      'length-greater-than' as const,
      'length-greater-than-or-equal' as const,
      'length-less-than' as const,
      'length-less-than-or-equal' as const,
    ),
    value: fc.integer({ min: 0, max: 3 }),
  }),
);

const type = some('date' as const);
const dateText = some(...DATE_TEXTS);
const relative: fc.Arbitrary<DateFilter> = fc
  .tuple(some('at-least' as const, 'in-the-last' as const, 'in-the-last' as const, 'in-the-next' as const), span)
  .map(([operator, { unit, quantity }]) => ({ type: 'date', operator, unit, quantity }));
const betweens: fc.Arbitrary<DateFilter> = fc
  .tuple(span, some(0, 0, 1, 2))
  .map(([{ unit, quantity }, start]) => ({ type: 'date', operator: 'between', unit, start, end: start + quantity }));
const anniversaries: fc.Arbitrary<DateFilter> = fc
  .tuple(some('anniversary-last' as const, 'anniversary-next' as const), span)
  .map(([operator, { unit, quantity }]) => ({ type: 'date', operator, unit, quantity }));

const fixed: fc.Arbitrary<DateFilter> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type,
      operator: some('before' as const, 'after' as const),
      date: fc.oneof({ weight: 3, arbitrary: dateText }, { weight: 1, arbitrary: some('today') }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type, operator: some('between-static' as const), start: dateText, end: dateText }),
  },
);

/** What days and months bring by themselves. */
const calendrical: fc.Arbitrary<DateFilter> = fc.oneof(
  fc.record({ type, operator: some('before' as const, 'after' as const), date: some('today') }),
  fc.record({ type, operator: some('anniversary' as const, 'anniversary-month' as const, 'this-month' as const) }),
  anniversaries,
);

/** Windows that move with the clock. */
export const windowFilter = fc.oneof(
  { weight: 2, arbitrary: relative.filter(({ operator }) => operator !== 'in-the-next') },
  { weight: 1, arbitrary: betweens },
  { weight: 1, arbitrary: calendrical },
  { weight: 2, arbitrary: fixed },
);

export const dateFilter: fc.Arbitrary<DateFilter> = fc.oneof(
  { weight: 6, arbitrary: relative },
  { weight: 3, arbitrary: betweens },
  { weight: 2, arbitrary: anniversaries },
  { weight: 3, arbitrary: fixed },
  {
    weight: 1,
    arbitrary: fc.record({
      type,
      operator: some('calendar-month' as const),
      value: some(1, 2, 3, 10, 12),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type,
      operator: some('anniversary' as const, 'anniversary-month' as const, 'this-month' as const, 'alltime' as const),
    }),
  },
);

const existence: fc.Arbitrary<ExistenceFilter> = some('is-set' as const, 'not-set' as const).map((operator) => ({
  type: 'existence',
  operator,
}));

export const EVENTS = ['Placed Order', 'Viewed', 'Opened Email'];
/** The same, by some of their other names as well. */
export const eventName = some(...EVENTS, 'Placed Order', 'Order Completed', 'Viewed', 'Email Opened');

export const timeframe: fc.Arbitrary<Timeframe> = fc.oneof(
  { weight: 5, arbitrary: dateFilter },
  {
    weight: 1,
    arbitrary: fc.record({
      type,
      operator: some('since-event' as const),
      metric_id: eventName,
      which: some('first' as const, 'last' as const),
    }),
  },
  { weight: 2, arbitrary: some({ type: 'date' as const, operator: 'alltime' as const }) },
);

export const dateOrExistence = fc.oneof({ weight: 4, arbitrary: dateFilter }, { weight: 1, arbitrary: existence });

export const undatedFilter: fc.Arbitrary<ValueFilter> = fc.oneof(
  { weight: 3, arbitrary: texts },
  { weight: 2, arbitrary: numericFilter },
  { weight: 1, arbitrary: booleanFilter },
  { weight: 3, arbitrary: listFilter },
  { weight: 1, arbitrary: existence },
);

export const valueFilter: fc.Arbitrary<ValueFilter> = fc.oneof(
  { weight: 2, arbitrary: undatedFilter },
  { weight: 1, arbitrary: dateFilter },
);
