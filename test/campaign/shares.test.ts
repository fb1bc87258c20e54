/** A budget in shares: never passed, never short, and nobody can tell by the answers that it was split. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

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
const { AT_MS, CALENDAR, NO_CAPS, reserving, SplitScene } = await import('./split-scene.ts');

const calm = { wait: async () => {}, isLost: () => false };
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
const PLAIN = { caps: null };

describe('a budget in shares', () => {
  it('INV-6 INV-7 is never passed and all of it can be had, whatever is lost, killed, split and taken back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), games, (scheduler, game) => play(scheduler, game)),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('INV-6 of 1,500 buyers of 500 units exactly 500 get one, by all shares, and hear it for ever', async () => {
    const scene = new SplitScene({ ...NO_CAPS, redemptions: 500 }, calm);
    const buy = async (at: number) => {
      if (at === 100) await scene.root.split(PLAIN);
      return (await scene.budget.reserve(reserving(`buyer ${at}`, 0))).granted;
    };
    const won = await Promise.all(upTo(1_500).map(buy));
    expect(won.filter((one) => one)).toHaveLength(500);
    expect(scene.shares.filter((share) => share.standing().held.redemptions > 20)).toHaveLength(8);
    expect(await Promise.all(upTo(1_500).map(buy))).toEqual(won);
  });

  it('gives a share that asks again, having lost the answer, what it gave it before', async () => {
    const scene = new SplitScene({ ...NO_CAPS, redemptions: 1_600 }, calm);
    await scene.root.split(PLAIN);
    const have = { ...NO_CAPS, redemptions: 100 };
    const drawing = { share: 3, epoch: 1, have, want: { redemptions: 1, discountMinor: 0, ordersMinor: 0 } };
    const first = scene.root.draw(drawing);
    expect([first, scene.root.draw(drawing)]).toEqual([{ ...NO_CAPS, redemptions: 150 }, first]);
    expect(scene.root.draw({ ...drawing, have: { ...NO_CAPS, redemptions: 150 } })).toEqual({
      ...NO_CAPS,
      redemptions: 196,
    });
  });

  it('answers calls that ask for counts of one customer alone, and knows what shares counted', async () => {
    const scene = new SplitScene({ ...NO_CAPS, redemptions: 1_000 }, calm);
    await scene.root.split(PLAIN);
    for (const at of upTo(20)) {
      await scene.budget.reserve(reserving(`a ${at}`, 0, { customer: 'a-1' }));
      if (at % 2 === 0) await scene.budget.post(`a ${at}`, null);
    }
    const counts = ['campaign.customer.ever', 'campaign.customer.day', 'campaign.redemptions.ever'] as const;
    const limited = reserving('limited', 0, { customer: 'a-1', counts: [...counts] });
    const [customer, day, all] = counts;
    expect(await scene.budget.reserve(limited)).toEqual({
      granted: true,
      counts: { [customer]: 20, [day]: 20, [all]: 20 },
    });
    const back = { op: 'back', cost: limited.cost, customer: 'a-1', atMs: AT_MS, calendar: CALENDAR };
    await scene.budget.giveBack(back, AT_MS);
    const ask = { customer: 'a-1', atMs: AT_MS, calendar: CALENDAR, counts: [...counts], own: ['limited'] };
    expect(await scene.budget.counts(ask)).toEqual({ [customer]: 19, [day]: 19, [all]: 19 });
  });

  it('lets a rule that is a budget pass in each share no more than in all of them', async () => {
    const scene = new SplitScene(NO_CAPS, calm);
    const bounds = { ...NO_CAPS, redemptions: 200 };
    const buy = async (at: number) => {
      const call = reserving(`rule ${at}`, 0, { counts: ['campaign.redemptions.ever'], bounds });
      const answer = await scene.budget.reserve(call);
      const isFit = answer.granted && (answer.counts['campaign.redemptions.ever'] ?? 0) + 1 <= 200;
      if (!isFit) await scene.budget.void(call.op);
      return isFit;
    };
    await scene.root.split({ caps: null, bounds });
    const won: boolean[] = [];
    for (const at of upTo(300)) won.push(await buy(at));
    expect(won.filter((one) => one)).toHaveLength(200);
  });
});
