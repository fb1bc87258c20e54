/** Whatever happens, when and however late: who is in which segment is what the naive model says, to the millisecond. */
import { expect, it } from 'vitest';
import { playMany } from './segment-lives.ts';

it('INV-9: who is in which segment, and since when, equals the model’s at twenty thousand instants of sixty lives', async () => {
  const { instants, transitions, byTime } = await playMany(60, 60_000);
  expect(instants).toBeGreaterThan(20_000);
  // a life in which nobody comes or goes compares little
  expect(transitions).toBeGreaterThan(200);
  expect(byTime).toBeGreaterThan(30);
}, 70_000);
