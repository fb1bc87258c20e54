/** As `identity-property.test.ts`, for longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play, steps } from './identity-play.ts';

const LIVES = 200;
/** Ten times what it takes on two cores: it says that something hangs, and nothing about the machine. */
const HANGS_AFTER_MS = 600_000;

it(
  `INV-2, INV-7: who is who equals the model’s in ${LIVES} lives`,
  async () => {
    const property = fc.asyncProperty(steps, async (all) => {
      const { expected, found, open } = await play(all);
      expect(open).toBe(0);
      expect(found).toEqual(expected);
    });
    await fc.assert(property, { numRuns: LIVES, endOnFailure: true });
  },
  HANGS_AFTER_MS,
);
