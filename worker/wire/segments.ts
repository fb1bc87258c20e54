/** Segments as the merchant's API takes and shows them. */
import { z } from '@hono/zod-openapi';
import { Job } from './jobs.ts';
import { page, pageQuery } from './parts.ts';
import { ReadyKey, ReadyParameters } from './ready-segments.ts';
import { flag, name, object, text, whole } from './ruled.ts';
import { SegmentDefinition } from './segment-definition.ts';

const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 2_000;
const LONGEST_ID = 100;
const FASTEST = 10_000;

/** Of a segment or a list. */
export const groupName = name(LONGEST_NAME).regex(/\S/, 'must not be blank');
export const groupDescription = text(LONGEST_DESCRIPTION);
export const groupId = name(LONGEST_ID);
export const GroupParam = z.object({ id: z.string().min(1).max(LONGEST_ID).describe('Of the segment or list') });

/** `true` or `false` in an address. */
export const queryFlag = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((said) => said === 'true');

export const memberCount = z
  .int()
  .nullable()
  .describe('How many of whom the shop can name are in it now; null where `counts` was not asked for');
const counts = queryFlag.describe('true: count the members of each');
export const CountQuery = z.strictObject({ counts });
export const GroupQuery = z.strictObject({ ...pageQuery(200, 50).shape, counts });

export const Segment = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    definition: SegmentDefinition,
    ready: ReadyKey.nullable().describe('What it was made from, where it was a ready one'),
    members: memberCount,
    createdAtMs: z.int(),
    updatedAtMs: z.int(),
  })
  .openapi('Segment');
export const SegmentList = page(Segment).openapi('SegmentList');

/** `job`: looks at every customer; null where no other definition came into force. */
export const SegmentSaved = z
  .object({
    segment: Segment,
    job: Job.nullable().describe('Looks at every customer; null: nothing that decides who is in it has changed'),
  })
  .openapi('SegmentSaved');

const announce = flag().default(false).describe('Who enters or leaves by this definition alone is told of as news');
const perSecond = whole(1, FASTEST)
  .nullable()
  .default(null)
  .describe('Customers a second that the job looks at; null: as fast as it goes');

const ReadyChoice = z
  .strictObject({ key: ReadyKey, ...ReadyParameters.shape }, object)
  .openapi('ReadySegmentChoice', { description: 'A ready segment, and which of its parameters are set otherwise' });
export type ReadyChoice = z.infer<typeof ReadyChoice>;

const either = { definition: SegmentDefinition.optional(), ready: ReadyChoice.optional() };
const EITHER = { path: ['definition'], message: 'must be given, or `ready` in its place' };
const BOTH = { path: ['ready'], message: 'must not stand beside `definition`' };

interface Either {
  definition?: unknown;
  ready?: unknown;
}
const isGiven = ({ definition, ready }: Either) => definition !== undefined || ready !== undefined;
const isOne = ({ definition, ready }: Either) => definition === undefined || ready === undefined;

export const NewSegment = z
  .strictObject(
    { name: groupName.optional(), description: groupDescription.optional(), ...either, announce, perSecond },
    object,
  )
  .refine(isGiven, EITHER)
  .refine(isOne, BOTH)
  .refine((wanted) => wanted.name !== undefined || wanted.ready !== undefined, {
    path: ['name'],
    message: 'must be given, but for a ready segment',
  })
  .openapi('NewSegment');
export type NewSegment = z.infer<typeof NewSegment>;

export const SegmentChange = z
  .strictObject(
    {
      name: groupName.optional(),
      description: groupDescription.optional(),
      definition: SegmentDefinition.optional(),
      announce,
      perSecond,
    },
    object,
  )
  .openapi('SegmentChange');
export type SegmentChange = z.infer<typeof SegmentChange>;

export const EvaluateSegment = z.strictObject({ perSecond }, object).openapi('EvaluateSegment');

export const PreviewSegment = z
  .strictObject(either, object)
  .refine(isGiven, EITHER)
  .refine(isOne, BOTH)
  .openapi('PreviewSegment');

export const SnapshotSegment = z
  .strictObject(
    {
      list: groupId.optional().describe('A list that is there'),
      name: groupName.optional().describe('Of a new list'),
    },
    object,
  )
  .refine(({ list, name }) => (list === undefined) !== (name === undefined), {
    path: ['list'],
    message: 'must be given, or else `name` for a new list',
  })
  .openapi('SnapshotSegment');
export type SnapshotSegment = z.infer<typeof SnapshotSegment>;
