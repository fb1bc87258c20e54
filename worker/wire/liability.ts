/** What the merchant's API says of the points a shop stands for. */
import { z } from '@hono/zod-openapi';

const points = z.int();
const valueMinor = z
  .int()
  .nullable()
  .describe('By the worth that the programme names, rounded down; null: it names none');
const valued = z.object({ points, valueMinor });

export const Liability = z
  .object({
    asOfMs: z.int(),
    source: z
      .enum(['customers', 'copies'])
      .describe(
        '`customers`: every customer was asked; `copies`: as the lists say, which follow within about a second',
      ),
    currency: z.string(),
    worth: z.object({ points: z.int(), worthMinor: z.int() }).nullable(),
    holders: z.int().describe('Customers who hold points'),
    outstanding: valued.describe('Points that can be spent'),
    pending: valued.nullable().describe('Earned, and not spendable yet'),
    owed: valued.describe('Taken back after they were spent; the next points pay it'),
    openingBalances: z
      .object({ balances: z.int(), points, valueMinor })
      .describe('Waiting for people whom nobody has seen yet; in no other figure here'),
    expiring: z
      .object({
        months: z.array(z.object({ month: z.string().describe('As 2026-03'), points, valueMinor })),
        later: valued,
        never: valued,
      })
      .nullable()
      .describe(
        'What is outstanding by the month in which it runs out, where the shop is; its sum is `outstanding.points`',
      ),
  })
  .openapi('Liability');
export type Liability = z.infer<typeof Liability>;
