/** What the event log is told of events that were read: each with its verdict, after the answer. */

import type { Note, NoteHead } from '../debugger/note.ts';
import { noteArrival } from '../debugger/notes.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { isObject, textOf } from '../domain/json.ts';
import type { AppContext } from '../http/app.ts';
import { type Delivered, type Delivery, eventVerdict } from '../routing/deliver.ts';
import type { EventReason, EventVerdict } from '../wire/event-reasons.ts';
import { boundedRaw, shortText, webhookAbout } from './refusal-notes.ts';
import { contentOf, isIdentify, type RuledDelivery, type RuledMapped, sentNameOf } from './ruled.ts';
import type { EventCaller } from './write-key.ts';

/** Messages of one request in their order; `mapped` has one for each, `delivered` one for each that was not refused. */
export interface Told {
  messages: unknown[];
  mapped: RuledMapped[];
  delivered: Delivered;
}

/** Notes the messages of a request. Nothing is made of them before the flush, and of most of a flood never. */
export function noteMessages(c: AppContext, { shop, trust }: EventCaller, { messages, mapped, delivered }: Told): void {
  const common = { atMs: Date.now(), source: 'segment' as const, trust, count: 1 };
  const bytes = c.get('received')?.byteLength ?? 0;
  const notes = () => {
    let place = 0;
    return mapped.map((one, index): Note => {
      const outcome = outcomeOf(one, delivered, 'refused' in one ? 0 : place++);
      const about = messageAbout(messages[index], one, outcome);
      return { ...common, ...about, ...outcome, ...(outcome.reason === 'erased' && { raw: null }) };
    });
  };
  c.executionCtx.waitUntil(noteArrival(c.env, shop.id, { events: messages.length, bytes, notes }));
}

/** A webhook as it was mapped, and what the rules and the objects made of it. */
export interface WebhookTold {
  delivery: Delivery;
  ruled: RuledDelivery;
  delivered: Delivered | null;
}

export type WebhookOutcome =
  | { kind: 'event'; told: WebhookTold }
  | { kind: 'other'; verdict: EventVerdict; reason: EventReason | null };

/** Notes a webhook; answers its verdict. */
export function noteWebhook(c: AppContext, shop: string, webhook: WebhookOutcome): EventVerdict {
  const about = webhook.kind === 'event' ? eventAbout(webhook.told) : { ...NO_EVENT, ...webhook, kind: undefined };
  const { kind: _, ...outcome } = about;
  const raw = boundedRaw(c);
  const note: Note = {
    ...{ atMs: Date.now(), source: 'shopify', trust: 'server', count: 1 },
    ...webhookAbout(c),
    raw,
    ...outcome,
    ...(outcome.reason === 'erased' && { raw: null }),
  };
  const bytes = raw?.byteLength ?? 0;
  c.executionCtx.waitUntil(noteArrival(c.env, shop, { events: 1, bytes, notes: () => [note] }));
  return note.verdict;
}

const NO_EVENT = { name: null, sentName: null, customer: null, event: null, lesson: null, differences: [] };

function eventAbout({ delivery, ruled, delivered }: WebhookTold) {
  const outcome = outcomeOf(ruled, delivered, 0);
  const sentName = delivery.event.name;
  const ruledName = ruled.ruled?.name ?? sentName;
  const name = outcome.event?.name ?? ruledName;
  return { kind: undefined, sentName, name, lesson: lessonOf(outcome, ruledName, false), ...outcome };
}

interface Outcome extends Pick<NoteHead, 'verdict' | 'reason' | 'differences' | 'customer'> {
  event: CustomerEvent | null;
}

function outcomeOf(one: RuledMapped | RuledDelivery, delivered: Delivered | null, place: number): Outcome {
  const differences = one.ruled?.differences ?? [];
  if ('refused' in one) {
    const verdict = one.refused === 'blocked_by_rule' ? 'blocked' : 'refused';
    return { verdict, reason: one.refused, differences, customer: null, event: null };
  }
  const stored = eventVerdict(delivered?.answers[place]);
  const note = 'note' in one ? one.note : null;
  const reached = { differences, customer: delivered?.customers[place] ?? null, event: one.event };
  if (stored === 'erased')
    return { verdict: 'refused', reason: 'erased', differences: [], customer: null, event: null };
  if (stored === 'failed') return { ...reached, verdict: stored, reason: 'internal' };
  if (stored === 'duplicate') return { ...reached, verdict: stored, reason: note };
  if (differences.length > 0) return { ...reached, verdict: 'warned', reason: note ?? 'schema_mismatch' };
  if (one.ruled?.renamed) return { ...reached, verdict: 'renamed', reason: note ?? 'renamed_by_rule' };
  return { ...reached, verdict: 'recorded', reason: note };
}

function messageAbout(message: unknown, one: RuledMapped, outcome: Outcome) {
  const from = isObject(message) ? message : {};
  const sentName = sentNameOf(message);
  const ruledName = one.ruled?.name ?? sentName ?? outcome.event?.name ?? null;
  return {
    type: shortText(textOf(from, 'type')),
    name: shortText(outcome.event?.name ?? ruledName),
    sentName: shortText(sentName),
    messageId: shortText(textOf(from, 'messageId') ?? textOf(from, 'message_id')),
    raw: message,
    lesson: lessonOf(outcome, ruledName, isIdentify(message)),
  };
}

/** Only what was stored for the first time teaches: not a retry, and not what a rule refused. */
function lessonOf({ event, verdict }: Outcome, name: string | null, identify: boolean): Note['lesson'] {
  if (event === null || name === null || verdict === 'duplicate' || verdict === 'failed') return null;
  return { name, content: contentOf(event, identify) };
}
