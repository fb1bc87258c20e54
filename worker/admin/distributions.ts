/** Distributions: codes of a campaign that are given by themselves, tried out before, and given to who is there already. */
import { createRoute, z } from '@hono/zod-openapi';
import { campaignIn } from '../campaign/cache.ts';
import type { Distribution, DistributionChange } from '../domain/distributions/distribution.ts';
import { canonicalName } from '../domain/event.ts';
import { asksForRating } from '../domain/segments/rating.ts';
import { ruleFlaws } from '../domain/vouchers/rules.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { DISTRIBUTE } from '../jobs/distribute.ts';
import { setOf } from '../segments/cache.ts';
import { newGroupId } from '../segments/group-id.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/distributions.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { requireGroup } from './groups.ts';
import { accepted, answerWithJob } from './job-start.ts';

export const distributions = routes();
const about = { tags: ['Distributions'], security: bearer };
const one = { 200: json(wire.Distribution, 'The distribution') };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/distributions',
  summary: 'Distributions, the oldest first',
  request: { query: wire.DistributionQuery },
  responses: { 200: json(wire.DistributionPage, 'A page; a shop has at most 100'), ...refusals },
});
distributions.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor } = c.req.valid('query');
  const all = await storedIn(c, shop.id);
  const after = fromCursor(cursor, z.string());
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const nextCursor = from + limit < all.length && last !== undefined ? toCursor(last.id) : null;
  return raw(c.json({ items, nextCursor }, 200));
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/distributions',
  summary: 'Make a distribution',
  description:
    'From now on, whoever enters the segment, or whom the event happens to, is given a code of the campaign: once for each ' +
    'occasion, and once for all where the campaign is joined once. It stops while it is paused or the campaign is off.',
  request: { headers: idempotent, body: body(wire.NewDistribution) },
  responses: { 201: json(wire.Distribution, 'The distribution'), ...writeRefusals },
});
distributions.openapi(create, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const wanted = c.req.valid('json');
  const response = await once(c, shop.id, async () => {
    const { trigger } = wanted;
    if (trigger.on === 'segment') await requireSegment(c, shop, trigger.segment);
    await requireCampaign(c, shop.id, wanted.campaign);
    requireFit(wanted.when, trigger);
    const id = await newGroupId('dst', shop.id, seedOf(c));
    const now = Date.now();
    const named = trigger.on === 'event' ? { on: 'event' as const, event: canonicalName(trigger.event) } : trigger;
    const distribution: Distribution = { ...wanted, id, trigger: named, createdAtMs: now, updatedAtMs: now };
    return raw(c.json(await write(c, shop.id, { change: { kind: 'add', distribution }, who: key.id, id }), 201));
  });
  return raw(response);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/distributions/{id}',
  summary: 'One distribution',
  request: { params: wire.DistributionParam },
  responses: { ...one, ...refusals },
});
distributions.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  return raw(c.json(await stored(c, shop.id, c.req.valid('param').id), 200));
});

const change = createRoute({
  ...about,
  method: 'patch',
  path: '/admin/v1/distributions/{id}',
  summary: 'Change what is named; what sets it off and whose codes it gives stay',
  request: { params: wire.DistributionParam, headers: idempotent, body: body(wire.DistributionChange) },
  responses: { ...one, ...writeRefusals },
});
distributions.openapi(change, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const wanted = given(c.req.valid('json'));
  return raw(
    await once(c, shop.id, async () => {
      const { trigger } = await stored(c, shop.id, id);
      if (wanted.when !== undefined) requireFit(wanted.when, trigger);
      const change = { ...wanted, updatedAtMs: Date.now() };
      return raw(c.json(await write(c, shop.id, { change: { kind: 'change', id, change }, who: key.id, id }), 200));
    }),
  );
});

for (const [way, active] of [
  ['pause', false],
  ['resume', true],
] as const) {
  const route = createRoute({
    ...about,
    method: 'post',
    path: `/admin/v1/distributions/{id}/${way}`,
    summary: active
      ? 'Go on giving codes'
      : 'Give nobody a code until it is resumed; what happens meanwhile is not caught up',
    request: { params: wire.DistributionParam, headers: idempotent },
    responses: { ...one, ...writeRefusals },
  });
  distributions.openapi(route, async (c) => {
    const { shop, key } = await requireScope(c, 'settings');
    const { id } = c.req.valid('param');
    return raw(
      await once(c, shop.id, async () => {
        const change = { active, updatedAtMs: Date.now() };
        return raw(c.json(await write(c, shop.id, { change: { kind: 'change', id, change }, who: key.id, id }), 200));
      }),
    );
  });
}

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/distributions/{id}',
  summary: 'Drop a distribution; the codes that it gave stay',
  request: { params: wire.DistributionParam, headers: idempotent },
  responses: { 204: { description: 'Dropped' }, ...writeRefusals },
});
distributions.openapi(drop, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async (again) => {
      const done = await shopOf(c.env, shop.id).changeDistributions({ kind: 'drop', id }, key.id);
      if (done === 'unknown' && !again) throw new ProblemError('not_found');
      forgetShop(shop.id);
      return c.body(null, 204);
    }),
  );
});

for (const [way, dryRun] of [
  ['dry-run', true],
  ['back-fill', false],
] as const) {
  const route = createRoute({
    ...about,
    method: 'post',
    path: `/admin/v1/distributions/{id}/${way}`,
    summary: dryRun
      ? 'Count who would get a code if it were given to everybody in the segment now; nothing is given'
      : 'Give a code to everybody who is in the segment now: once, however often it is run',
    description: 'A job: it says how far it is, can be cancelled, and goes on where it was.',
    request: {
      params: wire.DistributionParam,
      headers: idempotent,
      body: { ...body(wire.DistributionRun), required: false },
    },
    responses: { ...accepted, ...writeRefusals },
  });
  distributions.openapi(route, async (c) => {
    const { shop } = await requireScope(c, 'customers');
    const { id } = c.req.valid('param');
    const { perSecond = null } = c.req.valid('json') ?? {};
    return raw(
      await answerWithJob(c, shop.id, DISTRIBUTE, async () => {
        const { trigger, active } = await stored(c, shop.id, id);
        if (trigger.on !== 'segment') throw flaw('trigger.on', 'must be segment: nobody is in an event');
        if (!dryRun && !active) throw flaw('active', 'must be true: it is paused');
        return { distribution: id, dryRun, perSecond };
      }),
    );
  });
}

interface Writing {
  change: DistributionChange;
  who: string;
  id: string;
}

async function write(
  c: AppContext,
  shop: string,
  { change, who, id }: Writing,
): Promise<z.infer<typeof wire.Distribution>> {
  const done = await shopOf(c.env, shop).changeDistributions(change, who);
  if (done === 'unknown') throw new ProblemError('not_found');
  if (done === 'full') throw new ProblemError('conflict', { detail: 'A shop has at most 100 distributions.' });
  forgetShop(shop);
  const found = done.settings.distributions?.find((distribution) => distribution.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return viewOf(found);
}

async function storedIn(c: AppContext, shop: string): Promise<z.infer<typeof wire.Distribution>[]> {
  const snapshot = await shopOf(c.env, shop).snapshot();
  return (snapshot?.settings.distributions ?? []).map(viewOf);
}

async function stored(c: AppContext, shop: string, id: string): Promise<Distribution> {
  const snapshot = await shopOf(c.env, shop).snapshot();
  const found = snapshot?.settings.distributions?.find((distribution) => distribution.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return found;
}

function viewOf(distribution: Distribution): z.infer<typeof wire.Distribution> {
  return {
    ...distribution,
    trigger: { ...distribution.trigger },
    when: distribution.when === null ? null : { ...distribution.when },
  };
}

async function requireSegment(c: AppContext, shop: Parameters<typeof requireGroup>[1], id: string): Promise<void> {
  try {
    await requireGroup(c, shop, 'segment', id);
  } catch (error) {
    if (error instanceof ProblemError) throw flaw('trigger.segment', 'names no segment of this shop');
    throw error;
  }
  const set = setOf(await shopOf(c.env, shop.id).segmentBook(), shop);
  if (asksForRating(id, set)) throw flaw('trigger.segment', 'is a segment that asks how a review rates');
}

async function requireCampaign(c: AppContext, shop: string, id: string): Promise<void> {
  const record = id.startsWith('camp_') ? await campaignIn(c.env, shop, id).record() : null;
  if (record === null || record.deletedAtMs !== null) throw flaw('campaign', 'names no campaign of this shop');
  if (record.campaign.kind === 'standalone') throw flaw('campaign', 'must have codes of its own to give');
}

/** A rule that guards what a review brings must not ask how it rates. */
function requireFit(when: Distribution['when'], trigger: Distribution['trigger']): void {
  if (when === null) return;
  const errors = ruleFlaws(when, { trigger: trigger.on === 'event' ? trigger.event : null });
  if (errors.length > 0) throw new ProblemError('invalid_request', { errors });
}

function flaw(field: string, rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field, rule }] });
}
