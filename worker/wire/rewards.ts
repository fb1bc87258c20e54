/** What the merchant's API says of rewards: what a customer can have, what they hold, spending and taking back. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';

const minor = z.int().describe("Money in the currency's ISO 4217 minor units");
const atMs = z.int().describe('Instant in milliseconds since 1970-01-01T00:00Z');

export const HeldStatus = z.enum([
  'available',
  'not_started',
  'locked',
  'waiting',
  'used',
  'expired',
  'returned',
  'disabled',
]);
export type HeldStatus = z.infer<typeof HeldStatus>;

/** What a voucher or a reward gives; what a kind does not have is null. */
export const Worth = z.object({
  kind: z.enum(['amount', 'variable', 'percent', 'fixed_price', 'shipping', 'product', 'gift_card', 'perk']),
  amountMinor: minor.nullable().describe('Off, the new price, or of a gift card all that was put on it'),
  hundredths: z.int().nullable().describe('Of a percent: 1250 is 12.5 %'),
  capMinor: minor.nullable(),
  productId: z.string().nullable(),
  quantity: z.int().nullable(),
  balanceMinor: minor.nullable().describe('What is left on a gift card'),
  lockedMinor: minor.nullable().describe('Of it, what a checkout under way keeps'),
  currency: z.string(),
});
export type Worth = z.infer<typeof Worth>;

export const HeldVoucherView = z
  .object({
    id: z.string(),
    code: z.string(),
    title: z.string().nullable(),
    status: HeldStatus,
    worth: Worth,
    minimumMinor: minor.nullable().describe('What an order must come to; null: anything'),
    reward: z.string().nullable().describe('Id of the reward that it is one of'),
    campaign: z.string().nullable(),
    points: z.int().nullable().describe('What it was bought for; null: it was not bought'),
    pointsBack: z.int().describe('Points that went back for it'),
    undoUntilMs: atMs.nullable().describe('Until when the shopper can give it back; null: not, or not any more'),
    createdAtMs: atMs,
    startsAtMs: atMs.nullable(),
    endsAtMs: atMs.nullable().describe('The first instant at which it is no longer good'),
  })
  .openapi('HeldVoucher');
export type HeldVoucherView = z.infer<typeof HeldVoucherView>;

export const HeldVoucherPage = page(HeldVoucherView).openapi('HeldVoucherPage');
export type HeldVoucherPage = z.infer<typeof HeldVoucherPage>;

export const RewardOfferView = z
  .object({
    id: z.string(),
    name: z.string(),
    text: z.string().nullable(),
    worth: Worth,
    minimumMinor: minor.nullable(),
    points: z.int().describe('What it costs this customer; of a variable one the least that can be spent'),
    mostPoints: z.int().describe('Of a variable one the most that they can spend now; else as `points`'),
    step: z.object({ points: z.int(), worthMinor: minor }).nullable().describe('Of a variable one'),
    missingPoints: z.int().describe('Points that they lack; 0: none'),
    available: z.boolean().describe('It can be had now'),
    reason: z
      .enum(['missing_points', 'not_for_you', 'not_a_member', 'limit_reached', 'not_available'])
      .nullable()
      .describe('Why not now'),
    againAtMs: atMs.nullable().describe('When a limit that was reached begins anew'),
  })
  .openapi('RewardOffer');
export type RewardOfferView = z.infer<typeof RewardOfferView>;

export const RewardOffers = z
  .object({ balance: z.int(), items: z.array(RewardOfferView) })
  .openapi('RewardOffers', { description: 'Every reward that points can buy' });
export type RewardOffers = z.infer<typeof RewardOffers>;

export const Redeem = z
  .strictObject({
    points: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .nullable()
      .default(null)
      .describe('Of a variable reward: at most so many; null: as many as there are'),
    orderMinor: z
      .int()
      .min(0)
      .max(1_000_000_000_000)
      .nullable()
      .default(null)
      .describe(
        'What the order is that it is for: a reward that pays a part of an order takes no more points than that',
      ),
  })
  .openapi('RedeemReward');
export type Redeem = z.input<typeof Redeem>;

const got = {
  reward: z.string().describe('Id of the reward'),
  name: z.string().describe('What the reward was called then'),
  voucher: z.string().describe('Id of the voucher in the wallet'),
  code: z.string(),
  endsAtMs: atMs.nullable().describe('The first instant at which it is no longer good'),
  ready: z.boolean().describe('false: it is still being made, and can be used once the wallet says so'),
};

export const Redeemed = z
  .object({
    customer: z.string(),
    points: z.int().describe('What was taken'),
    balance: z.int().describe('After it'),
    ...got,
  })
  .openapi('RewardRedeemed');
export type Redeemed = z.infer<typeof Redeemed>;

export const Undo = z
  .strictObject({
    force: z
      .boolean()
      .default(false)
      .describe('Give the points back although it was used; what it took off an order stays'),
    reason: z.string().trim().min(1).max(200).nullable().default(null),
  })
  .openapi('UndoReward');

export const Undone = z
  .object({
    customer: z.string(),
    points: z.int().describe('What went back'),
    balance: z.int().describe('After it'),
  })
  .openapi('RewardUndone');
export type Undone = z.infer<typeof Undone>;

export const GiveReward = z
  .strictObject({ reason: z.string().trim().min(1).max(200).describe('What it is given for') })
  .openapi('GiveReward');

export const Given = z.object({ customer: z.string(), ...got }).openapi('RewardGiven');
export type Given = z.infer<typeof Given>;
