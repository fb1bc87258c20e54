/** What the log keeps of one event, and how a flush of them is packed: heads to list and filter by, bodies to read one. */
import type { CustomerEvent, Trust } from '../domain/event.ts';
import type { EventSource } from '../domain/event-rules.ts';
import type { Observation } from '../domain/event-schema.ts';
import type { JsonObject } from '../domain/json.ts';
import { MOST_OBSERVED, observe, type Sighting } from '../domain/observe.ts';
import { plainText } from '../domain/property-path.ts';
import type { Difference } from '../domain/schema-check.ts';
import type { EventReason, EventVerdict } from '../wire/event-reasons.ts';

export interface NoteHead {
  /** When it arrived. */
  atMs: number;
  source: EventSource;
  /** null: the sender was refused before anything was known of it. */
  trust: Trust | null;
  /** Segment's call or Shopify's topic. */
  type: string | null;
  /** As it is stored. */
  name: string | null;
  /** As it was sent, where it was sent at all. */
  sentName: string | null;
  messageId: string | null;
  verdict: EventVerdict;
  reason: EventReason | null;
  differences: Difference[];
  customer: string | null;
  /** How many requests this line stands for: refusals that come in numbers are counted. */
  count: number;
}

export interface Note extends NoteHead {
  /** The message as JSON, the body's bytes where it is no JSON, or null where nothing was read. */
  raw: unknown;
  event: CustomerEvent | null;
  /** What the schema of `name` learns from it; null where it was not stored. */
  lesson: { name: string; content: JsonObject } | null;
}

/** A head as it is kept, with the lengths of its part of the bodies, in UTF-16 units. */
export interface KeptHead extends NoteHead {
  raw: number;
  rawCut: boolean;
  stored: number;
  storedCut: boolean;
}

/** Some events in one row: JSON of their `KeptHead`s (null: forgotten), and their bodies one after the other. */
export interface Page {
  events: number;
  heads: string;
  bodies: string;
}

export interface Lesson {
  source: EventSource;
  trust: Trust;
  name: string;
  observation: Observation;
  sample: string;
  customer: string | null;
}

/** Of the raw and of the stored form each, in characters. */
export const LONGEST_BODY = 32 * 1024;
const LONGEST_SAMPLE = 8 * 1024;
/** Of one flush, all names together: a path can be much longer than what it was made from. */
const MOST_PROPERTIES = 10_000;
/** A row of an object's database holds 2 MB, and a character takes up to 3 bytes. */
const LONGEST_PAGE = 400 * 1024;

/** The notes in their order, in as few pages as a row allows. */
export function pagesOf(notes: Note[]): Page[] {
  const pages: Page[] = [];
  let [heads, bodies, length]: [string[], string[], number] = [[], [], 0];
  const close = () => {
    if (heads.length > 0) pages.push({ events: heads.length, heads: `[${heads.join()}]`, bodies: bodies.join('') });
    [heads, bodies, length] = [[], [], 0];
  };
  for (const note of notes) {
    const { head, body } = packed(note);
    if (length + head.length + body.length > LONGEST_PAGE) close();
    heads.push(head);
    bodies.push(body);
    length += head.length + body.length;
  }
  close();
  return pages;
}

function packed({ raw, event, lesson: _, ...note }: Note): { head: string; body: string } {
  const received = rawText(raw);
  const shown = received.slice(0, LONGEST_BODY).toWellFormed();
  const stored = event === null ? '' : JSON.stringify(event);
  const storedCut = stored.length > LONGEST_BODY;
  const kept = storedCut ? '' : stored;
  const lengths = { raw: shown.length, rawCut: received.length > LONGEST_BODY, stored: kept.length, storedCut };
  return { head: JSON.stringify({ ...note, ...lengths }), body: shown + kept };
}

const KEYS = /\b([ws]k)_[0-9a-z]{20}_[0-9a-z]{32}/g;

/** The text of what was received; keys that must not be kept are cut out of it, wherever they stand. */
function rawText(raw: unknown): string {
  const text = textOf(raw);
  return text.includes('wk_') || text.includes('sk_') ? text.replaceAll(KEYS, '$1_…') : text;
}

function textOf(raw: unknown): string {
  if (raw === null) return '';
  // a database's text ends at a NUL
  if (raw instanceof Uint8Array) return new TextDecoder().decode(raw).replaceAll('\0', '\uFFFD');
  try {
    return JSON.stringify(raw) ?? '';
  } catch {
    return ''; // nested so deeply that it cannot be written
  }
}

/** What the flush teaches, a lesson per source, trust and name. */
export function lessonsOf(notes: Note[]): Lesson[] {
  const groups = new Map<string, { last: Note; name: string; sightings: Sighting[] }>();
  for (const note of notes) {
    if (note.lesson === null || note.trust === null) continue;
    const name = plainText(note.lesson.name);
    const key = `${note.source} ${note.trust} ${name}`;
    const group = groups.get(key) ?? { last: note, name, sightings: [] };
    group.last = note;
    group.sightings.push({ atMs: note.atMs, content: note.lesson.content });
    groups.set(key, group);
  }
  let room = MOST_PROPERTIES;
  return [...groups.values()].flatMap(({ last, name, sightings }): Lesson[] => {
    const observation = observe(sightings, Math.min(room, MOST_OBSERVED));
    if (observation === null || last.trust === null) return [];
    room -= observation.properties.length;
    const sample = rawText(last.raw).slice(0, LONGEST_SAMPLE).toWellFormed();
    return [{ source: last.source, trust: last.trust, name, observation, sample, customer: last.customer }];
  });
}
