/**
 * Plays lives against segments in a real object's storage and against the naive model, and compares both after every step:
 * who is in what now and later, which transitions were written, and that nothing turns over before it is due.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { bringUpAll, runDue, type Scene } from '../../worker/customers/due.ts';
import { adopt, freeze, partOf, START } from '../../worker/customers/moving.ts';
import { recordGroups } from '../../worker/customers/record.ts';
import { PLACES } from '../../worker/customers/rows.ts';
import { SegmentReader } from '../../worker/customers/segment-reader.ts';
import { CustomerStore } from '../../worker/customers/store.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import type { Terms } from '../../worker/domain/terms.ts';
import { CODES } from '../domain/given.ts';
import { DAY } from '../domain/segments/instants.ts';
import { later } from '../domain/segments/naive-calendar.ts';
import { probesOf } from '../domain/segments/probes.ts';
import { SegmentBook } from './segment-definitions.ts';
import { Teller } from './segment-inputs.ts';
import { Person, type Turned } from './segment-model.ts';
import { PEOPLE, type Step, type Turn, type World } from './segment-steps.ts';

/** What was compared, to know that it was something. */
export interface Compared {
  /** A customer at an instant: all segments of both. */
  instants: number;
  transitions: number;
  /** Of them those that nobody's word caused. */
  byTime: number;
}

/** Throws where the object says something else than the model. */
export async function play(world: World): Promise<Compared> {
  const object = env.CUSTOMERS.get(env.CUSTOMERS.newUniqueId());
  return runInDurableObject(object, (_, { storage }) => new Game(storage, world).run());
}

const CRASH = new Error('crashed on purpose');
const MOST_PROBES = 16;
const HORIZON = 500 * DAY;
const TABLES = ['customer', 'journal', 'used_key', 'lot', 'orders'];

class Game {
  readonly #storage: DurableObjectStorage;
  readonly #world: World;
  readonly #teller: Teller;
  readonly #book: SegmentBook;
  readonly #people = new Map<string, Person>();
  readonly #moved = new Map<string, string>();
  /** The last row of each that was compared. */
  readonly #seen = new Map<string, number>();
  readonly #compared: Compared = { instants: 0, transitions: 0, byTime: 0 };
  #store: CustomerStore;
  #nowMs: number;

  constructor(storage: DurableObjectStorage, world: World) {
    this.#storage = storage;
    this.#world = world;
    this.#teller = new Teller(world.material);
    this.#book = new SegmentBook(world.asked, world.material.shop);
    this.#store = new CustomerStore(storage);
    this.#nowMs = world.material.nowMs;
  }

  run(): Compared {
    for (const turn of this.#world.turns) {
      this.#nowMs += turn.passesMs;
      this.#do(turn.step, turn);
      for (const [customer, person] of this.#people) this.#check(customer, person, turn);
    }
    for (const customer of this.#people.keys()) this.#alternates(customer);
    return this.#compared;
  }

  #do(step: Step, turn: Turn): void {
    if (step.kind === 'told') this.#tell(step, turn);
    if (step.kind === 'wait') this.#wait(step, turn);
    if (step.kind === 'define') this.#book.define(step.place, step.asked, step.announced);
    if (step.kind === 'drop') this.#book.drop(step.place);
    if (step.kind === 'bringUp') this.#bringUp(turn);
    if (step.kind === 'restart') this.#store = new CustomerStore(this.#storage);
    if (step.kind === 'merge') this.#merge(step, turn);
  }

  get #terms(): Terms {
    const { countsTests } = this.#world.material.shop;
    const programme = { order: null, worth: null, expiresAfterDays: null, overdrawn: 'debt' as const };
    const mode = countsTests ? ('test' as const) : ('live' as const);
    return { programme, programmeVersion: 1, currency: 'EUR', mode, segments: this.#book.set, codes: CODES };
  }

  /** Where the turn says so it fails first, at the very end, and leaves no trace. */
  #write<T>({ fails, spread }: Turn, work: (scene: Scene) => T): T {
    const terms = this.#terms;
    const write = (end: (scene: Scene) => void) =>
      this.#store.transaction((batch) => {
        const scene = { store: this.#store, batch, terms };
        const done = work(scene);
        end(scene);
        return done;
      });
    if (fails) {
      const before = this.#dump();
      const crash = ({ batch }: Scene) => {
        if (spread % 2 === 0) batch.flush();
        throw CRASH;
      };
      expect(() => write(crash)).toThrow(CRASH);
      expect(this.#dump()).toEqual(before);
    }
    return write(() => {});
  }

  #dump(): unknown {
    if (!this.#store.isThere()) return TABLES.map(() => []);
    return TABLES.map((table) => this.#storage.sql.exec(`SELECT * FROM ${table}`).toArray());
  }

  #tell({ who, told }: Extract<Step, { kind: 'told' }>, turn: Turn): void {
    const customer = PEOPLE[who] ?? '';
    const inputs = this.#teller.inputs(told, this.#nowMs);
    const groups = [{ customer, known: true, inputs }];
    const [answer] = this.#write(turn, (scene) => recordGroups(scene, groups, this.#nowMs));
    const movedTo = this.#moved.get(customer);
    if (movedTo !== undefined) return void expect(answer).toEqual({ moved: movedTo });
    const person = this.#people.get(customer) ?? new Person(this.#nowMs);
    const verdicts = inputs.map((input): string => {
      const { key } = input.kind === 'event' ? input.event : input.operation;
      if (person.hasSeen(key)) return 'duplicate';
      const adjusted = input.kind === 'operation' && input.operation.op === 'adjust' ? input.operation : null;
      if ((adjusted?.expiresAtMs ?? this.#nowMs + 1) <= this.#nowMs) return 'late';
      this.#advance(customer, person, turn);
      person.bringUp(this.#book.model);
      if (input.kind === 'event') person.tell(this.#book.model, input.event);
      else if (adjusted !== null) person.adjust(this.#book.model, adjusted);
      else throw new Error('an operation that this game does not play');
      this.#people.set(customer, person);
      return 'recorded';
    });
    expect(answer).toMatchObject({ moved: null, answers: verdicts.map((verdict) => ({ verdict })) });
    this.#compare(customer, person);
  }

  #wait({ span, off, alarm }: Extract<Step, { kind: 'wait' }>, turn: Turn): void {
    const { timeZone } = this.#world.material.shop;
    this.#nowMs = Math.max(this.#nowMs, later(timeZone, this.#nowMs, span.unit, span.quantity) + off);
    if (alarm === 'skipped' || !this.#store.isThere()) return;
    for (const customer of this.#store.dueCustomers(this.#nowMs, 100)) this.#runDue(customer, turn);
    expect(this.#store.dueCustomers(this.#nowMs, 100)).toEqual([]);
    if (alarm === 'twice') for (const customer of this.#people.keys()) this.#runDue(customer, turn);
  }

  #runDue(customer: string, turn: Turn): void {
    this.#write(turn, (scene) => {
      const head = this.#store.head(customer);
      if (head !== null) runDue(scene, customer, head, Math.max(head.nowMs, this.#nowMs));
    });
    const person = this.#people.get(customer);
    if (person === undefined || this.#moved.has(customer)) return;
    this.#advance(customer, person, turn);
    this.#compare(customer, person);
  }

  #bringUp(turn: Turn): void {
    this.#write(turn, (scene) => bringUpAll(scene, PEOPLE, this.#nowMs));
    for (const [customer, person] of this.#people) {
      if (this.#moved.has(customer)) continue;
      this.#advance(customer, person, turn);
      person.bringUp(this.#book.model);
      this.#compare(customer, person);
    }
  }

  #merge({ gapMs, ...step }: Extract<Step, { kind: 'merge' }>, turn: Turn): void {
    const [loser = '', survivor = ''] = [PEOPLE[step.loser], PEOPLE[step.survivor]];
    const gone = this.#people.get(loser);
    if (loser === survivor || gone === undefined || this.#moved.has(loser) || this.#moved.has(survivor)) return;
    const call = { shop: '', version: 0, loser, survivor, trust: 'server' as const };
    expect(this.#write(turn, (scene) => freeze(scene, call, this.#nowMs))).toBe(true);
    this.#advance(loser, gone, turn);
    this.#compare(loser, gone);
    this.#moved.set(loser, survivor);
    const part = partOf(this.#store, loser, START);
    if (part.kind === 'refused') throw new Error('nothing to adopt');
    this.#nowMs += gapMs;
    this.#write(turn, (scene) => adopt(scene, { ...call, part }, this.#nowMs));
    const person = this.#people.get(survivor) ?? new Person(this.#nowMs);
    this.#people.set(survivor, person);
    this.#advance(survivor, person, turn);
    person.bringUp(this.#book.model);
    person.join(this.#book.model, gone);
    this.#compare(survivor, person);
  }

  /** The model looks where anything may turn over, and where the object says that it did, and a millisecond before. */
  #advance(customer: string, person: Person, { spread }: Turn): void {
    const written = this.#written(customer).flatMap(({ atMs }) => [atMs - 1, atMs]);
    const instants = [...written, ...this.#probes(person, { nowMs: person.nowMs, untilMs: this.#nowMs }, spread)];
    this.#compared.instants += new Set(instants).size;
    person.advance(this.#book.model, this.#nowMs, instants);
  }

  /** The transitions that the object wrote since they were compared last. */
  #written(customer: string): Turned[] {
    return this.#rows(customer, this.#seen.get(customer) ?? 0).map(toTurned);
  }

  /** The rows about segments, without those that came along with somebody. */
  #rows(customer: string, after: number): JournalRow[] {
    const rows = this.#store.rowsBetween(customer, after, PLACES, 100_000);
    return rows.filter(({ kind, about }) => about.carried === undefined && kind.startsWith('segment.'));
  }

  /** (b) what was written is what turned over, segment by segment, and nothing else is kept of it. */
  #compare(customer: string, person: Person): void {
    const written = this.#written(customer);
    expect(bySegment(written)).toEqual(bySegment(person.turned));
    this.#compared.transitions += written.length;
    this.#compared.byTime += written.filter(({ cause }) => cause === 'time').length;
    person.turned = [];
    const head = this.#store.head(customer);
    this.#seen.set(customer, head?.seq ?? 0);
    if (head === null || head.movedTo !== null) return;
    const inside = Object.entries(head.segments).filter(([, [sinceMs]]) => sinceMs !== null);
    expect(Object.fromEntries(inside.map(([id, [sinceMs]]) => [id, sinceMs]))).toEqual(
      Object.fromEntries(person.since),
    );
    expect(head.lists).toEqual(person.lists);
  }

  #check(customer: string, person: Person, { spread }: Turn): void {
    const movedTo = this.#moved.get(customer);
    const read = (atMs: number) => new SegmentReader(this.#store).memberships(customer, this.#terms, atMs);
    if (movedTo !== undefined) return void expect(read(this.#nowMs)).toEqual({ moved: movedTo });
    const model = this.#book.model;
    // (c) nothing turns over before it is due
    const dueMs = this.#store.head(customer)?.nextDueMs ?? Number.POSITIVE_INFINITY;
    const quiet = { nowMs: person.nowMs, untilMs: Math.min(person.nowMs + HORIZON, dueMs - 1) };
    for (const atMs of [...this.#probes(person, quiet, spread), quiet.untilMs]) {
      this.#compared.instants += 1;
      const turning = person.turningBy(model, atMs);
      expect({ atMs, turning, dueMs }).toEqual({ atMs, turning: [], dueMs });
    }
    // (a) whoever asks is told what is so at that instant
    const ahead = this.#probes(person, { nowMs: this.#nowMs, untilMs: this.#nowMs + HORIZON }, spread * 7);
    for (const atMs of [this.#nowMs, ...ahead.slice(0, 3)]) {
      const told = read(atMs);
      if (told === null || told.moved !== null) throw new Error('somebody is not there');
      const sinces = new Map(told.segments.map(({ id, sinceMs }) => [id, sinceMs]));
      const lists = Object.fromEntries(told.lists.map(({ id, sinceMs }) => [id, sinceMs]));
      const inside = person.inside(model, atMs, lists, (id) => sinces.get(id));
      this.#compared.instants += 1;
      expect({ atMs, inside: [...sinces.keys()].sort() }).toEqual({ atMs, inside });
    }
  }

  /** Instants at which something may turn over, some of many. */
  #probes(person: Person, stretch: { nowMs: number; untilMs: number }, spread: number): number[] {
    if (stretch.untilMs <= stretch.nowMs) return [];
    const { timeZone } = this.#world.material.shop;
    const all = this.#book.model.defined.flatMap(({ definition }) =>
      probesOf(definition, person.life, definition.klaviyo ? 'UTC' : timeZone, stretch),
    );
    const every = Math.max(1, Math.ceil(all.length / MOST_PROBES));
    return all.filter((_, at) => (at + spread) % every === 0);
  }

  #alternates(customer: string): void {
    for (const rows of Object.values(bySegment(this.#rows(customer, 0).map(toTurned)))) {
      const kinds = rows.map(({ kind }) => kind);
      expect(kinds).toEqual(kinds.map((_, at) => (at % 2 === 0 ? 'segment.entered' : 'segment.left')));
      const times = rows.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  }
}

function toTurned({ kind, atMs, about }: JournalRow): Turned {
  const { segment, cause, effectiveAtMs, announced } = about as unknown as Turned;
  const turned = { segment, kind: kind as Turned['kind'], atMs, cause, effectiveAtMs };
  return announced === undefined ? turned : { ...turned, announced };
}

function bySegment(all: readonly Turned[]): Record<string, Turned[]> {
  const found: Record<string, Turned[]> = {};
  for (const one of all) found[one.segment] = [...(found[one.segment] ?? []), one];
  return found;
}
