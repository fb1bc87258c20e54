/**
 * The endpoints of Segment's clients and of those that speak like them: authenticate, bound, map, deliver, answer. Errors
 * are of the kind these clients act on, and never a redirect, which some of them take for success.
 */

import { flawOf, isObject, type JsonObject, textOf } from '../domain/json.ts';
import { addressOf } from '../http/address.ts';
import { type AppContext, routes } from '../http/app.ts';
import { parseObject, readBytes } from '../http/body.ts';
import { originAllowed } from '../http/cors.ts';
import { onlyMethods } from '../http/method.ts';
import { LARGEST_MESSAGE, type MessageType, type Sender } from '../mapping/segment.ts';
import { type Delivery, deliver } from '../routing/deliver.ts';
import { eventRulesOf, orderSourceOf } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { ProblemError } from '../wire/problem.ts';
import { noteMessages } from './event-notes.ts';
import { openToPages, requireRoom, takeRoom } from './guards.ts';
import { refusalsNoted } from './refusal-notes.ts';
import { mapRuled, type RuledMapped } from './ruled.ts';
import { type EventCaller, eventCaller, keyInHeader, keyInQuery } from './write-key.ts';

const LARGEST_BATCH = 500 * 1024;
const MOST_EVENTS = 2_500;
/** A body may carry its write key beside the batch. */
const SLACK = 1_024;

/** The whole name as servers and RudderStack say it, the letter as Segment's browser client does. */
const SINGLES: Readonly<Record<string, MessageType>> = {
  '/v1/track': 'track',
  '/v1/t': 'track',
  '/v1/identify': 'identify',
  '/v1/i': 'identify',
  '/v1/page': 'page',
  '/v1/p': 'page',
  '/v1/screen': 'screen',
  '/v1/s': 'screen',
  '/v1/group': 'group',
  '/v1/g': 'group',
  '/v1/alias': 'alias',
  '/v1/a': 'alias',
};
/** The last is for `navigator.sendBeacon`: no headers, so its key stands in the query. */
const BATCHES = ['/v1/batch', '/v1/b', '/beacon/v1/batch'];
const PATHS = [...BATCHES, ...Object.keys(SINGLES)];

export const segment = routes();

for (const path of PATHS) {
  openToPages(segment, path);
  segment.use(path, refusalsNoted('segment'));
}

for (const path of BATCHES) {
  segment.post(path, async (c) => {
    const { caller, body, size } = await receive(c, LARGEST_BATCH + SLACK);
    // a context given once for the whole batch holds nothing that is stored: a profile said for all is nobody's
    const { batch } = body;
    if (!Array.isArray(batch)) throw invalid('batch', 'must be a list of messages');
    if (batch.length > MOST_EVENTS) {
      throw new ProblemError('payload_too_large', {
        detail: `At most ${MOST_EVENTS} events in a batch.`,
      });
    }
    // a body within the limit of one message holds none that is over it
    const measure = size > LARGEST_MESSAGE;
    await take(c, caller, { messages: batch, sentAt: body.sentAt, measure });
    return c.json({ success: true });
  });
}

for (const [path, type] of Object.entries(SINGLES)) {
  segment.post(path, async (c) => {
    const { caller, body } = await receive(c, LARGEST_MESSAGE);
    await take(c, caller, { messages: [{ ...body, type }], sentAt: body.sentAt, measure: false });
    return c.json({ success: true });
  });
}

for (const path of PATHS) segment.all(path, onlyMethods('POST, OPTIONS'));

interface Received {
  caller: EventCaller;
  body: JsonObject;
  /** Bytes, unpacked. */
  size: number;
}

/** A key in the header is looked at before the body is. */
async function receive(c: AppContext, most: number): Promise<Received> {
  const inHeader = keyInHeader(c.req.raw);
  const known = inHeader === null ? null : await admit(c, inHeader);
  const bytes = await readBytes(c.req.raw, most);
  c.set('received', bytes);
  const body = parseObject(bytes);
  const caller = known ?? (await admit(c, textOf(body, 'writeKey') ?? keyInQuery(c.req.raw)));
  return { caller, body, size: bytes.byteLength };
}

async function admit(c: AppContext, key: string | null): Promise<EventCaller> {
  const caller = await eventCaller(c.env, key);
  const { id, settings } = caller.shop;
  c.set('shop', id);
  if (caller.trust === 'browser' && !originAllowed(c.req.header('origin') ?? null, settings.origins)) {
    throw new ProblemError('origin_not_allowed');
  }
  requireRoom(c, caller);
  return caller;
}

interface Sent {
  messages: unknown[];
  sentAt: unknown;
  /** Whether one of them may be over its limit. */
  measure: boolean;
}

async function take(c: AppContext, caller: EventCaller, { messages, sentAt, measure }: Sent): Promise<void> {
  takeRoom(c, caller, messages.length);
  if (messages.length === 0) return;
  const sender: Sender = {
    trust: caller.trust,
    ...(caller.trust === 'browser' ? { visitor: addressOf(c.req.raw) } : {}),
    ...(await receiptOf(c.env, caller.shop)),
    sentAt,
    ownsOrders: orderSourceOf(caller.shop) === 'segment',
    currency: caller.shop.settings.currency,
  };
  const rules = eventRulesOf(caller.shop);
  const mapped = messages.map(
    (message): RuledMapped =>
      measure && tooLarge(message) ? { refused: 'too_large' } : mapRuled(message, sender, rules),
  );
  await store(c, caller, messages, mapped);
}

async function store(c: AppContext, caller: EventCaller, messages: unknown[], mapped: RuledMapped[]): Promise<void> {
  const deliveries: Delivery[] = mapped.flatMap((one) => ('refused' in one ? [] : [one]));
  const delivered = await deliver(c.env, caller.shop, deliveries);
  c.set('rowsWritten', delivered.rowsWritten);
  noteMessages(c, caller, { messages, mapped, delivered });
}

/** Counts bytes only where the characters alone do not already decide. */
function tooLarge(message: unknown): boolean {
  if (isObject(message) && flawOf(message) === 'too_deep') return false; // refused for that; and JSON.stringify would run out of stack
  const text = JSON.stringify(message);
  if (text.length > LARGEST_MESSAGE) return true;
  return text.length * 3 > LARGEST_MESSAGE && new TextEncoder().encode(text).byteLength > LARGEST_MESSAGE;
}

function invalid(field: string, rule: string): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field, rule }] });
}
