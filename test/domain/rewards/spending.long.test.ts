import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpendingLife, step } from './spending-life.ts';

test('INV-3, INV-4, INV-5: spending comes to what the model says after every one of 100,000 steps', () => {
  const lives = fc.sample(fc.array(step, { minLength: 50, maxLength: 50 }), { numRuns: 2_000, seed: 20260115 });
  let lived = 0;
  for (const steps of lives) {
    const life = new SpendingLife();
    for (const one of steps) {
      life.live(one);
      lived += 1;
    }
  }
  expect(lived).toBe(100_000);
});
