/** Who takes part in the programme, and what the merchant and the shopper say of it. */
import { z } from '@hono/zod-openapi';

const tag = z.string().trim().min(1).max(100);

export const MemberProgramme = z
  .strictObject({
    enrolment: z
      .enum(['automatic', 'account', 'join'])
      .default('automatic')
      .describe('Who is a member without being asked: everybody the shop can name, who has an account, or nobody'),
    guestsEarn: z.boolean().default(false).describe('Whether who is no member yet earns a balance that waits for them'),
    exclude: z
      .strictObject({
        tags: z.array(tag).max(50).default([]).describe('Of the trait `tags`; capitals do not count'),
        segments: z.array(z.string().min(1).max(100)).max(20).default([]),
      })
      .prefault({})
      .describe('Who takes no part, whatever they do'),
  })
  .openapi('MemberProgramme');

const state = z
  .enum(['member', 'candidate', 'disabled'])
  .describe('`candidate` could be a member and is none; `disabled` takes no part');

export const MembershipWrite = z
  .strictObject({
    state,
    reason: z.string().trim().min(1).max(200).nullable().default(null).describe('Only the merchant sees it'),
  })
  .openapi('MembershipWrite');

export const Membership = z.object({ customer: z.string(), state }).openapi('Membership');

export const HubMembershipWrite = z
  .strictObject({ state: z.enum(['member', 'candidate']).describe('`member` joins, `candidate` leaves') })
  .openapi('HubMembershipWrite');
export const HubMembership = z.object({ state }).openapi('HubMembership');
