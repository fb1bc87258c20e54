/** Holds every customer against a programme that changed: tiers, ends of points, what is due next. Safe to repeat: who was looked at is up to date. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import { eachObject } from './customer-pages.ts';
import { Place, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const EVALUATE_PROGRAMME = 'evaluate_programme';

const Cursor = Place.extend({ moved: z.int() });
type Cursor = z.infer<typeof Cursor>;

/** `moved`: to another tier, by this job; a customer who did something meanwhile was up to date before it came. */
export const evaluateProgramme = jobKind({
  input: z.strictObject({}),
  cursor: Cursor,
  resumable: true,
  shared: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, cursor } = call;
    const about = await segmentCall(call);
    let moved = cursor?.moved ?? 0;
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const { place, ended } = await walk(call, { from, rate: null }, async (customers) => {
      const answers = await eachObject(
        customers,
        (customer) => customer,
        (customer, own) => customersOf(env, shop, customer).bringUp({ ...about, customers: own }),
      );
      for (const answer of answers) moved += answer.moved;
    });
    const progress = { done: place.done, total: place.total };
    if (ended) return { state: 'done', progress, result: { customers: place.done, moved } };
    return { state: 'going', progress, cursor: { ...place, moved } };
  },
});
