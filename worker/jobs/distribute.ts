/** Gives a distribution's codes to everybody who is in its segment already, or counts them. Safe to repeat: each gets one. */
import { z } from 'zod';
import { campaignIn } from '../campaign/cache.ts';
import { customersOf } from '../customers/stubs.ts';
import { shopOf } from '../shops/cache.ts';
import { eachObject } from './customer-pages.ts';
import { Place, perSecond, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';

export const DISTRIBUTE = 'distribute';

const Input = z.strictObject({ distribution: z.string(), dryRun: z.boolean(), perSecond });
const Cursor = Place.extend({ members: z.int(), joined: z.int() });
type Input = z.infer<typeof Input>;
type Cursor = z.infer<typeof Cursor>;

/** `members`: who is in the segment and meets the conditions; `joined`: those of them who have theirs already. */
export const distribute = jobKind({
  input: Input,
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { input, cursor } = call;
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const counts = { members: cursor?.members ?? 0, joined: cursor?.joined ?? 0 };
    const campaign = await campaignOf(call);
    if (campaign === null)
      return { state: 'failed', progress: call.progress, reason: 'the distribution is paused or gone' };
    const visit = await visitor(call, campaign, counts);
    const { place, ended, notBeforeMs } = await walk(call, { from, rate: input.perSecond }, visit);
    const progress = { done: place.done, total: place.total };
    const result = { dryRun: input.dryRun, customers: place.done, ...counts };
    if (ended) return { state: 'done', progress, result: { ...result, wouldReceive: counts.members - counts.joined } };
    return { state: 'going', progress, cursor: { ...place, ...counts }, notBeforeMs };
  },
});

type Call = StepCall<Input, Cursor>;

/** null: there is nothing to give. Somebody may count what a paused one would. */
async function campaignOf({ env, shop, input }: Call): Promise<string | null> {
  const snapshot = await shopOf(env, shop).snapshot();
  const found = snapshot?.settings.distributions?.find(({ id }) => id === input.distribution);
  return found === undefined || (!found.active && !input.dryRun) ? null : found.campaign;
}

async function visitor(
  { env, shop, input, ...call }: Call,
  campaign: string,
  counts: { members: number; joined: number },
) {
  const about = await segmentCall({ env, shop, ...call });
  const { distribution, dryRun } = input;
  return async (customers: string[]): Promise<void> => {
    const answers = await eachObject(
      customers,
      (customer) => customer,
      (customer, own) =>
        customersOf(env, shop, customer).distribute({ ...about, customers: own, distribution, dryRun }),
    );
    const wanting = answers.flatMap((one) => one.wanting);
    const received = answers.reduce((sum, one) => sum + one.received, 0);
    counts.members += wanting.length + received;
    counts.joined += received;
    if (dryRun && wanting.length > 0) counts.joined += await campaignIn(env, shop, campaign).joined(wanting);
  };
}
