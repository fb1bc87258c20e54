/** Whom a definition would hold, before it is saved: the exact count as of each customer's look, and ten of them with why. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import type { Definition } from '../domain/segments/definition.ts';
import { SegmentDefinition } from '../wire/segment-definition.ts';
import { eachObject } from './customer-pages.ts';
import { Place, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const PREVIEW_SEGMENT = 'preview_segment';

const MOST_SAMPLES = 10;
const LONGEST_REASON = 500;

const Sample = z.strictObject({ customer: z.string(), says: z.string() });
const Cursor = Place.extend({ members: z.int(), known: z.int(), samples: z.array(Sample) });
type Cursor = z.infer<typeof Cursor>;

/** `count`: of those whom the shop can name, as lists count them; `anonymous` ones would be in it as well. */
export const previewSegment = jobKind({
  input: z.strictObject({ definition: SegmentDefinition }),
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, cursor } = call;
    const definition: Definition = call.input.definition;
    const about = await segmentCall(call);
    const found = { members: cursor?.members ?? 0, known: cursor?.known ?? 0, samples: cursor?.samples ?? [] };
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const walked = await walk(call, { from, rate: null }, async (customers) => {
      const answers = await eachObject(
        customers,
        (customer) => customer,
        (customer, own) => {
          const samples = MOST_SAMPLES - found.samples.length;
          return customersOf(env, shop, customer).preview({ ...about, customers: own, definition, samples });
        },
      );
      for (const { members, known, samples } of answers) {
        found.members += members;
        found.known += known;
        const room = MOST_SAMPLES - found.samples.length;
        const told = samples.map(({ customer, says }) => ({ customer, says: says.slice(0, LONGEST_REASON) }));
        found.samples = [...found.samples, ...told.slice(0, room)];
      }
    });
    const { place, ended } = walked;
    const progress = { done: place.done, total: place.total };
    if (!ended) return { state: 'going', progress, cursor: { ...place, ...found } };
    const { members, known, samples } = found;
    const result = { customers: place.done, count: known, anonymous: members - known, samples };
    return { state: 'done', progress, result };
  },
});
