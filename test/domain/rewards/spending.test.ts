import fc from 'fast-check';
import { test } from 'vitest';
import { SpendingLife, step } from './spending-life.ts';

test('INV-3, INV-4, INV-5: earning, spending, undoing, refunds, redemptions and rollbacks in any order come to what the model says', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 40, size: 'max' }), (steps) => {
      const life = new SpendingLife();
      for (const one of steps) life.live(one);
    }),
    { numRuns: 300 },
  );
});
