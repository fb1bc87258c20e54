/** As `identity-property.test.ts`, for longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play, steps } from './identity-play.ts';

it('INV-2, INV-7: who is who equals the model’s in two hundred lives', async () => {
  const property = fc.asyncProperty(steps, async (all) => {
    const { expected, found, open } = await play(all);
    expect(open).toBe(0);
    expect(found).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 200 });
}, 600_000);
