/** An import of points that trouble ended goes on from the line where it stood, with the file that was kept for it. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it } from 'vitest';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { ended, importPoints, pointsOf, startPoints, undone } from './points-files.ts';
import { eventually, makeShop, newUser, type TestShop } from './shop.ts';

const ROWS = 700;
const real = JOB_KINDS.points_import;

afterEach(() => {
  if (real !== undefined) JOB_KINDS.points_import = real;
});

const stubOf = (shop: TestShop) => env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));
const resume = (shop: TestShop, id: string) => shop.admin('POST', `/admin/v1/points-imports/${id}/resume`);

/** Every step after the first page fails, until it is mended. */
function broken(): () => void {
  if (real === undefined) throw new Error('no such kind');
  let isBroken = true;
  JOB_KINDS.points_import = {
    ...real,
    step: async (call) => {
      if (isBroken && call.progress.done > 100) throw new Error('not now');
      return real.step(call);
    },
  };
  return () => {
    isBroken = false;
  };
}

/** An import of 700 lines for one customer that failed after its first page. */
async function failed(shop: TestShop) {
  const mend = broken();
  const user = newUser();
  await shop.batch({ type: 'identify', userId: user });
  const file = `user_id,points\n${Array.from({ length: ROWS }, () => `${user},1`).join('\n')}\n`;
  const id = await startPoints(shop, {}, file);
  await eventually(async () => ((await jobsOf(env, shop.id).job(id))?.failures === 1 ? true : null));
  await runInDurableObject(stubOf(shop), (_, { storage }) => {
    storage.sql.exec('UPDATE job SET failures = 11, not_before_ms = 0');
  });
  await runDurableObjectAlarm(stubOf(shop));
  const { body } = await shop.admin('GET', `/admin/v1/points-imports/${id}`);
  expect([body.state, body.counts.given]).toEqual(['failed', 500]);
  return { id, user, file, mend };
}

const filesOf = (shop: TestShop, id: string) =>
  runInDurableObject(stubOf(shop), (_, { storage }) =>
    Number(storage.sql.exec('SELECT COUNT(*) AS n FROM part WHERE job = ?', id).one().n),
  );

describe('an import that failed', () => {
  it('INV-2: goes on from its line, does each once, and lets its file go at the end', async () => {
    const shop = await makeShop();
    const { id, user, mend } = await failed(shop);
    mend();
    const resumed = await resume(shop, id);
    expect([resumed.status, resumed.body.state]).toEqual([200, 'queued']);
    const done = await ended(shop, id);
    expect([done.import.state, done.counts.lines, done.counts.given]).toEqual(['done', ROWS, ROWS]);
    expect(await pointsOf(shop, `user:${user}`)).toMatchObject({ balance: ROWS });
    expect(await filesOf(shop, id)).toBe(0);
    expect((await resume(shop, id)).status).toBe(409);
  });

  it('goes on no more once it was taken back, or once its file is gone', async () => {
    const shop = await makeShop();
    const { id, user, mend } = await failed(shop);
    mend();
    const week = await failed(shop);
    await runInDurableObject(stubOf(shop), (_, { storage }) => {
      storage.sql.exec('UPDATE job SET ended_ms = 0 WHERE id = ?', week.id);
    });
    week.mend();
    expect((await undone(shop, id)).counts).toMatchObject({ undone: 500 });
    const refused = [await resume(shop, id), await resume(shop, week.id)];
    expect(refused.map(({ status, body }) => [status, body.key])).toEqual([
      [409, 'conflict'],
      // the undo was a job that began, and with it what is too old went
      [404, 'not_found'],
    ]);
    expect(await filesOf(shop, week.id)).toBe(0);
    expect(await pointsOf(shop, `user:${user}`)).toMatchObject({ balance: 0 });
  });

  it('does what is left when the same file comes in another import', async () => {
    const shop = await makeShop();
    const { user, file, mend } = await failed(shop);
    mend();
    const again = await importPoints(shop, {}, file);
    expect(again.counts).toMatchObject({ lines: ROWS, given: 200, duplicate: 500 });
    expect(await pointsOf(shop, `user:${user}`)).toMatchObject({ balance: ROWS });
  });
});

describe('a file that comes again', () => {
  it('INV-2: has its refused lines refused for the same reason, posts nothing twice, and its dry run says the same', async () => {
    const shop = await makeShop();
    const [ann, bob] = [newUser(), newUser()];
    const people = await Promise.all(
      [ann, bob].map(async (user) => {
        await shop.batch({ type: 'identify', userId: user });
        return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
      }),
    );
    const file = `user_id,points\n${ann},-5\n${bob},10\n${bob},-30\n${ann},9007199254740992\n`;
    const first = await importPoints(shop, {}, file);
    expect(first.counts).toMatchObject({ lines: 4, given: 1, refused: 3, duplicate: 0 });
    const refused = first.lines.filter(({ verdict }: { verdict: string }) => verdict === 'refused');
    expect(refused.map(({ line, rule }: { line: number; rule: string }) => [line, rule])).toEqual([
      [2, 'must not take more than the balance of 0'],
      [4, 'must not take more than the balance of 10'],
      [5, expect.any(String)],
    ]);
    const note = `it came with the import ${first.id}`;
    const [none, most, unreadable] = refused;
    const again = [
      { ...none, note },
      { line: 3, verdict: 'duplicate', customer: people[1], note },
      { ...most, note: `${note}; line 3 is about the same customer` },
      unreadable,
    ];
    for (const about of [{}, { dryRun: true }, {}]) {
      const told = await importPoints(shop, about, file);
      expect(told.counts).toMatchObject({ lines: 4, given: 0, refused: 3, duplicate: 1 });
      expect(told.lines).toEqual(again);
    }
    // what was missing then may be there by now: a file of its own is a new request
    expect((await importPoints(shop, { allowDebt: true }, `user_id,points\n${ann},-5\n`)).counts.taken).toBe(1);
    expect([await pointsOf(shop, `user:${ann}`), await pointsOf(shop, `user:${bob}`)]).toMatchObject([
      { balance: -5 },
      { balance: 10 },
    ]);
  });
});

it('INV-10, INV-14: there is nothing to go on with where nobody knows the import, and it asks for the scope points', async () => {
  const [shop, other] = [await makeShop(), await makeShop()];
  const { id } = await failed(shop);
  expect([(await resume(other, id)).status, (await resume(shop, 'pim_nope')).status]).toEqual([404, 404]);
  const { secret } = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['customers'] })).body;
  const headers = { Authorization: `Bearer ${secret}` };
  expect((await shop.admin('POST', `/admin/v1/points-imports/${id}/resume`, undefined, headers)).status).toBe(403);
});
