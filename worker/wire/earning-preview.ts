/** What a cart would earn: what a product page or a cart says of itself, and the points by rule with the reasons. */
import { z } from '@hono/zod-openapi';

const MOST_ITEMS = 250;
const id = z.string().min(1).max(255);
const minor = z.int().min(0).max(1_000_000_000_000);
const names = z.array(z.string().min(1).max(100)).max(20).default([]);

const Item = z.strictObject({
  productId: id.nullable().default(null),
  variantId: id.nullable().default(null),
  sku: id.nullable().default(null),
  collections: names,
  tags: names,
  quantity: z.int().min(1).max(100_000).default(1),
  priceMinor: minor.describe('Of one piece, before the discounts of the cart'),
  taxMinor: minor.default(0).describe('Of the line'),
  giftCard: z.boolean().default(false),
});

export const EarningCart = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as EUR')
      .optional()
      .describe("Default: the shop's; in another one nothing is earned"),
    items: z.array(Item).min(1).max(MOST_ITEMS),
    discountMinor: minor.default(0).describe('Of the whole cart'),
    shippingMinor: minor.default(0),
    shippingTaxMinor: minor.default(0),
    taxMinor: minor.optional().describe('All tax, that of the shipping included; default: the sum of what is told'),
    taxesIncluded: z.boolean().default(false).describe('Prices hold the tax'),
  })
  .openapi('EarningCart', { description: 'A cart, or one product. Amounts are minor units' });
export type EarningCart = z.infer<typeof EarningCart>;

export const PreviewRequest = z
  .strictObject({
    customer: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .describe('An id, or `user:…`, `email:…` as in paths; left out: what a member without a tier would earn'),
    cart: EarningCart,
  })
  .openapi('EarningPreviewRequest');

export const HubPreviewRequest = z
  .strictObject({
    key: z.string().min(1).max(200).optional().describe('The publishable key, pk_…; not needed beside a bearer'),
    cart: EarningCart,
  })
  .openapi('HubEarningPreviewRequest');

const hindrance = z
  .enum([
    'not_member',
    'not_started',
    'ended',
    'not_in_tier',
    'not_in_segment',
    'limit_reached',
    'nothing_counts',
    'below_minimum',
    'outranked',
    'other_currency',
  ])
  .nullable()
  .describe('Why it gives nothing; null: it does, or what counts is less than a point');

export const EarningPreview = z
  .object({
    state: z.enum(['member', 'candidate', 'disabled']),
    tier: z.string().nullable(),
    points: z.int().describe('In all, those that wait included'),
    rules: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        points: z.int(),
        reward: z.string().nullable().describe('The reward that it would give'),
        multipliedBy: z.array(z.string()).describe('`tier:…` and ids of campaigns'),
        releasesAtMs: z.int().nullable().describe('When the points could be spent; null: at once'),
        baseMinor: z.int().describe('What counts of the cart'),
        hindrance,
      }),
    ),
    campaigns: z.array(z.object({ id: z.string(), name: z.string(), hindrance })),
  })
  .openapi('EarningPreview');
export type EarningPreview = z.infer<typeof EarningPreview>;
