/** What a Segment message says of consent, and the traits without what is kept as consent. */
import type { ConsentChange } from '../domain/consent.ts';
import { consentOfEvent, consentOfTraits, type Telling } from '../domain/consent-reading.ts';
import { isObject, type JsonObject } from '../domain/json.ts';

export interface Said {
  type: string;
  name: string;
  traits: JsonObject;
  properties: JsonObject;
}

export interface ConsentOfMessage {
  /** To be spread into the event: nothing where nothing was said. */
  part: { consents?: ConsentChange[] };
  note: 'consent_not_read' | null;
}

export function consentOfMessage({ type, name, traits, properties }: Said, telling: Telling): ConsentOfMessage {
  if (type !== 'identify' && type !== 'track') return { part: {}, note: null };
  const { changes, unread } =
    type === 'identify'
      ? consentOfTraits(traits, telling)
      : { changes: consentOfEvent(name, properties, telling), unread: [] };
  const note = unread.length === 0 ? null : 'consent_not_read';
  return { part: changes.length === 0 ? {} : { consents: changes }, note };
}

/** A consent that was read has a place of its own; among the traits it would go stale. */
export function withoutConsent(traits: JsonObject): JsonObject {
  if (!isObject(traits.consent)) return traits;
  const { consent: _, ...rest } = traits;
  return rest;
}
