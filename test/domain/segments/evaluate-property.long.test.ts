/** The property of `evaluate-property.test.ts`, long enough for what happens once in thousands of lives. */
import { expect, test } from 'vitest';
import { holdAgainstMany } from './held-against.ts';

test('a definition holds of a life exactly when the plain model says so, in 20,000 lives', () => {
  const { holding, flipping, vain } = holdAgainstMany(20_000);
  expect(holding).toBeGreaterThan(4000);
  expect(flipping).toBeGreaterThan(1500);
  expect(vain).toBeLessThan(200);
});
