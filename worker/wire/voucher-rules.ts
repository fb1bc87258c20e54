/** Validation rules and their assignments as Voucherify's clients write and read them. What a rule says is read in `domain`. */
import { z } from '@hono/zod-openapi';

const ShownItems = z.object({ applicable_to: z.looseObject({}), inapplicable_to: z.looseObject({}) });
const Rules = z.record(z.string().max(50), z.json()).openapi({ type: 'object' });
const ErrorWords = z.looseObject({ message: z.string().max(500).optional() });
const TYPES = ['expression', 'basic', 'advanced', 'complex'] as const;

const said = {
  name: z.string().min(1).max(255),
  type: z.enum(TYPES),
  context_type: z.string().max(100),
  rules: Rules.nullish(),
  bundle_rules: Rules.nullish(),
  applicable_to: z.json().openapi({ type: 'object' }).nullish(),
  error: ErrorWords.nullish(),
};

export const RuleCreate = z
  .looseObject({ ...said, type: said.type.default('expression'), context_type: said.context_type.default('global') })
  .openapi('VoucherRuleCreate');
export const RuleUpdate = z.looseObject(said).partial().openapi('VoucherRuleUpdate');

export const VoucherRule = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    context_type: z.string(),
    rules: Rules,
    bundle_rules: Rules.nullish(),
    applicable_to: z.json().openapi({ type: 'object' }).optional(),
    error: ErrorWords.nullish(),
    created_at: z.string(),
    updated_at: z.string().nullable(),
    assignments_count: z.int().optional(),
    object: z.literal('validation_rules'),
  })
  .openapi('VoucherRule');
export type VoucherRule = z.infer<typeof VoucherRule>;

const name = z.string().min(1).max(200);
export const AssignmentCreate = z
  .strictObject({
    voucher: name.optional().describe('Its code'),
    campaign: name.optional().describe('Its id or name'),
    promotion_tier: z.never('is not supported').optional().openapi({ type: 'string', description: 'Not supported' }),
  })
  .refine(
    ({ voucher, campaign }) => (voucher === undefined) !== (campaign === undefined),
    'name one: voucher or campaign',
  )
  .openapi('VoucherRuleAssign');
export type AssignmentCreate = z.infer<typeof AssignmentCreate>;

export const RuleAssignment = z
  .object({
    id: z.string(),
    rule_id: z.string(),
    related_object_id: z.string(),
    related_object_type: z.enum(['voucher', 'campaign']),
    created_at: z.string(),
    updated_at: z.null(),
    validation_status: z.literal('VALID'),
    validation_omitted_rules: z.array(z.string()),
    object: z.literal('validation_rules_assignment'),
  })
  .openapi('VoucherRuleAssignment');
export type RuleAssignment = z.infer<typeof RuleAssignment>;

export const RuleValidation = z
  .object({ valid: z.boolean(), rule_id: z.string(), ...ShownItems.shape })
  .openapi('VoucherRuleValidation');

const whole = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);
const pages = {
  limit: whole.refine((one) => one <= 100, 'must be at most 100').default(10),
  page: whole.default(1),
};
export const RuleQuery = z.object(pages);
export const AssignmentQuery = z.object({
  ...pages,
  related_object_id: name.optional(),
  rule: name.optional(),
});

function listed<T extends z.ZodType>(item: T) {
  return z.object({ object: z.literal('list'), data_ref: z.literal('data'), data: z.array(item), total: z.int() });
}
export const RuleList = listed(VoucherRule).openapi('VoucherRuleList');
export const AssignmentList = listed(RuleAssignment).openapi('VoucherRuleAssignmentList');
