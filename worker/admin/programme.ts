/** The merchant's programme: read, and replaced as a whole. */
import { createRoute, type z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { Programme, ProgrammeVersion } from '../wire/programme.ts';
import { applySettings } from './apply-settings.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { once } from './idempotency.ts';

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
  security: bearer,
  request: { headers: idempotent, body: body(Programme) },
  responses: {
    200: json(ProgrammeVersion, 'The programme as it is now'),
    ...writeRefusals,
  },
});
programme.openapi(writeProgramme, async (c) => {
  const { shop, key } = await requireScope(c, 'programme');
  const wanted = given(c.req.valid('json'));
  return raw(
    await once(c, shop.id, async () =>
      c.json(programmeView(await applySettings(c, shop.id, { programme: wanted }, key.id))),
    ),
  );
});

/** A programme from before points could run out by the calendar has no word of it. */
function programmeView({ settings }: ShopSnapshot): z.infer<typeof ProgrammeVersion> {
  const { programme, programmeVersion } = settings;
  return { version: programmeVersion, programme: { ...programme, expiry: programme.expiry ?? null } };
}
