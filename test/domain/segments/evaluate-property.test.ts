/** Property: of any definition and any life the evaluation says what the plain model says, now and at every later instant. */
import { expect, test } from 'vitest';
import { holdAgainstMany } from './held-against.ts';

test('a definition holds of a life exactly when the plain model says so, and turns over just when it foresaw it', () => {
  const { holding, flipping, vain } = holdAgainstMany(1500);
  // a comparison in which nothing ever holds or changes would compare nothing
  expect(holding).toBeGreaterThan(300);
  expect(flipping).toBeGreaterThan(100);
  expect(vain).toBeLessThan(15);
});
