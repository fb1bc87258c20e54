/** The same games as in `shares.test.ts`, many of them. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';

vi.mock('cloudflare:workers', () => ({
  DurableObject: class {
    constructor(
      readonly ctx: unknown,
      readonly env: unknown,
    ) {}
  },
}));

const { games } = await import('./split-games.ts');
const { play } = await import('./split-play.ts');
const { NO_CAPS, reserving, SplitScene } = await import('./split-scene.ts');

it('INV-6 INV-7 a budget in shares is never passed and all of it can be had, whatever is lost, killed, split and taken back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), games, (scheduler, game) => play(scheduler, game)),
    { numRuns: 1_000, endOnFailure: true },
  );
});

it('INV-6 of 10,000 buyers of 1,000 units exactly 1,000 get one, in shares', async () => {
  const scene = new SplitScene({ ...NO_CAPS, redemptions: 1_000 }, { wait: async () => {}, isLost: () => false });
  await scene.root.split({ caps: null });
  const buyers = Array.from({ length: 10_000 }, (_, at) => `buyer ${at}`);
  const answers = await Promise.all(buyers.map((op) => scene.budget.reserve(reserving(op, 0))));
  expect(answers.filter(({ granted }) => granted)).toHaveLength(1_000);
});
