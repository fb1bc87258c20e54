/** Whatever is claimed, ordered, refunded and merged, and whoever dies on the way: each referral ends the same on both sides. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectedOf, flawsOf, foundOf, lives, play } from './referral-play.ts';

it('INV-2, INV-7: a referral is completed once or not at all on both sides, also where people turn out to be one', async () => {
  const property = fc.asyncProperty(lives(true), async (life) => {
    const { people } = await play(life);
    expect(flawsOf(people)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
}, 60_000);

it('INV-2, INV-7: without merges it ends as a model says that nobody ever crashed', async () => {
  const property = fc.asyncProperty(lives(false), async (life) => {
    const { people, game } = await play(life);
    expect(flawsOf(people)).toEqual([]);
    expect(await foundOf(people, game)).toEqual(expectedOf(life.steps));
  });
  await fc.assert(property, { numRuns: 6, endOnFailure: true });
}, 60_000);
