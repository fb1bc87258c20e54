/** As `segment-property.test.ts`, for longer. */
import { expect, it } from 'vitest';
import { playMany } from './segment-lives.ts';

it('INV-9: who is in which segment, and since when, equals the model’s at 300,000 instants of 800 lives', async () => {
  const { instants, transitions, byTime } = await playMany(800, 500_000);
  expect(instants).toBeGreaterThan(300_000);
  expect(transitions).toBeGreaterThan(4_000);
  expect(byTime).toBeGreaterThan(600);
}, 600_000);
