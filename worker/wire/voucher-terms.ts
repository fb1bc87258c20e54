/** When within their dates vouchers are good, and for which items, as Voucherify's clients write and read it. */
import { z } from '@hono/zod-openapi';

const days = z.array(z.int().min(0).max(6)).max(7).describe('0 = Sunday');
const duration = z.string().min(1).max(100).describe('ISO 8601, such as P2D or PT1H');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 09:30');

export const Validities = z.object({
  validity_timeframe: z
    .strictObject({ interval: duration, duration })
    .nullish()
    .describe('Open for `duration` at every `interval`, from the start of the campaign or the voucher'),
  validity_day_of_week: days.nullish(),
  validity_hours: z
    .looseObject({
      daily: z
        .array(z.looseObject({ start_time: clock, expiration_time: clock, days_of_week: days.optional() }))
        .max(100)
        .optional(),
    })
    .nullish()
    .describe('By the clock of the shop'),
});

const Item = z.looseObject({
  object: z.enum(['product', 'sku', 'products_collection']),
  id: z.string().min(1).max(300),
});
const Items = z.looseObject({ data: z.array(Item).max(100) }).or(z.array(Item).max(100));

export const Terms = z.object({
  ...Validities.shape,
  applicable_to: Items.nullish().describe('Only these items'),
  inapplicable_to: Items.nullish().describe('Not these items'),
});
export type Terms = z.infer<typeof Terms>;

const Shown = z.object({
  object: z.literal('list'),
  data_ref: z.literal('data'),
  data: z.array(z.object({ object: z.string(), id: z.string(), strict: z.boolean(), effect: z.string() })),
  total: z.int(),
});
const Span = z.object({ start_time: z.string(), expiration_time: z.string(), days_of_week: z.array(z.int()) });
export const ShownTerms = z.object({
  validity_timeframe: z.object({ interval: z.string(), duration: z.string() }).nullable(),
  validity_day_of_week: z.array(z.int()).nullable(),
  validity_hours: z.object({ daily: z.array(Span) }).nullable(),
  applicable_to: Shown,
  inapplicable_to: Shown,
});
export type ShownTerms = z.infer<typeof ShownTerms>;
