/** Referrals for the merchant: those of one customer, and the verdict on what waits for a look. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../directory/cache.ts';
import { publicStatus } from '../domain/referrals/changing.ts';
import { codeOf } from '../domain/referrals/code.ts';
import type { Made } from '../domain/referrals/made.ts';
import type { Received } from '../domain/referrals/state.ts';
import { json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { requireScope } from '../http/scope.ts';
import { listReferrals, type ReferralRow } from '../projection/referrals.ts';
import { NO_LIST, referralStanding } from '../referrals/standing.ts';
import { operate } from '../routing/follow.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/referrals.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';

const COPY_WAIT_MS = 1_000;

export const referrals = routes();
const about = { tags: ['Referrals'], security: bearer };

const ofCustomer = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/referrals',
  summary: 'Whom a customer brought, and by whom they were brought',
  request: { params: refParam, query: pageQuery(200, 50) },
  responses: { 200: json(wire.CustomerReferrals, 'As of now, with a page of friends'), ...refusals },
});
const Place = z.strictObject({ startedAtMs: z.int(), id: z.string().max(200) });
referrals.openapi(ofCustomer, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const standing = await referralStanding(c.env, shop, customer, { limit, before: fromCursor(cursor, Place) });
  if (standing === null) throw new ProblemError('not_found');
  return c.json(
    {
      code: codeOf(standing.customer),
      mayRefer: standing.mayRefer,
      completed: standing.completed,
      received: standing.received.map(receivedView),
      items: standing.made.map(madeView),
      nextCursor: standing.next === null ? null : toCursor(standing.next),
    },
    200,
  );
});

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/referrals',
  summary: 'Referrals of the shop, the last that began first',
  description:
    'Ask for the status `held` for those that wait for a look. Those of referrers whom the shop cannot name are left out.',
  request: { query: pageQuery(200, 50).extend({ status: wire.Referral.shape.status.optional() }) },
  responses: { 200: json(wire.ReferralList, 'A page of referrals'), ...refusals },
});
const ListPlace = z.strictObject({ startedMs: z.int(), referral: z.string().max(200) });
referrals.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor, status = null } = c.req.valid('query');
  const query = { shop: shop.id, status, after: fromCursor(cursor, ListPlace), limit: limit + 1 };
  const rows = await listReferrals(c.env.DB, query);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const nextCursor = last === undefined ? null : toCursor({ startedMs: last.startedMs, referral: last.referral });
  return c.json({ items: items.map(rowView), nextCursor }, 200);
});

const verdict = (name: 'approve' | 'block', summary: string, description: string) =>
  createRoute({
    ...about,
    method: 'post',
    path: `/admin/v1/referrals/{id}/${name}`,
    summary,
    description,
    request: { params: z.object({ id: z.string().min(1).max(200) }), headers: idempotent },
    responses: { 200: json(wire.ReferralReviewed, 'The referral as it is now'), ...writeRefusals },
  });

const approve = verdict(
  'approve',
  'Let a held or blocked referral go on',
  'Where the friend has bought already it is completed, with its rewards; else it waits for their order.',
);
referrals.openapi(approve, async (c) => raw(await review(c, c.req.valid('param').id, 'approve')));

const block = verdict(
  'block',
  'Block a referral that is not over',
  'Nobody gets anything for it; what was granted meanwhile is taken back.',
);
referrals.openapi(block, async (c) => raw(await review(c, c.req.valid('param').id, 'block')));

async function review(c: AppContext, id: string, verdict: 'approve' | 'block'): Promise<Response> {
  const { shop } = await requireScope(c, 'points');
  const friend = await directoryOf(c.env, shop.id).current(friendOf(id));
  if (friend === null) throw new ProblemError('not_found');
  const key = `op:${idempotencyKey(c) ?? crypto.randomUUID()}`;
  const operation = { op: 'review_referral' as const, key, fingerprint: await fingerprintOf(c), referral: id, verdict };
  const input = { kind: 'operation' as const, operation };
  const { answer, customer, rowsWritten, projected } = await operate(c.env, shop, {
    customer: friend,
    input,
    waitMs: COPY_WAIT_MS,
  });
  c.set('rowsWritten', rowsWritten);
  if (answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('the verdict was not recorded');
  const headers: Record<string, string> = { 'X-Projected': String(projected) };
  if (answer.verdict === 'duplicate') headers['Idempotent-Replayed'] = 'true';
  if (answer.refusal?.reason === 'referral_over')
    throw new ProblemError('conflict', { detail: `The referral is ${answer.refusal.status}.`, headers });
  if (answer.refusal !== null) throw new ProblemError('not_found', { headers });
  const standing = await referralStanding(c.env, shop, customer, NO_LIST);
  const received = standing?.received.find((one) => one.id === id);
  if (received === undefined) throw new ProblemError('not_found');
  return c.json({ customer, referral: receivedView(received) }, 200, headers);
}

/** A referral's id names the customer whose object decides over it. */
function friendOf(id: string): string {
  return /^ref_(.+)_[^_]+$/.exec(id)?.[1] ?? '';
}

function receivedView(received: Received): z.infer<typeof wire.ReceivedReferral> {
  const { id, code, referrer, reasons, flagged, claimedAtMs, expiresAtMs, order } = received;
  const status = publicStatus(received);
  return {
    id,
    code,
    referrer,
    status,
    reasons,
    flagged: flagged === true,
    claimedAtMs,
    expiresAtMs,
    order: order ?? null,
  };
}

function rowView(row: ReferralRow): z.infer<typeof wire.Referral> {
  const { referral, customer, friend, status, reasons, flagged, startedMs, changedMs } = row;
  const told = { status, reasons: JSON.parse(reasons), flagged: flagged === 1 };
  return wire.Referral.parse({
    id: referral,
    referrer: customer,
    friend,
    ...told,
    startedAtMs: startedMs,
    changedAtMs: changedMs,
  });
}

function madeView({ given, version: _, ...made }: Made): z.infer<typeof wire.MadeReferral> {
  return { ...made, points: given?.points?.points ?? 0, voucher: given?.voucher?.code ?? null };
}
