/** A balance that nobody uses, and whoever is about to lose points, by hand. The story's model; knows nothing of the product. */
import { daysBefore, endAfterMonths } from './programme-calendar.ts';
import type { Lot, Purse } from './programme-purse.ts';
import { NOTICES } from './programme-rules.ts';

/** The last one first: of two that are due at once only it is told. */
const STAGES = ['last_chance', 'warning'] as const;

interface Notice {
  stage: (typeof STAGES)[number];
  atMs: number;
  endMs: number;
}

export class IdleModel {
  readonly #months: number | null;
  readonly #purse: Purse;
  readonly #say: (atMs: number, text: string) => void;
  #sinceMs: number | null = null;
  /** Stage and date, as they were told. */
  readonly #told = new Set<string>();

  constructor(months: number | null, purse: Purse, say: (atMs: number, text: string) => void) {
    this.#months = months;
    this.#purse = purse;
    this.#say = say;
  }

  after(atMs: number, { before, activity }: { before: number; activity: boolean }): void {
    if (this.#purse.balance <= 0) this.#sinceMs = null;
    else if (before <= 0 || activity || this.#sinceMs === null) this.#sinceMs = atMs;
    this.notify(atMs);
  }

  /** When the whole balance runs out; null: it does not. */
  get endMs(): number | null {
    if (this.#months === null || this.#sinceMs === null) return null;
    return endAfterMonths(this.#sinceMs, this.#months);
  }

  /** The dates on which points run out, each with how many. */
  #dates(): Map<number, number> {
    const { endMs } = this;
    if (this.#months !== null) return endMs === null ? new Map() : new Map([[endMs, this.#purse.balance]]);
    const dates = new Map<number, number>();
    for (const { endMs: one, points } of this.#purse.lots)
      if (one !== null) dates.set(one, (dates.get(one) ?? 0) + points);
    return dates;
  }

  /** Nobody is warned of what they had the last notice of. */
  #notices(): Notice[] {
    return [...this.#dates().keys()].flatMap((endMs) =>
      STAGES.map((stage) => ({ stage, endMs, atMs: daysBefore(endMs, NOTICES[stage]) })).filter(
        ({ stage }) => !this.#told.has(`${stage} ${endMs}`) && !this.#told.has(`last_chance ${endMs}`),
      ),
    );
  }

  noticeMs(nowMs: number): number | null {
    const times = this.#notices().map(({ atMs }) => Math.max(nowMs, atMs));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Tells whatever it is time for. */
  notify(atMs: number): void {
    for (const { stage, endMs } of this.#notices().filter((one) => one.atMs <= atMs)) {
      if (this.#told.has(`last_chance ${endMs}`)) continue;
      this.#told.add(`${stage} ${endMs}`);
      const points = this.#dates().get(endMs) ?? 0;
      this.#say(atMs, `Points Expiring 0 ${JSON.stringify([stage, points, new Date(endMs).toISOString()])}`);
    }
  }

  runOut(atMs: number): Lot[] {
    const points = this.#purse.balance;
    const over = this.#purse.close(null);
    this.#sinceMs = null;
    this.#say(atMs, `Points Expired ${-points}`);
    return over;
  }
}
