/**
 * Advances a test shop's clock: from one due instant to the next, each object doing what is due there before the clock
 * moves on. The clock keeps how far it is, so a step that is repeated goes on where it stands.
 */
import { z } from 'zod';
import type { Customers } from '../customers/customers.ts';
import type { Env } from '../env.ts';
import { shopOf } from '../shops/cache.ts';
import type { ClockStep, Due } from '../shops/clock.ts';
import { remote } from '../storage/remote.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const ADVANCE_CLOCK = 'advance_clock';

/** How long a step waits for what its objects have to ask of others. */
const ERRANDS_MS = 500;

/** Progress is told in milliseconds of the shop's time. */
export const advanceClock = jobKind({
  input: z.strictObject({ fromMs: z.int(), toMs: z.int() }),
  cursor: z.int(),
  exclusive: true,
  step: async ({ env, shop, input, untilMs }): Promise<StepOutcome<number>> => {
    const { fromMs, toMs } = input;
    let at = await shopOf(env, shop).stepClock(toMs, []);
    while (!at.reached && Date.now() < untilMs) at = await shopOf(env, shop).stepClock(toMs, await whatIsDue(env, at));
    const progress = { done: at.nowMs - fromMs, total: toMs - fromMs };
    return at.reached
      ? { state: 'done', progress, result: { nowMs: at.nowMs } }
      : { state: 'going', progress, cursor: at.nowMs };
  },
});

function whatIsDue(env: Env, { objects, nowMs, closed }: ClockStep): Promise<Due[]> {
  return Promise.all(
    objects.map(async ({ object, token }) => {
      const dueMs = await remote<Customers>(env.CUSTOMERS, object).dueBy(nowMs, closed ? 0 : ERRANDS_MS);
      return { object, token, dueMs };
    }),
  );
}
