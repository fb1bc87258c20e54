/** What the drawer shows of the programme: where a shopper stands, how they earn, which vouchers fit a cart. The widget imports these as types only. */
import { z } from '@hono/zod-openapi';
import { HeldVoucherView } from './rewards.ts';

const atMs = z.int().describe('Instant in milliseconds since 1970-01-01T00:00Z');
const minor = z.int().describe("Money in the currency's ISO 4217 minor units");

const HubTierStep = z.object({ name: z.string(), perks: z.array(z.string()) });

/** Where a shopper stands among the tiers, as of now. */
export const HubTier = z
  .object({
    current: HubTierStep.nullable().describe('null: in none yet'),
    metric: z.enum(['points', 'spent', 'orders', 'referrals']),
    progress: z.int().describe('What counts towards the next one; minor units of the shop where money counts'),
    next: HubTierStep.extend({ threshold: z.int(), missing: z.int() }).nullable().describe('null: there is none above'),
    floor: z.int().describe('The threshold of the current one, from which a bar begins; 0 where there is none'),
    keep: z
      .object({ untilMs: atMs, missing: z.int().nullable().describe('For keeping it longer; null: it is kept') })
      .nullable()
      .describe('null: it is for ever'),
  })
  .openapi('HubTier');
export type HubTier = z.infer<typeof HubTier>;

/** Points that were earned and cannot be spent yet. */
export const HubPending = z
  .object({
    points: z.int(),
    nextAtMs: atMs.nullable().describe('When the first of them can be; null: once the parcel has arrived'),
  })
  .openapi('HubPending');
export type HubPending = z.infer<typeof HubPending>;

/** A way to earn, as this shopper finds it now. */
export const HubEarningWay = z
  .object({
    id: z.string(),
    kind: z.enum(['order', 'event', 'review', 'sign_up', 'consent', 'profile', 'birthday', 'referral']),
    name: z.string(),
    gives: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('points'), points: z.int() }),
        z.object({ kind: z.literal('rate'), points: z.int(), perMinor: minor }),
        z.object({ kind: z.literal('reward'), name: z.string() }),
      ])
      .describe('What it gives this shopper: their tier and running bonus campaigns are in it'),
    minimumMinor: minor.describe('What an order must come to; 0: anything, or it is no order'),
    state: z
      .enum(['available', 'done', 'later'])
      .describe('`done`: never again; `later`: a limit is reached, or it has not begun'),
    againAtMs: atMs.nullable().describe('When it can be had again; null: now, or nobody can say'),
    endsAtMs: atMs.nullable(),
    channel: z.enum(['email', 'sms', 'push']).nullable().describe('Of a consent'),
  })
  .openapi('HubEarningWay');
export type HubEarningWay = z.infer<typeof HubEarningWay>;

export const HubEarning = z
  .object({
    items: z.array(HubEarningWay).describe('What is available first'),
    bonuses: z
      .array(z.object({ name: z.string(), endsAtMs: atMs.nullable() }))
      .describe('Bonus campaigns that run for this shopper now'),
  })
  .openapi('HubEarning');
export type HubEarning = z.infer<typeof HubEarning>;

/** A voucher beside the cart it would be used for. */
export const HubWalletVoucher = HeldVoucherView.extend({
  applicable: z
    .boolean()
    .nullable()
    .describe('Whether it fits the cart that was asked about; null: none was, or it is not available'),
  reason: z
    .object({
      key: z.string().describe("The refusal's key, as a redemption would say it"),
      message: z.string().nullable().describe("The merchant's own words"),
      missingMinor: minor.nullable().describe('What the order lacks; of a minimum'),
    })
    .nullable()
    .describe('Why it does not fit'),
  discountMinor: minor.nullable().describe('What it takes off this cart; null: unknown'),
  applyUrl: z
    .string()
    .nullable()
    .describe(
      'Where following a link puts it into the cart; null: the shop has no such link, or it cannot be used now',
    ),
}).openapi('HubWalletVoucher');
export type HubWalletVoucher = z.infer<typeof HubWalletVoucher>;

export const HubWallet = z
  .object({
    items: z.array(HubWalletVoucher),
    nextCursor: z.string().nullable(),
    nowMs: atMs.describe('When this was so, by the shop’s clock: what is left of a time is counted from here'),
  })
  .openapi('HubWallet');
export type HubWallet = z.infer<typeof HubWallet>;

const CartLine = z.strictObject({
  productId: z.string().min(1).max(255),
  variantId: z.string().min(1).max(255).nullable().default(null),
  quantity: z.int().min(1).max(10_000),
  priceMinor: z.int().min(0).max(1_000_000_000_000).describe('Of one'),
});

/** A cart that the wallet is held against. */
export const HubCart = z
  .strictObject({
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
    items: z.array(CartLine).max(250),
    totalMinor: z
      .int()
      .min(0)
      .max(1_000_000_000_000)
      .nullable()
      .default(null)
      .describe('Counts where no item has a price; null: the sum of the items'),
  })
  .openapi('HubCart');
export type HubCart = z.input<typeof HubCart>;

export const HubWalletRequest = z
  .strictObject({ cart: HubCart.nullable().default(null).describe('null: what is held, beside no cart') })
  .openapi('HubWalletRequest');
export type HubWalletRequest = z.input<typeof HubWalletRequest>;

/** What was put on a gift card and taken from it. */
export const HubGiftMove = z
  .object({
    id: z.string(),
    atMs,
    kind: z.enum(['added', 'spent', 'given_back', 'expired']),
    amountMinor: minor.describe('Signed; what the shop took off by hand is `added` below 0'),
    balanceMinor: minor.describe('After it'),
    orderName: z.string().nullable(),
  })
  .openapi('HubGiftMove');
export type HubGiftMove = z.infer<typeof HubGiftMove>;
export const HubGiftMoves = z
  .object({ items: z.array(HubGiftMove), nextCursor: z.string().nullable() })
  .openapi('HubGiftMoves');
export type HubGiftMoves = z.infer<typeof HubGiftMoves>;
