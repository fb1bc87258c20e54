/** The merchant's programme: read, and replaced as a whole. */
import { createRoute, type z } from '@hono/zod-openapi';
import { movesCustomers } from '../domain/loyalty/moves-customers.ts';
import type { Programme as DomainProgramme } from '../domain/programme.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { EVALUATE_PROGRAMME } from '../jobs/evaluate-programme.ts';
import type { Caller } from '../shops/auth.ts';
import { shopOf } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { Programme, ProgrammeSaved, ProgrammeVersion } from '../wire/programme.ts';
import { applySettings } from './apply-settings.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { jobView, startJob } from './job-start.ts';
import { requireKnownSegments, requireSoundProgramme } from './programme-flaws.ts';

export const programme = routes();

const readProgramme = createRoute({
  method: 'get',
  path: '/admin/v1/programme',
  tags: ['Programme'],
  summary: 'The programme in force',
  security: bearer,
  responses: { 200: json(ProgrammeVersion, 'The programme'), ...refusals },
});
programme.openapi(readProgramme, async (c) => {
  const { shop } = await requireScope(c, 'programme');
  return c.json(programmeView(shop), 200);
});

const writeProgramme = createRoute({
  method: 'put',
  path: '/admin/v1/programme',
  tags: ['Programme'],
  summary: 'Replace the programme; orders already earned keep the rule of their day',
  description:
    'It is in force at once for whoever does something from now on. Where it changes tiers, birthdays, members or the expiry ' +
    'of points, a job holds everybody else against it; what that moves is marked as quiet, for no messages to be sent of it.',
  security: bearer,
  request: { headers: idempotent, body: body(Programme) },
  responses: {
    200: json(ProgrammeSaved, 'The programme as it is now, and the job that holds everybody against it'),
    ...writeRefusals,
  },
});
programme.openapi(writeProgramme, async (c) => {
  const caller = await requireScope(c, 'programme');
  const wanted = given(c.req.valid('json'));
  requireSoundProgramme(wanted);
  await requireKnownSegments(c.env, caller.shop, wanted);
  return raw(await once(c, caller.shop.id, (again) => replace(c, caller, wanted, again)));
});

async function replace(
  c: AppContext,
  { shop, key }: Caller,
  programme: DomainProgramme,
  again: boolean,
): Promise<Response> {
  const before = await shopOf(c.env, shop.id).snapshot();
  const after = await applySettings(c, shop.id, { programme }, key.id);
  // a run of this request that died may have replaced it, and not begun the job
  const moves = again || before === null || movesCustomers(before.settings.programme, after.settings.programme);
  const job = moves ? await startJob(c, shop.id, EVALUATE_PROGRAMME, {}) : null;
  return c.json({ ...programmeView(after), job: job && jobView(job) }, 200);
}

/** A programme from before points could run out by the calendar has no word of it. */
function programmeView({ settings }: ShopSnapshot): z.infer<typeof ProgrammeVersion> {
  const { programme, programmeVersion } = settings;
  return { version: programmeVersion, programme: { ...programme, expiry: programme.expiry ?? null } };
}
