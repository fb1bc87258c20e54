/** Validations for pages of the shop: what vouchers would do for a cart. Guesses are counted, and learn nothing. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import type { AppContext } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { ClientValidation, ClientValidationQuery } from '../wire/voucher-client.ts';
import * as wire from '../wire/voucher-redemptions.ts';
import { fromBrackets } from './bracketed.ts';
import { type Client, requireScope } from './client-access.ts';
import { clientAsking, clientLooking, clientNamed } from './client-asking.ts';
import { clientRoute } from './client-group.ts';
import { errorFor, lookFor } from './client-guard.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoutes } from './group.ts';
import { creditsOf } from './redemptions.ts';
import { type Asked, worldOf } from './request.ts';
import { type Evaluated, evaluate, isValid, oneView, stackView, type Telling, ttlOf } from './validation.ts';

export const clientValidations = voucherRoutes();

const GUARDED =
  'After ten codes that do not exist within a quarter of an hour the visitor is turned away with 429. Of a secret code that ' +
  'cannot be used it is only told that there is no such code.';

const one = createRoute({
  ...clientRoute('hub'),
  method: 'get',
  path: '/client/v1/validate',
  summary: 'What one voucher would do',
  description: GUARDED,
  request: { query: ClientValidationQuery },
  responses: { 200: json(wire.Validation, 'Whether it can be used, and what it would take'), ...voucherRefusals },
});
clientValidations.openapi(one, async (c) => {
  const { code, asked } = validationIn(c);
  const redeemables = [{ object: 'voucher' as const, id: code, gift: asked.gift }];
  const { done, telling } = await evaluated(c, c.get('client'), { ...asked, redeemables });
  const about = { tracking_id: null, metadata: asked.metadata ?? {} };
  return c.json({ valid: isValid(done), ...oneView(done, code, about, telling) }, 200);
});

const several = createRoute({
  ...clientRoute('hub'),
  method: 'post',
  path: '/client/v1/validations',
  summary: 'What one or several vouchers would do for one order',
  description: GUARDED,
  request: { body: body(wire.AskStack) },
  responses: { 200: json(wire.Validation, 'Each of them, and the order after all of them'), ...voucherRefusals },
});
clientValidations.openapi(several, async (c) => {
  const { done, telling } = await evaluated(c, c.get('client'), c.req.valid('json'));
  return c.json({ valid: isValid(done), ...stackView(done, telling) }, 200);
});

clientValidations.all('/client/v1/validate', onlyMethods('GET, OPTIONS'));
clientValidations.all('/client/v1/validations', onlyMethods('POST, OPTIONS'));

function validationIn(c: Pick<AppContext, 'req'>) {
  const query = fromBrackets(new URL(c.req.url).searchParams);
  const read = ClientValidation.safeParse(query);
  if (read.success) return read.data;
  const flaws = read.error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new VoucherError('invalid_query_params', flaws.join('; '));
}

async function evaluated(
  c: Asked & Pick<AppContext, 'get'>,
  client: Client,
  { redeemables, session, options: _, ...wanted }: wire.AskStack,
): Promise<{ done: Evaluated; telling: Telling }> {
  const { shop, visitor } = client;
  const { currency } = shop.settings;
  const world = await worldOf(c, shop);
  // what is kept is kept from others
  if (session != null) requireScope(client, 'redeem');
  const asks = session == null ? clientLooking : clientAsking;
  const asking = await asks(world, client, { ...wanted, session });
  const asked = redeemables.map(({ id, gift }) => ({ code: id, creditsMinor: creditsOf(gift, currency) }));
  const kept = session == null ? null : shortSession(session);
  const { sources, alone } = await lookFor(world, asking, { visitor, redeemables: asked });
  const evaluating = {
    redeemables: asked,
    session: kept,
    named: await clientNamed(c, client),
    scope: 'public' as const,
  };
  const isSeen = alone !== null && asked.length === 1 && kept === null;
  const done = isSeen ? seenAlready(alone) : await evaluate(world, asking, evaluating);
  const order = wanted.order ?? null;
  const about = { currency, requestId: c.get('requestId'), order };
  return { done, telling: { ...about, errorOf: errorFor(sources, visitor) } };
}

/** One code by itself was reckoned when it was looked for. */
function seenAlready(planned: Evaluated['planned']): Evaluated {
  return { planned, session: null, refused: null, code: null };
}

const LONGEST_MS = 86_400_000;

/** What a page keeps it keeps for a checkout, not for a week. */
function shortSession(session: wire.VoucherSession): wire.VoucherSession {
  const { ttl, ttl_unit } = session;
  if (ttl !== undefined && ttlOf({ ttl, ttl_unit }) > LONGEST_MS)
    throw new VoucherError('invalid_payload', 'session.ttl must be at most one day here');
  return session;
}
