/** Points by hand: one ledger operation, one key, one answer for ever. */

import type { z } from '@hono/zod-openapi';
import { createRoute } from '@hono/zod-openapi';
import type { Answer } from '../customers/record.ts';
import type { JournalRow } from '../domain/journal.ts';
import { carriedFrom } from '../domain/merge.ts';
import type { Refusal } from '../domain/refusal.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { requireScope } from '../http/scope.ts';
import { operate } from '../routing/follow.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { Adjust, Adjusted } from '../wire/customers.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { findCustomer, refParam } from './ref.ts';
import { entryViews } from './views.ts';

const COPY_WAIT_MS = 1_000;

export const points = routes();

const adjust = createRoute({
  method: 'post',
  path: '/admin/v1/customers/{ref}/points',
  tags: ['Customers'],
  summary: 'Give or take points, with a reason',
  description:
    'Send an Idempotency-Key: a retry with the same key changes nothing and gets the first answer, a refusal included. ' +
    'Keys are kept for ever; their scope is the customer. `X-Projected: false` says that lists do not show it yet.',
  security: bearer,
  request: { params: refParam, headers: idempotent, body: body(Adjust) },
  responses: {
    200: json(Adjusted, 'The ledger entry and the balance after it'),
    ...writeRefusals,
  },
});

points.openapi(adjust, async (c) => {
  const { shop } = await requireScope(c, 'points');
  const wanted = c.req.valid('json');
  if (wanted.expiresAtMs !== null && wanted.points < 0) throw badExpiry('only points that are given run out');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  return raw(await record(c, shop, customer, wanted));
});

async function record(
  c: AppContext,
  shop: ShopSnapshot,
  customer: string,
  wanted: z.infer<typeof Adjust>,
): Promise<Response> {
  const key = idempotencyKey(c);
  const operation = {
    op: 'adjust' as const,
    ...given(wanted),
    key: `op:${key ?? crypto.randomUUID()}`,
    fingerprint: await fingerprintOf(c),
  };
  const input = { kind: 'operation' as const, operation };
  const told = await operate(c.env, shop, { customer, input, waitMs: COPY_WAIT_MS });
  c.set('rowsWritten', told.rowsWritten);
  const response = render(c, told.customer, told.answer);
  response.headers.set('X-Projected', String(told.projected));
  return response;
}

function render(c: AppContext, customer: string, answer: Answer): Response {
  if (answer.verdict === 'failed') throw new Error('the adjustment was not recorded');
  if (answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (answer.verdict === 'late') throw badExpiry('must be in the future');
  const replayed: Record<string, string> = answer.verdict === 'duplicate' ? { 'Idempotent-Replayed': 'true' } : {};
  if (answer.refusal !== null) throw refused(answer.refusal, replayed);
  if (answer.row === null) throw new Error('an adjustment without its journal row');
  return c.json(adjusted(customer, answer.row), 200, replayed);
}

function badExpiry(rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field: 'expiresAtMs', rule }] });
}

function adjusted(customer: string, row: JournalRow): z.infer<typeof Adjusted> {
  const entry = entryViews(row)[0];
  if (entry === undefined) throw new Error('an adjustment without its entry');
  // a replay names whom the first answer named, whose rows the entry counts
  return { customer: carriedFrom(row)?.customer ?? customer, entry, balance: entry.balanceAfter };
}

function refused(refusal: Refusal, headers: Record<string, string>): ProblemError {
  switch (refusal.reason) {
    case 'insufficient_points': {
      const detail = `The balance is ${refusal.balance}; ${refusal.asked} were asked for.`;
      return new ProblemError('insufficient_points', { detail, headers });
    }
    case 'balance_limit': {
      const detail = `The balance is ${refusal.balance}; ${refusal.asked} more do not fit.`;
      return new ProblemError('balance_limit', { detail, headers });
    }
    default:
      throw new Error(`an adjustment refused for ${refusal.reason}`);
  }
}
