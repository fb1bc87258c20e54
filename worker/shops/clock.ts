/**
 * A test shop's clock: what time it is, and which object has something due when. It moves to an instant only while no
 * write is under way, so what falls due happens in the order of time over all of the shop's objects.
 */
import type { Database } from '../storage/database.ts';
import { type Asking, ClockDues } from './clock-dues.ts';

export interface ClockReading {
  nowMs: number;
  /** false: it still runs with real time. */
  frozen: boolean;
}

export type Entered =
  | { state: 'entered'; token: string; clock: ClockReading }
  /** The clock waits for the writes under way; ask again in a moment. */
  | { state: 'closed' };

export interface Due extends Asking {
  /** null: nothing is. */
  dueMs: number | null;
}

/** What to do on the way to an instant: ask these objects to do what is due by `nowMs` and what is due then; or it is reached. */
export interface ClockStep {
  reached: boolean;
  nowMs: number;
  /** No write begins until the next step. */
  closed: boolean;
  objects: Asking[];
}

/** No write begins for this long, at most, while those under way end. */
const CLOSED_MS = 1_000;

export class Clock {
  readonly #db: Database;
  readonly #dues: ClockDues;
  #closedUntilMs = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#dues = new ClockDues(db);
  }

  read(): ClockReading {
    const row = this.#db.one('SELECT frozen_ms FROM clock');
    return row === null ? { nowMs: Date.now(), frozen: false } : { nowMs: Number(row.frozen_ms), frozen: true };
  }

  /** A write begins in `object`: from now on it is to be asked what is due. */
  enter(object: string): Entered {
    if (Date.now() < this.#closedUntilMs) return { state: 'closed' };
    return { state: 'entered', token: this.#dues.begin(object), clock: this.read() };
  }

  /** What is due there since the write of `token`; counts only where no later write has begun. */
  leave({ object, token, dueMs }: Due): void {
    this.#dues.say(object, token, dueMs);
  }

  /** Moves on towards `targetMs`: freezes at the first call, never runs backwards, and stops wherever something is due. */
  step(targetMs: number): ClockStep {
    const nowMs = this.read().nowMs;
    const asked = this.#dues.asked();
    if (asked.length > 0) {
      this.#closedUntilMs = Date.now() + CLOSED_MS;
      return { reached: false, nowMs, closed: true, objects: asked };
    }
    this.#closedUntilMs = 0;
    const due = this.#dues.next(targetMs);
    const to = Math.max(nowMs, due ?? targetMs);
    this.#db.run(
      'INSERT INTO clock (one, frozen_ms) VALUES (1, ?) ON CONFLICT DO UPDATE SET frozen_ms = excluded.frozen_ms',
      to,
    );
    if (due === null) this.#dues.keep();
    return { reached: due === null, nowMs: to, closed: false, objects: due === null ? [] : this.#dues.dueBy(to) };
  }
}
