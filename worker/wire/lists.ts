/** Lists as the merchant's API takes and shows them, and changes of who is on them. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';
import { exactly, kinds, list, must, name, object, oneOf } from './ruled.ts';
import { LONGEST_NAME, ValueFilter } from './segment-filters.ts';
import { groupDescription, groupId, groupName, memberCount } from './segments.ts';

export const MOST_AT_ONCE = 1_000;
const MOST_RULES = 20;
const MOST_FILTERS = 10;
const LONGEST_REF = 300;

const change = oneOf(['added', 'removed']);
const filter = z.strictObject(
  { property: name(LONGEST_NAME).describe('A name or a path'), filter: ValueFilter },
  object,
);

const ListRule = z
  .discriminatedUnion(
    'on',
    [
      z.strictObject(
        {
          change,
          on: exactly('event'),
          event: name(LONGEST_NAME).describe("The event's name, by any of its aliases"),
          source: oneOf(['trusted', 'any'])
            .optional()
            .describe(
              'Default: only what a server tells. With `any` the list counts for nothing where value is at stake',
            ),
          filters: list(filter, MOST_FILTERS, 0).default([]).describe('Of its properties; all of them must pass'),
        },
        object,
      ),
      z.strictObject(
        { change, on: exactly('segment'), segment: groupId, transition: oneOf(['entered', 'left']) },
        object,
      ),
    ],
    kinds(),
  )
  .openapi('ListRule', {
    description: 'Whom it happens to is put on the list or taken off, from now on; what is imported sets no rule off',
  });

const rules = list(ListRule, MOST_RULES, 0);

export const List = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    rules: z.array(ListRule),
    members: memberCount,
    createdAtMs: z.int(),
    updatedAtMs: z.int(),
  })
  .openapi('List');
export const ListPage = page(List).openapi('ListPage');

export const NewList = z
  .strictObject({ name: groupName, description: groupDescription.default(''), rules: rules.default([]) }, object)
  .openapi('NewList');

export const ListChange = z
  .strictObject(
    { name: groupName.optional(), description: groupDescription.optional(), rules: rules.optional() },
    object,
  )
  .openapi('ListChange');

const ref = z
  .string(must('be a text'))
  .min(1, 'must not be empty')
  .max(LONGEST_REF, `must be at most ${LONGEST_REF} characters long`)
  .optional();
const NAMING = ['customer', 'userId', 'email', 'phone'] as const;

const MemberRef = z
  .strictObject(
    {
      customer: ref.describe('Our id'),
      userId: ref,
      email: ref,
      phone: ref.describe('With + and its country'),
      sinceMs: z
        .int(must('be a whole number of milliseconds'))
        .optional()
        .describe('Since when they are on the list; default: now. Of who is on it already the earlier date stands'),
    },
    object,
  )
  .refine((member) => NAMING.filter((one) => member[one] !== undefined).length === 1, {
    message: `must have exactly one of ${NAMING.join(', ')}`,
  });
export type MemberRef = z.infer<typeof MemberRef>;

export const ListMembersChange = z
  .strictObject({ change, members: list(MemberRef, MOST_AT_ONCE) }, object)
  .superRefine(({ change, members }, { addIssue }) => {
    if (change === 'added') return;
    members.forEach(({ sinceMs }, at) => {
      const path = ['members', at, 'sinceMs'];
      if (sinceMs !== undefined)
        addIssue({ code: 'custom', path, message: 'is for people who are added', input: sinceMs });
    });
  })
  .openapi('ListMembersChange');

export const ListMembersChanged = z
  .object({
    items: z
      .array(
        z.object({
          ref: z.string().describe('As it names somebody in a path: an id, or `user:…`, `email:…`, `phone:…`'),
          verdict: z
            .enum(['changed', 'unchanged', 'unknown'])
            .describe('unchanged: it was so before; unknown: nobody here by that name'),
          customer: z.string().nullable(),
        }),
      )
      .describe('One for each, in their order'),
  })
  .openapi('ListMembersChanged');
