/** Plays callers of one budget against a naive counter, whatever the network and killed objects do to them. */
import type fc from 'fast-check';
import { expect } from 'vitest';
import type { Reserved } from '../../worker/campaign/calls.ts';
import { randomFrom } from '../faults/random.ts';
import { AT_MS, CALENDAR, NO_CAPS, reserving, SplitScene } from './split-scene.ts';

export interface Step {
  what: 'buy' | 'leave' | 'take' | 'split' | 'merge' | 'kill' | 'raise' | 'lower';
  amount: number;
  which: number;
}

const MOST_TRIES = 200;
const ONE_LOST_IN = 40;

/** The truth: what was granted and stands, by operation. */
class Book {
  readonly answers = new Map<string, Reserved>();
  readonly posted = new Map<string, number>();
  backs = 0;

  get used(): number {
    return [...this.posted.values()].reduce((sum, one) => sum + one, 0) - this.backs;
  }
}

export interface Game {
  steps: Step[];
  cap: number;
  seed: number;
}

export async function play(scheduler: fc.Scheduler, { steps, cap, seed }: Game): Promise<void> {
  const random = randomFrom(seed);
  let isCalm = false;
  const weather = {
    wait: () => scheduler.schedule(Promise.resolve()),
    isLost: () => !isCalm && random.integer(0, ONE_LOST_IN) === 0,
  };
  const scene = new SplitScene({ ...NO_CAPS, discountMinor: cap }, weather);
  const book = new Book();
  const works = steps.map((step, at) => perform({ scene, book }, step, `op-${at}`));
  await scheduler.waitFor(Promise.all(works));
  isCalm = true;
  await scheduler.waitFor(settle(scene, book));
}

interface Stage {
  scene: SplitScene;
  book: Book;
}

async function perform(stage: Stage, { what, amount, which }: Step, op: string): Promise<void> {
  const { scene, book } = stage;
  const { budget } = scene;
  switch (what) {
    case 'buy':
    case 'leave': {
      const answer = await insist(() => budget.reserve(reserving(op, amount)));
      book.answers.set(op, answer);
      if (!answer.granted) return;
      if (what === 'leave') return insist(() => budget.void(op));
      const actual = { redemptions: 1, discountMinor: amount - (which % 2 === 0 ? 0 : amount >> 1), ordersMinor: 0 };
      expect(await insist(() => budget.post(op, actual))).toBe(true);
      book.posted.set(op, actual.discountMinor);
      if (which % 5 === 0) await giveBack(stage, op, actual.discountMinor);
      return;
    }
    case 'take': {
      const { coordinator: _, by: __, ...call } = reserving(op, amount);
      const answer = await insist(() => budget.take(call));
      book.answers.set(op, answer);
      if (answer.granted) book.posted.set(op, amount);
      return;
    }
    case 'split':
      return attempt(() => scene.root.split({ caps: null }));
    case 'merge':
      return attempt(() => scene.root.merge());
    case 'kill':
      await scene.weather.wait();
      return scene.kill(scene.names[which % scene.names.length] ?? '');
    case 'raise':
    case 'lower': {
      const now = scene.caps.discountMinor ?? 0;
      const to = what === 'raise' ? now + amount : Math.max(0, now - amount);
      return attempt(() => scene.root.changeCaps({ ...NO_CAPS, discountMinor: to }));
    }
  }
}

async function giveBack({ scene, book }: Stage, op: string, discountMinor: number): Promise<void> {
  const back = { op: `${op} back`, cost: { redemptions: 1, discountMinor, ordersMinor: 0 }, customer: null };
  await insist(() => scene.budget.giveBack({ ...back, atMs: AT_MS, calendar: CALENDAR }, AT_MS));
  book.backs += discountMinor;
}

/** The same again until somebody answers. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || !/lost|killed|come to rest/.test(String(error))) throw error;
    }
  }
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!/lost|killed|come to rest/.test(String(error))) throw error;
  }
}

/**
 * Everything is over: what was decided anywhere is answered the same by whoever is asked, nothing is kept, what was used is
 * what was posted, and all that is left can be had, not a unit more.
 */
async function settle(scene: SplitScene, book: Book): Promise<void> {
  const { budget } = scene;
  const sameAgain = async () => {
    for (const [op, answer] of book.answers) expect([op, await budget.reserve(reserving(op, 1))]).toEqual([op, answer]);
  };
  await scene.root.split({ caps: null });
  await budget.reserve(reserving('so that callers know of it', 0));
  await sameAgain();
  await budget.void('so that callers know of it');
  await scene.root.merge();
  await sameAgain();
  const { used, held } = await scene.root.spent();
  expect([used.discountMinor, held.discountMinor]).toEqual([book.used, 0]);
  const left = Math.max(0, (scene.caps.discountMinor ?? 0) - book.used);
  expect((await budget.reserve(reserving('one too many', left + 1))).granted).toBe(false);
  expect((await budget.reserve(reserving('all the rest', left))).granted).toBe(true);
}
