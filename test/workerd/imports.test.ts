/** Imports from the API to the customers: each line once, at its own time, and nothing that was not asked for. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { makeShop, newUser, type TestShop, track, worker } from './shop.ts';

const YEAR_2023 = Date.UTC(2023, 4, 1, 10);

async function upload(shop: TestShop, id: string, part: number, body: string | Uint8Array): Promise<number> {
  const headers = { Authorization: `Bearer ${shop.keys.secret}` };
  const path = `https://edge.test/admin/v1/imports/${id}/parts/${part}`;
  return (await worker.fetch(new Request(path, { method: 'PUT', headers, body: body as BodyInit }))).status;
}

async function importFile(shop: TestShop, about: object, ...parts: string[]) {
  const made = await shop.admin('POST', '/admin/v1/imports', { format: 'csv', ...about });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id } = made.body;
  for (const [at, part] of parts.entries()) expect(await upload(shop, id, at + 1, part)).toBe(200);
  const started = await shop.admin('POST', `/admin/v1/imports/${id}/start`, { parts: parts.length });
  expect([started.status, started.headers.get('location')]).toEqual([202, `/admin/v1/jobs/${id}`]);
  await jobsOf(env, shop.id).ended(id, 10_000);
  const read = await shop.admin('GET', `/admin/v1/imports/${id}`);
  const lines = await shop.admin('GET', `/admin/v1/imports/${id}/lines?limit=1000`);
  return { id, import: read.body, counts: read.body.counts, lines: lines.body.items };
}

const counts = (some: object) => ({
  lines: 0,
  created: 0,
  updated: 0,
  duplicate: 0,
  skipped: 0,
  refused: 0,
  failed: 0,
  newCustomers: 0,
  ...some,
});

async function customer(shop: TestShop, ref: string) {
  const { status, body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
  return status === 200 ? body : null;
}

const timeline = async (shop: TestShop, ref: string) =>
  (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline`)).body.items;

describe('an import of customers', () => {
  it('makes and changes customers, and moves their first day back', async () => {
    const shop = await makeShop();
    const [old, fresh] = [newUser(), newUser()];
    await shop.batch({ type: 'identify', userId: old, traits: { firstName: 'Before', city: 'Köln' } });
    const file =
      '\ufeffUser ID;E-Mail;First name;phone;birthday;created_at;external:crm;Lieblingsfarbe\r\n' +
      `${old};${old}@example.com;After;;;2023-05-01T12:00:00;;\r\n` +
      `${fresh};${fresh}@example.com;"Nina ""N"";\nzwei";+49 30 123456;1990-02-28;2023-05-01;c-${fresh};grün\r\n`;
    const done = await importFile(shop, { kind: 'customers' }, file.slice(0, 130), file.slice(130));
    expect(done.counts).toEqual(counts({ lines: 2, created: 1, updated: 1, newCustomers: 1 }));
    expect(await customer(shop, `email:${old}@example.com`)).toMatchObject({
      firstSeenMs: YEAR_2023,
      traits: { firstName: 'After', city: 'Köln', email: `${old}@example.com` },
    });
    expect(await customer(shop, `external:crm:c-${fresh}`)).toMatchObject({
      firstSeenMs: Date.UTC(2023, 3, 30, 22),
      lastSeenMs: Date.UTC(2023, 3, 30, 22),
      traits: {
        userId: fresh,
        firstName: 'Nina "N";\nzwei',
        phone: '+4930123456',
        birthday: '1990-02-28',
        Lieblingsfarbe: 'grün',
      },
    });
    const [row] = await timeline(shop, `user:${fresh}`);
    expect(row).toMatchObject({ name: 'Imported Customer', source: 'import', trust: 'server', backfill: true });
  });

  it('reports bad lines with their field and rule, and goes on', async () => {
    const shop = await makeShop();
    const user = newUser();
    const file =
      'user_id,email,shopify_id,created_at\n' +
      `${user},not-an-address,,\n` +
      ',,,\n' +
      ',,1.23E+11,\n' +
      `${user},,,2999-01-01\n` +
      `${user},,,yesterday\n` +
      `${user},,,1700000000\n` +
      `${user},,,,too many\n` +
      `"${user},never closed\n` +
      `${user},${user}@example.com,,\n`;
    const done = await importFile(shop, { kind: 'customers' }, file);
    expect(done.counts).toEqual(counts({ lines: 9, created: 1, refused: 7, skipped: 1, newCustomers: 1 }));
    expect(done.lines).toEqual(
      [
        [2, 'email', /e-mail/],
        [4, 'shopify_id', /shortened/],
        [5, 'created_at', /future/],
        [6, 'created_at', /ISO 8601/],
        [7, 'created_at', /not seconds/],
        [8, 'column 5', /no name/],
        [9, 'line', /quote/],
      ].map(([line, field, rule]) => ({
        line,
        verdict: 'refused',
        field,
        rule: expect.stringMatching(rule as RegExp),
      })),
    );
  });

  it('refuses the whole file where its header does not fit, and does nothing', async () => {
    const shop = await makeShop();
    const done = await importFile(
      shop,
      { kind: 'consents', columns: { Gone: null } },
      'email,channel,state,colour,email\na@example.com,email,subscribed,red,b\n',
    );
    expect([done.import.state, done.counts.lines]).toEqual(['failed', 0]);
    expect(done.lines).toEqual([
      { line: 1, verdict: 'refused', field: 'Gone', rule: expect.stringContaining('mapped') },
      { line: 1, verdict: 'refused', field: 'colour', rule: 'is not a known column' },
      { line: 1, verdict: 'refused', field: 'email', rule: 'is there twice' },
      { line: 1, verdict: 'refused', field: 'at', rule: 'is required' },
    ]);
  });

  it('says in a dry run what each line would do, and writes nothing', async () => {
    const shop = await makeShop();
    const [known, fresh] = [newUser(), newUser()];
    await shop.batch({ type: 'identify', userId: known, traits: { plan: 'a' } });
    const { id, seq } = await customer(shop, `user:${known}`);
    const file = `id,plan\n${known},b\n${fresh},b\n${fresh},c\nguest,d\n`;
    const done = await importFile(shop, { kind: 'customers', dryRun: true, columns: { id: 'user_id' } }, file);
    expect(done.counts).toEqual(counts({ lines: 4, created: 1, updated: 2, refused: 1, newCustomers: 1 }));
    expect(done.lines).toEqual([
      { line: 2, verdict: 'updated', customer: id },
      { line: 3, verdict: 'created', customer: null },
      { line: 4, verdict: 'updated', customer: null },
      { line: 5, verdict: 'refused', field: 'user_id', rule: expect.stringContaining('placeholder') },
    ]);
    expect([(await customer(shop, `user:${known}`)).seq, await customer(shop, `user:${fresh}`)]).toEqual([seq, null]);
  });
});

const ORDER = { order_id: '1', subtotal: '50.00', currency: 'EUR' };

describe('an import of events', () => {
  it('keeps orders at their own time, without points, and refunds take none back', async () => {
    const shop = await makeShop();
    const user = newUser();
    const lines = [
      { user_id: user, event: 'Order Completed', timestamp: '2023-05-01T10:00:00Z', properties: ORDER },
      { user_id: user, event: 'Order Refunded', timestamp: '2023-05-02T10:00:00Z', properties: { order_id: '1' } },
      { user_id: user, event: 'Order Completed', timestamp: YEAR_2023, properties: { ...ORDER, order_id: '2' } },
    ];
    const file = lines.map((line) => JSON.stringify(line)).join('\n');
    const done = await importFile(shop, { kind: 'events', format: 'ndjson' }, file);
    expect(done.counts).toEqual(counts({ lines: 3, created: 3, newCustomers: 1 }));
    await shop.batch(track(user, 'Order Updated', { ...ORDER, order_id: '2', subtotal: 80 }));
    await shop.batch(track(user, 'Order Refunded', { order_id: '2' }));
    expect(await customer(shop, `user:${user}`)).toMatchObject({
      points: { balance: 0, debt: 0, lifetime: 0 },
      orders: 2,
      firstSeenMs: YEAR_2023,
    });
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}/points`)).body.items).toEqual([]);
    await shop.batch(track(user, 'Order Completed', { ...ORDER, order_id: '3' }));
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(50);
  });

  it('earns where it is asked to, for a key that may give points', async () => {
    const shop = await makeShop();
    const user = newUser();
    const file = `user_id,event,timestamp,properties.order_id,properties.total\n${user},Order Completed,2023-05-01 12:00,1,30\n`;
    await importFile(shop, { kind: 'events', earn: true }, file);
    expect(await customer(shop, `user:${user}`)).toMatchObject({ points: { balance: 30 }, firstSeenMs: YEAR_2023 });
    const narrow = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['customers'] })).body.secret;
    const wanted = { kind: 'events', format: 'csv', earn: true };
    const refused = await shop.admin('POST', '/admin/v1/imports', wanted, { Authorization: `Bearer ${narrow}` });
    expect(refused.status).toBe(403);
  });

  it('INV-2: takes a message of an export once, whoever sends it again and in whichever import', async () => {
    const shop = await makeShop();
    const user = newUser();
    const sent = { ...track(user, 'Played'), timestamp: '2024-01-01T00:00:00.000Z' };
    await shop.batch(sent);
    const page = { type: 'page', userId: user, messageId: crypto.randomUUID(), name: 'Home' };
    const replay = {
      ...page,
      timestamp: '2023-05-01T10:00:00.000Z',
      sentAt: '2023-05-01T10:00:09.000Z',
      originalTimestamp: 'x',
    };
    const file = [sent, replay, replay, { ...page, messageId: 'n' }]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('\n');
    const first = await importFile(shop, { kind: 'events', format: 'ndjson' }, file);
    expect(first.counts).toEqual(counts({ lines: 7, created: 1, duplicate: 2, refused: 1, skipped: 3 }));
    const dry = await importFile(shop, { kind: 'events', format: 'ndjson', dryRun: true }, file);
    expect(dry.counts).toEqual(counts({ lines: 7, duplicate: 3, refused: 1, skipped: 3 }));
    const again = await importFile(shop, { kind: 'events', format: 'ndjson' }, file);
    expect(again.counts).toEqual(counts({ lines: 7, duplicate: 3, refused: 1, skipped: 3 }));
    const rows = await timeline(shop, `user:${user}`);
    expect(rows.map((row: { name: string; atMs: number }) => [row.name, row.atMs])).toEqual([
      ['Viewed Page', YEAR_2023],
      ['Played', Date.UTC(2024, 0, 1)],
    ]);
  });

  it('adds what an old identify knows, and replaces nothing that is newer', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch({ type: 'identify', userId: user, traits: { city: 'now' } });
    const old = { type: 'identify', userId: user, timestamp: YEAR_2023, traits: { city: 'then', plan: 'gold' } };
    await importFile(shop, { kind: 'events', format: 'ndjson' }, JSON.stringify(old));
    expect((await customer(shop, `user:${user}`)).traits).toEqual({ userId: user, city: 'now', plan: 'gold' });
  });
});

describe('an import of consents', () => {
  it('keeps each at its own time, and a later statement stands', async () => {
    const shop = await makeShop();
    const user = newUser();
    const file =
      'user_id,channel,state,at,source,method,reason\n' +
      `${user},email,unsubscribed,2024-03-01T00:00:00+01:00,footer,,\n` +
      `${user},email,subscribed,2023-05-01T12:00:00,shop,form,\n` +
      `${user},sms,suppressed,2023-05-01T12:00:00,,,bounced\n` +
      `${user},sms,subscribed,,,,\n` +
      `${user},fax,subscribed,2023-05-01,,,\n`;
    const done = await importFile(shop, { kind: 'consents' }, file);
    expect(done.counts).toEqual(counts({ lines: 5, created: 3, refused: 2, newCustomers: 1 }));
    const { id } = await customer(shop, `user:${user}`);
    const stub = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
    const kept = await runInDurableObject(stub, (_, { storage }) =>
      JSON.parse(String(storage.sql.exec('SELECT consents FROM customer WHERE customer = ?', id).one().consents)),
    );
    const at = Date.UTC(2024, 1, 29, 23);
    expect(kept).toEqual({
      email: {
        consent: { state: 'unsubscribed', atMs: at, source: 'footer', trust: 'server', proof: {} },
        suppression: null,
        liftedAtMs: null,
      },
      sms: {
        consent: null,
        suppression: { reason: 'bounced', atMs: YEAR_2023, source: 'import' },
        liftedAtMs: null,
      },
    });
  });
});

describe('the API of imports', () => {
  const wanted = { kind: 'events', format: 'csv' };

  it.each<[object, string]>([
    [{}, 'kind'],
    [{ kind: 'orders', format: 'csv' }, 'kind'],
    [{ kind: 'events', format: 'xlsx' }, 'format'],
    [{ ...wanted, dryRun: 'yes' }, 'dryRun'],
    [{ ...wanted, dryRun: null }, 'dryRun'],
    [{ ...wanted, earn: 1 }, 'earn'],
    [{ ...wanted, colour: 'red' }, 'colour'],
    [{ ...wanted, columns: { a: 5 } }, 'columns.a'],
    [{ ...wanted, columns: { a: '' } }, 'columns.a'],
    [{ ...wanted, columns: { a: 'x'.repeat(101) } }, 'columns.a'],
    [{ kind: 'customers', format: 'csv', earn: true }, 'earn'],
    [{ kind: 'customers', format: 'csv', orders: true }, 'orders'],
    [{ kind: 'customers', format: 'ndjson', columns: { a: 'b' } }, 'columns'],
  ])('INV-14: refuses %j', async (body, field) => {
    const { status, body: problem } = await (await makeShop()).admin('POST', '/admin/v1/imports', body);
    expect([status, problem.key, problem.errors.map((error: { field: string }) => error.field)]).toEqual([
      400,
      'invalid_request',
      expect.arrayContaining([field]),
    ]);
  });

  it('takes parts in any order and again, refuses other bytes, and starts when all are there, once', async () => {
    const shop = await makeShop();
    const { id } = (await shop.admin('POST', '/admin/v1/imports', wanted)).body;
    const start = (body: object) => shop.admin('POST', `/admin/v1/imports/${id}/start`, body);
    const header = 'user_id,event,timestamp\n';
    expect(await upload(shop, id, 2, `${newUser()},Played,2024-01-01\n`)).toBe(200);
    expect((await start({ parts: 2 })).body.detail).toBe('Parts are missing: 1.');
    expect(await upload(shop, id, 1, header)).toBe(200);
    expect(await upload(shop, id, 1, header)).toBe(200);
    expect(await upload(shop, id, 1, 'other bytes')).toBe(409);
    expect((await start({ parts: 1 })).status).toBe(409);
    for (const parts of [0, -1, 1.5, 1e21, '2', null, 101])
      expect((await start({ parts })).status, `${parts}`).toBe(400);
    expect((await shop.admin('GET', `/admin/v1/imports/${id}`)).body).toMatchObject({
      state: 'uploading',
      parts: [{ part: 1, bytes: header.length }, { part: 2 }],
    });
    expect([(await start({ parts: 2 })).status, (await start({ parts: 2 })).body.id]).toEqual([202, id]);
    const ended = await jobsOf(env, shop.id).ended(id, 10_000);
    expect([ended?.state, ended?.result?.created]).toEqual(['done', 1]);
    expect(await upload(shop, id, 1, header)).toBe(409);
    expect((await shop.admin('POST', `/admin/v1/imports/${id}/cancel`)).status).toBe(409);
  });

  it('refuses parts that are empty, too large or out of range', async () => {
    const shop = await makeShop();
    const { id } = (await shop.admin('POST', '/admin/v1/imports', wanted)).body;
    expect(await upload(shop, id, 1, '')).toBe(400);
    expect(await upload(shop, id, 1, new Uint8Array(4 * 1024 * 1024 + 1))).toBe(400);
    expect(await upload(shop, id, 1, new Uint8Array(4 * 1024 * 1024).fill(97))).toBe(200);
    for (const part of [0, -1, 1.5, 101]) expect(await upload(shop, id, part, 'x'), `${part}`).toBe(400);
  });

  it('is cancelled before its start, and takes what was uploaded away', async () => {
    const shop = await makeShop();
    const { id } = (await shop.admin('POST', '/admin/v1/imports', wanted)).body;
    await upload(shop, id, 1, 'user_id\n');
    for (const _ of [1, 2]) {
      const cancelled = await shop.admin('POST', `/admin/v1/imports/${id}/cancel`);
      expect([cancelled.status, cancelled.body.state, cancelled.body.parts]).toEqual([200, 'cancelled', []]);
    }
    expect((await shop.admin('POST', `/admin/v1/imports/${id}/start`, { parts: 1 })).body.state).toBe('cancelled');
    await runInDurableObject(env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`)), (_, { storage }) => {
      expect(storage.sql.exec('SELECT part FROM piece UNION SELECT id FROM draft').toArray()).toEqual([]);
    });
  });

  it('makes one import for a key, however often it is asked', async () => {
    const shop = await makeShop();
    const headers = { 'Idempotency-Key': 'one' };
    const [first, again] = [
      await shop.admin('POST', '/admin/v1/imports', wanted, headers),
      await shop.admin('POST', '/admin/v1/imports', wanted, headers),
    ];
    expect([first.status, again.body.id]).toEqual([201, first.body.id]);
  });

  it('INV-10, INV-13: knows nothing of another shop or another job, and makes nothing by being read', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = (await shop.admin('POST', '/admin/v1/imports', wanted)).body;
    const job = (await shop.admin('POST', '/admin/v1/jobs', { kind: 'compare' })).body.id;
    for (const [who, name] of [
      [other, id],
      [shop, job],
    ] as const) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['GET', '/lines', undefined],
        ['POST', '/cancel', undefined],
        ['POST', '/start', { parts: 1 }],
      ] as const) {
        expect((await who.admin(method, `/admin/v1/imports/${name}${path}`, body)).status, path).toBe(404);
      }
      expect(await upload(who, name, 1, 'x')).toBe(404);
    }
    await runInDurableObject(env.JOBS.get(env.JOBS.idFromName(`jobs:${other.id}`)), (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'draft'").toArray()).toEqual([]);
    });
  });
});

describe('a step that a crash repeats', () => {
  it('INV-2: tells its lines once, and counts them as before', async () => {
    const shop = await makeShop();
    const [user, other] = [newUser(), newUser()];
    const { id } = (await shop.admin('POST', '/admin/v1/imports', { kind: 'events', format: 'csv' })).body;
    const file = `user_id,event,timestamp,message_id\n${user},Played,2024-01-01,m1\n${user},Played,2024-01-01,m1\n${other},Played,2024-01-01,\n`;
    await upload(shop, id, 1, file);
    const { step } = JOB_KINDS.import ?? {};
    const bytes = new TextEncoder().encode(file);
    const call = {
      env,
      shop: shop.id,
      job: id,
      input: { kind: 'events', format: 'csv' },
      progress: { done: 0, total: null },
      untilMs: 0,
      upload: { size: bytes.length, read: (from: number, length: number) => bytes.slice(from, from + length) },
      firstLines: () => new Map(),
      figures: () => new Map(),
      fileOfKey: (_: string, file: string) => file,
    };
    const opened = await step?.({ ...call, cursor: null });
    if (opened?.state !== 'going') throw new Error('the file was not opened');
    const first = await step?.({ ...call, cursor: opened.cursor });
    const again = await step?.({ ...call, cursor: opened.cursor });
    expect(first).toMatchObject({
      state: 'done',
      result: counts({ lines: 3, created: 2, duplicate: 1, newCustomers: 2 }),
    });
    expect(again).toEqual(first);
    expect([(await timeline(shop, `user:${user}`)).length, (await timeline(shop, `user:${other}`)).length]).toEqual([
      1, 1,
    ]);
  });
});
