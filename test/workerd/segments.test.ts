/** Who is in which segment, as the object of their customer keeps it: at once, to the millisecond, each change once. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Customers } from '../../worker/customers/customers.ts';
import { shardOf } from '../../worker/customers/stubs.ts';
import {
  all,
  bringUp,
  customerOf,
  did,
  list,
  memberships,
  redefine,
  segment,
  segmentIds,
  transitions,
} from './segment-book.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const HOUR = 3_600_000;

async function clock(shop: TestShop, by?: string): Promise<number> {
  const { body } =
    by === undefined ? await shop.admin('GET', '/admin/v1/clock') : await shop.admin('POST', '/admin/v1/clock', { by });
  return body.nowMs;
}

/** A test shop whose clock stands still. */
async function still(): Promise<TestShop> {
  const shop = await makeShop({ mode: 'test' });
  await clock(shop, 'PT0S');
  return shop;
}

function objectOf(shop: TestShop, customer: string) {
  return env.CUSTOMERS.get(
    env.CUSTOMERS.idFromName(`customers:${shop.id}:${shardOf(customer)}`),
  ) as DurableObjectStub<Customers>;
}

describe('an event', () => {
  it('is in force the moment it arrives: who opens is in, who buys is out', async () => {
    const shop = await still();
    const id = await segment(
      shop,
      all(did('Opened Email', 'greater-than-or-equal', 1, 72), did('Placed Order', 'equals', 0, 72)),
    );
    const user = newUser();
    await shop.batch(track(user, 'Email Opened'));
    expect(await segmentIds(shop, user)).toEqual([id]);
    await shop.batch(track(user, 'Order Completed', { order_id: user, subtotal: 5, currency: 'EUR' }));
    expect(await segmentIds(shop, user)).toEqual([]);
    const told = await transitions(shop, user);
    expect(told.map(({ kind, cause, event }) => [kind, cause, event])).toEqual([
      ['segment.entered', 'event', 'Opened Email'],
      ['segment.left', 'event', 'Placed Order'],
    ]);
  });

  it('writes no row more for changing no membership, and one for a change', async () => {
    const shop = await still();
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const customer = await customerOf(shop, user);
    const rowsOf = (name: string) =>
      runInDurableObject(objectOf(shop, customer), async (object) => {
        const event = { key: `s:${crypto.randomUUID()}`, source: 'segment', trust: 'server' as const, name };
        const times = { occurredAtMs: 1_000, receivedAtMs: 1_000, properties: {}, traits: null, fact: null };
        const inputs = [{ kind: 'event' as const, event: { ...event, ...times } }];
        const groups = [{ customer, known: true, inputs }];
        const call = { shop: shop.id, version: 1 };
        // what the copies' cursor writes meanwhile is none of the event's
        const isQuiet = async () =>
          (await object.record({ ...call, groups: [], waitMs: 1_000 })).projected ? true : null;
        await eventually(isQuiet, 10_000);
        return (await object.record({ ...call, groups, waitMs: 0 })).rowsWritten;
      });
    await rowsOf('Viewed');
    const without = Math.min(await rowsOf('Other'), await rowsOf('Other'), await rowsOf('Other'));
    for (let at = 0; at < 5; at += 1) await segment(shop, all(did('Viewed', 'greater-than-or-equal', 100 + at)));
    const three = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 3)));
    await bringUp(shop, user);
    expect(await rowsOf('Viewed')).toBe(without);
    expect(await rowsOf('Viewed')).toBe(without + 1);
    expect(await segmentIds(shop, user)).toEqual([three]);
    expect(await rowsOf('Viewed')).toBe(without);
  });

  it('case 41: that comes late counts at its own time: it enters now, and leaves as if it had been on time', async () => {
    const shop = await still();
    const id = await segment(shop, all(did('Opened Email', 'greater-than-or-equal', 1, 72)));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const nowMs = await clock(shop);
    const at = nowMs - 70 * HOUR;
    await shop.batch(track(user, 'Opened Email', {}, { timestamp: new Date(at).toISOString() }));
    const [entered] = await transitions(shop, user);
    expect(entered).toMatchObject({ kind: 'segment.entered', atMs: nowMs, effectiveAtMs: at });
    expect((await memberships(shop, user)).segments).toEqual([{ id, sinceMs: nowMs, leavesAtMs: at + 72 * HOUR }]);
  });

  it('of a browser counts for any, and not where only trusted events do', async () => {
    const shop = await still();
    const any = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1)));
    await segment(shop, all({ ...did('Viewed', 'greater-than-or-equal', 1), source: 'trusted' }));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const { publishable } = shop.keys;
    const { call } = await import('./shop.ts');
    const sent = { ...track(user, 'Viewed'), anonymousId: user, writeKey: publishable };
    expect((await call('POST', '/v1/track', sent)).status).toBe(200);
    expect(await segmentIds(shop, user)).toEqual([any]);
  });
});

describe('time alone', () => {
  it('INV-9: turns a window over at its very millisecond, whenever that is noticed', async () => {
    const shop = await still();
    const id = await segment(shop, all(did('Opened Email', 'greater-than-or-equal', 1, 72)));
    const user = newUser();
    await shop.batch(track(user, 'Opened Email'));
    const openedMs = await clock(shop);
    await clock(shop, 'PT71H59M59S');
    expect(await segmentIds(shop, user)).toEqual([id]);
    await clock(shop, 'PT2H');
    expect(await segmentIds(shop, user)).toEqual([]);
    const [, left] = await transitions(shop, user);
    expect(left).toMatchObject({ kind: 'segment.left', cause: 'time', atMs: openedMs + 72 * HOUR, sinceMs: openedMs });
  });

  it('lets somebody in when what kept them out grows old', async () => {
    const shop = await still();
    const id = await segment(
      shop,
      all(did('Opened Email', 'greater-than-or-equal', 1), did('Placed Order', 'equals', 0, 72)),
    );
    const user = newUser();
    await shop.batch(
      track(user, 'Opened Email'),
      track(user, 'Order Completed', { order_id: user, subtotal: 5, currency: 'EUR' }),
    );
    const boughtMs = await clock(shop);
    expect(await segmentIds(shop, user)).toEqual([]);
    await clock(shop, 'P4D');
    expect((await memberships(shop, user)).segments).toEqual([{ id, sinceMs: boughtMs + 72 * HOUR, leavesAtMs: null }]);
  });

  it('takes points, and with them whoever had enough of them', async () => {
    const shop = await still();
    const id = await segment(shop, {
      condition_groups: [
        {
          conditions: [
            {
              type: 'profile-loyalty',
              property: 'balance',
              filter: { type: 'numeric', operator: 'greater-than', value: 0 },
            },
          ],
        },
      ],
    });
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const nowMs = await clock(shop);
    const points = { points: 10, reason: 'r', expiresAtMs: nowMs + HOUR };
    await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, points);
    expect(await segmentIds(shop, user)).toEqual([id]);
    await clock(shop, 'PT2H');
    expect(await segmentIds(shop, user)).toEqual([]);
    expect((await transitions(shop, user))[1]).toMatchObject({ cause: 'points', atMs: nowMs + HOUR });
  });
});

describe('a definition', () => {
  it('that is new holds whoever it fits once they are looked at, and says that it is not news', async () => {
    const shop = await still();
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1)));
    expect(await segmentIds(shop, user)).toEqual([id]);
    expect(await transitions(shop, user)).toEqual([]);
    expect(await bringUp(shop, user)).toEqual({ looked: 1, entered: 1, left: 0, moved: 0 });
    expect(await bringUp(shop, user)).toEqual({ looked: 1, entered: 0, left: 0, moved: 0 });
    expect(await transitions(shop, user)).toMatchObject([
      { kind: 'segment.entered', cause: 'definition', announced: false },
    ]);
  });

  it('that changed is looked at before anything new is recorded', async () => {
    const shop = await still();
    const user = newUser();
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1)));
    await shop.batch(track(user, 'Viewed'));
    await redefine(shop, id, all(did('Viewed', 'greater-than-or-equal', 2)));
    await shop.batch(track(user, 'Viewed'));
    expect((await transitions(shop, user)).map(({ kind, cause }) => [kind, cause])).toEqual([
      ['segment.entered', 'event'],
      ['segment.left', 'definition'],
      ['segment.entered', 'event'],
    ]);
  });

  it('may ask for another segment, and follows it at once', async () => {
    const shop = await still();
    const inner = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1, 1)));
    const outer = await segment(shop, all({ type: 'profile-group-membership', is_member: true, group_ids: [inner] }));
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    expect((await segmentIds(shop, user)).sort()).toEqual([inner, outer].sort());
    await clock(shop, 'PT2H');
    expect(await segmentIds(shop, user)).toEqual([]);
    const told = (await transitions(shop, user)).slice(2);
    expect(told[0]?.atMs).toBe(told[1]?.atMs);
  });
});

describe('a list', () => {
  it('is filled and emptied by its rules, and segments that ask for it follow', async () => {
    const shop = await still();
    const buyers = await segment(shop, all(did('Bought', 'greater-than-or-equal', 1)));
    const kept = await list(shop, [
      { change: 'added', on: 'segment', segment: buyers, transition: 'entered' },
      {
        change: 'removed',
        on: 'event',
        event: 'Left',
        filters: [{ property: 'sure', filter: { type: 'boolean', operator: 'equals', value: true } }],
      },
    ]);
    const inside = await segment(shop, all({ type: 'profile-group-membership', is_member: true, group_ids: [kept] }));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    await shop.batch(track(user, 'Bought'));
    expect((await memberships(shop, user)).lists.map(({ id }) => id)).toEqual([kept]);
    expect(await segmentIds(shop, user)).toEqual([buyers, inside]);
    await shop.batch(track(user, 'Left', { sure: false }));
    expect((await memberships(shop, user)).lists).toHaveLength(1);
    await shop.batch(track(user, 'Left', { sure: true }));
    expect((await memberships(shop, user)).lists).toEqual([]);
    expect(await segmentIds(shop, user)).toEqual([buyers]);
  });
});

describe('two who are one', () => {
  it('are in what their common past is in', async () => {
    const shop = await still();
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 2)));
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'Viewed'), track(b, 'Viewed'));
    expect(await segmentIds(shop, b)).toEqual([]);
    await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
    expect(await segmentIds(shop, b)).toEqual([id]);
    expect((await transitions(shop, b)).at(-1)).toMatchObject({ kind: 'segment.entered', cause: 'merge' });
  });
});
