/** When a whole balance runs out because nothing happened, and the notices before points run out. */
import { z } from '@hono/zod-openapi';

const LONGEST = { day: 3_650, month: 120, year: 10 };

const days = z.int().min(1).max(365).nullable().default(null);

export const InactivityProgramme = z
  .strictObject({
    expiry: z
      .strictObject({
        unit: z.enum(['day', 'month', 'year']),
        quantity: z.int().min(1).max(3_650),
        until: z
          .enum(['day', 'instant'])
          .default('day')
          .describe('To the end of the day in which the time is over, where the shop is; or to the instant'),
      })
      .refine(({ unit, quantity }) => quantity <= LONGEST[unit], {
        path: ['quantity'],
        message: 'must be at most 3650 days, 120 months or 10 years',
      })
      .nullable()
      .default(null)
      .describe(
        'The whole balance runs out when nothing happened for so long; null: it does not. Switched on, or set to another ' +
          'period, it lets nothing run out before a whole period has passed. Points that wait stay.',
      ),
    activities: z
      .array(z.enum(['order', 'earn', 'redeem', 'referral', 'birthday', 'adjust', 'clawback', 'import', 'event']))
      .min(1)
      .max(9)
      .default(['order', 'earn', 'redeem'])
      .describe(
        'What begins the time anew: a paid order, points earned by something else that somebody did, points or a voucher ' +
          'used, a completed referral, birthday points, points by hand, a refund, an import, any event that a server tells',
      ),
    switchedOnAtMs: z
      .int()
      .nullable()
      .default(null)
      .describe('When the expiry was switched on as it is. Kept by the server: what is sent is not looked at'),
    notices: z
      .strictObject({ warning: days, last_chance: days })
      .refine(({ warning, last_chance }) => warning === null || last_chance === null || last_chance < warning, {
        path: ['last_chance'],
        message: 'must be fewer days than the warning',
      })
      .prefault({})
      .describe(
        'Days before points run out, be it each by its own time or all for want of activity, at which their owner is told; ' +
          'null: they are not',
      ),
  })
  .openapi('InactivityProgramme');
