/** As `referral-property.test.ts`, for longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectedOf, flawsOf, foundOf, lives, play } from './referral-play.ts';

it('INV-2, INV-7: a referral ends the same on both sides in forty lives', async () => {
  const property = fc.asyncProperty(lives(true), async (life) => {
    expect(flawsOf((await play(life)).people)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 40, endOnFailure: true });
}, 900_000);

it('INV-2, INV-7: it ends as the model says in thirty lives without merges', async () => {
  const property = fc.asyncProperty(lives(false), async (life) => {
    const { people, game } = await play(life);
    expect(flawsOf(people)).toEqual([]);
    expect(await foundOf(people, game)).toEqual(expectedOf(life.steps));
  });
  await fc.assert(property, { numRuns: 30, endOnFailure: true });
}, 900_000);
