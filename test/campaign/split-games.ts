/** What a game of `split-play.ts` is played with. */
import fc from 'fast-check';

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('buy', 'buy', 'buy', 'leave', 'take', 'split', 'split', 'merge', 'kill', 'raise', 'lower'),
    amount: fc.integer({ min: 0, max: 60 }),
    which: fc.nat({ max: 30 }),
  }),
  { minLength: 5, maxLength: 30 },
);

export const games = fc.record({ steps, cap: fc.integer({ min: 0, max: 900 }), seed: fc.nat() });
