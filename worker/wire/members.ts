/** Who is in a segment or on a list, and why, as the merchant's API shows it. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';
import { flag, object } from './ruled.ts';
import { SegmentDefinition } from './segment-definition.ts';
import { queryFlag } from './segments.ts';

export const Member = z
  .object({
    customer: z.string(),
    userId: z.string().nullable(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    balance: z.int(),
    sinceMs: z.int(),
  })
  .openapi('Member');
export const MemberPage = page(Member)
  .extend({ total: z.int().describe('All members, exactly, at the same instant as the page') })
  .openapi('MemberPage');

export const MemberQuery = z.strictObject({
  ...pageQuery(200, 50).shape,
  sort: z
    .enum(['since', 'id', 'balance', 'last_seen', 'email'])
    .default('since')
    .describe('Whoever has no e-mail is sorted as if it were empty'),
  order: z.enum(['asc', 'desc']).default('desc'),
});

export const ExportQuery = z.strictObject({ format: z.enum(['csv', 'ndjson']).default('csv') });

export const Memberships = z
  .object({
    customer: z.string(),
    asOfMs: z.int(),
    segments: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        sinceMs: z.int(),
        leavesAtMs: z.int().nullable().describe('When time alone takes them out; null: it does not'),
      }),
    ),
    lists: z.array(z.object({ id: z.string(), name: z.string(), sinceMs: z.int() })),
  })
  .openapi('Memberships');

const explained = {
  holds: z.boolean(),
  changesAtMs: z.int().nullable().describe('When this changes by itself; null: it does not'),
  says: z.string().describe('In a sentence'),
};

interface Condition {
  holds: boolean;
  changesAtMs: number | null;
  says: string;
  type: string;
  path: string;
  value?: unknown;
  events: { seq: number; atMs: number }[];
  counted: number | null;
  conditions: Condition[];
}

const ExplainedCondition = z
  .object({
    ...explained,
    type: z.string(),
    path: z.string().describe('Dotted path in the definition'),
    value: z.unknown().describe('What was measured or found; null: nothing is set'),
    events: z
      .array(z.object({ seq: z.int(), atMs: z.int() }))
      .describe('The newest events that counted, at most 10: `seq` is their row of the timeline'),
    counted: z.int().nullable().describe('How many counted in all'),
    get conditions(): z.ZodType<Condition[]> {
      return z.array(ExplainedCondition);
    },
  })
  .openapi('ExplainedCondition');

export const Explanation = z
  .object({
    customer: z.string(),
    asOfMs: z.int(),
    ...explained,
    groups: z.array(z.object({ ...explained, conditions: z.array(ExplainedCondition) })),
  })
  .openapi('SegmentExplanation');

const GUARD = 'true: only what a server vouches for counts, as where value depends on it';
export const ExplainQuery = z.strictObject({ guard: queryFlag.describe(GUARD) });
export const ExplainDefinition = z
  .strictObject({ definition: SegmentDefinition, guard: flag().default(false).describe(GUARD) }, object)
  .openapi('ExplainDefinition');
