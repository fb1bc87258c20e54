/** Many lives at random, one after the other, and how much of them was compared. */
import fc from 'fast-check';
import { type Compared, play } from './segment-play.ts';
import { world } from './segment-steps.ts';

/** Throws with the seed where a life goes another way than the model's; what makes it smaller is sought for that long. */
export async function playMany(lives: number, withinMs: number): Promise<Compared> {
  const all: Compared = { instants: 0, transitions: 0, byTime: 0 };
  const property = fc.asyncProperty(world, async (one) => {
    const { instants, transitions, byTime } = await play(one);
    all.instants += instants;
    all.transitions += transitions;
    all.byTime += byTime;
  });
  await fc.assert(property, { numRuns: lives, interruptAfterTimeLimit: withinMs, markInterruptAsFailure: true });
  return all;
}
