import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programmeOfLife, programmeOfRules } from './life.ts';
import { MergingLives, mergingStep } from './merging-life.ts';

test('INV-3, INV-4: ledgers add up after every step, also where customers turn out to be one', () => {
  const life = fc.tuple(
    fc.oneof(programmeOfLife, programmeOfRules),
    fc.array(mergingStep, { minLength: 20, maxLength: 60, size: 'max' }),
  );
  fc.assert(
    fc.property(life, ([programme, steps]) => {
      const lives = new MergingLives(programme);
      for (const one of steps) lives.live(one);
    }),
    { numRuns: 150 },
  );
  expect.hasAssertions();
});
