/** Points of people whom nobody has seen, points as files, and what a shop stands for: each adds up to what the customers hold. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { directoryOf } from '../../worker/directory/cache.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { session, makeShop as withHub } from './hub-shop.ts';
import { importPoints, journalOf, pointsOf } from './points-files.ts';
import { call, makeShop, newUser, type TestShop, track } from './shop.ts';

const DAY = 86_400_000;
const order = (orderId: string, euros: number) => ({
  order_id: orderId,
  subtotal: euros,
  total: euros,
  currency: 'EUR',
});

async function openings(shop: TestShop): Promise<{ id: string; points: number; state: string }[]> {
  return (await shop.admin('GET', '/admin/v1/opening-balances')).body.items;
}

const directoryStub = (shop: TestShop) => env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`));

describe('an opening balance', () => {
  it('makes nobody, is listed, and is credited once before the event that first names its customer', async () => {
    const shop = await makeShop();
    const [ann, email] = [newUser(), `${newUser()}@example.com`];
    const file =
      'user_id,email,points,reason,note,expires_at\n' +
      `${ann},${email},100,Welcome back,from Smile,\n` +
      `,${email.toUpperCase()},20,,,2040-05-01\n`;
    const done = await importPoints(shop, {}, file);
    expect(await directoryOf(env, shop.id).count()).toBe(0);
    const { items, nextCursor } = (await shop.admin('GET', '/admin/v1/opening-balances?limit=1')).body;
    expect(items).toEqual([
      {
        ...{ id: expect.any(String), state: 'waiting', points: 100, reason: 'Welcome back', note: 'from Smile' },
        ...{ expiresAtMs: null, neverExpires: false, import: done.id, line: 2, keptAtMs: expect.any(Number) },
        names: [
          { kind: 'email', value: email },
          { kind: 'user', value: ann },
        ],
      },
    ]);
    const rest = (await shop.admin('GET', `/admin/v1/opening-balances?limit=1&cursor=${nextCursor}`)).body;
    expect([rest.items.length, rest.items[0].points, rest.nextCursor]).toEqual([1, 20, null]);
    // the second line shares a name with the first: both are for whoever comes by either
    await shop.batch(track(ann, 'Order Completed', order('1', 5)), track(ann, 'Played'));
    const rows = (await shop.admin('GET', `/admin/v1/customers/user:${ann}/timeline`)).body.items;
    const kinds = rows.map(({ kind, points, backfill }: Record<string, unknown>) => [kind, points, backfill]);
    expect(kinds.reverse()).toEqual([
      ['points.adjusted', 100, true],
      ['points.adjusted', 20, true],
      ['event', 5, false],
      ['event', 0, false],
    ]);
    expect(await openings(shop)).toEqual([]);
    await shop.batch({ type: 'identify', userId: ann, traits: { email } });
    expect(await pointsOf(shop, `email:${email}`)).toMatchObject({ balance: 125 });
    const [, dated] = await journalOf(shop, `user:${ann}`);
    expect(dated?.lots).toMatchObject([{ points: 20, expiresAtMs: Date.UTC(2040, 4, 1, 22) }]);
    expect((await importPoints(shop, {}, file)).counts).toMatchObject({ duplicate: 2, given: 0 });
  });

  it('is not led to by what a browser says', async () => {
    const shop = await makeShop();
    const ann = newUser();
    const browser = (body: object) =>
      call('POST', '/v1/track', body, { Authorization: `Basic ${btoa(`${shop.keys.publishable}:`)}` });
    await browser({ userId: ann, anonymousId: 'thief', event: 'Looked', messageId: '1' });
    expect((await importPoints(shop, {}, `user_id,points\n${ann},100\n`)).counts).toMatchObject({ waiting: 1 });
    await browser({ userId: ann, anonymousId: 'thief', event: 'Looked again', messageId: '2' });
    expect(await pointsOf(shop, `user:${ann}`)).toMatchObject({ balance: 0 });
    await shop.batch(track(ann, 'Played'));
    expect(await pointsOf(shop, `user:${ann}`)).toMatchObject({ balance: 100 });
  });

  it('is credited to whom its names turn out to be, through merges, once', async () => {
    const shop = await makeShop();
    const [ann, bob] = [newUser(), newUser()];
    await importPoints(shop, {}, `user_id,email,points\n${ann},,1\n,${bob}@example.com,2\n${bob},,4\n`);
    await shop.batch(track(ann, 'A'), track(bob, 'B'));
    expect((await shop.admin('POST', `/admin/v1/customers/user:${ann}/merge`, { into: `user:${bob}` })).status).toBe(
      200,
    );
    await shop.batch({ type: 'identify', userId: bob, traits: { email: `${bob}@example.com` } });
    expect([await pointsOf(shop, `user:${ann}`), await pointsOf(shop, `user:${bob}`)]).toMatchObject([
      { balance: 7 },
      { balance: 7 },
    ]);
    expect(await openings(shop)).toEqual([]);
  });

  it('INV-1, INV-2: is credited by the Directory where whoever asked died, and not again by anybody', async () => {
    const shop = await makeShop();
    const ann = newUser();
    await importPoints(shop, {}, `user_id,points\n${ann},100\n`);
    const subjects = [{ identifiers: [{ kind: 'user' as const, value: ann }], trust: 'server' as const }];
    const directory = directoryOf(env, shop.id);
    await directory.resolve({ layout: 'shared', nowMs: Date.now(), subjects });
    expect(await openings(shop)).toMatchObject([{ state: 'claimed', points: 100 }]);
    const id = (await openings(shop))[0]?.id;
    expect((await shop.admin('DELETE', `/admin/v1/opening-balances/${id}`)).status).toBe(409);
    expect(await runDurableObjectAlarm(directoryStub(shop))).toBe(true);
    expect(await openings(shop)).toEqual([]);
    await shop.batch(track(ann, 'Played'));
    expect(await pointsOf(shop, `user:${ann}`)).toMatchObject({ balance: 100 });
    expect((await journalOf(shop, `user:${ann}`)).length).toBe(1);
    await runInDurableObject(directoryStub(shop), (_, { storage }) => {
      const left = storage.sql.exec('SELECT state, body FROM opening').toArray();
      expect([left, storage.sql.exec('SELECT * FROM opening_name').toArray()]).toEqual([
        [{ state: 'credited', body: '{}' }],
        [],
      ]);
    });
  });

  it('is there when its customer first signs in, and L10: the note stays with the merchant', async () => {
    const made = await withHub();
    const secret = { Authorization: `Bearer ${made.keys.secret}` };
    const admin: TestShop['admin'] = (method, path, body) => call(method, path, body, secret);
    const shop: TestShop = {
      ...made,
      admin,
      segment: call.bind(null, 'POST'),
      batch: async () => call('GET', '/healthz'),
    };
    const ann = newUser();
    await importPoints(shop, {}, `user_id,points,reason,note\n${ann},100,Welcome back,only for us\n`);
    const { status, body } = await session(made, { sub: ann });
    expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('Welcome back')]);
    expect(JSON.stringify(body)).not.toContain('only for us');
    expect(await pointsOf(shop, `user:${ann}`)).toMatchObject({ balance: 100 });
    expect(await journalOf(shop, `user:${ann}`)).toMatchObject([{ reason: 'Welcome back', note: 'only for us' }]);
  });

  it('comes to nothing where it ran out while it waited, or was withdrawn', async () => {
    const shop = await makeShop({ mode: 'test' });
    const [ann, bob] = [newUser(), newUser()];
    const { nowMs } = (await shop.admin('GET', '/admin/v1/clock')).body;
    const soon = nowMs + DAY;
    await importPoints(shop, {}, `user_id,points,expires_at\n${ann},100,${soon}\n${bob},5,never\n`);
    const id = (await openings(shop))[1]?.id;
    expect((await shop.admin('DELETE', `/admin/v1/opening-balances/${id}`)).status).toBe(204);
    expect((await shop.admin('DELETE', `/admin/v1/opening-balances/${id}`)).status).toBe(204);
    expect((await shop.admin('DELETE', '/admin/v1/opening-balances/none')).status).toBe(404);
    expect((await shop.admin('GET', '/admin/v1/liability')).body.openingBalances).toMatchObject({ points: 100 });
    await shop.admin('POST', '/admin/v1/clock', { by: 'P2D' });
    expect((await shop.admin('GET', '/admin/v1/liability')).body.openingBalances).toMatchObject({ points: 0 });
    await shop.batch(track(ann, 'A'), track(bob, 'B'));
    expect([await pointsOf(shop, `user:${ann}`), await pointsOf(shop, `user:${bob}`)]).toMatchObject([
      { balance: 0 },
      { balance: 0 },
    ]);
    expect(await openings(shop)).toEqual([]);
  });
});

/** A shop with what makes ledgers differ: lots that run out and that do not, something spent, owed, merged, and anonymous. */
async function lively(): Promise<{ shop: TestShop; users: string[] }> {
  const shop = await makeShop();
  const users = Array.from({ length: 6 }, newUser);
  const [ann = '', bob = '', eve = '', dan = '', old = '', anon = ''] = users;
  await shop.batch(
    ...users.slice(0, 5).map((user) => ({ type: 'identify', userId: user, traits: { email: `+${user}@x.com` } })),
    { type: 'track', anonymousId: anon, event: 'Looked', messageId: crypto.randomUUID() },
  );
  const give = (user: string, points: number, more: object = {}) =>
    shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points, reason: '=1+1', ...more });
  await give(ann, 10, { expiresAtMs: Date.UTC(2040, 0, 15), note: '@home' });
  await give(ann, 20, { expiresAtMs: Date.UTC(2040, 1, 15) });
  await give(ann, 40);
  await give(ann, -5);
  await give(bob, -30, { allowDebt: true });
  await give(eve, 7, { expiresAtMs: Date.UTC(2040, 0, 15) });
  await give(old, 3);
  await shop.batch(track(dan, 'Order Completed', order(`o-${dan}`, 50)));
  await shop.admin('POST', `/admin/v1/customers/user:${old}/merge`, { into: `user:${eve}` });
  return { shop, users };
}

async function file(shop: TestShop, path: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await shop.admin('GET', `/admin/v1/exports/${path}`);
  expect(status, JSON.stringify(body)).toBe(200);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.split('\n').flatMap((row) => (row === '' ? [] : [JSON.parse(row)]));
}

const sumOf = (rows: Record<string, unknown>[], field: string) =>
  rows.reduce((sum, row) => sum + Number(row[field]), 0);

describe('points as files', () => {
  it('INV-3: balances, lots and journal say the same of everybody, as the customers do', async () => {
    const { shop, users } = await lively();
    const [balances, lots, journal] = [
      await file(shop, 'balances.ndjson'),
      await file(shop, 'lots.ndjson'),
      await file(shop, 'journal.ndjson'),
    ];
    expect(balances.length).toBe(4);
    for (const { customer, balance, owed, lifetime } of balances) {
      expect(await pointsOf(shop, String(customer))).toEqual({ balance, debt: owed, lifetime });
      expect(
        sumOf(
          lots.filter((row) => row.customer === customer),
          'points',
        ),
      ).toBe(balance);
      expect(
        sumOf(
          journal.filter((row) => row.customer_now === customer),
          'points',
        ),
      ).toBe(balance);
    }
    const [ann = ''] = users;
    const own = balances.find((row) => row.user_id === ann);
    expect(own).toMatchObject({
      ...{ email: `+${ann}@x.com`, phone: null, shopify_id: null, balance: 65, pending: 0 },
      ...{ next_expiry_points: 5, next_expires_at: '2040-01-15T00:00:00.000Z' },
    });
    expect(lots.filter((row) => row.user_id === ann).map((row) => [row.points, row.expires_at])).toEqual([
      [5, '2040-01-15T00:00:00.000Z'],
      [20, '2040-02-15T00:00:00.000Z'],
      [40, 'never'],
    ]);
    expect(journal.filter((row) => row.customer === own?.customer)[0]).toMatchObject({
      ...{ id: `${own?.customer}.2.0`, kind: 'adjusted', points: 10, balance_after: 10, reason: '=1+1', note: '@home' },
      lots: [{ lot: '128', points: 10, expires_at: '2040-01-15T00:00:00.000Z' }],
    });
  });

  it('L8: a journal that is read in pieces has no gap and no row twice, whatever is written and merged meanwhile', async () => {
    const { shop, users } = await lively();
    const before = await file(shop, 'journal.ndjson');
    const found: Record<string, unknown>[] = [];
    let after = '';
    for (let piece = 0; ; piece += 1) {
      const path = `/admin/v1/exports/journal.ndjson?limit=2${after === '' ? '' : `&after=${after}`}`;
      const { headers, body } = await shop.admin('GET', path);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      found.push(...text.split('\n').flatMap((row) => (row === '' ? [] : [JSON.parse(row)])));
      // everybody becomes somebody else while the file is read
      const [one = '', other = ''] = [users[piece], users[piece + 1]];
      if (piece < 3) await shop.admin('POST', `/admin/v1/customers/user:${one}/merge`, { into: `user:${other}` });
      if (piece < 3)
        await shop.admin('POST', `/admin/v1/customers/user:${users[3]}/points`, { points: 1, reason: 'x' });
      const next = headers.get('x-next-after');
      if (next === null) break;
      expect(next > after).toBe(true);
      after = next;
    }
    const ids = found.map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(before.map((row) => row.id)));
    expect([...ids].map(String).sort()).toEqual(ids);
  });

  it('is asked for by time, and refuses what is no time', async () => {
    const { shop } = await lively();
    const all = await file(shop, 'journal.ndjson');
    const at = String(all[2]?.at);
    expect(await file(shop, `journal.ndjson?from=${at}`)).toEqual(all.filter((row) => String(row.at) >= at));
    expect(await file(shop, `journal.ndjson?to=${Date.parse(at)}`)).toEqual(all.filter((row) => String(row.at) < at));
    for (const [query, field] of [
      ['from=soon', 'from'],
      ['limit=0', 'limit'],
      ['limit=10001', 'limit'],
      ['after=', 'after'],
      ['colour=red', 'colour'],
    ]) {
      const { status, body } = await shop.admin('GET', `/admin/v1/exports/journal.csv?${query}`);
      expect([status, body.errors[0].field], query).toEqual([400, field]);
    }
    expect((await shop.admin('GET', '/admin/v1/exports/balances.csv?from=1')).status).toBe(400);
  });

  it('INV-11: is no formula to a spreadsheet, and has a header even where nobody is there', async () => {
    const { shop, users } = await lively();
    const { headers, body } = await shop.admin('GET', '/admin/v1/exports/journal.csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = String(body).split('\r\n');
    expect(lines[0]).toMatch(/^id,customer,customer_now,at,recorded_at,kind,points,balance_after,/);
    expect(body).toContain(`,"'=1+1","'@home",`);
    expect(body).toMatch(/,-5,65,0,/);
    expect((await shop.admin('GET', '/admin/v1/exports/balances.csv')).body).toContain(`,"'+${users[0]}@x.com",`);
    const empty = await makeShop();
    for (const name of ['balances', 'lots', 'journal', 'opening-balances']) {
      expect(String((await empty.admin('GET', `/admin/v1/exports/${name}.csv`)).body)).toMatch(/^[a-z_,]+\r\n$/);
      expect((await empty.admin('GET', `/admin/v1/exports/${name}.ndjson`)).body).toBe('');
    }
    expect((await empty.admin('GET', '/admin/v1/exports/secrets.csv')).status).toBe(404);
  });

  it.each(['csv', 'ndjson'])('leaves with everything: lots of one shop are lots of another, as %s', async (format) => {
    const { shop, users } = await lively();
    const target = await makeShop({ layout: 'per_customer' });
    const [ann] = users;
    // one is known there already, the others come later
    await target.batch({ type: 'identify', userId: ann, traits: {} });
    const { programme } = (await target.admin('GET', '/admin/v1/programme')).body;
    await target.admin('PUT', '/admin/v1/programme', { ...programme, order: null, expiresAfterDays: 30 });
    const { body } = await shop.admin('GET', `/admin/v1/exports/lots.${format}`);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const done = await importPoints(target, { format, allowDebt: true }, text);
    expect(done.counts).toMatchObject({ lines: 7, given: 3, waiting: 4, refused: 0 });
    await target.batch(...users.slice(0, 5).map((user) => ({ type: 'identify', userId: user, traits: {} })));
    const held = async (of: TestShop) =>
      (await file(of, 'lots.ndjson'))
        .map(({ user_id, points, expires_at }) => [user_id, points, expires_at].join(' '))
        .sort();
    expect(await held(target)).toEqual(await held(shop));
  });
});

describe('what a shop stands for', () => {
  it('is the sum of what all customers hold, to the point, by the month it runs out', async () => {
    const { shop, users } = await lively();
    await importPoints(shop, {}, 'user_id,points\nw-1,1000\nw-2,500\n');
    const { programme } = (await shop.admin('GET', '/admin/v1/programme')).body;
    const wait = { after: 'paid', days: 14 };
    const waiting = await shop.admin('PUT', '/admin/v1/programme', { ...programme, earning: { wait } });
    expect(waiting.status, JSON.stringify(waiting.body)).toBe(200);
    await shop.batch(track(users[0] ?? '', 'Order Completed', order(`w-${users[0]}`, 30)));
    const [balances, lots] = [await file(shop, 'balances.ndjson'), await file(shop, 'lots.ndjson')];
    const { status, body } = await shop.admin('GET', '/admin/v1/liability');
    const held = lots.filter((row) => Number(row.points) > 0 && row.available_at === null);
    const notYet = lots.filter((row) => row.available_at !== null);
    expect(notYet).toMatchObject([{ user_id: users[0], points: 30, expires_at: null }]);
    expect(Date.parse(String(notYet[0]?.available_at))).toBeGreaterThan(Date.now() + 13 * DAY);
    const points = sumOf(held, 'points');
    expect([status, points]).toEqual([200, 125]);
    expect(body).toMatchObject({
      ...{ source: 'customers', currency: 'EUR', holders: 3, worth: { points: 100, worthMinor: 100 } },
      outstanding: { points, valueMinor: points },
      owed: { points: sumOf(balances, 'owed'), valueMinor: 30 },
      pending: { points: sumOf(balances, 'pending'), valueMinor: 30 },
      openingBalances: { balances: 2, points: 1500, valueMinor: 1500 },
    });
    expect(body.asOfMs).toBeGreaterThan(Date.now() - 60_000);
    const { months, later, never } = body.expiring;
    expect(months.length).toBe(36);
    expect(sumOf(months, 'points') + later.points + never.points).toBe(points);
    expect(later.points).toBe(
      sumOf(
        held.filter((row) => row.expires_at !== 'never'),
        'points',
      ),
    );
  });

  it('counts what is good to the end of a month in that month, and what has run out not at all', async () => {
    const shop = await makeShop({ mode: 'test' });
    const ann = newUser();
    await shop.batch(track(ann, 'A'));
    const { nowMs } = (await shop.admin('GET', '/admin/v1/clock')).body;
    const { months } = (await shop.admin('GET', '/admin/v1/liability')).body.expiring;
    const [, next] = months.map(({ month }: { month: string }) => month);
    // Europe/Berlin is ahead of UTC
    const begin = Date.parse(`${next}-01T00:00:00Z`) - (isSummer(next) ? 2 : 1) * 3_600_000;
    const give = (points: number, expiresAtMs: number) =>
      shop.admin('POST', `/admin/v1/customers/user:${ann}/points`, { points, reason: 'x', expiresAtMs });
    await give(1, begin);
    await give(2, begin + 1);
    const sums = async () => (await shop.admin('GET', '/admin/v1/liability')).body;
    expect((await sums()).expiring.months.slice(0, 2)).toMatchObject([{ points: 1 }, { points: 2 }]);
    await shop.admin('POST', '/admin/v1/clock', { toMs: begin });
    const after = await sums();
    expect([after.outstanding.points, after.expiring.months[0]]).toMatchObject([2, { month: next, points: 2 }]);
    expect(begin).toBeGreaterThan(nowMs);
  });

  it('INV-8: comes from the copies where every customer has an object of their own, and whole from a job', async () => {
    const shop = await makeShop({ layout: 'per_customer' });
    const [ann, bob] = [newUser(), newUser()];
    await shop.batch(track(ann, 'A'), track(bob, 'B'));
    const give = (user: string, points: number) =>
      shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points, reason: 'x', allowDebt: true });
    const told = [await give(ann, 150), await give(bob, -20)];
    expect(told.map(({ headers }) => headers.get('x-projected'))).toEqual(['true', 'true']);
    const { body } = await shop.admin('GET', '/admin/v1/liability');
    const same = { holders: 1, outstanding: { points: 150, valueMinor: 150 }, owed: { points: 20, valueMinor: 20 } };
    expect(body).toMatchObject({ source: 'copies', ...same, pending: null, expiring: null });
    const started = await shop.admin('POST', '/admin/v1/liability');
    expect(started.status).toBe(202);
    const { result } = await finished(shop, started.body.id);
    expect(result).toMatchObject({ source: 'customers', ...same, expiring: { never: { points: 150 } } });
  });
});

async function finished(shop: TestShop, id: string) {
  return (await jobsOf(env, shop.id).ended(id, 10_000)) ?? { result: null };
}

/** Whether a month begins in summer time where Berlin is. */
function isSummer(month: string): boolean {
  return ['04', '05', '06', '07', '08', '09', '10'].includes(month.slice(5));
}
