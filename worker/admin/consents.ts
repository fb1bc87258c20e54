/** Consent by hand: what a customer told the merchant, and suppressions put and lifted. */
import { createRoute, type z } from '@hono/zod-openapi';
import type { Channel, ConsentChange } from '../domain/consent.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { changeConsents } from '../routing/change-consents.ts';
import { sha256Hex } from '../shops/crypto.ts';
import { ChannelConsent, ConsentWrite, Channel as WireChannel } from '../wire/consents.ts';
import { ProblemError } from '../wire/problem.ts';
import { consentView } from './consent-views.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';

export const consents = routes();

const write = createRoute({
  method: 'put',
  path: '/admin/v1/customers/{ref}/consents/{channel}',
  tags: ['Customers'],
  summary: 'Say what a customer consented to, or suppress a channel and lift that again',
  description:
    'The newest word stands by its own time: one that is older than what is kept is recorded on the timeline and changes ' +
    'nothing. A suppression wins over any state until `suppressed: false` lifts it.',
  security: bearer,
  request: {
    params: refParam.extend({ channel: WireChannel }),
    headers: idempotent,
    body: body(ConsentWrite),
  },
  responses: { 200: json(ChannelConsent, 'The channel as it stands now'), ...writeRefusals },
});

consents.openapi(write, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { ref, channel } = c.req.valid('param');
  const changes = changesOf(channel, c.req.valid('json'));
  const customer = await findCustomer(c.env, shop.id, ref);
  return raw(
    await once(c, shop.id, async () => {
      const now = await changeConsents(c.env, shop, { customer, key: await keyOf(c), source: 'api', changes });
      c.set('rowsWritten', now.rowsWritten);
      return c.json(consentView(now.consents, channel), 200);
    }),
  );
});

function changesOf(channel: Channel, wanted: ConsentWrite): ConsentChange[] {
  const { state, source, suppressed } = wanted;
  const atMs = wanted.atMs ?? null;
  if (atMs !== null && atMs > Date.now()) throw inFuture();
  const changes: ConsentChange[] = [];
  if (state !== undefined) changes.push({ kind: 'state', channel, state, atMs, source, proof: given(wanted.proof) });
  if (suppressed === true) changes.push({ kind: 'suppressed', channel, reason: 'manual', atMs: null, source });
  if (suppressed === false) changes.push({ kind: 'lifted', channel, atMs: null, source });
  return changes;
}

function given(proof: z.infer<typeof ConsentWrite>['proof']) {
  return Object.fromEntries(Object.entries(proof).filter(([, value]) => value !== undefined));
}

async function keyOf(c: AppContext): Promise<string> {
  const seed = seedOf(c);
  return `consent:${seed === null ? crypto.randomUUID() : await sha256Hex(seed)}`;
}

function inFuture(): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field: 'atMs', rule: 'must not be in the future' }] });
}
