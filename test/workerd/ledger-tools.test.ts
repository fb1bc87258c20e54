/** Points by file: each line once, by whatever names its customer, tried before, and taken back as a whole. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { directoryOf } from '../../worker/directory/cache.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { crashingEnv } from './crashing.ts';
import { ended, importPoints, journalOf, PointsJob, pointsOf, startPoints, undone, upload } from './points-files.ts';
import { makeShop, newUser, type TestShop, track } from './shop.ts';

const zero = {
  lines: 0,
  given: 0,
  taken: 0,
  unchanged: 0,
  waiting: 0,
  duplicate: 0,
  skipped: 0,
  refused: 0,
  pointsGiven: 0,
  pointsTaken: 0,
  pointsWaiting: 0,
};

async function known(shop: TestShop, traits: object = {}): Promise<{ user: string; id: string; email: string }> {
  const user = newUser();
  const email = `${user}@example.com`;
  await shop.batch({ type: 'identify', userId: user, traits: { email, ...traits } });
  return { user, email, id: (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id };
}

describe('a file of points', () => {
  it('L2: reads thousands, blanks, repeats, e-mails in capitals and unknown ones, and reports each line', async () => {
    const shop = await makeShop();
    const [ann, bob] = [await known(shop), await known(shop)];
    const file =
      '\ufeffE-Mail;Points;Reason;Note\r\n' +
      `${ann.email.toUpperCase()};"52,620";Moved here;from Smile\r\n` +
      ';;;\r\n' +
      `${bob.email};12.5;;\r\n` +
      `${bob.email};;;\r\n` +
      `${bob.email};100;;\r\n` +
      `${ann.email};52 620;Moved here;\r\n` +
      'nobody@example.com;7;;\r\n' +
      `${bob.email};-101;;\r\n` +
      `not an address;5;;\r\n`;
    const done = await importPoints(shop, { reason: 'Points moved' }, file);
    expect(done.import).toMatchObject({ state: 'done', error: null });
    expect(done.counts).toEqual({
      ...zero,
      ...{ lines: 9, given: 3, waiting: 1, skipped: 1, refused: 4 },
      ...{ pointsGiven: 105_340, pointsWaiting: 7 },
    });
    expect(done.lines).toEqual([
      { line: 2, verdict: 'given', customer: ann.id, points: 52_620, balance: 52_620 },
      { line: 3, verdict: 'skipped' },
      { line: 4, verdict: 'refused', field: 'points', rule: 'must be a whole number' },
      { line: 5, verdict: 'refused', field: 'points', rule: 'is required' },
      { line: 6, verdict: 'given', customer: bob.id, points: 100, balance: 100 },
      {
        ...{ line: 7, verdict: 'given', customer: ann.id, points: 52_620, balance: 105_240 },
        note: 'line 2 is about the same customer',
      },
      { line: 8, verdict: 'waiting', customer: null, points: 7 },
      {
        ...{ line: 9, verdict: 'refused', field: 'points', rule: 'must not take more than the balance of 100' },
        note: 'line 6 is about the same customer',
      },
      { line: 10, verdict: 'refused', field: 'email', rule: 'must be an e-mail address' },
    ]);
    const { items } = (await shop.admin('GET', `/admin/v1/customers/${ann.id}/points`)).body;
    expect(items).toMatchObject([
      { kind: 'adjusted', points: 52_620, reason: 'Moved here', note: null },
      { kind: 'adjusted', points: 52_620, reason: 'Moved here', note: 'from Smile' },
    ]);
    expect(await pointsOf(shop, bob.id)).toEqual({ balance: 100, debt: 0, lifetime: 100 });
  });

  it('INV-2, L2: does nothing when it comes again, whoever was seen meanwhile, unless it has another key', async () => {
    const shop = await makeShop();
    const [ann, late] = [await known(shop), newUser()];
    const file = `user_id,points,reason\n${ann.user},100,a\n${ann.user},-30,b\n${late},5,c\n`;
    const first = await importPoints(shop, {}, file);
    expect(first.counts).toMatchObject({ given: 1, taken: 1, waiting: 1 });
    // cut elsewhere, it is the same file
    const again = await importPoints(shop, {}, file.slice(0, 30), file.slice(30));
    const note = `it came with the import ${first.id}`;
    expect(again.lines).toEqual([
      { line: 2, verdict: 'duplicate', customer: ann.id, note },
      { line: 3, verdict: 'duplicate', customer: ann.id, note: `${note}; line 2 is about the same customer` },
      { line: 4, verdict: 'duplicate', customer: null, note },
    ]);
    await shop.batch(track(late, 'Played'));
    expect((await importPoints(shop, { dryRun: true }, file)).counts).toEqual({ ...zero, lines: 3, duplicate: 3 });
    expect((await importPoints(shop, {}, file)).counts).toEqual({ ...zero, lines: 3, duplicate: 3 });
    expect([await pointsOf(shop, ann.id), await pointsOf(shop, `user:${late}`)]).toMatchObject([
      { balance: 70 },
      { balance: 5 },
    ]);
    const otherwise = { thousands: 'comma', reason: 'Again', allowDebt: true };
    expect((await importPoints(shop, otherwise, file)).counts).toEqual({ ...zero, lines: 3, duplicate: 3 });
    for (const times of [1, 2]) {
      const keyed = await importPoints(shop, { key: 'may' }, file);
      expect(keyed.counts, `${times}`).toMatchObject(times === 1 ? { given: 2, taken: 1 } : { duplicate: 3 });
    }
    expect(await pointsOf(shop, ann.id)).toMatchObject({ balance: 140 });
    const other = await importPoints(shop, { key: 'may' }, `${file}${ann.user},1,d\n`);
    expect([other.import.state, other.import.error, other.counts.lines]).toEqual([
      'failed',
      'Another file, or the other mode, came with this key before.',
      0,
    ]);
  });

  it('says in a dry run what the import then does, line by line, and changes nothing', async () => {
    const shop = await makeShop();
    const [ann, bob] = [await known(shop), await known(shop)];
    await shop.admin('POST', `/admin/v1/customers/${bob.id}/points`, { points: 40, reason: 'x' });
    // the second page is held against what the first would have left
    const many = Array.from({ length: 500 }, () => `${ann.user},1,,`);
    const end = [
      `${ann.user},-501,,`,
      `${ann.user},-500,,`,
      `${bob.user},-41,,`,
      `${bob.user},-40,,`,
      'x-9,3,,2040-01-01',
    ];
    const file = `user_id,points,reason,expires_at\n${[...many, ...end, 'x-9,-3,,'].join('\n')}\n`;
    const before = [await journalOf(shop, ann.id), await journalOf(shop, bob.id)];
    const dry = await importPoints(shop, { dryRun: true }, file);
    expect([await journalOf(shop, ann.id), await journalOf(shop, bob.id)]).toEqual(before);
    expect(await directoryOf(env, shop.id).openings(0, 10)).toEqual([]);
    expect(dry.counts).toEqual({
      ...zero,
      ...{ lines: 506, given: 500, taken: 2, waiting: 1, refused: 3 },
      ...{ pointsGiven: 500, pointsTaken: 540, pointsWaiting: 3 },
    });
    const real = await importPoints(shop, {}, file);
    expect([real.lines, real.counts]).toEqual([dry.lines, dry.counts]);
    expect([await pointsOf(shop, ann.id), await pointsOf(shop, bob.id)]).toMatchObject([
      { balance: 0 },
      { balance: 0 },
    ]);
  });

  it('sets balances: what is missing is given, what is too much is taken, and nobody is set twice', async () => {
    const shop = await makeShop();
    const [ann, bob, eve] = [await known(shop), await known(shop), await known(shop)];
    for (const { id } of [ann, bob, eve])
      await shop.admin('POST', `/admin/v1/customers/${id}/points`, { points: 50, reason: 'x' });
    const file = `email,balance\n${ann.email},80\n${bob.email},20\n${eve.email},50\n${ann.email},1\nnew@example.com,9\n`;
    const set = { mode: 'set', reason: 'As before' };
    const refused = await importPoints(shop, {}, file);
    expect([refused.import.state, refused.lines]).toEqual([
      'failed',
      [{ line: 1, verdict: 'refused', field: 'balance', rule: 'says what is to be had: import it with the mode set' }],
    ]);
    const dry = await importPoints(shop, { ...set, dryRun: true }, file);
    const done = await importPoints(shop, set, file);
    expect(done.lines).toEqual(dry.lines);
    expect(done.lines).toEqual([
      { line: 2, verdict: 'given', customer: ann.id, points: 30, balance: 80 },
      { line: 3, verdict: 'taken', customer: bob.id, points: -30, balance: 20 },
      { line: 4, verdict: 'unchanged', customer: eve.id, points: 0, balance: 50 },
      { line: 5, verdict: 'refused', field: 'line', rule: 'line 2 is about the same customer' },
      { line: 6, verdict: 'waiting', customer: null, points: 9 },
    ]);
    await shop.admin('POST', `/admin/v1/customers/${eve.id}/points`, { points: 5, reason: 'x' });
    await importPoints(shop, set, file);
    expect(await pointsOf(shop, eve.id)).toMatchObject({ balance: 55 });
    // what waits is set as well, higher and lower
    for (const [balance, points] of [
      [20, 11],
      [15, -5],
    ]) {
      const more = `email,balance\nNEW@example.com,${balance}\n`;
      const dry = await importPoints(shop, { ...set, dryRun: true }, more);
      const told = await importPoints(shop, set, more);
      expect([told.lines, dry.lines]).toEqual(Array(2).fill([{ line: 2, verdict: 'waiting', customer: null, points }]));
    }
    await shop.batch({ type: 'identify', userId: newUser(), traits: { email: 'new@example.com' } });
    expect(await pointsOf(shop, 'email:new@example.com')).toMatchObject({ balance: 15 });
  });

  it('knows customers by every name, refuses who is doubtful, and follows who moved', async () => {
    const shop = await makeShop();
    const [ann, bob, old] = [await known(shop, { phone: '+4930123456' }), await known(shop), await known(shop)];
    await shop.admin('POST', `/admin/v1/customers/${old.id}/merge`, { into: ann.id });
    const file =
      'customer_id,user_id,email,phone,points\n' +
      `${old.id},,,,1\n` +
      `,${old.user},${ann.email},,2\n` +
      ',,,0049 30 123456,4\n' +
      `,${ann.user},${bob.email},,8\n` +
      `${ann.id}x,,,,16\n` +
      `,${bob.user},,+4930123456,32\n` +
      ',,,,64\n';
    const done = await importPoints(shop, { unknown: 'refuse' }, file);
    const verdicts = done.lines.map(({ verdict, customer, rule }: Record<string, string>) => [
      verdict,
      customer ?? rule,
    ]);
    expect(verdicts).toEqual([
      ['given', ann.id],
      ['given', ann.id],
      ['given', ann.id],
      ['refused', 'names more than one customer'],
      ['refused', 'is no customer of this shop'],
      ['given', bob.id],
      ['refused', expect.stringContaining('names nobody')],
    ]);
    expect((await importPoints(shop, { unknown: 'refuse' }, 'email,points\na@b.c,1\n')).lines).toMatchObject([
      { verdict: 'refused', rule: 'names nobody who is known' },
    ]);
  });

  it('reads expiry by the calendar of the shop, and leaves what says nothing to the programme', async () => {
    const shop = await makeShop();
    const { programme } = (await shop.admin('GET', '/admin/v1/programme')).body;
    await shop.admin('PUT', '/admin/v1/programme', { ...programme, expiresAfterDays: 10 });
    const ann = await known(shop);
    const rows = [
      '1,never',
      '2,2040-12-31',
      '4,2040-06-01T10:00:00Z',
      '8,',
      '16,2001-01-01',
      '32,2190-01-01',
      '-1,never',
    ];
    const file = `user_id,points,expires_at\n${rows.map((row) => `${ann.user},${row}\n`).join('')}`;
    const done = await importPoints(shop, {}, file);
    expect(done.lines.slice(4).map(({ field, rule }: Record<string, string>) => [field, rule])).toEqual([
      ['expires_at', 'must be in the future'],
      ['expires_at', 'must be before the year 2189'],
      ['expires_at', 'is only for points that are given'],
    ]);
    const lots = (await journalOf(shop, ann.id)).flatMap(({ lots }) => lots);
    expect(lots.map(({ points, expiresAtMs }) => [points, expiresAtMs]).reverse()).toEqual([
      [1, null],
      [2, Date.UTC(2040, 11, 31, 23)],
      [4, Date.UTC(2040, 5, 1, 10)],
      [8, expect.closeTo(Date.now() + 864_000_000, -5)],
    ]);
  });

  it('INV-2: each line once, and counted as before, whichever call dies, heard or not', async () => {
    let lived = false;
    for (let at = 0; !lived; at += 1) {
      const shop = await makeShop();
      const [ann, bob] = [await known(shop), await known(shop)];
      const rows = Array.from({ length: 520 }, (_, line) => `${line % 2 === 0 ? ann.user : bob.user},${line}`);
      const job = new PointsJob(shop, {}, `user_id,points\n${rows.join('\n')}\nw-1,7\nw-2,8\n`);
      lived = await job.run(crashingEnv({ at, when: at % 2 === 0 ? 'after' : 'before' }));
      expect(job.result).toMatchObject({ lines: 522, given: 519, refused: 1, waiting: 2, pointsWaiting: 15 });
      expect((await pointsOf(shop, ann.id))?.balance).toBe(260 * 259);
      expect((await pointsOf(shop, bob.id))?.balance).toBe(260 * 260);
      const waiting = await directoryOf(env, shop.id).openings(0, 10);
      expect(waiting.map(({ points }) => points)).toEqual([7, 8]);
    }
  }, 60_000);
});

describe('taking an import back', () => {
  it('L4: rows of their own take each line back once, from its own lot, and name the import', async () => {
    const shop = await makeShop();
    const [ann, bob, eve] = [await known(shop), await known(shop), await known(shop)];
    const give = (id: string, points: number, expiresAtMs?: number) =>
      shop.admin('POST', `/admin/v1/customers/${id}/points`, { points, reason: 'own', expiresAtMs });
    const [soon, later] = [Date.now() + 86_400_000, Date.now() + 90 * 86_400_000];
    await give(ann.id, 10, soon);
    await give(bob.id, 40, later);
    await give(eve.id, 5);
    const file = `user_id,points,reason\n${ann.user},100,Gift\n${bob.user},-30,Mistake\n${eve.user},50,\nw-1,7,\n`;
    const done = await importPoints(shop, {}, file);
    await give(eve.id, -52);
    const undo = await undone(shop, done.id, { note: 'wrong file' });
    expect(undo.lines).toEqual([
      { line: 2, verdict: 'undone', customer: ann.id, points: -100 },
      { line: 3, verdict: 'undone', customer: bob.id, points: 30 },
      { line: 4, verdict: 'undone', customer: eve.id, points: -50, owed: 47 },
      { line: 5, verdict: 'withdrawn', customer: null, points: -7 },
    ]);
    const counts = { pointsTaken: 150, pointsOwed: 47, pointsGiven: 30, pointsWithdrawn: 7, pointsMissing: 0 };
    expect(undo).toMatchObject({ state: 'done', counts: { lines: 4, undone: 3, withdrawn: 1, ...counts } });
    expect(await undone(shop, done.id)).toEqual(undo);
    expect([await pointsOf(shop, ann.id), await pointsOf(shop, bob.id), await pointsOf(shop, eve.id)]).toEqual([
      { balance: 10, debt: 0, lifetime: 10 },
      { balance: 40, debt: 0, lifetime: 40 },
      { balance: -47, debt: 47, lifetime: 5 },
    ]);
    const [back, gift] = await journalOf(shop, ann.id);
    expect(back?.lots).toEqual([{ ...gift?.lots[0], points: -100 }]);
    expect(back).toMatchObject({ kind: 'adjusted', reason: 'Gift', note: 'wrong file' });
    const [given] = await journalOf(shop, bob.id);
    expect(given?.lots).toMatchObject([{ points: 30, expiresAtMs: later }]);
    const exported = (await shop.admin('GET', '/admin/v1/exports/journal.ndjson')).body as string;
    const rows = exported.split('\n').flatMap((row) => (row === '' ? [] : [JSON.parse(row)]));
    expect(rows.filter((row) => row.customer === ann.id).map((row) => row.import)).toEqual([
      null,
      `${done.id}:2`,
      `${done.id}:2`,
    ]);
    // it still counts as imported
    expect((await importPoints(shop, {}, file)).counts).toEqual({ ...zero, lines: 4, duplicate: 4 });
  });

  it('lets go what was spent where nobody owes, and says so', async () => {
    const shop = await makeShop();
    const { programme } = (await shop.admin('GET', '/admin/v1/programme')).body;
    await shop.admin('PUT', '/admin/v1/programme', { ...programme, overdrawn: 'stop_at_zero' });
    const ann = await known(shop);
    const done = await importPoints(shop, {}, `user_id,points\n${ann.user},100\n`);
    await shop.admin('POST', `/admin/v1/customers/${ann.id}/points`, { points: -70, reason: 'x' });
    const undo = await undone(shop, done.id);
    expect(undo.lines).toEqual([{ line: 2, verdict: 'partly', customer: ann.id, points: -30, missing: 70 }]);
    expect(undo.counts).toMatchObject({ partly: 1, pointsTaken: 30, pointsMissing: 70 });
    expect(await pointsOf(shop, ann.id)).toEqual({ balance: 0, debt: 0, lifetime: 0 });
  });

  it('takes back what was credited of an opening balance, of whoever its customer is by now', async () => {
    const shop = await makeShop();
    const [ann, bob] = [newUser(), newUser()];
    const done = await importPoints(shop, {}, `user_id,points\n${ann},100\n${bob},5\n`);
    await shop.batch(track(ann, 'A'), track(bob, 'B'));
    await shop.admin('POST', `/admin/v1/customers/user:${ann}/merge`, { into: `user:${bob}` });
    expect((await pointsOf(shop, `user:${bob}`))?.balance).toBe(105);
    const undo = await undone(shop, done.id);
    expect(undo.counts).toMatchObject({ undone: 2, pointsTaken: 105 });
    expect((await pointsOf(shop, `user:${bob}`))?.balance).toBe(0);
  });

  it('takes back what an import had done that was cut short, and of the page that nobody reported', async () => {
    const shop = await makeShop();
    const ann = await known(shop);
    const rows = Array.from({ length: 700 }, () => `${ann.user},1`);
    const id = await cutShort(shop, `user_id,points\n${rows.join('\n')}\nw-1,7\n`);
    expect(await pointsOf(shop, ann.id)).toMatchObject({ balance: 700 });
    const { import: cut } = await ended(shop, id);
    expect([cut.state, cut.counts.given]).toEqual(['cancelled', 500]);
    const undo = await undone(shop, id);
    expect(undo.counts).toMatchObject({ undone: 700, withdrawn: 1, pointsTaken: 700 });
    expect(await pointsOf(shop, ann.id)).toEqual({ balance: 0, debt: 0, lifetime: 0 });
  });

  it('INV-2: is done once, whichever call dies', async () => {
    let lived = false;
    for (let at = 0; !lived; at += 1) {
      const shop = await makeShop();
      const [ann, late] = [await known(shop), newUser()];
      const done = await importPoints(shop, {}, `user_id,points\n${ann.user},100\n${late},5\nw-1,7\n`);
      await shop.batch(track(late, 'Played'));
      const job = new PointsJob(shop, { import: done.id, reason: null, note: null }, '', 'points_import_undo');
      lived = await job.run(crashingEnv({ at, when: at % 2 === 0 ? 'before' : 'after' }));
      expect(job.result).toMatchObject({ lines: 3, undone: 2, withdrawn: 1, pointsTaken: 105, pointsWithdrawn: 7 });
      expect([await pointsOf(shop, ann.id), await pointsOf(shop, `user:${late}`)]).toMatchObject([
        { balance: 0 },
        { balance: 0 },
      ]);
    }
  }, 60_000);

  it('refuses while the import runs, and of a dry run', async () => {
    const shop = await makeShop();
    const { id } = (await shop.admin('POST', '/admin/v1/points-imports', { format: 'csv' })).body;
    const dry = await importPoints(shop, { dryRun: true }, 'user_id,points\nu,1\n');
    for (const one of [id, dry.id])
      expect((await shop.admin('POST', `/admin/v1/points-imports/${one}/undo`, {})).status).toBe(409);
  });
});

describe('points by hand', () => {
  it('L5: go below zero only where that is said, and are marked as owed', async () => {
    const shop = await makeShop();
    const ann = await known(shop);
    const path = `/admin/v1/customers/${ann.id}/points`;
    const refused = await shop.admin('POST', path, { points: -10, reason: 'x' });
    expect([refused.status, refused.body.key]).toEqual([422, 'insufficient_points']);
    const allowed = await shop.admin('POST', path, { points: -10, reason: 'x', allowDebt: true });
    expect(allowed.body).toMatchObject({ balance: -10, entry: { points: -10, debtChange: 10, lots: [] } });
    const file = `user_id,points\n${ann.user},-5\n`;
    expect((await importPoints(shop, {}, file)).counts).toMatchObject({ refused: 1 });
    const other = `${file}\n`;
    expect((await importPoints(shop, { allowDebt: true }, other)).counts).toMatchObject({ taken: 1, pointsTaken: 5 });
    await shop.admin('POST', path, { points: 20, reason: 'x' });
    expect(await pointsOf(shop, ann.id)).toMatchObject({ balance: 5, debt: 0 });
  });
});

describe('the API of points imports', () => {
  const wanted = { format: 'csv' };

  it('INV-14: refuses what it does not know, naming the field', async () => {
    const shop = await makeShop();
    const bad: [object, string][] = [
      [{}, 'format'],
      [{ format: 'xlsx' }, 'format'],
      [{ ...wanted, mode: 'reset' }, 'mode'],
      [{ ...wanted, mode: 'set', allowDebt: true }, 'allowDebt'],
      [{ ...wanted, dryRun: 1 }, 'dryRun'],
      [{ ...wanted, unknown: 'make' }, 'unknown'],
      [{ ...wanted, thousands: ',' }, 'thousands'],
      [{ ...wanted, reason: '' }, 'reason'],
      [{ ...wanted, reason: 'x'.repeat(201) }, 'reason'],
      [{ ...wanted, note: 5 }, 'note'],
      [{ ...wanted, key: '' }, 'key'],
      [{ ...wanted, colour: 'red' }, 'colour'],
      [{ format: 'ndjson', columns: { a: 'points' } }, 'columns'],
    ];
    for (const [body, field] of bad) {
      const { status, body: problem } = await shop.admin('POST', '/admin/v1/points-imports', body);
      const fields = problem.errors?.map((error: { field: string }) => error.field);
      expect([status, fields], JSON.stringify(body)).toEqual([400, [field]]);
    }
    expect((await shop.admin('GET', '/admin/v1/jobs')).body.items).toEqual([]);
  });

  it('INV-10: knows nothing of another shop or another kind of import, and neither is known there', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = (await shop.admin('POST', '/admin/v1/points-imports', wanted)).body;
    const list = (await shop.admin('POST', '/admin/v1/imports', { ...wanted, kind: 'customers' })).body.id;
    for (const [who, path] of [
      [other, `points-imports/${id}`],
      [shop, `points-imports/${list}`],
      [shop, `imports/${id}`],
    ] as const) {
      expect((await who.admin('GET', `/admin/v1/${path}`)).status, path).toBe(404);
      expect((await who.admin('POST', `/admin/v1/${path}/start`, { parts: 1 })).status, path).toBe(404);
      expect((await who.admin('POST', `/admin/v1/${path}/cancel`)).status, path).toBe(404);
    }
    expect(await upload(other, id, 1, 'x')).toBe(404);
    expect((await shop.admin('GET', `/admin/v1/points-imports/${id}`)).body.state).toBe('uploading');
  });

  it('asks for the scope points', async () => {
    const shop = await makeShop();
    const narrow = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['customers'] })).body.secret;
    const headers = { Authorization: `Bearer ${narrow}` };
    expect((await shop.admin('POST', '/admin/v1/points-imports', wanted, headers)).status).toBe(403);
  });

  it('refuses a file of too many lines before it does anything', async () => {
    const shop = await makeShop();
    const file = `user_id,points\n${'u,1\n'.repeat(100_001)}`;
    const done = await importPoints(shop, {}, file);
    expect([done.import.state, done.import.error, done.counts]).toEqual([
      'failed',
      'The file has more than 100000 lines.',
      zero,
    ]);
  });

  it('is read by the page, and shows how far it is', async () => {
    const shop = await makeShop();
    const id = await startPoints(shop, {}, `user_id,points\n${'w,1\n'.repeat(5)}`);
    const { import: done } = await ended(shop, id);
    expect(done.progress).toEqual({ done: 35 - 0, total: 35 });
    const [first, cursor] = await page(shop, id, '');
    const [second, none] = await page(shop, id, `&cursor=${cursor}`);
    expect([first, second, none]).toEqual([[2, 3, 4], [5, 6], null]);
    expect((await jobsOf(env, shop.id).job(id))?.kind).toBe('points_import');
  });
});

async function page(shop: TestShop, id: string, cursor: string): Promise<[number[], string | null]> {
  const { body } = await shop.admin('GET', `/admin/v1/points-imports/${id}/lines?limit=3${cursor}`);
  return [body.items.map((item: { line: number }) => item.line), body.nextCursor];
}

/** An import whose second page was done, and cancelled before anybody heard of it. */
async function cutShort(shop: TestShop, file: string): Promise<string> {
  const kind = JOB_KINDS.points_import;
  if (kind === undefined) throw new Error('no such kind');
  const heard = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let steps = 0;
  const step: typeof kind.step = async (call) => {
    const outcome = await kind.step(call);
    steps += 1;
    if (steps < 3) return outcome;
    heard.resolve();
    await asked.promise;
    throw new Error('crashed');
  };
  JOB_KINDS.points_import = { ...kind, step };
  try {
    const id = await startPoints(shop, {}, file);
    await heard.promise;
    await shop.admin('POST', `/admin/v1/points-imports/${id}/cancel`);
    asked.resolve();
    await jobsOf(env, shop.id).ended(id, 10_000);
    return id;
  } finally {
    JOB_KINDS.points_import = kind;
  }
}
