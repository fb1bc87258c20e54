/** A test shop's clock as an object sees it: whoever asks what is due waits for the writes under way. */
import { expect, it } from 'vitest';
import { ShopClock } from '../../worker/customers/shop-clock.ts';
import type { Env } from '../../worker/env.ts';
import type { Due, Entered } from '../../worker/shops/clock.ts';

/** A clock that lets writes in as `answers` say, one after the other, and keeps what it was told. */
function clockAt(answers: Promise<Entered>[]) {
  const told: Due[] = [];
  const shop = {
    enterClock: () => answers.shift() ?? Promise.reject(new Error('asked once too often')),
    leaveClock: async (due: Due) => void told.push(due),
  };
  const env = { SHOP: { idFromName: (name: string) => name, get: () => shop } } as unknown as Env;
  return { clock: new ShopClock(env, { shop: 's', object: 'o' }), told };
}

const entered = (token: string): Entered => ({ state: 'entered', token, clock: { nowMs: 7, frozen: true } });

it('tells what is due after its write, under the token it was given', async () => {
  const { clock, told } = clockAt([Promise.resolve({ state: 'closed' }), Promise.resolve(entered('t'))]);
  let dueMs: number | null = null;
  const done = await clock.during(
    (nowMs) => {
      dueMs = nowMs + 1;
      return 'done';
    },
    () => dueMs,
  );
  expect({ done, told, frozen: clock.frozen }).toEqual({
    done: 'done',
    told: [{ object: 'o', token: 't', dueMs: 8 }],
    frozen: true,
  });
});

it('is quiet only once the write that was let in has ended, a failed one too', async () => {
  const let1 = Promise.withResolvers<Entered>();
  const { clock, told } = clockAt([let1.promise]);
  const order: string[] = [];
  const write = clock
    .during(
      () => {
        order.push('write');
        throw new Error('bug');
      },
      () => 5,
    )
    .catch((error: Error) => error.message);
  const asked = clock.quiet().then(() => order.push('quiet'));
  await Promise.resolve();
  let1.resolve(entered('t'));
  expect(await write).toBe('bug');
  await asked;
  expect({ order, told }).toEqual({ order: ['write', 'quiet'], told: [{ object: 'o', token: 't', dueMs: 5 }] });
});

it('is quiet again where the clock could not be reached', async () => {
  const { clock } = clockAt([Promise.reject(new Error('away'))]);
  const write = clock.during(
    () => 'never',
    () => null,
  );
  await expect(write).rejects.toThrow('away');
  await clock.quiet();
});
