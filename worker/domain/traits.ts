/** What an event may change about a profile. A browser never rewrites what identifies a known customer. */
import { BIRTHDAY_TRAITS } from './birthdays/date.ts';
import type { Head } from './customer.ts';
import type { CustomerEvent } from './event.ts';
import type { JsonObject } from './json.ts';

/** Fields that only a trusted source may set once the customer is known: who they are, and how they are addressed. */
const NAMES = ['name', 'firstName', 'first_name', 'lastName', 'last_name', 'title', 'avatar'];
const GUARDED = new Set(['email', 'phone', 'consent', ...BIRTHDAY_TRAITS, ...NAMES]);
/** Names of our own for what identifies; a browser's word never sets them. */
const IDS = new Set(['userId', 'shopifyId']);
/** A profile holds at most this many traits and this many characters; what passes that is not taken over. */
const MOST_TRAITS = 300;
const MOST_CHARACTERS = 32_000;

/** The profile after the event: given fields replace, null removes, nothing else changes. */
export function mergeTraits(head: Head, event: CustomerEvent): JsonObject {
  if (event.traits === null || isStale(head, event)) return head.traits;
  const browser = event.trust === 'browser';
  const merged: JsonObject = { ...head.traits };
  const isOld = isFromBefore(head, event);
  for (const [name, value] of Object.entries(event.traits)) {
    if (isOld && Object.hasOwn(merged, name)) continue;
    if (name === '__proto__' || (browser && IDS.has(name))) continue;
    // and of the rest, a browser adds what nobody said yet
    if (browser && head.known && (GUARDED.has(name) || Object.hasOwn(merged, name))) continue;
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return fits(merged) ? merged : head.traits;
}

/** The profile of two customers who are one: the survivor's word stands, what it lacks is taken from the other. */
export function joinTraits(survivor: Head, loser: Head): JsonObject {
  const trusted = Object.entries(loser.traits).filter(
    ([name]) => loser.known || !survivor.known || !(GUARDED.has(name) || IDS.has(name)),
  );
  const joined = { ...Object.fromEntries(trusted), ...survivor.traits };
  return fits(joined) ? joined : survivor.traits;
}

function fits(traits: JsonObject): boolean {
  return Object.keys(traits).length <= MOST_TRAITS && JSON.stringify(traits).length <= MOST_CHARACTERS;
}

/** What is filled in from before the customer was last seen adds what is not known, and replaces nothing. */
function isFromBefore({ lastSeenMs }: Head, { backfill, profileAtMs, occurredAtMs }: CustomerEvent): boolean {
  return backfill !== undefined && (profileAtMs ?? occurredAtMs) < lastSeenMs;
}

/** Deliveries overtake each other: a whole profile that is older than one its source told before says nothing new. */
function isStale({ profiles }: Head, { source, profileAtMs }: CustomerEvent): boolean {
  return profileAtMs !== undefined && profileAtMs < (profiles[source] ?? 0);
}

/** The instants of the newest whole profiles, by source, after the event. */
export function profilesAfter(head: Head, event: CustomerEvent): Record<string, number> {
  if (event.profileAtMs === undefined || event.traits === null || isStale(head, event)) return head.profiles;
  return { ...head.profiles, [event.source]: event.profileAtMs };
}
