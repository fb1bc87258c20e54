/** Segment's endpoints: authenticate, bound, map, deliver, answer. Errors are of the kind its clients act on. */

import type { Verdict } from '../debugger/debugger.ts';
import { noteVerdicts } from '../debugger/notes.ts';
import { isDeep, isObject, type JsonObject, textOf } from '../domain/json.ts';
import type { AppContext } from '../http/app.ts';
import { routes } from '../http/app.ts';
import { parseObject, readBytes } from '../http/body.ts';
import { crossOrigin, originAllowed } from '../http/cors.ts';
import { waitSeconds } from '../http/rate.ts';
import { type Delivery, deliver, eventVerdict } from '../routing/deliver.ts';
import { orderSourceOf } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { ProblemError } from '../wire/problem.ts';
import { LARGEST_MESSAGE, type Mapped, MESSAGE_TYPES, mapMessage, type Sender } from './segment.ts';
import { type EventCaller, eventCaller } from './write-key.ts';

const LARGEST_BATCH = 500 * 1024;
const MOST_EVENTS = 2_500;
/** What one address may send with a publishable key; a burst of twice as many. */
const BROWSER_EVENTS_PER_SECOND = 500;
/** A body may carry its write key beside the batch. */
const SLACK = 1_024;

export const segment = routes();

for (const path of ['/v1/batch', ...MESSAGE_TYPES.map((type) => `/v1/${type}`)]) {
  segment.use(path, crossOrigin);
  segment.options(path, (c) => c.body(null, 204));
}

segment.post('/v1/batch', async (c) => {
  const bytes = await readBytes(c.req.raw, LARGEST_BATCH + SLACK);
  const body = parseObject(bytes);
  const { batch } = body;
  if (!Array.isArray(batch)) throw invalid('batch', 'must be a list of messages');
  if (batch.length > MOST_EVENTS) {
    throw new ProblemError('payload_too_large', {
      detail: `At most ${MOST_EVENTS} events in a batch.`,
    });
  }
  const messages = batch.map((message) => withShared(message, body));
  // a body within the limit of one message holds none that is over it
  return take(c, body, messages, bytes.byteLength > LARGEST_MESSAGE);
});

for (const type of MESSAGE_TYPES) {
  segment.post(`/v1/${type}`, async (c) => {
    const message = parseObject(await readBytes(c.req.raw, LARGEST_MESSAGE));
    return take(c, message, [{ ...message, type }], false);
  });
}

async function take(c: AppContext, body: JsonObject, messages: unknown[], measure: boolean): Promise<Response> {
  const caller = await eventCaller(c.env, c.req.raw, textOf(body, 'writeKey'));
  const { settings } = caller.shop;
  c.set('shop', caller.shop.id);
  if (caller.trust === 'browser' && !originAllowed(c.req.header('origin') ?? null, settings.origins)) {
    throw new ProblemError('origin_not_allowed');
  }
  requirePatience(c, caller, messages.length);
  const sender: Sender = {
    trust: caller.trust,
    ...(await receiptOf(c.env, caller.shop)),
    sentAt: body.sentAt,
    ownsOrders: orderSourceOf(caller.shop) === 'segment',
    currency: settings.currency,
  };
  const mapped = messages.map((message) =>
    measure && tooLarge(message) ? { refused: 'too_large' } : mapMessage(message, sender),
  );
  await store(c, caller, messages, mapped);
  return c.json({ success: true });
}

/** By key, and for what anyone may send by the sender's address too, before anything is made of it. */
function requirePatience(c: AppContext, { key, shop, trust }: EventCaller, events: number): void {
  const now = Date.now();
  const address = `${shop.id} ${c.req.header('cf-connecting-ip') ?? ''}`;
  const byKey = waitSeconds(key.id, shop.settings.ingestPerSecond, now);
  const wait = Math.max(byKey, trust === 'browser' ? waitSeconds(address, BROWSER_EVENTS_PER_SECOND, now, events) : 0);
  if (wait === 0) return;
  const headers = { 'Retry-After': `${wait}`, 'X-RateLimit-Reset': `${wait}` };
  throw new ProblemError('rate_limited', { headers });
}

async function store(c: AppContext, caller: EventCaller, messages: unknown[], mapped: Mapped[]): Promise<void> {
  const deliveries: Delivery[] = mapped.flatMap((one) => ('refused' in one ? [] : [one]));
  const { answers, rowsWritten } = await deliver(c.env, caller.shop, deliveries);
  c.set('rowsWritten', rowsWritten);
  let at = 0;
  const verdicts = mapped.map((one, index): Verdict => {
    const about = aboutMessage(messages[index], caller.trust);
    if ('refused' in one) return { ...about, verdict: 'refused', reason: one.refused };
    const answer = answers[at++];
    return { ...about, name: one.event.name, verdict: eventVerdict(answer), reason: one.note };
  });
  c.executionCtx.waitUntil(noteVerdicts(c.env, caller.shop.id, verdicts));
}

function aboutMessage(message: unknown, trust: string): Omit<Verdict, 'verdict' | 'reason'> {
  const from = isObject(message) ? message : {};
  const short = (name: string) => textOf(from, name)?.slice(0, 255) ?? null;
  return {
    atMs: Date.now(),
    source: `segment:${trust}`,
    type: short('type'),
    name: short('event'),
    messageId: short('messageId'),
  };
}

/** A batch may give its context once for all of its messages. */
function withShared(message: unknown, body: JsonObject): unknown {
  if (!isObject(message) || message.context !== undefined || !isObject(body.context)) return message;
  // a profile said once for all would be stored once for each
  const { traits: _, ...context } = body.context;
  return { ...message, context };
}

/** Counts bytes only where the characters alone do not already decide. */
function tooLarge(message: unknown): boolean {
  if (isObject(message) && isDeep(message)) return false; // refused for that; and JSON.stringify would run out of stack
  const text = JSON.stringify(message);
  if (text.length > LARGEST_MESSAGE) return true;
  return text.length * 3 > LARGEST_MESSAGE && new TextEncoder().encode(text).byteLength > LARGEST_MESSAGE;
}

function invalid(field: string, rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field, rule }] });
}
