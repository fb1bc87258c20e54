/** Files of people who are on a list, or no longer: each line once, consent beside it, and nothing that was not asked for. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { all } from './segment-book.ts';
import { makeShop, newUser, type TestShop, track, worker } from './shop.ts';

const SINCE = Date.UTC(2023, 4, 1, 10);

async function upload(shop: TestShop, id: string, body: string): Promise<void> {
  const headers = { Authorization: `Bearer ${shop.keys.secret}` };
  const path = `https://edge.test/admin/v1/imports/${id}/parts/1`;
  expect((await worker.fetch(new Request(path, { method: 'PUT', headers, body }))).status).toBe(200);
}

async function importFile(shop: TestShop, about: object, file: string) {
  const made = await shop.admin('POST', '/admin/v1/imports', { kind: 'list', format: 'csv', ...about });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id } = made.body;
  await upload(shop, id, file);
  expect((await shop.admin('POST', `/admin/v1/imports/${id}/start`, { parts: 1 })).status).toBe(202);
  await jobsOf(env, shop.id).ended(id, 10_000);
  const read = await shop.admin('GET', `/admin/v1/imports/${id}`);
  const lines = await shop.admin('GET', `/admin/v1/imports/${id}/lines?limit=1000`);
  return { id, import: read.body, counts: read.body.counts, lines: lines.body.items };
}

async function makeList(shop: TestShop, name = 'Newsletter'): Promise<string> {
  return (await shop.admin('POST', '/admin/v1/lists', { name })).body.id;
}

async function listsOf(shop: TestShop, ref: string) {
  const { status, body } = await shop.admin('GET', `/admin/v1/customers/${ref}/segments`);
  return status === 200 ? body.lists : null;
}

const customer = async (shop: TestShop, ref: string) => (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body;

const timeline = async (shop: TestShop, ref: string) =>
  (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline`)).body.items;

const zero = { lines: 0, created: 0, updated: 0, duplicate: 0, skipped: 0, refused: 0, failed: 0, newCustomers: 0 };

describe('an import of a list', () => {
  it('puts people on it since their own day, by whatever names them, with their consent and its proof', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const [known, fresh] = [newUser(), newUser()];
    await shop.batch({ type: 'identify', userId: known, traits: { email: `${known}@example.com`, city: 'Köln' } });
    const file =
      'User ID;E-Mail;Phone;Subscribed at;channel;state;method;form;at\r\n' +
      `${known};;;2023-05-01T12:00:00;email;subscribed;form;footer;\r\n` +
      `;${fresh}@Example.com;;2023-05-01T12:00:00;;;;;\r\n` +
      ';;+49 30 123456;;sms;unsubscribed;;;2023-05-01T12:00:00\r\n' +
      ';;;;;;;;\r\n';
    const done = await importFile(shop, { list }, file);
    expect([done.counts, done.lines]).toEqual([{ ...zero, lines: 4, created: 3, skipped: 1, newCustomers: 2 }, []]);
    expect(done.import).toMatchObject({ kind: 'list', list, change: 'added', state: 'done' });
    for (const ref of [`user:${known}`, `email:${fresh}@example.com`])
      expect(await listsOf(shop, ref)).toEqual([{ id: list, name: 'Newsletter', sinceMs: SINCE }]);
    expect((await listsOf(shop, 'phone:+4930123456'))[0].sinceMs).toBeGreaterThan(SINCE);
    const [row] = await timeline(shop, `user:${known}`);
    expect(row).toMatchObject({
      name: 'Subscribed to List',
      atMs: SINCE,
      source: 'import',
      backfill: true,
      properties: { list, list_name: 'Newsletter' },
    });
    const { consents, traits } = await customer(shop, `user:${known}`);
    expect(consents[0]).toMatchObject({
      channel: 'email',
      state: 'subscribed',
      atMs: SINCE,
      source: 'import',
      proof: { method: 'form', form: 'footer' },
      canReceive: true,
    });
    expect(traits).toMatchObject({ email: `${known}@example.com`, city: 'Köln' });
    const phone = await customer(shop, 'phone:+4930123456');
    expect(phone.traits).toEqual({ phone: '+4930123456' });
    expect(phone.consents[1]).toMatchObject({ channel: 'sms', state: 'unsubscribed', atMs: SINCE });
    expect((await customer(shop, `email:${fresh}@example.com`)).firstSeenMs).toBe(SINCE);
  });

  it('takes NDJSON, keeps the earlier day, and segments that ask for the list follow', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const definition = all({ type: 'profile-group-membership', is_member: true, group_ids: [list] });
    const { segment } = (await shop.admin('POST', '/admin/v1/segments', { name: 'On it', definition })).body;
    const user = newUser();
    const line = (subscribed_at: string) => JSON.stringify({ userId: user, subscribed_at });
    const file = [line('2024-01-01T00:00:00Z'), line('2023-05-01T10:00:00Z'), line('2025-01-01T00:00:00Z')].join('\n');
    const done = await importFile(shop, { list, format: 'ndjson' }, file);
    expect(done.counts).toEqual({ ...zero, lines: 3, created: 1, updated: 1, duplicate: 1, newCustomers: 1 });
    expect(await listsOf(shop, `user:${user}`)).toMatchObject([{ sinceMs: SINCE }]);
    const { segments } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/segments`)).body;
    expect(segments).toMatchObject([{ id: segment.id }]);
  });

  it('takes people off, whom it knows, and says nothing else of them', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const user = newUser();
    await importFile(shop, { list }, `user_id,email\n${user},${user}@example.com\n`);
    const file = `user_id,email,subscribed_at\n${user},other@example.com,2023-05-01T10:00:00Z\nstranger,,\n,who@example.com,\n`;
    const dry = await importFile(shop, { list, change: 'removed', dryRun: true }, file);
    expect([dry.counts, await listsOf(shop, `user:${user}`)]).toMatchObject([
      { lines: 3, created: 1, skipped: 2 },
      [{ id: list }],
    ]);
    const done = await importFile(shop, { list, change: 'removed' }, file);
    expect(done.counts).toEqual({ ...zero, lines: 3, created: 1, skipped: 2 });
    expect(done.lines).toEqual([
      { line: 3, verdict: 'skipped', note: 'nobody is known by it' },
      { line: 4, verdict: 'skipped', note: 'nobody is known by it' },
    ]);
    expect(await listsOf(shop, `user:${user}`)).toEqual([]);
    expect((await timeline(shop, `user:${user}`))[0]).toMatchObject({ name: 'Unsubscribed from List', backfill: true });
    expect((await customer(shop, `user:${user}`)).traits.email).toBe(`${user}@example.com`);
    expect(await listsOf(shop, 'user:stranger')).toBe(null);
    expect(await listsOf(shop, 'email:who@example.com')).toBe(null);
  });

  it('says in a dry run what each line would do, and changes nothing', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const [known, fresh] = [newUser(), newUser()];
    await shop.batch(track(known, 'Seen'));
    const { id, seq } = await customer(shop, `user:${known}`);
    const file = `user_id,subscribed_at\n${known},2023-05-01\n${fresh},\n${fresh},\nnull,\n${known},2999-01-01\n`;
    const done = await importFile(shop, { list, dryRun: true }, file);
    expect(done.counts).toEqual({ ...zero, lines: 5, created: 2, duplicate: 1, refused: 2, newCustomers: 1 });
    expect(done.lines).toEqual([
      { line: 2, verdict: 'created', customer: id },
      { line: 3, verdict: 'created', customer: null },
      { line: 4, verdict: 'duplicate', customer: null },
      { line: 5, verdict: 'refused', field: 'user_id', rule: expect.stringContaining('placeholder') },
      { line: 6, verdict: 'refused', field: 'subscribed_at', rule: expect.stringContaining('future') },
    ]);
    expect([(await customer(shop, `user:${known}`)).seq, await listsOf(shop, `user:${known}`)]).toEqual([seq, []]);
    expect(await listsOf(shop, `user:${fresh}`)).toBe(null);
  });

  it.each(['added', 'removed'])(
    'counts who is there already as what they are, in a dry run as well: %s',
    async (change) => {
      const shop = await makeShop();
      const list = await makeList(shop);
      const [ann, bob, eve, joe, new1, new2] = Array.from({ length: 6 }, () => newUser());
      await shop.batch(...[ann, bob, eve, joe].map((user) => track(user ?? '', 'Seen')));
      const members = [ann, bob, eve].map((user) => `${user},2023-05-01T10:00:00Z`).join('\n');
      await importFile(shop, { list }, `user_id,subscribed_at\n${members}\n`);
      const file =
        'user_id,email,subscribed_at,channel,state,at\n' +
        `${ann},,2024-01-01T00:00:00Z,,,\n` +
        `${bob},,2022-01-01T00:00:00Z,,,\n` +
        `${bob},,2022-06-01T00:00:00Z,,,\n` +
        `${eve},,,sms,subscribed,2023-05-01T10:00:00Z\n` +
        `${eve},,,sms,subscribed,2023-05-01T10:00:00Z\n` +
        `${joe},,,,,\n` +
        `${joe},,,,,\n` +
        `${new1},${new1}@example.com,2024-01-01T00:00:00Z,email,subscribed,2024-01-01T00:00:00Z\n` +
        `,${new1}@example.com,2023-01-01T00:00:00Z,,,\n` +
        `,${new1}@example.com,2025-01-01T00:00:00Z,email,unsubscribed,2025-01-01T00:00:00Z\n` +
        `${new2},,,,,\n`;
      const on = 'duplicate updated duplicate updated duplicate created duplicate created updated updated created';
      const off = 'created created duplicate created duplicate duplicate duplicate skipped skipped skipped skipped';
      const verdicts = change === 'added' ? on : off;
      for (const dryRun of [true, false]) {
        const told = await importFile(shop, { list, change, dryRun, report: 'all' }, file);
        const found = told.lines.map(({ verdict }: { verdict: string }) => verdict);
        expect([dryRun, found.join(' ')]).toEqual([dryRun, verdicts]);
      }
      const again = await importFile(shop, { list, change }, file);
      const known = change === 'added' ? { duplicate: 11 } : { duplicate: 7, skipped: 4 };
      expect(again.counts).toEqual({ ...zero, lines: 11, ...known });
    },
  );

  it.each([true, false])('remembers who is on it over all pages of a file; a dry run: %s', async (dryRun) => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const [known, fresh] = [newUser(), newUser()];
    await shop.batch(track(known, 'Seen'));
    const blank = ',\n'.repeat(600);
    const file =
      `user_id,subscribed_at\n${known},2024-01-01\n${fresh},2024-01-01\n${blank}` +
      `${known},2023-01-01\n${known},\n${fresh},2025-01-01\n`;
    const { counts } = await importFile(shop, { list, dryRun }, file);
    const verdicts = { created: 2, updated: 1, duplicate: 2, skipped: 600 };
    expect(counts).toEqual({ ...zero, lines: 605, ...verdicts, newCustomers: 1 });
  });

  it('refuses hostile and half-said lines by field and rule, and goes on', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const user = newUser();
    const file =
      'user_id,email,phone,subscribed_at,channel,state,at\n' +
      '"=cmd|\' /C calc\'!A0",,,,,,\n' +
      ',=1+1,,,,,\n' +
      ',,030 123456,,,,\n' +
      '1.23E+11,,,,,,\n' +
      '"a\u0007b",,,,,,\n' +
      `${user},,,yesterday,,,\n` +
      `${user},,,1700000000,,,\n` +
      `${user},,,,email,,2023-05-01\n` +
      `${user},,,,email,subscribed,\n` +
      `${user},,,,fax,subscribed,2023-05-01\n` +
      `${user},,,,,,2023-05-01\n` +
      `${user},,,,email,subscribed,never\n` +
      `"${user},never closed,,,,,\n` +
      `${user},,,,,,,too many\n` +
      `${user},,,,,,\n`;
    const done = await importFile(shop, { list }, file);
    expect(done.counts).toEqual({ ...zero, lines: 15, created: 2, refused: 13, newCustomers: 2 });
    expect(done.lines.map(({ line, field }: { line: number; field: string }) => [line, field])).toEqual([
      [3, 'email'],
      [4, 'phone'],
      [5, 'user_id'],
      [6, 'user_id'],
      [7, 'subscribed_at'],
      [8, 'subscribed_at'],
      [9, 'state'],
      [10, 'at'],
      [11, 'channel'],
      [12, 'channel'],
      [13, 'at'],
      [14, 'line'],
      [15, 'column 8'],
    ]);
    expect(await timeline(shop, `user:${user}`)).toHaveLength(1);
    // a text that looks like a formula is a name like any other
    expect(await listsOf(shop, `user:${encodeURIComponent("=cmd|' /C calc'!A0")}`)).toMatchObject([{ id: list }]);
  });

  it('refuses a file that names nobody or has columns that it does not know', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const done = await importFile(shop, { list }, 'subscribed_at,colour\n2023-05-01,red\n');
    expect([done.import.state, done.lines.map(({ field }: { field: string }) => field)]).toEqual([
      'failed',
      ['colour', 'header'],
    ]);
  });
});

describe('a list that cannot be imported', () => {
  it.each<[object, string]>([
    [{}, 'list'],
    [{ list: 'lst_nope' }, 'list'],
    [{ list: null }, 'list'],
    [{ list: 7 }, 'list'],
    [{ list: 'lst_nope', change: 'kept' }, 'change'],
    [{ kind: 'customers', list: 'lst_nope' }, 'list'],
    [{ kind: 'customers', change: 'removed' }, 'change'],
    [{ list: 'lst_nope', earn: true }, 'earn'],
  ])('INV-14: is refused: %j', async (about, field) => {
    const shop = await makeShop();
    const { status, body } = await shop.admin('POST', '/admin/v1/imports', { kind: 'list', format: 'csv', ...about });
    expect([status, body.key, body.errors.map((error: { field: string }) => error.field)]).toEqual([
      400,
      'invalid_request',
      expect.arrayContaining([field]),
    ]);
  });

  it('INV-10: is one of another shop, or one that is dropped before its file is read', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const list = await makeList(shop);
    const wanted = { kind: 'list', format: 'csv', list };
    expect((await other.admin('POST', '/admin/v1/imports', wanted)).status).toBe(400);
    const { id } = (await shop.admin('POST', '/admin/v1/imports', wanted)).body;
    await upload(shop, id, `user_id\n${newUser()}\n`);
    expect((await shop.admin('DELETE', `/admin/v1/lists/${list}`)).status).toBe(204);
    await shop.admin('POST', `/admin/v1/imports/${id}/start`, { parts: 1 });
    expect(await jobsOf(env, shop.id).ended(id, 10_000)).toMatchObject({ state: 'failed', error: 'The list is gone.' });
    expect((await shop.admin('GET', '/admin/v1/customers')).body.items).toEqual([]);
  });
});

describe('a step that a crash repeats', () => {
  it('INV-2: tells its lines once, and counts them as before', async () => {
    const shop = await makeShop();
    const list = await makeList(shop);
    const [user, other] = [newUser(), newUser()];
    const bytes = new TextEncoder().encode(`user_id,subscribed_at\n${user},2023-05-01\n${other},\n${user},\n`);
    const call = {
      env,
      shop: shop.id,
      job: 'imp_test',
      input: { kind: 'list', format: 'csv', list },
      progress: { done: 0, total: null },
      untilMs: 0,
      upload: { size: bytes.length, read: (from: number, length: number) => bytes.slice(from, from + length) },
      firstLines: () => new Map(),
      figures: () => new Map(),
      fileOfKey: (_: string, file: string) => file,
    };
    const { step } = JOB_KINDS.import ?? {};
    const opened = await step?.({ ...call, cursor: null });
    if (opened?.state !== 'going') throw new Error('the file was not opened');
    const first = await step?.({ ...call, cursor: opened.cursor });
    expect(first).toMatchObject({
      state: 'done',
      result: { ...zero, lines: 3, created: 2, duplicate: 1, newCustomers: 2 },
    });
    expect(await step?.({ ...call, cursor: opened.cursor })).toEqual(first);
    expect([(await timeline(shop, `user:${user}`)).length, (await timeline(shop, `user:${other}`)).length]).toEqual([
      2, 1,
    ]);
  });
});
