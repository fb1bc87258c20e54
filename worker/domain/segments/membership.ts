/**
 * Who is in which segment: decided at an instant, written down once. A transition is stamped when it is decided; since
 * when its cause holds stands beside it. Entered and left alternate.
 */
import type { Head } from '../customer.ts';
import type { JournalRow } from '../journal.ts';
import type { JsonObject } from '../json.ts';
import { evaluate } from './evaluate.ts';
import type { Facts, History, SinceOf } from './facts.ts';
import { isOpenToBrowsers } from './lists.ts';
import type { Segment, SegmentSet } from './segment-set.ts';
import type { ListStates, SegmentStates } from './states.ts';
import { FOREVER } from './truth.ts';

/** Why segments are looked at. */
export type Cause =
  | { kind: 'event'; name: string; seq: number; atMs: number }
  | { kind: 'points' | 'time' | 'merge' | 'new' }
  /** The definition changed, not the customer. */
  | { kind: 'definition' };

export interface Look {
  set: SegmentSet;
  history: History;
  /** Which ones; null: all. Those that ask for one that changed are looked at as well. */
  which: ReadonlySet<string> | null;
  /** The instant they are decided at. */
  atMs: number;
  cause: Cause;
}

export interface Transition {
  segment: Segment;
  change: 'entered' | 'left';
  about: JsonObject;
}

export interface Looked {
  segments: SegmentStates;
  transitions: Transition[];
}

/**
 * The states after the look, and what changed. `head` is the customer as the look finds it. A definition that came after
 * the customer's last look is not asked: what it changes is said when they are held against it, and of nothing else.
 */
export function look(head: Head, { set, history, which, atMs, cause }: Look): Looked {
  const segments = standing(head, set);
  const changed = new Set<string>();
  const transitions: Transition[] = [];
  const sinceOf = (group: string) => segments[group]?.[0] ?? head.lists[group] ?? null;
  const facts: Facts = { head, history, sinceOf };
  for (const segment of set.segments) {
    const { id, compiled } = segment;
    if (segment.version > head.segmentsVersion) continue;
    if (which !== null && !which.has(id) && !asksForAny(compiled.groups, changed)) continue;
    const { holds, nextMs } = evaluate(compiled, facts, set.manner, atMs);
    const sinceMs = segments[id]?.[0] ?? null;
    const flipMs = nextMs === FOREVER ? null : nextMs;
    if (holds !== (sinceMs !== null)) {
      changed.add(id);
      transitions.push(transitionOf(segment, { holds, sinceMs, atMs, cause }));
    }
    if (holds || flipMs !== null) segments[id] = [holds ? (sinceMs ?? atMs) : null, flipMs];
    else delete segments[id];
  }
  return { segments, transitions };
}

/**
 * The states as they stand. What was decided by a definition that is no more stays, and is due no more: it changes when the
 * customer is held against the new one.
 */
export function standing({ segments, segmentsVersion }: Head, { version, byId }: SegmentSet): SegmentStates {
  if (segmentsVersion >= version) return { ...segments };
  const isKept = (id: string) => (byId.get(id)?.version ?? version) <= segmentsVersion;
  return Object.fromEntries(
    Object.entries(segments).flatMap(([id, state]): [string, SegmentStates[string]][] => {
      if (isKept(id)) return [[id, state]];
      return state[0] === null ? [] : [[id, [state[0], null]]];
    }),
  );
}

function asksForAny(groups: ReadonlySet<string>, changed: ReadonlySet<string>): boolean {
  if (changed.size === 0 || groups.size === 0) return false;
  for (const group of groups) if (changed.has(group)) return true;
  return false;
}

interface Turn {
  holds: boolean;
  sinceMs: number | null;
  atMs: number;
  cause: Cause;
}

function transitionOf(segment: Segment, { holds, sinceMs, atMs, cause }: Turn): Transition {
  const about: JsonObject = { segment: segment.id, name: segment.name, version: segment.version, cause: cause.kind };
  // a late event decides now, but holds since its own time
  about.effectiveAtMs = cause.kind === 'event' ? Math.min(cause.atMs, atMs) : atMs;
  if (cause.kind === 'event') Object.assign(about, { event: cause.name, row: cause.seq });
  if (cause.kind === 'definition') about.announced = segment.announced;
  if (!holds && sinceMs !== null) about.sinceMs = sinceMs;
  return { segment, change: holds ? 'entered' : 'left', about };
}

/**
 * Since when a customer is in groups where only trusted events count: segments are asked anew, for they may know others, and
 * of a list that browsers can change nobody is a member.
 */
export function guardedSince(facts: Pick<Facts, 'head' | 'history'>, set: SegmentSet, atMs: number): SinceOf {
  const shop = { ...set.manner, guard: true };
  const known = new Map<string, number | null>();
  const sinceOf: SinceOf = (group) => {
    const segment = set.byId.get(group);
    if (segment === undefined) {
      const list = set.lists.get(group);
      return list === undefined || isOpenToBrowsers(list) ? null : (facts.head.lists[group] ?? null);
    }
    const before = known.get(group);
    if (before !== undefined) return before;
    const { holds } = evaluate(segment.compiled, { ...facts, sinceOf }, shop, atMs);
    const sinceMs = holds ? (facts.head.segments[group]?.[0] ?? atMs) : null;
    known.set(group, sinceMs);
    return sinceMs;
  };
  return sinceOf;
}

/** A transition as the journal keeps it, but for its number. */
export function transitionRow(
  { change, about }: Transition,
  { atMs, recordedAtMs, programmeVersion }: Pick<JournalRow, 'atMs' | 'recordedAtMs' | 'programmeVersion'>,
): Omit<JournalRow, 'seq'> {
  const kind = change === 'entered' ? 'segment.entered' : 'segment.left';
  const blank = { name: null, key: null, orderId: null, entries: [] };
  return { kind, ...blank, atMs, recordedAtMs, programmeVersion, about };
}

/** When the first of the states changes by itself; null: none ever does. */
export function flipOf(segments: SegmentStates): number | null {
  let least: number | null = null;
  for (const state of Object.values(segments)) {
    const flipMs = state[1];
    if (flipMs !== null && (least === null || flipMs < least)) least = flipMs;
  }
  return least;
}

/** The segments whose state changes by itself by an instant. */
export function flipping(segments: SegmentStates, byMs: number): Set<string> {
  return new Set(
    Object.entries(segments).flatMap(([id, [, flipMs]]) => (flipMs !== null && flipMs <= byMs ? [id] : [])),
  );
}

/** The segments whose definition is newer than the customer's last look. */
export function outdated(set: SegmentSet, head: Pick<Head, 'segmentsVersion'>): Set<string> {
  return new Set(set.segments.flatMap(({ id, version }) => (version > head.segmentsVersion ? [id] : [])));
}

interface Dropping {
  segments: SegmentStates;
  lists: ListStates;
  /** That the customer left them, numbered on from the customer's last row. */
  rows: JournalRow[];
}

/** What a customer keeps once segments and lists were dropped, and the rows that say so. */
export function withoutDropped(
  head: Pick<Head, 'segments' | 'lists' | 'seq'>,
  set: SegmentSet,
  { atMs, programmeVersion }: Pick<JournalRow, 'atMs' | 'programmeVersion'>,
): Dropping {
  const segments = Object.entries(head.segments).filter(([id]) => set.byId.has(id));
  const lists = Object.entries(head.lists).filter(([id]) => set.lists.has(id));
  const why = { cause: 'definition', dropped: true, announced: false, effectiveAtMs: atMs };
  const gone = [
    ...Object.entries(head.segments).flatMap(([segment, [sinceMs]]) =>
      set.byId.has(segment) || sinceMs === null ? [] : [{ kind: 'segment.left' as const, about: { segment, sinceMs } }],
    ),
    ...Object.entries(head.lists).flatMap(([list, sinceMs]) =>
      set.lists.has(list) ? [] : [{ kind: 'list.left' as const, about: { list, sinceMs } }],
    ),
  ];
  const blank = { name: null, key: null, orderId: null, entries: [], atMs, recordedAtMs: atMs, programmeVersion };
  const rows = gone.map(({ kind, about }, at): JournalRow => {
    return { seq: head.seq + 1 + at, kind, ...blank, about: { ...about, ...why } };
  });
  return { segments: Object.fromEntries(segments), lists: Object.fromEntries(lists), rows };
}
