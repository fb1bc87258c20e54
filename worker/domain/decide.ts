/**
 * The centre: what one input does to one customer. Pure: it reads no clock, no storage and no random source. The caller
 * has already run everything that was due by `now` and has looked up that the input's key is new.
 */
import { applyConsents, type RecordedConsent } from './consent.ts';
import type { Changes, Head, State } from './customer.ts';
import type { Decision } from './decision.ts';
import { together } from './earning/earned.ts';
import { earnByEvent, type Trigger } from './earning/event-points.ts';
import { applyFact } from './earning/order-points.ts';
import { aboutEarned, giveGifts } from './earning/telling.ts';
import type { CustomerEvent } from './event.ts';
import type { JsonObject } from './json.ts';
import { expire } from './ledger.ts';
import type { When } from './loyalty/part.ts';
import { afterDecision, afterFilledIn, loyaltyDue, programmeChanged } from './loyalty/parts.ts';
import { expiredProperties, noteExpiry, POINTS_EXPIRED } from './loyalty/points-out.ts';
import { releaseDue } from './loyalty/releases.ts';
import { applyMembership } from './members/membership.ts';
import { orderIdOf } from './order-facts.ts';
import { applyLists, changesByEvent } from './segments/lists.ts';
import type { ListChange } from './segments/states.ts';
import type { Terms } from './terms.ts';
import { mergeTraits, profilesAfter } from './traits.ts';
import { close, open, pushRow } from './work.ts';

/** Closes lots that ran out by an instant, each group at its own, oldest first. Call before every input and every alarm. */
export function decideDue(state: State, terms: Terms, byMs: number, nowMs = byMs): Changes | null {
  const due = state.lots.filter((lot) => lot.expiresAtMs <= byMs);
  if (due.length === 0) return null;
  const work = open(state);
  for (const at of new Set(due.map((lot) => lot.expiresAtMs).sort((a, b) => a - b))) {
    const lots = due.filter((lot) => lot.expiresAtMs === at);
    for (const lot of lots) noteExpiry(work, lot);
    const entry = expire(work.draft, lots);
    pushRow(work, {
      kind: 'points.expired',
      name: POINTS_EXPIRED,
      atMs: at,
      recordedAtMs: nowMs,
      terms,
      entries: [entry],
      about: { properties: expiredProperties(entry, 'lots') },
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
  const atMs = Math.min(event.occurredAtMs, now);
  const isSilent = event.backfill !== undefined && !event.backfill.earn;
  applyMembership(work, event, atMs);
  const told = applyFact(work, event, terms, now);
  const earned =
    isSilent || event.aside === true
      ? told
      : together([told, earnByEvent(work, triggerOf(event, recorded, now), terms)]);
  const { entries } = earned;
  pushRow(work, {
    kind: 'event',
    name: event.name,
    // the clock that received it may be ahead of this one, and nothing lies in the future
    atMs,
    recordedAtMs: now,
    key: event.key,
    orderId,
    terms,
    entries,
    about: { ...aboutEvent(event, recorded, applied), ...aboutEarned(earned) },
  });
  if (isSilent) afterFilledIn(work, { atMs, nowMs: now, event, entries }, terms);
  else if (event.aside !== true) afterDecision(work, { atMs, nowMs: now, event, entries }, terms);
  giveGifts(work, earned, terms, { atMs: now, nowMs: now });
  releaseDue(work, terms, { atMs: now, nowMs: now });
  return { changes: close(work, now), refusal: null };
}

function triggerOf(
  { name, properties, trust, traits, occurredAtMs, backfill }: CustomerEvent,
  consents: RecordedConsent[],
  now: number,
): Trigger {
  const granted = consents.flatMap((one) =>
    one.applied && one.kind === 'state' && one.state === 'subscribed' ? one.channel : [],
  );
  const atMs = Math.min(occurredAtMs, now);
  const countsAtMs = backfill === undefined ? now : atMs;
  return { name, properties, trust, atMs, nowMs: now, countsAtMs, granted, profile: traits !== null };
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
