/** Distributions as the merchant's API takes and shows them: what sets them off, what must hold, whose codes they give. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';
import { exactly, flag, kinds, list, name, number, object, oneOf, text } from './ruled.ts';

const LONGEST_NAME = 200;
const LONGEST_PATH = 255;
const MOST_VALUES = 100;
const DEEPEST = 4;

const NumberTest = z.discriminatedUnion(
  'op',
  [
    z.strictObject(
      { op: oneOf(['is', 'is_not', 'more_than', 'less_than', 'at_least', 'at_most']), value: number() },
      object,
    ),
    z.strictObject({ op: exactly('between'), from: number(), to: number() }, object),
  ],
  kinds(),
);

const plain = z.union([text(1_000), number(), flag()]);
const ValueTest = z.discriminatedUnion(
  'op',
  [
    z.strictObject({ op: oneOf(['any_of', 'none_of']), values: list(plain, MOST_VALUES) }, object),
    z.strictObject(
      {
        op: oneOf(['starts_with', 'ends_with', 'contains', 'contains_none']),
        texts: list(text(1_000), MOST_VALUES),
      },
      object,
    ),
    z.strictObject({ op: exactly('number'), test: NumberTest }, object),
    z.strictObject({ op: oneOf(['after', 'before']), at: text(40) }, object),
    z.strictObject({ op: oneOf(['set', 'unset']) }, object),
  ],
  kinds(),
);

const path = name(LONGEST_PATH);
const ids = list(name(LONGEST_NAME), MOST_VALUES);
const conditions = [
  z.strictObject({ kind: exactly('event').describe('A property of what happened'), path, test: ValueTest }, object),
  z.strictObject({ kind: exactly('trait').describe('Of the customer'), path, test: ValueTest }, object),
  z.strictObject({ kind: exactly('tier'), anyOf: ids }, object),
  z.strictObject({ kind: exactly('segment').describe('By trusted events alone'), anyOf: ids }, object),
] as const;

type Condition = z.infer<(typeof conditions)[number]>;
export type Conditions = Condition | { kind: 'all' | 'any'; of: Conditions[] } | { kind: 'not'; of: Conditions };

/** Built to a depth, so that no body can make it dig without end. */
function treeOf(depth: number): z.ZodType<Conditions> {
  if (depth === 0) return z.discriminatedUnion('kind', conditions, kinds());
  const below = treeOf(depth - 1);
  const groups = [
    z.strictObject({ kind: oneOf(['all', 'any']), of: list(below, MOST_VALUES) }, object),
    z.strictObject({ kind: exactly('not'), of: below }, object),
  ] as const;
  return z.discriminatedUnion('kind', [...groups, ...conditions], kinds()).openapi(`DistributionConditions${depth}`);
}

const when = treeOf(DEEPEST).nullable().describe('What must hold as well when it happens; null: nothing');

const trigger = z
  .discriminatedUnion(
    'on',
    [
      z.strictObject({ on: exactly('segment'), segment: name(LONGEST_NAME) }, object),
      z.strictObject({ on: exactly('event'), event: name(255).describe('By any of its aliases') }, object),
    ],
    kinds(),
  )
  .describe('Entering a segment, by trusted events alone; or an event that a server tells');

const holderOnly = flag().describe('Nobody but whom a code was given to may redeem it');
const byJobs = flag().describe('Also whom a changed definition or an import brings into the segment');

export const Distribution = z
  .object({
    id: z.string(),
    name: z.string(),
    campaign: z.string(),
    trigger: z.record(z.string(), z.unknown()),
    when: z.record(z.string(), z.unknown()).nullable(),
    holderOnly: z.boolean(),
    byJobs: z.boolean(),
    active: z.boolean(),
    createdAtMs: z.int(),
    updatedAtMs: z.int(),
  })
  .openapi('Distribution');
export const DistributionPage = page(Distribution).openapi('DistributionPage');
export const DistributionQuery = z.strictObject(pageQuery(100, 50).shape);
export const DistributionParam = z.object({ id: z.string().min(1).max(100) });

export const NewDistribution = z
  .strictObject(
    {
      name: name(LONGEST_NAME),
      campaign: name(LONGEST_NAME).describe('By its id; one that has codes to give'),
      trigger,
      when: when.default(null),
      holderOnly: holderOnly.default(true),
      byJobs: byJobs.default(false),
      active: flag().default(true).describe('false: it is made paused, for a dry run first'),
    },
    object,
  )
  .openapi('NewDistribution');

/** What sets it off and whose codes it gives stay: make another one for that. */
export const DistributionChange = z
  .strictObject(
    {
      name: name(LONGEST_NAME).optional(),
      when: when.optional(),
      holderOnly: holderOnly.optional(),
      byJobs: byJobs.optional(),
      active: flag().optional(),
    },
    object,
  )
  .openapi('DistributionChange');

export const DistributionRun = z
  .strictObject({
    perSecond: z.int().min(1).max(10_000).nullable().default(null).describe('Customers; null: as fast as it goes'),
  })
  .openapi('DistributionRun');
