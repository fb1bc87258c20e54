/** How vouchers may be joined in one order, as the merchant's API takes and shows it. */
import { z } from '@hono/zod-openapi';

const MOST = 30;
const count = z.int().min(1).max(MOST);
const categories = z
  .array(z.string().min(1).max(100))
  .max(100)
  .refine((all) => new Set(all).size === all.length, 'must name each category once');

export const Stacking = z
  .strictObject({
    mode: z
      .enum(['all', 'partial'])
      .describe('all: one that does not apply and nothing is redeemed; partial: the others are, and it is listed'),
    limit: count.describe('In one request'),
    applicableLimit: count.describe('Of those: how many may apply'),
    perCategoryLimit: count.describe('Of one category'),
    exclusiveLimit: count.describe('Of exclusive ones'),
    exclusivePerCategoryLimit: count,
    exclusive: categories.describe('Categories that stand alone but for joint ones'),
    joint: categories.describe('Categories that go with every other one'),
    sorting: z
      .enum(['requested', 'category'])
      .describe('In which order they apply: as they were asked for, or by hierarchy'),
    hierarchy: categories.describe('Categories from first to last'),
    base: z.enum(['discounted', 'initial']).describe('Of what a percentage is taken'),
    noEffect: z.enum(['redeem', 'skip']).describe('What would take nothing'),
  })
  .refine(({ exclusive, joint }) => !exclusive.some((one) => joint.includes(one)), {
    path: ['joint'],
    message: 'must not name what is exclusive',
  })
  .openapi('Stacking');
