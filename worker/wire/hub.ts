/** What the drawer sends and receives. The widget imports these as types only, so nothing of zod reaches a storefront. */
import { z } from '@hono/zod-openapi';
import { Channel, ConsentState, SuppressionReason } from './consents.ts';
import { HubPending, HubTier } from './hub-programme.ts';

const atMs = z.int().describe('Instant in milliseconds since 1970-01-01T00:00Z');
const minor = z.int().describe("Money in the currency's ISO 4217 minor units");

/** How a page proves who its shopper is. `shopify_proxy` carries the query string exactly as Shopify's app proxy signed it. */
export const Proof = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('merchant_jwt'),
    token: z.string().min(1).max(4096),
  }),
  z.strictObject({
    kind: z.literal('shopify_proxy'),
    query: z.string().min(1).max(4096),
  }),
]);
export type Proof = z.infer<typeof Proof>;

export const SessionRequest = z
  .strictObject({
    key: z.string().min(1).max(200).describe('The publishable key, pk_…'),
    proof: Proof.nullable().default(null).describe('null asks for the signed-out view'),
  })
  .openapi('SessionRequest');
export type SessionRequest = z.input<typeof SessionRequest>;

export const Session = z
  .object({
    token: z.string(),
    expiresAtMs: atMs,
    nowMs: atMs.describe('When it was made, by the clock that ends it; a browser’s own may be wrong'),
  })
  .openapi('Session', { description: 'A bearer for one shopper of one shop. Keep it in memory only.' });
export type Session = z.infer<typeof Session>;

export const PaymentStatus = z.enum(['pending', 'paid', 'partially_refunded', 'refunded', 'cancelled']);
export type PaymentStatus = z.infer<typeof PaymentStatus>;
export const FulfilmentStatus = z.enum(['unfulfilled', 'partial', 'fulfilled']);
export type FulfilmentStatus = z.infer<typeof FulfilmentStatus>;
/** A parcel's way; `null` where no carrier has said anything yet. */
export const DeliveryStatus = z.enum([
  'label_printed',
  'confirmed',
  'in_transit',
  'out_for_delivery',
  'attempted_delivery',
  'ready_for_pickup',
  'delivered',
  'failure',
]);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

export const OrderSummary = z
  .object({
    id: z.string(),
    name: z.string().describe('What the shopper calls it, such as #1001'),
    placedAtMs: atMs,
    currency: z.string(),
    totalMinor: minor,
    itemCount: z.int(),
    payment: PaymentStatus,
    fulfilment: FulfilmentStatus,
    delivery: DeliveryStatus.nullable(),
    points: z.int().describe('Points this order stands at now: earned less clawed back'),
    imageUrl: z.string().nullable(),
  })
  .openapi('OrderSummary');
export type OrderSummary = z.infer<typeof OrderSummary>;

export const OrderLine = z.object({
  title: z.string(),
  variantTitle: z.string().nullable(),
  quantity: z.int(),
  totalMinor: minor.describe('After discounts'),
  imageUrl: z.string().nullable(),
  url: z.string().nullable(),
});
export type OrderLine = z.infer<typeof OrderLine>;

export const Tracking = z.object({
  company: z.string().nullable(),
  number: z.string().nullable(),
  url: z.string().nullable().describe('https only'),
  status: DeliveryStatus.nullable(),
});
export type Tracking = z.infer<typeof Tracking>;

export const OrderDetail = OrderSummary.extend({
  lines: z.array(OrderLine),
  subtotalMinor: minor,
  discountMinor: minor,
  shippingMinor: minor,
  taxMinor: minor,
  taxesIncluded: z.boolean(),
  refundedMinor: minor,
  tracking: z.array(Tracking),
}).openapi('OrderDetail');
export type OrderDetail = z.infer<typeof OrderDetail>;

export const Activity = z
  .object({
    id: z.string(),
    atMs,
    kind: z.enum(['earned', 'adjusted', 'clawed_back', 'restored', 'spent', 'expired']),
    points: z.int().describe('Signed change'),
    balanceAfter: z.int(),
    orderName: z.string().nullable(),
    title: z.string().nullable().describe('The rule, reward or tier it is for, by the name it had then'),
    occasion: z
      .enum(['birthday', 'referral'])
      .nullable()
      .optional()
      .describe("What it is for where the merchant gave it no name: words for it are the page's own"),
    reason: z.string().nullable().describe("The merchant's own words for an adjustment"),
  })
  .openapi('Activity');
export type Activity = z.infer<typeof Activity>;

export const HubShop = z.object({
  name: z.string(),
  currency: z.string(),
  locale: z.string(),
  programme: z
    .object({ rewards: z.boolean(), referrals: z.boolean(), earning: z.boolean(), joining: z.boolean() })
    .describe('Which parts there is anything to show of; `joining`: shoppers say themselves whether they take part'),
  links: z.object({
    signIn: z.string().nullable(),
    createAccount: z.string().nullable(),
    account: z.string().nullable(),
    privacy: z.string().nullable(),
    terms: z.string().nullable(),
  }),
});
export type HubShop = z.infer<typeof HubShop>;

export const HubConsent = z
  .object({
    channel: Channel,
    state: ConsentState,
    suppression: SuppressionReason.nullable().describe('Why nothing is sent whatever the state says'),
  })
  .openapi('HubConsent');
export type HubConsent = z.infer<typeof HubConsent>;

export const HubConsentWrite = z
  .strictObject({
    state: z.enum(['subscribed', 'unsubscribed']),
    pageUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable()
      .default(null)
      .describe('The page it was said on; its query is not kept'),
  })
  .openapi('HubConsentWrite');
export type HubConsentWrite = z.input<typeof HubConsentWrite>;

export const HubCustomer = z.object({
  firstName: z.string().nullable(),
  name: z.string().nullable().describe('The whole name'),
  email: z.string().nullable(),
  consents: z.array(HubConsent).describe('The channels that reach this shopper'),
  points: z.object({
    balance: z.int().describe('What can be spent; never negative'),
    owed: z.int().describe('Points that the next ones make up for; 0: none'),
    pending: HubPending.nullable().describe('null: none wait'),
    worthMinor: minor
      .nullable()
      .describe('What the balance is worth in the shop currency; null where the shop sets no value'),
    nextExpiry: z.object({ points: z.int(), atMs }).nullable(),
  }),
  participation: z
    .enum(['member', 'candidate', 'disabled'])
    .describe('`candidate` can join; `disabled` takes no part, and is shown no points'),
  tier: HubTier.nullable().describe('null: the shop has no tiers'),
  activity: z.array(Activity).describe('The latest five'),
  orders: z.object({ items: z.array(OrderSummary), nextCursor: z.string().nullable() }).describe('The first page'),
});
export type HubCustomer = z.infer<typeof HubCustomer>;

/** One answer paints the drawer: who the shop is, who the shopper is, and (from `POST /hub/v1/session`) the bearer for later calls. */
export const HubView = z
  .object({
    shop: HubShop,
    customer: HubCustomer.nullable(),
    session: Session.nullable(),
  })
  .openapi('HubView');
export type HubView = z.infer<typeof HubView>;

export const OrderPage = z
  .object({ items: z.array(OrderSummary), nextCursor: z.string().nullable() })
  .openapi('OrderPage');
export type OrderPage = z.infer<typeof OrderPage>;
export const ActivityPage = z
  .object({ items: z.array(Activity), nextCursor: z.string().nullable() })
  .openapi('ActivityPage');
export type ActivityPage = z.infer<typeof ActivityPage>;
