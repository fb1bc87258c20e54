/** Any sequence of identify, alias, track, order and merge, with a crash in any call, ends where the naive model ends. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play, steps } from './identity-play.ts';

it('INV-2, INV-7: who is who, what happened and what they hold equal the model’s, wherever callers died', async () => {
  const property = fc.asyncProperty(steps, async (all) => {
    const { expected, found, open } = await play(all);
    expect(open).toBe(0);
    expect(found).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 20, endOnFailure: true });
});
