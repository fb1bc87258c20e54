/** The clock of a test shop: read it, and advance it through everything that falls due. */
import { createRoute } from '@hono/zod-openapi';
import type { z } from 'zod';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { ADVANCE_CLOCK } from '../jobs/advance-clock.ts';
import { jobsOf } from '../jobs/stubs.ts';
import { shopOf } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { addDuration } from '../time/iso-duration.ts';
import { Clock, ClockAdvance, LATEST_MS } from '../wire/clock.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { jobPath, startJob } from './job-start.ts';

/** How long an advance is waited for before it is answered as a job. */
const WAIT_MS = 9_000;

export const clock = routes();
const about = { tags: ['Test clock'], security: bearer };

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/clock',
  summary: 'What time it is in a test shop',
  responses: { 200: json(Clock, 'The clock'), ...refusals, 409: writeRefusals[409] },
});
clock.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  requireTest(shop);
  return c.json(await clockView(c, shop.id), 200);
});

const advance = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/clock',
  summary: "Advance a test shop's clock",
  description:
    'The clock runs with real time until it is first set; then it stands still but for this. On its way everything that ' +
    'falls due for any customer happens, each at its own time and in the order of time over the whole shop, before the ' +
    'clock answers `ready`. What takes longer than about ten seconds is answered 202 and goes on as a job. Meanwhile ' +
    'events are taken as ever, at the instant the clock has reached; a second advance is refused with 409.',
  request: { headers: idempotent, body: body(ClockAdvance) },
  responses: {
    200: json(Clock, 'The instant is reached, and nothing is due any more; short of it where the job was cancelled'),
    202: json(Clock, 'It is on its way; `Location` says where to follow it'),
    ...writeRefusals,
  },
});
clock.openapi(advance, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  requireTest(shop);
  const response = await once(c, shop.id, () => advanceTo(c, shop.id, c.req.valid('json')));
  const { jobId } = Clock.parse(await response.clone().json());
  if (response.status === 202 && jobId !== null) response.headers.set('Location', jobPath(jobId));
  return raw(response);
});

async function advanceTo(c: AppContext, shop: string, wanted: z.infer<typeof ClockAdvance>): Promise<Response> {
  const { nowMs } = await shopOf(c.env, shop).clock();
  const toMs = targetOf(nowMs, wanted);
  const job = await startJob(c, shop, ADVANCE_CLOCK, { fromMs: Math.min(nowMs, toMs), toMs });
  const ended = await jobsOf(c.env, shop).ended(job.id, WAIT_MS);
  // one that was cancelled has ended too: the clock is ready where it stopped
  return c.json(await clockView(c, shop), ended !== null && ended.endedAtMs !== null ? 200 : 202);
}

function targetOf(nowMs: number, { toMs, by }: z.infer<typeof ClockAdvance>): number {
  if (toMs !== undefined && toMs < nowMs) {
    throw new ProblemError('conflict', { detail: `The clock stands at ${nowMs} and never runs backwards.` });
  }
  const target = toMs ?? addDuration(nowMs, by ?? '');
  if (target === null) throw invalidBy('must be an ISO 8601 duration, such as P1D or P2Y');
  if (target > LATEST_MS) throw invalidBy('must end before the year 2189');
  return target;
}

function invalidBy(rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field: 'by', rule }] });
}

function requireTest(shop: ShopSnapshot): void {
  if (shop.settings.mode === 'test') return;
  throw new ProblemError('conflict', {
    detail: 'A live shop keeps real time; only a shop made with mode test has a clock.',
  });
}

async function clockView(c: AppContext, shop: string): Promise<z.infer<typeof Clock>> {
  const open = await jobsOf(c.env, shop).openOf(ADVANCE_CLOCK);
  const reading = await shopOf(c.env, shop).clock();
  return { ...reading, status: open === null ? 'ready' : 'advancing', jobId: open?.id ?? null };
}
