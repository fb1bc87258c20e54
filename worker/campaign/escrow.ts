/**
 * What a campaign has given away, and what it keeps for operations under way. A reserve that nobody posted or voided stays
 * until its coordinator says what became of it.
 */
import { type Budgets, type Cost, holdCost, postCost, voidCost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Counts } from '../domain/vouchers/facts.ts';
import { counted, type ShopCalendar, type Tally } from '../domain/vouchers/tally.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import type { Database } from '../storage/database.ts';
import { budgetsOf, givenBack, lesser, NO_COST, plus, spentOf, used, withCaps } from './budgets.ts';
import type { CountCall, HearCall, HeardEntry, ReserveCall, Reserved, Taking } from './calls.ts';
import { type Beside, countsOf, NOTHING_BESIDE } from './counts.ts';
import { type Ended, EscrowStore, type Held, type State } from './escrow-store.ts';

type Asking = Pick<Taking, 'counts' | 'customer' | 'atMs' | 'calendar'>;

const ENDED: Reserved = { granted: false, full: 'ended', room: 0 };

/** What decides beside what is kept here. */
export interface Frame {
  caps: Caps;
  /** What other objects gave away of the same budget. */
  beside: Beside;
}

export class Escrow {
  readonly #db: Database;
  readonly #store: EscrowStore;
  readonly #usedBeside: () => Cost | null;
  #state: State | null = null;
  /** Is told of each operation that is decided here. */
  onDecided: ((op: string) => void) | null = null;

  /** `usedBeside`: what shares used of the same budget; null: it never was in shares. */
  constructor(db: Database, usedBeside: () => Cost | null = () => null) {
    this.#db = db;
    this.#store = new EscrowStore(db);
    this.#usedBeside = usedBeside;
  }

  /** Keeps the cost, where it fits; writes one row. What is to be given back always fits. */
  reserve({ coordinator, by, ...call }: ReserveCall, { caps, beside }: Frame, wallMs: number): Reserved {
    const known = this.answerOf(call.op);
    if (known !== null) return known;
    return this.#changing((state) => {
      const { cost, customer, atMs, calendar } = call;
      if (by === 1 && call.bounds !== undefined) state.bounds = call.bounds;
      const kept = by === 1 ? holdCost(withCaps(state.budgets, caps), cost) : state;
      if ('full' in kept) return this.#end(call.op, 'refused', { granted: false, ...kept });
      const answer: Reserved = { granted: true, counts: this.#counts(state, call, beside) };
      const held = { sinceMs: wallMs, by, cost, customer, atMs, calendar, coordinator, answer };
      this.#store.writeHold(call.op, held);
      this.onDecided?.(call.op);
      state.holds.set(call.op, held);
      state.budgets = kept.budgets;
      return answer;
    });
  }

  /** It came about, for `actual` (at most what was kept; null: for that). false: nothing was kept. Repeats are welcome. */
  post(op: string, actual: Cost | null = null): boolean {
    const held = this.#loaded().holds.get(op);
    if (held === undefined) return this.#store.ended(op)?.state === 'posted';
    return this.#changing((state) => {
      const cost = actual === null ? held.cost : lesser(actual, held.cost);
      state.budgets = held.by === 1 ? postCost(state.budgets, held.cost, cost) : this.#freed(state.budgets, cost);
      this.#count(state, { ...held, cost }, held.calendar, held.atMs);
      this.#close(state, op, held, 'posted');
      return true;
    });
  }

  /** It will not come about, whoever asks for it later. Repeats are welcome; what was posted stays. */
  void(op: string): void {
    const held = this.#loaded().holds.get(op);
    if (held === undefined && this.#store.ended(op) !== null) return;
    this.#changing((state) => {
      if (held === undefined) return void this.#end(op, 'voided', ENDED);
      if (held.by === 1) state.budgets = voidCost(state.budgets, held.cost);
      this.#close(state, op, held, 'voided');
    });
  }

  /** Takes the cost for good at once: for whoever asks until answered, and then makes do with the answer. */
  take(call: Taking, { caps, beside }: Frame): Reserved {
    const known = this.answerOf(call.op);
    if (known !== null) return known;
    return this.#changing((state) => {
      const kept = holdCost(withCaps(state.budgets, caps), call.cost);
      if ('full' in kept) return this.#end(call.op, 'refused', { granted: false, ...kept });
      const counts = this.#counts(state, call, beside);
      state.budgets = postCost(kept.budgets, call.cost, call.cost);
      this.#count(state, { ...call, by: 1 }, call.calendar, call.atMs);
      return this.#end(call.op, 'posted', { granted: true, counts });
    });
  }

  /** What was posted is free again, once for each `op`. */
  giveBack(call: Pick<Taking, 'op' | 'cost' | 'customer' | 'atMs' | 'calendar'>, nowMs: number): void {
    if (this.#store.ended(call.op) !== null) return;
    this.#changing((state) => {
      state.budgets = this.#freed(state.budgets, call.cost);
      this.#count(state, { ...call, by: -1 }, call.calendar, nowMs);
      this.#end(call.op, 'given_back', { granted: true, counts: {} });
    });
  }

  /** What an object did by itself, each of its numbers once. */
  hear({ object, entries, calendar, nowMs }: HearCall): void {
    const heard = this.#store.heard(object);
    const fresh = entries.filter(({ seq }) => seq > heard);
    if (fresh.length === 0) return;
    this.#changing((state) => {
      for (const entry of fresh) {
        state.budgets = entry.by === 1 ? used(state.budgets, entry.cost) : this.#freed(state.budgets, entry.cost);
        this.#count(state, entry, calendar, nowMs);
      }
      this.#store.writeHeard(object, Math.max(...fresh.map(({ seq }) => seq)));
    });
  }

  /** Operations that have been open since before a wall time, with whom to ask about them. */
  openSince(wallMs: number): { op: string; coordinator: Coordinator }[] {
    return [...this.#loaded().holds].flatMap(([op, { sinceMs, coordinator }]) =>
      sinceMs <= wallMs ? [{ op, coordinator }] : [],
    );
  }

  /** Since when (wall time) the oldest of them is open; null: none is. */
  get oldestMs(): number | null {
    const times = [...this.#loaded().holds.values()].map(({ sinceMs }) => sinceMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  get budgets(): Budgets {
    return this.#loaded().budgets;
  }

  /** Counts as they stand, for validations: nothing is kept. */
  counts({ own = [], ...call }: CountCall, beside: Beside = NOTHING_BESIDE): Counts {
    return this.#counts(without(this.#loaded(), own), call, beside);
  }

  kept(ops: string[]): string[] {
    const { holds } = this.#loaded();
    return ops.filter((op) => holds.has(op));
  }

  /** What is kept for these operations together. */
  costKept(ops: string[]): Cost {
    const { holds } = this.#loaded();
    return ops.reduce((sum, op) => {
      const held = holds.get(op);
      return held?.by === 1 ? plus(sum, held.cost) : sum;
    }, NO_COST);
  }

  /** A budget that is written as a rule, as the last call knew it. */
  get bounds(): Caps | null {
    return this.#loaded().bounds;
  }

  get tally(): Tally | null {
    return this.#loaded().tally;
  }

  /** The first answer to an operation that was decided here; null: it was not. */
  answerOf(op: string): Reserved | null {
    return this.#loaded().holds.get(op)?.answer ?? this.#store.ended(op)?.answer ?? null;
  }

  /** A page of all operations that were decided here, of those that ended and of those that did not. */
  decided(kind: 'ended' | 'hold', after: string, count: number): string[] {
    return this.#store.ops(kind, after, count);
  }

  #close(state: State, op: string, held: Held, as: Ended['state']): void {
    this.#store.dropHold(op);
    this.#end(op, as, held.answer);
    state.holds.delete(op);
  }

  #end(op: string, state: Ended['state'], answer: Reserved): Reserved {
    this.#store.writeEnded(op, { state, answer });
    this.onDecided?.(op);
    return answer;
  }

  /** Writes the budgets as they stand, and the counts with one more or one less. */
  #count(state: State, entry: Omit<HeardEntry, 'seq'>, calendar: ShopCalendar, nowMs: number): void {
    const { by, cost, customer, atMs } = entry;
    const isOne = cost.redemptions === 1;
    // what is taken back may have been counted in a share: then only all of them together are above 0
    const least = this.#usedBeside() === null ? 0 : Number.NEGATIVE_INFINITY;
    if (isOne) state.tally = counted(state.tally, { by, atMs, nowMs, least }, calendar);
    const { tally, bounds } = state;
    this.#store.writeStanding({ used: spentOf(state.budgets).used, tally, bounds });
    if (!isOne || customer === null) return;
    const own = counted(this.#store.tallyOf(customer), { by, atMs, nowMs, least }, calendar);
    this.#store.writeTally(customer, own);
  }

  #freed(budgets: Budgets, cost: Cost): Budgets {
    return givenBack(budgets, cost, this.#usedBeside() ?? NO_COST);
  }

  #counts(state: State, call: Asking, beside: Beside): Counts {
    return countsOf(state, call, { tallyOf: (customer) => this.#store.tallyOf(customer), beside });
  }

  /** One transaction; what a throw undoes is not remembered either. */
  #changing<T>(work: (state: State) => T): T {
    this.#db.migrate();
    const state = this.#loaded();
    try {
      return this.#db.transaction(() => work(state));
    } catch (error) {
      this.#state = null;
      throw error;
    }
  }

  #loaded(): State {
    if (this.#state !== null) return this.#state;
    const { used, tally, bounds = null } = this.#store.standing();
    const holds = this.#store.holds();
    const held = [...holds.values()].reduce((sum, { by, cost }) => (by === 1 ? plus(sum, cost) : sum), NO_COST);
    this.#state = { budgets: budgetsOf({ used, held }), tally, bounds, holds };
    return this.#state;
  }
}

/** The state as if these operations had kept nothing. */
function without({ budgets, holds, ...state }: State, ops: string[]): State {
  const rest = new Map(holds);
  let free = budgets;
  for (const op of ops) {
    const held = rest.get(op);
    rest.delete(op);
    if (held?.by === 1) free = voidCost(free, held.cost);
  }
  return { ...state, budgets: free, holds: rest };
}
