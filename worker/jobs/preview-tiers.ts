/** How many customers would go from which tier to which, before other tiers are saved. Changes nothing. */
import { z } from 'zod';
import { customersOf } from '../customers/stubs.ts';
import type { TierMoves } from '../customers/tier-reader.ts';
import { PreviewTiers } from '../wire/tiers.ts';
import { eachObject } from './customer-pages.ts';
import { Place, segmentCall, walk } from './customer-walk.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const PREVIEW_TIERS = 'preview_tiers';

const Moves = z.strictObject({ from: z.string().nullable(), to: z.string().nullable(), customers: z.int() });
const Cursor = Place.extend({ moves: z.array(Moves) });
type Cursor = z.infer<typeof Cursor>;

/** `moves` are of those who would change; `tiers` counts who is, and who would be, in each. null stands for none. */
export const previewTiers = jobKind({
  input: PreviewTiers,
  cursor: Cursor,
  resumable: true,
  step: async (call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, input, cursor } = call;
    const about = await segmentCall(call);
    let moves: TierMoves[] = cursor?.moves ?? [];
    const from = cursor === null ? null : Place.strip().parse(cursor);
    const { place, ended } = await walk(call, { from, rate: null }, async (customers) => {
      const answers = await eachObject(
        customers,
        (customer) => customer,
        (customer, own) =>
          customersOf(env, shop, customer).previewTiers({ ...about, customers: own, tiers: input.tiers }),
      );
      moves = summed([...moves, ...answers.flat()]);
    });
    const progress = { done: place.done, total: place.total };
    if (!ended) return { state: 'going', progress, cursor: { ...place, moves } };
    return { state: 'done', progress, result: resultOf(place.done, moves) };
  },
});

function summed(all: TierMoves[]): TierMoves[] {
  const sums = new Map<string, TierMoves>();
  for (const { from, to, customers } of all) {
    const key = JSON.stringify([from, to]);
    sums.set(key, { from, to, customers: (sums.get(key)?.customers ?? 0) + customers });
  }
  return [...sums.values()];
}

function resultOf(customers: number, all: TierMoves[]) {
  const moves = all.filter(({ from, to }) => from !== to).map((one) => ({ ...one }));
  const ids = new Set(all.flatMap(({ from, to }) => [from, to]));
  const count = (which: (one: TierMoves) => boolean) => all.filter(which).reduce((sum, one) => sum + one.customers, 0);
  const tiers = [...ids].map((tier) => ({
    tier,
    before: count(({ from }) => from === tier),
    after: count(({ to }) => to === tier),
  }));
  return { customers, moved: count(({ from, to }) => from !== to), moves, tiers };
}
