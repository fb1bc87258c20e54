/**
 * The centre: what one input does to one customer. Pure: it reads no clock, no storage and no random source. The caller
 * has already run everything that was due by `now` and has looked up that the input's key is new.
 */
import { applyConsents, type RecordedConsent } from './consent.ts';
import type { Changes, Head, State } from './customer.ts';
import type { Decision } from './decision.ts';
import { applyFact } from './earning/order-points.ts';
import type { CustomerEvent } from './event.ts';
import type { JsonObject } from './json.ts';
import { expire, type Lot } from './ledger.ts';
import type { When } from './loyalty/part.ts';
import { afterDecision, loyaltyDue, programmeChanged } from './loyalty/parts.ts';
import { orderIdOf } from './order-facts.ts';
import { applyLists, changesByEvent } from './segments/lists.ts';
import type { ListChange } from './segments/states.ts';
import type { Terms } from './terms.ts';
import { mergeTraits, profilesAfter } from './traits.ts';
import { close, open, pushRow, type Work } from './work.ts';

/** Closes lots that ran out by an instant, each group at its own, oldest first. Call before every input and every alarm. */
export function decideDue(state: State, terms: Terms, byMs: number, nowMs = byMs): Changes | null {
  const due = state.lots.filter((lot) => lot.expiresAtMs <= byMs);
  if (due.length === 0) return null;
  const work = open(state);
  for (const at of new Set(due.map((lot) => lot.expiresAtMs).sort((a, b) => a - b))) {
    const lots = due.filter((lot) => lot.expiresAtMs === at);
    for (const lot of lots) noteExpiry(work, lot);
    pushRow(work, {
      kind: 'points.expired',
      atMs: at,
      recordedAtMs: nowMs,
      terms,
      entries: [expire(work.draft, lots)],
    });
  }
  return close(work, nowMs);
}

/** What the programme does by itself at exactly `when.atMs`: a birthday, a tier's end, a balance that nobody used. */
export function decideLoyaltyDue(state: State, terms: Terms, when: When): Changes {
  const work = open(state);
  loyaltyDue(work, when, terms);
  return close(work, when.nowMs);
}

/** Holds a customer against a programme that is newer than the one they were held against. */
export function decideProgramme(state: State, terms: Terms, when: When): Changes {
  const work = open(state);
  programmeChanged(work, when, terms);
  return close(work, when.nowMs);
}

export function decideEvent(state: State, event: CustomerEvent, terms: Terms, now: number, known: boolean): Decision {
  const work = open(state);
  const orderId = event.fact ? orderIdOf(event.fact) : null;
  const entries = event.fact && orderId !== null ? applyFact(work, event, terms, now) : [];
  const teller = { trust: event.trust, known: work.head.known || known, nowMs: now };
  const { consents, recorded } = applyConsents(work.head.consents, event.consents ?? [], teller);
  const { lists, applied } = applyLists(work.head.lists, listChanges(event, terms, now), now);
  work.head = {
    ...work.head,
    known: teller.known,
    traits: mergeTraits({ ...work.head, known: teller.known }, event),
    profiles: profilesAfter(work.head, event),
    consents,
    lists,
    ...seen(work.head, event),
  };
  pushRow(work, {
    kind: 'event',
    name: event.name,
    // the clock that received it may be ahead of this one, and nothing lies in the future
    atMs: Math.min(event.occurredAtMs, now),
    recordedAtMs: now,
    key: event.key,
    orderId,
    terms,
    entries,
    about: aboutEvent(event, recorded, applied),
  });
  const isSilent = event.backfill !== undefined && !event.backfill.earn;
  if (!isSilent && event.aside !== true)
    afterDecision(work, { atMs: Math.min(event.occurredAtMs, now), nowMs: now, event, entries }, terms);
  return { changes: close(work, now), refusal: null };
}

/** What it says of lists itself, and what their rules make of it; what is filled in sets no rule off. */
function listChanges(event: CustomerEvent, { segments }: Terms, nowMs: number): ListChange[] {
  const said = event.trust === 'server' ? (event.lists ?? []) : [];
  if (event.backfill !== undefined || event.aside === true) return said;
  const { name, properties, trust } = event;
  return [...said, ...changesByEvent(segments, { name, properties, trust, nowMs })];
}

/** What is filled in says when somebody was seen only where it names a time; of somebody new it is all that is known. */
function seen(head: Head, event: CustomerEvent): Pick<Head, 'firstSeenMs' | 'lastSeenMs'> {
  const { occurredAtMs, receivedAtMs, backfill } = event;
  const { firstSeenMs, lastSeenMs } = head;
  if (backfill !== undefined && head.seq === 0) return { firstSeenMs: occurredAtMs, lastSeenMs: occurredAtMs };
  if (backfill !== undefined && occurredAtMs === receivedAtMs) return { firstSeenMs, lastSeenMs };
  return { firstSeenMs: Math.min(firstSeenMs, occurredAtMs), lastSeenMs: Math.max(lastSeenMs, occurredAtMs) };
}

function noteExpiry(work: Work, lot: Lot): void {
  if (!lot.origin.startsWith('order:')) return;
  const order = work.orders.get(lot.origin.slice('order:'.length));
  if (order === undefined) return;
  work.orders.set(order.orderId, {
    ...order,
    expired: order.expired + lot.remaining,
  });
  work.touched.add(order.orderId);
}

function aboutEvent(event: CustomerEvent, consents: RecordedConsent[], lists: ListChange[]): JsonObject {
  const about: JsonObject = { source: event.source, trust: event.trust, properties: event.properties };
  if (event.traits !== null) about.traits = event.traits;
  if (event.profileAtMs !== undefined) about.profileAtMs = event.profileAtMs;
  if (event.backfill !== undefined) Object.assign(about, { backfill: true, import: event.backfill.from });
  if (event.aside === true) about.aside = true;
  if (lists.length > 0) about.lists = lists.map((one) => ({ ...one }));
  if (consents.length > 0) about.consents = consents.map((one) => ({ ...one }));
  return about;
}
