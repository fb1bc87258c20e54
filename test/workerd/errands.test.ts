/** Errands: what a customer has to ask of another object is asked until it is answered, and the answer is taken once. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Customers } from '../../worker/customers/customers.ts';
import { takeAnswer } from '../../worker/customers/errand-answer.ts';
import { ERRAND_KINDS } from '../../worker/customers/errand-kinds.ts';
import { ErrandStore } from '../../worker/customers/errand-store.ts';
import type { CustomerStore } from '../../worker/customers/store.ts';
import type { OpenErrand } from '../../worker/domain/errand.ts';
import { terms } from '../domain/given.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const MINUTE = 60_000;
const KIND = 'test.ask';

/** What the other side was asked, and what it does about it; the real ones are put to real objects in other tests. */
let asked: OpenErrand[] = [];
let respond: (errand: OpenErrand) => Promise<void> = async () => {};

beforeEach(() => {
  asked = [];
  respond = async () => {};
  ERRAND_KINDS[KIND] = async (_, __, errand) => {
    asked.push(errand);
    await respond(errand);
    return { heard: errand.op };
  };
});

afterEach(() => {
  delete ERRAND_KINDS[KIND];
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Somebody {
  shop: TestShop;
  user: string;
  id: string;
}

async function somebody(about: object = {}): Promise<Somebody> {
  const shop = await makeShop(about);
  return { shop, ...(await oneMore(shop)) };
}

async function oneMore(shop: TestShop): Promise<{ user: string; id: string }> {
  const user = newUser();
  await shop.batch(track(user, 'X'));
  return { user, id: (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id };
}

/** The object is gone, with all that it had under way; what it wrote is there. */
async function crash(who: Pick<Somebody, 'shop' | 'id'>): Promise<void> {
  const end = async (_: unknown, state: DurableObjectState) => {
    await state.storage.sync();
    state.abort('crash');
  };
  await runInDurableObject(objectOf(who), end).catch(() => {});
}

const labelOf = (id: string) => id.split('-')[0];

function objectOf({ shop, id }: Pick<Somebody, 'shop' | 'id'>): DurableObjectStub<Customers> {
  return env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${labelOf(id)}`));
}

/** As a decision leaves them behind. */
async function leave(who: Pick<Somebody, 'shop' | 'id'>, ...ops: string[]): Promise<void> {
  await runInDurableObject(objectOf(who), (instance) => {
    const { errands } = (instance as unknown as { store: CustomerStore }).store;
    errands.adopt(
      who.id,
      ops.map((op) => ({ op, kind: KIND, body: { op } })),
    );
  });
}

const begin = ({ shop, user }: Somebody) => shop.batch(track(user, 'Y'));
const ring = (who: Pick<Somebody, 'shop' | 'id'>) => runInDurableObject(objectOf(who), (instance) => instance.alarm());

function openOf(who: Pick<Somebody, 'shop' | 'id'>): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(objectOf(who), (_, { storage }) =>
    storage.sql.exec('SELECT op, customer, attempts, next_ms FROM errand ORDER BY op').toArray(),
  );
}

const done = (who: Pick<Somebody, 'shop' | 'id'>) =>
  eventually(async () => ((await openOf(who)).length === 0 ? true : null));

describe('an errand', () => {
  it('is asked after the write that left it, which does not wait for it', async () => {
    const who = await somebody();
    const held = Promise.withResolvers<void>();
    respond = () => held.promise;
    await leave(who, 'a');
    expect((await begin(who)).status).toBe(200);
    expect((await openOf(who)).map((row) => row.op)).toEqual(['a']);
    held.resolve();
    await done(who);
    expect(asked.map(({ op, customer, body }) => ({ op, customer, body }))).toEqual([
      { op: 'a', customer: who.id, body: { op: 'a' } },
    ]);
  });

  it('INV-7: is asked by the alarm, where nothing was written since', async () => {
    const who = await somebody();
    await leave(who, 'a');
    await ring(who);
    await done(who);
    expect(asked).toHaveLength(1);
  });

  it('is asked beside at most fifteen others, and every one of them in the end', async () => {
    const who = await somebody();
    let together = 0;
    let most = 0;
    respond = async () => {
      together += 1;
      most = Math.max(most, together);
      await scheduler.wait(1);
      together -= 1;
    };
    const ops = Array.from({ length: 40 }, (_, at) => `op-${String(at).padStart(2, '0')}`);
    await leave(who, ...ops);
    await begin(who);
    await done(who);
    expect([asked.map(({ op }) => op).sort(), most]).toEqual([ops, 16]);
  });
});

describe('an errand that fails', () => {
  it('is asked again under the same id, later each time, up to five minutes', async () => {
    const who = await somebody();
    respond = async () => {
      throw new Error('away');
    };
    await leave(who, 'a');
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const waits: number[] = [];
    for (let times = 1; times <= 14; times += 1) {
      await ring(who);
      const row = await eventually(async () => {
        const [one] = await openOf(who);
        return Number(one?.attempts) === times ? one : null;
      });
      waits.push(Number(row?.next_ms) - Date.now());
      vi.setSystemTime(Number(row?.next_ms) + 1);
    }
    expect(new Set(asked.map(({ op }) => op))).toEqual(new Set(['a']));
    for (const [at, wait] of waits.entries()) {
      const longest = Math.min(5 * MINUTE, 250 * 2 ** at);
      expect(wait).toBeGreaterThanOrEqual(Math.floor(longest / 2) - 50);
      expect(wait).toBeLessThanOrEqual(longest);
    }
    respond = async () => {};
    await ring(who);
    await done(who);
  });

  it('holds no other up', async () => {
    const who = await somebody();
    respond = async ({ op }) => {
      if (op === 'a') throw new Error('away');
    };
    await leave(who, 'a', 'b');
    await begin(who);
    await eventually(async () => ((await openOf(who)).length === 1 ? true : null));
    expect((await openOf(who)).map((row) => row.op)).toEqual(['a']);
  });

  it('INV-7: leaves an alarm behind, also while it is under way', async () => {
    const who = await somebody();
    const held = Promise.withResolvers<void>();
    respond = () => held.promise;
    await leave(who, 'a');
    await begin(who);
    const alarm = await runInDurableObject(objectOf(who), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 5_000);
    held.resolve();
    await done(who);
  });

  it('INV-7: is asked again after a crash, as often as there is one', async () => {
    const who = await somebody();
    await leave(who, 'a');
    for (let crashes = 1; crashes <= 2; crashes += 1) {
      respond = () => new Promise(() => {});
      await ring(who);
      await eventually(async () => (asked.length >= crashes ? true : null));
      await crash(who);
    }
    respond = async () => {};
    await ring(who);
    await done(who);
    // the alarm may ask by itself between a crash and the ring
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(new Set(asked.map(({ op }) => op))).toEqual(new Set(['a']));
  });
});

describe('an answer', () => {
  it('INV-2: that comes twice is taken once', async () => {
    const who = await somebody();
    const drops = vi.spyOn(ErrandStore.prototype, 'drop');
    const held = Promise.withResolvers<void>();
    respond = () => held.promise;
    await leave(who, 'a');
    await begin(who);
    const [first] = asked;
    if (first === undefined) throw new Error('it was not asked');
    await runInDurableObject(objectOf(who), async (instance) => {
      const { store } = instance as unknown as { store: CustomerStore };
      const answer = () =>
        store.transaction((batch) => takeAnswer({ store, batch, terms: terms() }, first, {}, Date.now()));
      answer();
      answer();
    });
    held.resolve();
    await eventually(async () => ((await openOf(who)).length === 0 ? true : null));
    await begin(who);
    expect(drops).toHaveBeenCalledTimes(1);
  });
});

describe('errands of a customer who moves', () => {
  it('INV-7: are the survivor’s, in whichever object they live, and the loser asks none of them', async () => {
    for (const same of [true, false]) {
      const who = await somebody();
      let other = await oneMore(who.shop);
      while ((labelOf(other.id) === labelOf(who.id)) !== same) other = await oneMore(who.shop);
      respond = async ({ customer }) => {
        if (customer === who.id) throw new Error('away');
      };
      asked = [];
      await leave(who, 'a');
      await ring(who);
      await eventually(async () => ((await openOf(who))[0]?.attempts === 1 ? true : null));
      await who.shop.admin('POST', `/admin/v1/customers/${who.id}/merge`, { into: other.id });
      const survivor = { shop: who.shop, id: other.id };
      await eventually(async () => {
        const open = await openOf(survivor);
        return open.some((row) => row.customer === other.id) ? null : true;
      });
      expect(asked.filter(({ customer }) => customer === other.id)).toHaveLength(1);
      const before = asked.length;
      await ring(who);
      expect(asked).toHaveLength(before);
    }
  });

  it('INV-2: that are answered while it moves are answered to the survivor, once', async () => {
    const who = await somebody();
    const other = await oneMore(who.shop);
    const held = Promise.withResolvers<void>();
    const drops = vi.spyOn(ErrandStore.prototype, 'drop');
    respond = ({ customer }) => (customer === who.id ? held.promise : Promise.resolve());
    await leave(who, 'a');
    await begin(who);
    await who.shop.admin('POST', `/admin/v1/customers/${who.id}/merge`, { into: other.id });
    held.resolve();
    await eventually(async () => (drops.mock.calls.length > 0 ? true : null));
    expect(asked.map(({ customer }) => customer)).toEqual([who.id, other.id]);
    expect(drops).toHaveBeenCalledTimes(1);
  });
});

describe('the clock of a test shop', () => {
  it('waits for what was asked before it moves on', async () => {
    const who = await somebody({ mode: 'test' });
    const { shop } = who;
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT0S' });
    let answered = false;
    respond = async () => {
      await scheduler.wait(50);
      answered = true;
    };
    await leave(who, 'a');
    await begin(who);
    expect(answered).toBe(false);
    const advanced = await shop.admin('POST', '/admin/v1/clock', { by: 'P1D' });
    expect([advanced.status, advanced.body.status, answered]).toEqual([200, 'ready', true]);
    await done(who);
  });

  it('stands where something fails, which is asked again by real time', async () => {
    const who = await somebody({ mode: 'test' });
    const { shop } = who;
    const { nowMs } = (await shop.admin('POST', '/admin/v1/clock', { by: 'PT0S' })).body;
    let failures = 3;
    const at: number[] = [];
    respond = async () => {
      at.push((await shop.admin('GET', '/admin/v1/clock')).body.nowMs);
      failures -= 1;
      if (failures >= 0) throw new Error('away');
    };
    await leave(who, 'a');
    await begin(who);
    expect((await shop.admin('POST', '/admin/v1/clock', { by: 'P1D' })).body.status).toBe('ready');
    expect(at).toEqual([nowMs, nowMs, nowMs, nowMs]);
  });
});
