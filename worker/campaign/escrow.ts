/**
 * What a campaign has given away, and what it keeps for operations under way. A reserve that nobody posted or voided stays
 * until its coordinator says what became of it.
 */
import { type Budgets, type Cost, holdCost, postCost, voidCost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Counts } from '../domain/vouchers/facts.ts';
import { counted, type ShopCalendar } from '../domain/vouchers/tally.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import type { Database } from '../storage/database.ts';
import { budgetsOf, givenBack, lesser, NO_COST, plus, spentOf, used, withCaps } from './budgets.ts';
import type { CountCall, HearCall, HeardEntry, ReserveCall, Reserved, Taking } from './calls.ts';
import { countsOf } from './counts.ts';
import { type Ended, EscrowStore, type Held, type State } from './escrow-store.ts';

const ENDED: Reserved = { granted: false, full: 'ended', room: 0 };

export class Escrow {
  readonly #db: Database;
  readonly #store: EscrowStore;
  #state: State | null = null;

  constructor(db: Database) {
    this.#db = db;
    this.#store = new EscrowStore(db);
  }

  /** Keeps the cost, where it fits; writes one row. What is to be given back always fits. */
  reserve({ coordinator, by, ...call }: ReserveCall, caps: Caps, wallMs: number): Reserved {
    const known = this.#answerOf(call.op);
    if (known !== null) return known;
    return this.#changing((state) => {
      const { cost, customer, atMs, calendar } = call;
      const kept = by === 1 ? holdCost(withCaps(state.budgets, caps), cost) : state;
      if ('full' in kept) return this.#end(call.op, 'refused', { granted: false, ...kept });
      const answer: Reserved = { granted: true, counts: this.#counts(state, call) };
      const held = { sinceMs: wallMs, by, cost, customer, atMs, calendar, coordinator, answer };
      this.#store.writeHold(call.op, held);
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
      state.budgets = held.by === 1 ? postCost(state.budgets, held.cost, cost) : givenBack(state.budgets, cost);
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
  take(call: Taking, caps: Caps): Reserved {
    const known = this.#answerOf(call.op);
    if (known !== null) return known;
    return this.#changing((state) => {
      const kept = holdCost(withCaps(state.budgets, caps), call.cost);
      if ('full' in kept) return this.#end(call.op, 'refused', { granted: false, ...kept });
      const counts = this.#counts(state, call);
      state.budgets = postCost(kept.budgets, call.cost, call.cost);
      this.#count(state, { ...call, by: 1 }, call.calendar, call.atMs);
      return this.#end(call.op, 'posted', { granted: true, counts });
    });
  }

  /** What was posted is free again, once for each `op`. */
  giveBack(call: Pick<Taking, 'op' | 'cost' | 'customer' | 'atMs' | 'calendar'>, nowMs: number): void {
    if (this.#store.ended(call.op) !== null) return;
    this.#changing((state) => {
      state.budgets = givenBack(state.budgets, call.cost);
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
        state.budgets = (entry.by === 1 ? used : givenBack)(state.budgets, entry.cost);
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
  counts({ own = [], ...call }: CountCall): Counts {
    return this.#counts(without(this.#loaded(), own), call);
  }

  kept(ops: string[]): string[] {
    const { holds } = this.#loaded();
    return ops.filter((op) => holds.has(op));
  }

  #close(state: State, op: string, held: Held, as: Ended['state']): void {
    this.#store.dropHold(op);
    this.#end(op, as, held.answer);
    state.holds.delete(op);
  }

  #end(op: string, state: Ended['state'], answer: Reserved): Reserved {
    this.#store.writeEnded(op, { state, answer });
    return answer;
  }

  /** Writes the budgets as they stand, and the counts with one more or one less. */
  #count(state: State, entry: Omit<HeardEntry, 'seq'>, calendar: ShopCalendar, nowMs: number): void {
    const { by, cost, customer, atMs } = entry;
    const isOne = cost.redemptions === 1;
    if (isOne) state.tally = counted(state.tally, { by, atMs, nowMs }, calendar);
    this.#store.writeStanding({ used: spentOf(state.budgets).used, tally: state.tally });
    if (!isOne || customer === null) return;
    const own = counted(this.#store.tallyOf(customer), { by, atMs, nowMs }, calendar);
    this.#store.writeTally(customer, own);
  }

  #counts(state: State, call: Pick<Taking, 'counts' | 'customer' | 'atMs' | 'calendar'>): Counts {
    return countsOf(state, call, (customer) => this.#store.tallyOf(customer));
  }

  #answerOf(op: string): Reserved | null {
    return this.#loaded().holds.get(op)?.answer ?? this.#store.ended(op)?.answer ?? null;
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
    const { used, tally } = this.#store.standing();
    const holds = this.#store.holds();
    const held = [...holds.values()].reduce((sum, { by, cost }) => (by === 1 ? plus(sum, cost) : sum), NO_COST);
    this.#state = { budgets: budgetsOf({ used, held }), tally, holds };
    return this.#state;
  }
}

/** The state as if these operations had kept nothing. */
function without({ budgets, tally, holds }: State, ops: string[]): State {
  const rest = new Map(holds);
  let free = budgets;
  for (const op of ops) {
    const held = rest.get(op);
    rest.delete(op);
    if (held?.by === 1) free = voidCost(free, held.cost);
  }
  return { budgets: free, tally, holds: rest };
}
