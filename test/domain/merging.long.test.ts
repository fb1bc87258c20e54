import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programmeOfLife, programmeOfRules } from './life.ts';
import { MergingLives, mergingStep } from './merging-life.ts';

test('INV-3, INV-4: ledgers add up after every one of 100,000 steps, also where customers turn out to be one', () => {
  const life = fc.tuple(
    fc.oneof(programmeOfLife, programmeOfRules),
    fc.array(mergingStep, { minLength: 250, maxLength: 250 }),
  );
  let lived = 0;
  for (const [programme, steps] of fc.sample(life, { numRuns: 400, seed: 20260115 })) {
    const lives = new MergingLives(programme);
    for (const one of steps) {
      lives.live(one);
      lived += 1;
    }
  }
  expect(lived).toBe(100_000);
});
