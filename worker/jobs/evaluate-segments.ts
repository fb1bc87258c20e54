/** Holds every customer against the definitions that came since their last look. Safe to repeat: who was looked at is up to date. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import { eachObject } from './customer-pages.ts';
import { Place, perSecond, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const EVALUATE_SEGMENTS = 'evaluate_segments';

const Cursor = Place.extend({ entered: z.int(), left: z.int() });
type Cursor = z.infer<typeof Cursor>;

/** Counts are of what this job changed; a customer who did something meanwhile was up to date before it came. */
export const evaluateSegments = jobKind({
  input: z.strictObject({ perSecond }),
  cursor: Cursor,
  resumable: true,
  shared: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, input, cursor } = call;
    const about = await segmentCall(call);
    const counts = { entered: cursor?.entered ?? 0, left: cursor?.left ?? 0 };
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const walked = await walk(call, { from, rate: input.perSecond }, async (customers) => {
      const answers = await eachObject(
        customers,
        (customer) => customer,
        (customer, own) => customersOf(env, shop, customer).bringUp({ ...about, customers: own }),
      );
      for (const { entered, left } of answers) {
        counts.entered += entered;
        counts.left += left;
      }
    });
    const { place, ended, notBeforeMs } = walked;
    const progress = { done: place.done, total: place.total };
    if (ended) return { state: 'done', progress, result: { customers: place.done, ...counts } };
    return { state: 'going', progress, cursor: { ...place, ...counts }, notBeforeMs };
  },
});
