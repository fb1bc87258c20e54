/** Event rules as the merchant's API takes and shows them. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';

/** What SQLite and JSON read alike, and a merchant can see. */
const eventName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), 'must not hold control characters or broken ones');
const path = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => PATH.test(text), 'must be a path such as products[].price');
/** Keys between dots, each with `[]` after it where it is a list; a backslash before a dot or bracket of a key itself. */
const PATH = /^(?:[^\\.[\]]|\\[\\.[\]])+(?:\[\])*(?:\.(?:[^\\.[\]]|\\[\\.[\]])+(?:\[\])*)*$/s;

export const MOST_FIXED_PROPERTIES = 300;

const Property = z.strictObject({
  path: path.describe('Such as `products[].price`'),
  type: z
    .enum(['text', 'date-time', 'integer', 'number', 'boolean', 'object', 'list'])
    .describe('A number may be whole, a text may be a date; not the other way round'),
  required: z.boolean().default(false).describe('In every object that could hold it'),
  nullable: z.boolean().default(false),
});
const properties = z
  .array(Property)
  .max(MOST_FIXED_PROPERTIES)
  .refine((all) => new Set(all.map((one) => one.path)).size === all.length, 'must name each path once');
const mode = z
  .enum(['warn', 'refuse'])
  .describe('warn: stored, the verdict says what differs; refuse: not stored, the sender is answered 200');

const action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('schema'), mode, properties }),
  z.strictObject({
    kind: z.literal('rename'),
    to: eventName.describe('Before aliases; a name that is not renamed itself'),
  }),
  z.strictObject({ kind: z.literal('block') }),
]);
const source = z.enum(['all', 'segment', 'shopify', 'vouchers']);

export const EventRule = z
  .strictObject({
    event: eventName.describe(
      'The name as it is sent, before aliases; of calls without one `Identified`, `Viewed Page`, `Viewed Screen`, `Joined Group`, `Aliased`',
    ),
    source: source.default('all').describe('A rule for one source goes before one for all'),
    action,
  })
  .openapi('EventRule');
export const EventRuleList = page(EventRule).openapi('EventRuleList');
export const RuleName = z.strictObject({ event: eventName, source: source.default('all') });
export const RuleQuery = z.strictObject(pageQuery(100, 100).shape);

export const FixSchema = z
  .strictObject({ mode, source: source.optional().describe('Default: the source it was learned from') })
  .openapi('FixSchema');
