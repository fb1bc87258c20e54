/**
 * What follows from a customer's data without anybody sending it: points run out, windows turn over, segments are entered
 * and left. Everything due by now happens first, in order, each at its own instant; then the input; then what it brings.
 */
import type { Changes, Head } from '../domain/customer.ts';
import { decideProgramme } from '../domain/decide.ts';
import { holdsEverybody } from '../domain/loyalty/parts.ts';
import { applyLists, changesByTransition } from '../domain/segments/lists.ts';
import {
  type Cause,
  flipping,
  look,
  outdated,
  standing,
  type Transition,
  transitionRow,
  withoutDropped,
} from '../domain/segments/membership.ts';
import type { ListChange } from '../domain/segments/states.ts';
import { touchedSegments } from '../domain/segments/touched.ts';
import type { Terms } from '../domain/terms.ts';
import { tierIdOf } from '../domain/tiers/state.ts';
import type { Batch } from './batch.ts';
import { setOff } from './distributing.ts';
import { DUES, pointsDue, whoIs } from './dues.ts';
import type { CustomerStore } from './store.ts';

/** One transaction of an object: where it reads, what it gathers, by which terms it decides. */
export interface Scene {
  store: CustomerStore;
  batch: Batch;
  terms: Terms;
}

/** Instants that one write runs through; what is left is due at once again. */
const MOST_INSTANTS = 50_000;

/** Does what is due by `now`; answers the head to go on with. Costs nothing where nothing is due. */
export function runDue(scene: Scene, customer: string, head: Head, now: number): Head {
  let current = head;
  for (let instants = 0; instants < MOST_INSTANTS; instants += 1) {
    const atMs = current.nextDueMs;
    if (atMs === null || atMs > now || current.movedTo !== null) return current;
    current = runInstant(scene, customer, current, { atMs, now });
    if (current.nextDueMs !== null && current.nextDueMs <= atMs) throw new Error('an instant that does not pass');
  }
  return current;
}

interface When {
  /** The instant that is decided at. */
  atMs: number;
  now: number;
}

function runInstant(scene: Scene, customer: string, before: Head, when: When): Head {
  const current = { ...before, segments: standing(before, scene.terms.segments) };
  const which = flipping(current.segments, when.atMs);
  scene.batch.setHead(customer, current);
  let head = current;
  for (const decide of DUES) {
    const changes = decide(scene, customer, head, when);
    if (changes === null) continue;
    scene.batch.add(customer, changes);
    for (const id of touchedSegments(head, changes, scene.terms.segments))
      if (isKnownTo(scene, current, id)) which.add(id);
    head = changes.head;
  }
  lookAt(scene, customer, head, { ...when, which, cause: { kind: head === current ? 'time' : 'points' } });
  return scene.batch.due(customer);
}

/** Closes the points that ran out by `now`, and looks at no segment. */
export function runPointsOut(scene: Scene, customer: string, head: Head, now: number): Head {
  const changes = pointsDue(scene, customer, head, { atMs: now, now });
  if (changes === null) return head;
  scene.batch.add(customer, changes);
  return scene.batch.due(customer);
}

/** The customer was held against the segment's present definition. */
function isKnownTo({ terms }: Scene, { segmentsVersion }: Head, id: string): boolean {
  return (terms.segments.byId.get(id)?.version ?? Number.POSITIVE_INFINITY) <= segmentsVersion;
}

/** An isolate that knows older definitions than the customer was held against must not decide by them. */
export class StaleTerms extends Error {
  readonly atLeast: number;

  /** `atLeast`: the version of the settings to fetch. */
  constructor(atLeast: number) {
    super('older segments than the customer was held against');
    this.atLeast = atLeast;
  }
}

export function requireCurrent({ terms }: Pick<Scene, 'terms'>, { segmentsVersion, loyalty }: Head): void {
  if (segmentsVersion > terms.segments.version) throw new StaleTerms(segmentsVersion);
  const { programmeVersion = 0 } = loyalty;
  if (programmeVersion > terms.programmeVersion) throw new StaleTerms(programmeVersion);
}

/** Holds a customer against the programme and the definitions that came since their last look, before anything new is recorded of them. */
export function bringUp(scene: Scene, customer: string, head: Head, now: number): Head {
  return withDefinitions(scene, customer, withProgramme(scene, customer, head, now), now);
}

function withProgramme(scene: Scene, customer: string, head: Head, now: number): Head {
  const { store, batch, terms } = scene;
  const { programmeVersion = holdsEverybody(terms.programme) ? 0 : terms.programmeVersion } = head.loyalty;
  if (programmeVersion >= terms.programmeVersion || head.seq === 0) return head;
  const lots = store.lots(customer, Number.POSITIVE_INFINITY, now);
  const state = { ...whoIs(scene, customer, head), head, lots, orders: new Map() };
  const changes = decideProgramme(state, terms, { atMs: now, nowMs: now });
  batch.add(customer, changes);
  const touched = [...touchedSegments(head, changes, terms.segments)];
  const which = new Set(touched.filter((id) => isKnownTo(scene, head, id)));
  if (which.size > 0) lookAt(scene, customer, changes.head, { atMs: now, now, which, cause: { kind: 'points' } });
  return batch.due(customer);
}

function withDefinitions(scene: Scene, customer: string, head: Head, now: number): Head {
  const { segments: set } = scene.terms;
  if (head.segmentsVersion >= set.version || head.seq === 0) return head;
  const { rows, ...groups } = withoutDropped(head, set, { atMs: now, programmeVersion: scene.terms.programmeVersion });
  const nowMs = Math.max(head.nowMs, now);
  const current = { ...head, ...groups, seq: head.seq + rows.length, nowMs, segmentsVersion: set.version };
  scene.batch.add(customer, { head: current, rows, lots: [], orders: [] });
  lookAt(scene, customer, current, { atMs: now, now, which: outdated(set, head), cause: { kind: 'definition' } });
  return scene.batch.due(customer);
}

export interface BroughtUp {
  looked: number;
  entered: number;
  left: number;
  /** How many are in another tier. */
  moved: number;
}

/** `bringUp` of many. Whoever is there by another id, or nobody yet, is left alone. */
export function bringUpAll(scene: Scene, customers: string[], clock: number): BroughtUp {
  const { batch } = scene;
  batch.load(customers, []);
  const done = { looked: 0, entered: 0, left: 0, moved: 0 };
  for (const customer of customers) {
    const head = batch.head(customer);
    if (head === null || head.movedTo !== null) continue;
    requireCurrent(scene, head);
    const now = Math.max(head.nowMs, clock);
    const due = runDue(scene, customer, head, now);
    const after = bringUp(scene, customer, due, now);
    done.looked += 1;
    if (tierIdOf(due) !== tierIdOf(after)) done.moved += 1;
    for (const id of new Set([...Object.keys(due.segments), ...Object.keys(after.segments)])) {
      const [was, is] = [due.segments[id]?.[0] ?? null, after.segments[id]?.[0] ?? null];
      if (was === null && is !== null) done.entered += 1;
      if (was !== null && is === null) done.left += 1;
    }
  }
  return done;
}

/** What a decision brings: segments that it touches are looked at. Of somebody new all are. */
export function followUp(scene: Scene, customer: string, before: Head, changes: Changes, cause: Cause): void {
  const { segments: set } = scene.terms;
  const now = changes.head.nowMs;
  if (before.seq === 0) {
    const head = { ...changes.head, segmentsVersion: set.version };
    scene.batch.setHead(customer, head);
    lookAt(scene, customer, head, { atMs: now, now, which: null, cause });
    return;
  }
  const which = touchedSegments(before, changes, set);
  if (which.size > 0) lookAt(scene, customer, changes.head, { atMs: now, now, which, cause });
}

export interface Look extends When {
  /** null: all segments. */
  which: ReadonlySet<string> | null;
  cause: Cause;
}

/** Looks at segments and writes down what changed, with what the rules of lists make of it. */
export function lookAt(scene: Scene, customer: string, head: Head, { atMs, now, which, cause }: Look): void {
  const { batch, terms } = scene;
  const { segments: set } = terms;
  let current = head;
  let next = which;
  // a segment may put people on a list that another asks for; who chases their own tail stops after every one had its turn
  const mostTurns = set.segments.length + set.lists.size + 1;
  for (let turn = 0; turn < mostTurns && (next === null || next.size > 0); turn += 1) {
    const history = batch.history(customer);
    const { segments, transitions } = look(current, { set, history, which: next, atMs, cause });
    const { lists, changes } = listsAfter(scene, current, transitions, atMs);
    const rows = transitions.map((transition, place) => {
      const row = transitionRow(transition, { atMs, recordedAtMs: now, programmeVersion: terms.programmeVersion });
      const applied = changes[place] ?? [];
      const about = applied.length === 0 ? row.about : { ...row.about, lists: applied.map((one) => ({ ...one })) };
      return { ...row, about, seq: current.seq + 1 + place };
    });
    const after = { ...current, segments, lists, seq: current.seq + rows.length, nowMs: Math.max(current.nowMs, now) };
    const entered = { customer, head: after, transitions, firstSeq: current.seq + 1, cause, atMs };
    const errands = setOff(scene, entered);
    const changed = { head: after, rows, lots: [], orders: [], ...(errands.length > 0 && { errands }) };
    batch.add(customer, changed);
    next = lists === current.lists ? new Set() : touchedSegments(current, changed, set);
    current = after;
  }
}

function listsAfter({ terms }: Scene, head: Head, transitions: Transition[], atMs: number) {
  let { lists } = head;
  const changes = transitions.map(({ segment, change }): ListChange[] => {
    const done = applyLists(lists, changesByTransition(terms.segments, segment.id, change), atMs);
    lists = done.lists;
    return done.applied;
  });
  return { lists, changes };
}
