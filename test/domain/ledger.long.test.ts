import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Audit } from './audit.ts';
import { DAY, NOW, terms } from './given.ts';
import { live, programmeOfLife, step } from './life.ts';
import { Till } from './till.ts';

const HOUR = DAY / 24;

test('INV-3, INV-4: a ledger adds up after every one of 100,000 steps', () => {
  const lives = fc.sample(fc.tuple(programmeOfLife, fc.array(step, { minLength: 1000, maxLength: 1000 })), {
    numRuns: 100,
    seed: 20260115,
  });
  let lived = 0;
  for (const [changes, steps] of lives) {
    const till = new Till(terms(changes));
    const audit = new Audit(till);
    let at = NOW;
    for (const one of steps) {
      at += one.afterHours * HOUR;
      live(till, one, at);
      audit.check();
      lived += 1;
    }
  }
  expect(lived).toBe(100_000);
});
