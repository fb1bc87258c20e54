/** The ready segments as the merchant's API lists them, and what may be set when one is made. */
import { z } from '@hono/zod-openapi';
import { number, object, oneOf, whole } from './ruled.ts';
import { Span } from './segment-filters.ts';

const MOST_TIMES = 100_000;

export const ReadyKey = oneOf([
  'espresso_email',
  'espresso_sms',
  'espresso_push',
  'first_time_buyers',
  'returning_buyers',
  'high_order_value',
  'redeemed_last_month',
  'frequent_referrers',
  'recently_reached_tier',
  'reviewers',
  'points_expiring',
  'birthday_this_month',
]).openapi('ReadySegmentKey');
export type ReadyKey = z.infer<typeof ReadyKey>;

const Measure = oneOf(['order', 'sum']);

/** Which of them a segment takes, and how much of each, its list says. */
export const ReadyParameters = z
  .strictObject(
    {
      window: Span.optional(),
      times: whole(0, MOST_TIMES).optional(),
      orders: whole(0, MOST_TIMES).optional(),
      amount: number(0).optional(),
      measure: Measure.optional(),
      appOpens: whole(0, MOST_TIMES).optional(),
    },
    object,
  )
  .openapi('ReadySegmentParameters');
export type ReadyParameters = z.infer<typeof ReadyParameters>;

const parameter = z.object({
  name: z.enum(['window', 'times', 'orders', 'amount', 'measure', 'appOpens']),
  description: z.string(),
});
export const ReadySegment = z
  .object({
    key: ReadyKey,
    name: z.string(),
    description: z.string(),
    parameters: z
      .array(
        z.discriminatedUnion('kind', [
          parameter.extend({
            kind: z.literal('window'),
            default: Span,
            most: z.record(Span.shape.unit, z.int()).describe('The longest, by its unit; the shortest is 1 of each'),
          }),
          parameter.extend({
            kind: z.literal('number'),
            default: z.number(),
            least: z.number(),
            most: z.number(),
            whole: z.boolean(),
          }),
          parameter.extend({ kind: z.literal('choice'), default: z.string(), options: z.array(z.string()) }),
        ]),
      )
      .describe('What can be set'),
  })
  .openapi('ReadySegment');
export const ReadySegmentList = z.object({ items: z.array(ReadySegment) }).openapi('ReadySegmentList');
