/** Takes the copies of a dropped segment or list away, a slice at a time; objects drop theirs at their next write. */
import { z } from 'zod';
import { forgetMembers } from '../projection/members-copy.ts';
import { jobKind, type StepOutcome } from './kind.ts';

export const FORGET_GROUP = 'forget_group';

export const forgetGroup = jobKind({
  input: z.strictObject({ group: z.string() }),
  cursor: z.int(),
  step: async ({ env, shop, input, progress, untilMs }): Promise<StepOutcome<number>> => {
    let { done } = progress;
    for (;;) {
      const gone = await forgetMembers(env.DB, shop, input.group);
      done += gone;
      if (gone === 0) return { state: 'done', progress: { done, total: done }, result: { members: done } };
      if (Date.now() >= untilMs) return { state: 'going', progress: { done, total: null }, cursor: done };
    }
  },
});
