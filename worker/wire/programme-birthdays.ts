/** What a birthday brings. */
import { z } from '@hono/zod-openapi';
import { Bonus, programmeId } from './bonus.ts';

export const BirthdayProgramme = z
  .strictObject({
    bonus: Bonus.describe('Given at the first instant of the day, where the shop is, once a year, to members'),
    tiers: z.record(programmeId, Bonus).default({}).describe('What it brings in a tier instead, by the id of the tier'),
    leadDays: z
      .int()
      .min(0)
      .max(366)
      .default(30)
      .describe('A date that is told so few days ahead, or fewer, brings nothing before the next year'),
    leapDay: z
      .enum(['february_28', 'march_1'])
      .default('february_28')
      .describe('When somebody born on 29 February has their day in a year without one'),
  })
  .refine(({ tiers }) => Object.keys(tiers).length <= 20, { path: ['tiers'], message: 'must name at most 20 tiers' })
  .openapi('BirthdayProgramme');
