/** Distributions: who enters a segment, or whom an event happens to, is given a code by itself: once, and by trusted events. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { campaignIn, forgetCampaign } from '../../worker/campaign/cache.ts';
import { call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';
import { addCodes, makeCampaign, newCode } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

const PATH = '/admin/v1/distributions';
const newName = () => `E ${crypto.randomUUID()}`;

/** A campaign with so many codes. */
async function pool(codes = 5, more: object = {}) {
  const made = await makeCampaign(shop.id, { joinOnce: true, ...more });
  await addCodes(
    shop.id,
    made.id,
    Array.from({ length: codes }, () => newCode()),
  );
  return made;
}

/** A segment of those to whom an event happened. */
function segment(event: string): Promise<string> {
  return segmentOf(happened(event));
}

const happened = (metric_id: string) => [
  {
    conditions: [
      {
        type: 'profile-metric',
        metric_id,
        measurement: 'count',
        measurement_filter: { type: 'numeric', operator: 'greater-than-or-equal', value: 1 },
        timeframe_filter: { type: 'date', operator: 'alltime' },
      },
    ],
  },
];

async function segmentOf(condition_groups: object[]): Promise<string> {
  const made = await shop.admin('POST', '/admin/v1/segments', { name: newName(), definition: { condition_groups } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.segment.id;
}

async function distribution(wanted: object): Promise<string> {
  const made = await shop.admin('POST', PATH, { name: newName(), ...wanted });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.id;
}

interface Row {
  kind: string;
  name: string | null;
  properties?: Record<string, unknown>;
}

async function rows(user: string): Promise<Row[]> {
  const told = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=100`);
  return told.status === 200 ? told.body.items : [];
}

const given = async (user: string) => (await rows(user)).filter(({ kind }) => kind === 'voucher.published');
const failed = async (user: string) => (await rows(user)).filter(({ kind }) => kind === 'errand.done');
const some = async (read: () => Promise<Row[]>) => {
  const found = await read();
  return found.length > 0 ? found : null;
};

async function idOf(user: string): Promise<string> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
}

/** A new stub each time: one does not outlive its object. */
async function objectOf(user: string): Promise<() => DurableObjectStub<never>> {
  const [label] = (await idOf(user)).split('-');
  const { CUSTOMERS } = env;
  const id = CUSTOMERS.idFromName(`customers:${shop.id}:${label}`);
  return () => CUSTOMERS.get(id) as unknown as DurableObjectStub<never>;
}

/** Nothing that the customers of its object had to ask is open any more. */
async function settled(user: string): Promise<void> {
  const stub = await objectOf(user);
  const open = (_: unknown, { storage }: DurableObjectState) => storage.sql.exec('SELECT 1 FROM errand').toArray();
  await eventually(async () => ((await runInDurableObject(stub(), open)).length === 0 ? true : null), 8_000);
}

describe('entering a segment', () => {
  it('gives a code that only its holder may redeem, and the event of that carries it', async () => {
    const [event, { id: campaign }] = [newName(), await pool()];
    const id = await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
    const user = newUser();
    await shop.batch(track(user, event));
    const [row] = await eventually(() => some(() => given(user)));
    expect(row).toMatchObject({
      name: 'Voucher Published',
      properties: { code: expect.stringMatching(/^T-/), campaign_id: campaign, distribution_id: id },
    });
    const code = String(row?.properties?.code);
    const client = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
    const redeem = (customer: object) =>
      call('POST', `/v1/vouchers/${code}/redemption`, { order: { amount: 5_000 }, ...customer }, client);
    expect((await redeem({})).status).toBe(400);
    expect((await redeem({ customer: { source_id: user } })).status).toBe(200);
  });

  it('case 49: again, after leaving it, gives no second code of a campaign that is joined once', async () => {
    const [trait, { id: campaign }, often] = [
      `t${crypto.randomUUID().slice(0, 8)}`,
      await pool(),
      await pool(5, { joinOnce: false }),
    ];
    const filter = { type: 'string', operator: 'equals', value: 'yes' };
    const conditions = [{ type: 'profile-property', property: trait, filter }];
    const id = await segmentOf([{ conditions }]);
    await distribution({ campaign, trigger: { on: 'segment', segment: id } });
    await distribution({ campaign: often.id, trigger: { on: 'segment', segment: id } });
    const user = newUser();
    for (const value of ['yes', 'no', 'yes']) {
      await shop.batch({ type: 'identify', userId: user, messageId: crypto.randomUUID(), traits: { [trait]: value } });
      await settled(user);
    }
    const campaigns = (await given(user)).map(({ properties }) => properties?.campaign_id);
    expect(campaigns.sort()).toEqual([campaign, often.id, often.id].sort());
    expect(await campaignIn(env, shop.id, campaign).poolSize()).toBe(4);
  });

  it('INV-2 gives one code where the object dies before anybody answered it', async () => {
    const [event, { id: campaign }] = [newName(), await pool()];
    await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
    const user = newUser();
    await shop.batch(track(user, 'Before'));
    const stub = await objectOf(user);
    for (const more of [event, 'After']) {
      await shop.batch(track(user, more));
      await runInDurableObject(stub(), async (_: unknown, state: DurableObjectState) => {
        await state.storage.sync();
        state.abort('crash');
      }).catch(() => {});
    }
    await runDurableObjectAlarm(stub());
    await settled(user);
    expect(await given(user)).toHaveLength(1);
    expect(await campaignIn(env, shop.id, campaign).poolSize()).toBe(4);
  });

  it('INV-6 case 25: at the same time as publications by API gives one code, the same', async () => {
    const [event, { id: campaign }] = [newName(), await pool(10)];
    await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
    const user = newUser();
    await shop.batch(track(user, 'Before'));
    const client = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
    const wanted = { campaign: { id: campaign }, customer: { source_id: user } };
    const publish = () => call('POST', '/v1/publications', wanted, client);
    const told = await Promise.all([publish(), shop.batch(track(user, event)), publish(), publish()]);
    await settled(user);
    const codes = [0, 2, 3].map((at) => told[at]?.body.voucher.code);
    expect(new Set(codes).size).toBe(1);
    expect((await given(user)).map(({ properties }) => properties?.code)).toEqual([codes[0]]);
  });

  it('by the word of a browser gives nothing', async () => {
    const [event, { id: campaign }] = [newName(), await pool()];
    await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
    const user = newUser();
    const key = { Authorization: `Basic ${btoa(`${shop.keys.publishable}:`)}` };
    await call('POST', '/v1/batch', { batch: [track(user, event)] }, key);
    await settled(user);
    expect(await given(user)).toEqual([]);
  });

  it('by a changed definition gives nothing unless that is asked for', async () => {
    const [event, { id: campaign }, { id: asked }] = [newName(), await pool(), await pool()];
    const user = newUser();
    await shop.batch(track(user, event));
    const id = await segment(newName());
    await distribution({ campaign, trigger: { on: 'segment', segment: id } });
    await distribution({ campaign: asked, byJobs: true, trigger: { on: 'segment', segment: id } });
    const definition = { condition_groups: happened(event) };
    const changed = await shop.admin('PATCH', `/admin/v1/segments/${id}`, { definition });
    expect(changed.status).toBeLessThan(300);
    await shop.batch(track(user, 'Anything'));
    await eventually(() => some(() => given(user)));
    await settled(user);
    expect((await given(user)).map(({ properties }) => properties?.campaign_id)).toEqual([asked]);
  });
});

describe('an event', () => {
  it('gives a code where its conditions hold, and none to others', async () => {
    const [event, { id: campaign }] = [newName(), await pool()];
    const when = { kind: 'event', path: 'level', test: { op: 'any_of', values: ['gold'] } };
    await distribution({ campaign, trigger: { on: 'event', event }, when });
    const [gold, plain] = [newUser(), newUser()];
    await shop.batch(track(plain, event, { level: 'plain' }), track(gold, event, { level: 'gold' }));
    await eventually(() => some(() => given(gold)));
    await settled(plain);
    expect(await given(plain)).toEqual([]);
  });

  it('told twice under one id gives one code, also of a campaign that can be joined often', async () => {
    const [event, { id: campaign }] = [newName(), await pool(5, { joinOnce: false })];
    await distribution({ campaign, trigger: { on: 'event', event } });
    const user = newUser();
    const once = track(user, event);
    await shop.batch(once);
    await shop.batch(once);
    await shop.batch(track(user, event));
    await eventually(async () => ((await given(user)).length >= 2 ? true : null));
    await settled(user);
    expect(await given(user)).toHaveLength(2);
  });

  it('whose campaign has no code left says so', async () => {
    const [event, { id: campaign }] = [newName(), await pool(1)];
    const id = await distribution({ campaign, trigger: { on: 'event', event } });
    const [first, second] = [newUser(), newUser()];
    await shop.batch(track(first, event));
    await eventually(() => some(() => given(first)));
    await shop.batch(track(second, event));
    const [row] = await eventually(() => some(() => failed(second)));
    expect(row).toMatchObject({
      name: 'Voucher Publication Failed',
      properties: { campaign_id: campaign, distribution_id: id, reason: 'no_voucher_suitable_for_publication' },
    });
  });

  it('of a review cannot be held against its rating', async () => {
    const { id: campaign } = await pool();
    const when = {
      kind: 'not',
      of: { kind: 'event', path: 'rating', test: { op: 'number', test: { op: 'less_than', value: 4 } } },
    };
    const wanted = { name: 'Good reviews', campaign, trigger: { on: 'event', event: 'Product Reviewed' }, when };
    const told = await shop.admin('POST', PATH, wanted);
    expect(told).toMatchObject({ status: 400, body: { errors: [{ field: 'when.of.path' }] } });
    const fine = await shop.admin('POST', PATH, { ...wanted, when: null });
    const path = `${PATH}/${fine.body.id}`;
    expect((await shop.admin('PATCH', path, { when })).status).toBe(400);
    expect((await shop.admin('GET', path)).body.when).toBeNull();
  });
});

describe('a distribution', () => {
  it('that is paused, dropped, or whose campaign is off gives nothing', async () => {
    const [event, { id: campaign }, off] = [newName(), await pool(), await pool()];
    const trigger = { on: 'event', event };
    const paused = await distribution({ campaign, trigger });
    const dropped = await distribution({ campaign, trigger });
    await distribution({ campaign: off.id, trigger });
    expect((await shop.admin('POST', `${PATH}/${paused}/pause`)).body.active).toBe(false);
    expect((await shop.admin('DELETE', `${PATH}/${dropped}`)).status).toBe(204);
    await campaignIn(env, shop.id, off.id).change(
      { active: false },
      { key: 'off', fingerprint: 'f', who: 'test', nowMs: Date.now() },
    );
    forgetCampaign(shop.id, off.id);
    const user = newUser();
    await shop.batch(track(user, event));
    const [row] = await eventually(() => some(() => failed(user)));
    await settled(user);
    expect(row?.properties?.reason).toBe('campaign_not_active');
    expect(await given(user)).toEqual([]);
    await shop.admin('POST', `${PATH}/${paused}/resume`);
    await shop.batch(track(user, event));
    await eventually(() => some(() => given(user)));
  });

  it('never goes by how a review rates, be it by way of a segment that asks another, or is changed later', async () => {
    const { id: campaign } = await pool();
    const [[rating]] = [happened('Product Reviewed')];
    const stars = { property: 'rating', filter: { type: 'numeric', operator: 'greater-than', value: 3 } };
    const rated = [{ conditions: [{ ...rating?.conditions[0], metric_filters: [stars] }] }];
    const good = await segmentOf(rated);
    const inGood = { type: 'profile-group-membership', is_member: true, group_ids: [good] };
    for (const segment of [good, await segmentOf([{ conditions: [inGood] }])]) {
      const trigger = { on: 'segment', segment };
      const refused = await shop.admin('POST', PATH, { name: newName(), campaign, trigger });
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ field: 'trigger.segment', rule: 'is a segment that asks how a review rates' }],
      ]);
    }
    const any = await segment('Product Reviewed');
    await distribution({ campaign, trigger: { on: 'segment', segment: any } });
    const changed = await shop.admin('PATCH', `/admin/v1/segments/${any}`, { definition: { condition_groups: rated } });
    expect([changed.status, changed.body.errors?.[0]?.field]).toEqual([400, 'definition.condition_groups']);
    const rule = { id: 'praise', name: 'Praise', kind: 'review', gives: { kind: 'fixed', points: 5 }, segment: good };
    const { programme } = (await shop.admin('GET', '/admin/v1/programme')).body;
    const praised = await shop.admin('PUT', '/admin/v1/programme', {
      ...programme,
      earning: { rules: [rule] },
    });
    expect([praised.status, praised.body.errors]).toEqual([
      400,
      [{ field: 'earning.rules.0.segment', rule: 'is a segment that asks how a review rates' }],
    ]);
  });

  it('gives nothing more by its back-fill for a membership that it gave for already', async () => {
    const [event, { id: campaign }] = [newName(), await pool(10, { joinOnce: false })];
    const [entered, user] = [newUser(), newUser()];
    await shop.batch(track(user, event));
    const id = await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
    await shop.batch(track(entered, event));
    await eventually(() => some(() => given(entered)));
    for (const [way, wouldReceive] of [
      ['dry-run', 1],
      ['back-fill', 1],
    ]) {
      const { body } = await shop.admin('POST', `${PATH}/${id}/${way}`);
      const job = await eventually(async () => {
        const one = (await shop.admin('GET', `/admin/v1/jobs/${body.id}`)).body;
        return one.state === 'done' ? one : null;
      }, 10_000);
      expect(job.result).toMatchObject({ members: 2, wouldReceive });
    }
    await eventually(() => some(() => given(user)));
    await settled(entered);
    expect([(await given(entered)).length, (await given(user)).length]).toEqual([1, 1]);
  });

  it('counts before it gives, and gives to who is there already once, however often it is run', async () => {
    const [event, { id: campaign }] = [newName(), await pool(10)];
    const users = [newUser(), newUser(), newUser()];
    await shop.batch(...users.map((user) => track(user, event)), track(newUser(), 'Else'));
    const id = await distribution({
      campaign,
      active: false,
      trigger: { on: 'segment', segment: await segment(event) },
    });
    const run = async (way: string) => {
      const { status, body } = await shop.admin('POST', `${PATH}/${id}/${way}`);
      if (status !== 202) return { status, body };
      return eventually(async () => {
        const job = (await shop.admin('GET', `/admin/v1/jobs/${body.id}`)).body;
        return job.state === 'done' || job.state === 'failed' ? job : null;
      }, 10_000);
    };
    expect((await run('dry-run')).result).toMatchObject({ dryRun: true, members: 3, joined: 0, wouldReceive: 3 });
    expect((await run('back-fill')).status).toBe(400);
    expect(await given(users[0] ?? '')).toEqual([]);
    await shop.admin('POST', `${PATH}/${id}/resume`);
    for (let times = 0; times < 2; times += 1) {
      expect((await run('back-fill')).result).toMatchObject({ dryRun: false, members: 3 });
      for (const user of users) {
        await eventually(() => some(() => given(user)));
        await settled(user);
        expect(await given(user)).toHaveLength(1);
      }
    }
    expect((await run('dry-run')).result).toMatchObject({ members: 3, joined: 3, wouldReceive: 0 });
  });

  it.each(['cancelled', 'killed'])(
    'INV-2: that is %s in the middle of giving to who is there already goes on, and each gets one',
    async (how) => {
      const own = await makeShop();
      shop = own;
      const [event, { id: campaign }] = [newName(), await pool(10)];
      const users = Array.from({ length: 6 }, newUser);
      await own.batch(...users.map((user) => track(user, event)));
      const id = await distribution({ campaign, trigger: { on: 'segment', segment: await segment(event) } });
      const started = await own.admin('POST', `${PATH}/${id}/back-fill`, { perSecond: 3 });
      const job = () => own.admin('GET', `/admin/v1/jobs/${started.body.id}`);
      const until = (isSo: (view: { state: string; progress: { done: number } }) => boolean) =>
        eventually(async () => {
          const { body } = await job();
          return isSo(body) ? body : null;
        }, 10_000);
      // three a second: the next step waits
      await until(({ progress }) => progress.done > 0);
      if (how === 'cancelled') {
        await own.admin('POST', `/admin/v1/jobs/${started.body.id}/cancel`);
        expect((await until(({ state }) => state === 'cancelled')).progress.done).toBeLessThan(6);
        expect((await own.admin('POST', `/admin/v1/jobs/${started.body.id}/resume`)).status).toBe(200);
      } else {
        const stub = () => env.JOBS.get(env.JOBS.idFromName(`jobs:${own.id}`));
        await runInDurableObject(stub(), async (_: unknown, state: DurableObjectState) => {
          await state.storage.sync();
          state.abort('crash');
        }).catch(() => {});
      }
      const { result } = await until(({ state }) => state === 'done');
      expect(result).toMatchObject({ dryRun: false, customers: 6, members: 6 });
      for (const user of users) {
        await eventually(() => some(() => given(user)));
        await settled(user);
        expect(await given(user)).toHaveLength(1);
      }
      expect(await campaignIn(env, own.id, campaign).poolSize()).toBe(4);
    },
  );

  it('is listed by pages, and refuses what it cannot stand on, naming the field', async () => {
    const { id: campaign } = await pool();
    const own = await makeShop();
    const about = { name: 'X', campaign, trigger: { on: 'event', event: 'Y' } };
    const refused = async (wanted: object) => {
      const { status, body } = await shop.admin('POST', PATH, { ...about, ...wanted });
      return [status, body.errors?.[0]?.field];
    };
    expect(await refused({ campaign: 'camp_nowhere' })).toEqual([400, 'campaign']);
    expect(await refused({ trigger: { on: 'segment', segment: 'seg_nowhere' } })).toEqual([400, 'trigger.segment']);
    expect(await refused({ extra: 1 })).toEqual([400, 'extra']);
    expect(await refused({ when: { kind: 'holder' } })).toEqual([400, 'when.kind']);
    expect((await own.admin('GET', PATH)).body).toEqual({ items: [], nextCursor: null });
    expect((await own.admin('GET', `${PATH}/dst_nowhere`)).status).toBe(404);
    const ids = [await distribution(about), await distribution(about)];
    const page = (await shop.admin('GET', `${PATH}?limit=1`)).body;
    expect(page.items).toHaveLength(1);
    const all = (await shop.admin('GET', `${PATH}?limit=100`)).body.items.map(({ id }: { id: string }) => id);
    expect(all.slice(-2)).toEqual(ids);
  });
});
