/** Consents as Voucherify's clients read and write them: one for each channel by which a customer may be written to. */
import { z } from '@hono/zod-openapi';

const Consent = z.object({
  id: z.enum(['email', 'sms', 'push']),
  name: z.string(),
  description: z.string(),
  category: z.literal('MARKETING_PERMISSION'),
  created_at: z.string(),
  object: z.literal('consent'),
});
export type VoucherConsent = z.infer<typeof Consent>;

function listed<T extends z.ZodType>(item: T) {
  return z.object({ object: z.literal('list'), data_ref: z.literal('data'), data: z.array(item), total: z.int() });
}

export const ConsentList = z
  .object({ consents: listed(Consent), groups: listed(z.looseObject({})) })
  .openapi('VoucherConsentList');
export type ConsentList = z.infer<typeof ConsentList>;

export const ConsentsUpdate = z
  .strictObject({ email: z.boolean().optional(), sms: z.boolean().optional(), push: z.boolean().optional() })
  .refine((one) => Object.keys(one).length > 0, 'must name a consent')
  .openapi('VoucherConsentsUpdate');
export type ConsentsUpdate = z.infer<typeof ConsentsUpdate>;
