/** One customer's tier and birthday, by hand; and what other tiers would change before they are saved. */
import { createRoute, type z } from '@hono/zod-openapi';
import type { Answer } from '../customers/record.ts';
import { customersOf } from '../customers/stubs.ts';
import type { TierNow } from '../customers/tier-reader.ts';
import { birthdayOf, birthdayText } from '../domain/birthdays/date.ts';
import type { Operation } from '../domain/operations.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { requireScope } from '../http/scope.ts';
import { PREVIEW_TIERS } from '../jobs/preview-tiers.ts';
import { operate } from '../routing/follow.ts';
import { tracked } from '../routing/following.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/tiers.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { accepted, answerWithJob } from './job-start.ts';
import { requireSoundTiers } from './programme-flaws.ts';
import { findCustomer, refParam } from './ref.ts';

const COPY_WAIT_MS = 1_000;

export const tiers = routes();
const about = { tags: ['Programme'], security: bearer };

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/tier',
  summary: "A customer's tier as of now, what is missing for the next one, and until when it is kept",
  request: { params: refParam },
  responses: { 200: json(wire.CustomerTier, 'Where the customer stands'), ...refusals },
});
tiers.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  return c.json(await standingOf(c, shop, customer), 200);
});

async function standingOf(
  c: AppContext,
  shop: ShopSnapshot,
  first: string,
): Promise<z.infer<typeof wire.CustomerTier>> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(c.env, shop) };
  const found = await tracked({ env: c.env, shop }, first, (customer) =>
    customersOf(c.env, shop.id, customer).tierOf({ ...call, customer }),
  );
  if (found === null) throw new ProblemError('not_found');
  return tierView(found.customer, found.told);
}

function tierView(customer: string, { asOfMs, standing }: TierNow): z.infer<typeof wire.CustomerTier> {
  if (standing === null) throw new ProblemError('not_found', { detail: 'The programme has no tiers.' });
  return { customer, asOfMs, ...standing };
}

const lock = createRoute({
  ...about,
  method: 'put',
  path: '/admin/v1/customers/{ref}/tier',
  summary: 'Put a customer in a tier by hand',
  description:
    'Nothing moves the customer before `untilMs`; from then on they are where their own activity puts them. What counts is ' +
    'counted meanwhile. Entering a tier by hand gives nothing. A tier that is set already is replaced.',
  request: { params: refParam, headers: idempotent, body: body(wire.LockTier) },
  responses: { 200: json(wire.CustomerTier, 'Where the customer stands'), ...writeRefusals },
});
tiers.openapi(lock, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { tier, untilMs, reason } = c.req.valid('json');
  return raw(await changed(c, shop, c.req.valid('param').ref, { op: 'lock_tier', tier, untilMs, reason }));
});

const release = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/tier/release',
  summary: 'Let a customer move by themselves again, at once',
  description: 'Of a customer whose tier was not set by hand nothing changes.',
  request: { params: refParam, headers: idempotent, body: body(wire.ReleaseTier) },
  responses: { 200: json(wire.CustomerTier, 'Where the customer stands'), ...writeRefusals },
});
tiers.openapi(release, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { reason } = c.req.valid('json');
  return raw(await changed(c, shop, c.req.valid('param').ref, { op: 'release_tier', reason }));
});

async function changed(c: AppContext, shop: ShopSnapshot, ref: string, wanted: Wanted): Promise<Response> {
  const { customer, headers } = await operated(c, shop, ref, wanted);
  return c.json(await standingOf(c, shop, customer), 200, headers);
}

type Distributed<T> = T extends Operation ? Omit<T, 'key' | 'fingerprint'> : never;
type Wanted = Distributed<Extract<Operation, { op: 'lock_tier' | 'release_tier' | 'set_birthday' }>>;

/** Runs an operation at whoever the customer is by now, once for its key; throws where it was refused. */
async function operated(c: AppContext, shop: ShopSnapshot, ref: string, wanted: Wanted) {
  const customer = await findCustomer(c.env, shop.id, ref);
  const key = `op:${idempotencyKey(c) ?? crypto.randomUUID()}`;
  const operation = { ...wanted, key, fingerprint: await fingerprintOf(c) };
  const told = await operate(c.env, shop, { customer, input: { kind: 'operation', operation }, waitMs: COPY_WAIT_MS });
  c.set('rowsWritten', told.rowsWritten);
  const replayed = requireDone(told.answer);
  return { customer: told.customer, headers: { ...replayed, 'X-Projected': String(told.projected) } };
}

function requireDone(answer: Answer): Record<string, string> {
  if (answer.verdict === 'failed') throw new Error('the operation was not recorded');
  if (answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (answer.verdict === 'late') throw bad('untilMs', 'must be in the future');
  if (answer.refusal?.reason === 'unknown_tier') throw bad('tier', 'must be the id of a tier of the programme');
  if (answer.refusal !== null) throw new Error(`refused for ${answer.refusal.reason}`);
  return answer.verdict === 'duplicate' ? { 'Idempotent-Replayed': 'true' } : {};
}

function bad(field: string, rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field, rule }] });
}

const birthday = createRoute({
  ...about,
  method: 'put',
  path: '/admin/v1/customers/{ref}/birthday',
  summary: "Set a customer's birthday",
  description:
    'It is the profile’s birthday from now on. A date that is closer than the programme’s lead brings nothing before the ' +
    'next year, and moving a date brings nothing twice within a year.',
  request: { params: refParam, headers: idempotent, body: body(wire.SetBirthday) },
  responses: { 200: json(wire.Birthday, 'The birthday as it is kept'), ...writeRefusals },
});
tiers.openapi(birthday, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const { birthday: wanted } = c.req.valid('json');
  const date = birthdayOf(wanted);
  if (wanted !== null && date === null) throw bad('birthday', 'must be a day that there is');
  const operation = { op: 'set_birthday' as const, birthday: wanted, by: 'merchant' as const };
  const { customer, headers } = await operated(c, shop, c.req.valid('param').ref, operation);
  return raw(c.json({ customer, birthday: date === null ? null : birthdayText(date) }, 200, headers));
});

const preview = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/programme/tiers/preview',
  summary: 'See how many customers other tiers would move, before they are saved',
  description:
    'The result of the job says how many would go `from` which tier `to` which, and how many are and would be in each. ' +
    'Nothing is changed.',
  request: { headers: idempotent, body: body(wire.PreviewTiers) },
  responses: { ...accepted, ...writeRefusals },
});
tiers.openapi(preview, async (c) => {
  const { shop } = await requireScope(c, 'programme');
  const { tiers: wanted } = c.req.valid('json');
  requireSoundTiers(shop, wanted);
  return raw(await answerWithJob(c, shop.id, PREVIEW_TIERS, JSON.parse(JSON.stringify({ tiers: wanted }))));
});
