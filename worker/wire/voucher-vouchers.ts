/** Vouchers as Voucherify's clients write and read them. Amounts are hundredths, percentages have at most two decimals. */
import { z } from '@hono/zod-openapi';
import { ShownTerms, Terms, Validities } from './voucher-terms.ts';

/** Any value of JSON; a schema that refers to itself would have no end in the documentation. */
const Json = z.json().openapi({ type: 'object', additionalProperties: true });

/** More than this no order is. */
export const MOST_AMOUNT = 100_000_000_000;
const MOST_METADATA = 50;

export const Amount = z.int().min(0).max(MOST_AMOUNT);
const Metadata = z
  .record(z.string().max(200), Json)
  .refine((one) => Object.keys(one).length <= MOST_METADATA, `must have at most ${MOST_METADATA} entries`);
export const VoucherMetadata = Metadata;
const Instant = z.iso.datetime({ offset: true }).or(z.iso.date()).describe('ISO 8601');
const Category = z.string().min(1).max(100);

const ORDER_OR_ITEMS = ['APPLY_TO_ORDER', 'APPLY_TO_ITEMS'] as const;
const AMOUNT_EFFECTS = [
  ...ORDER_OR_ITEMS,
  'APPLY_TO_ITEMS_BY_QUANTITY',
  'APPLY_TO_ITEMS_PROPORTIONALLY',
  'APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY',
] as const;

export const VoucherDiscount = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('AMOUNT'),
    amount_off: z.int().min(1).max(MOST_AMOUNT),
    effect: z.enum(AMOUNT_EFFECTS).default('APPLY_TO_ORDER'),
  }),
  z.strictObject({
    type: z.literal('PERCENT'),
    percent_off: z.number().min(0.01).max(100).multipleOf(0.01),
    amount_limit: Amount.nullish(),
    effect: z.enum(ORDER_OR_ITEMS).default('APPLY_TO_ORDER'),
  }),
  z.strictObject({
    type: z.literal('FIXED'),
    fixed_amount: Amount,
    effect: z.enum(ORDER_OR_ITEMS).default('APPLY_TO_ORDER'),
  }),
  z.looseObject({
    type: z.literal('UNIT'),
    unit_off: z.int().min(1).max(1_000).default(1),
    unit_type: z.string().min(1).max(300).describe('A product; `prod_5h1pp1ng`: the shipping'),
    effect: z.enum(['ADD_MISSING_ITEMS', 'ADD_NEW_ITEMS']).default('ADD_MISSING_ITEMS'),
    sku: z.looseObject({ id: z.string().min(1).max(300) }).optional(),
  }),
]);
export type VoucherDiscount = z.infer<typeof VoucherDiscount>;

const CodeConfig = z.strictObject({
  length: z.int().min(1).max(100).optional(),
  charset: z.string().min(1).max(200).optional(),
  pattern: z.string().min(1).max(100).optional(),
  prefix: z.string().max(100).optional(),
  postfix: z.string().max(100).optional(),
  suffix: z.string().max(100).optional(),
});

const CODE = z.string().min(1).max(200);
const MOST_RULES = 20;
const Rules = z
  .array(z.string().min(1).max(200))
  .max(MOST_RULES)
  .transform((rules) => [...new Set(rules)])
  .openapi({ type: 'array', items: { type: 'string' }, maxItems: MOST_RULES });
/** As it was read: a client that sends it back says nothing new by it. */
const ReadRules = z.looseObject({ data: z.array(z.looseObject({ rule_id: z.string() })).max(1_000) });

export const CreateVoucher = z
  .strictObject({
    code: CODE.optional().describe('Absent: one is made by code_config'),
    type: z.enum(['DISCOUNT_VOUCHER', 'GIFT_VOUCHER']),
    discount: VoucherDiscount.optional(),
    gift: z
      .strictObject({
        amount: z.int().min(1).max(MOST_AMOUNT),
        effect: z.enum(ORDER_OR_ITEMS).default('APPLY_TO_ORDER'),
      })
      .optional(),
    category: Category.nullish(),
    start_date: Instant.nullish(),
    expiration_date: Instant.nullish().describe('The first instant at which it is no longer good'),
    ...Terms.shape,
    redemption: z.strictObject({ quantity: z.int().min(1).max(1_000_000_000).nullish() }).optional(),
    active: z.boolean().default(true),
    additional_info: z.string().max(1_000).nullish(),
    metadata: Metadata.default({}),
    code_config: CodeConfig.optional(),
    validation_rules: Rules.nullish().describe('Ids of rules that guard it'),
  })
  .openapi('VoucherCreate');
export type CreateVoucher = z.infer<typeof CreateVoucher>;

export const ChangeVoucher = z
  .strictObject({
    code: CODE.optional().describe('Not changed'),
    category: Category.nullish(),
    start_date: Instant.nullish(),
    expiration_date: Instant.nullish(),
    ...Validities.shape,
    active: z.boolean().optional(),
    additional_info: z.string().max(1_000).nullish(),
    metadata: Metadata.optional().describe('Joined with what there is'),
    gift: z.looseObject({ amount: Amount }).optional().describe('Not changed: money is put on by its balance'),
    validation_rules: Rules.optional().describe('Ids of all rules that guard it from now on'),
    validation_rules_assignments: ReadRules.optional().describe('Not changed: `validation_rules` are'),
  })
  .openapi('VoucherUpdate');
export type ChangeVoucher = z.infer<typeof ChangeVoucher>;

export const ChangeBalance = z
  .strictObject({
    amount: z.int().min(-MOST_AMOUNT).max(MOST_AMOUNT),
    source_id: z.string().min(1).max(200).nullish(),
    reason: z.string().max(500).nullish(),
  })
  .openapi('VoucherBalanceUpdate');

export const VoucherBalance = z
  .object({
    amount: z.int(),
    total: z.int().describe('All that was ever put on it'),
    balance: z.int(),
    type: z.literal('gift_voucher'),
    operation_type: z.literal('MANUAL'),
    object: z.literal('balance'),
    related_object: z.object({ type: z.literal('voucher'), id: z.string() }),
  })
  .openapi('VoucherBalance');

export const Voucher = z
  .object({
    id: z.string(),
    code: z.string(),
    campaign: z.string().nullable().describe('Its name'),
    campaign_id: z.string().nullable(),
    category: z.string().nullable(),
    type: z.enum(['DISCOUNT_VOUCHER', 'GIFT_VOUCHER']),
    discount: z.record(z.string(), Json).nullable(),
    gift: z.object({ amount: z.int(), subtracted_amount: z.int(), balance: z.int(), effect: z.string() }).nullable(),
    start_date: z.string().nullable(),
    expiration_date: z.string().nullable(),
    ...ShownTerms.shape,
    redemption: z.object({
      quantity: z.int().nullable(),
      redeemed_quantity: z.int(),
      redeemed_amount: z.int().optional(),
      object: z.literal('list'),
      url: z.string(),
    }),
    active: z.boolean(),
    additional_info: z.string().nullable(),
    metadata: z.record(z.string(), Json),
    validation_rules_assignments: z.looseObject({
      object: z.literal('list'),
      data: z.array(z.looseObject({ rule_id: z.string() })),
      total: z.int(),
    }),
    is_referral_code: z.literal(false),
    holder_id: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    object: z.literal('voucher'),
  })
  .openapi('Voucher');
export type Voucher = z.infer<typeof Voucher>;
