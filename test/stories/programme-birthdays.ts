/** When a birthday is rewarded, by hand. The story's model; knows nothing of the product. */
import { dateOf, daysIn, midnight, numberOf } from './programme-calendar.ts';
import { BIRTHDAY } from './programme-rules.ts';

interface BirthdayTold {
  /** When the date was told. */
  toldMs: number;
  paidMs: number | null;
  /** Days up to this instant are over. */
  afterMs: number;
}

/** The first one that is not too soon after it was told, and a year after the last. Feb 29 is Feb 28 where there is none. */
function nextBirthday({ month, day }: { month: number; day: number }, told: BirthdayTold): number {
  const { toldMs, paidMs, afterMs } = told;
  for (let { year } = dateOf(afterMs); ; year += 1) {
    const date = { year, month, day: Math.min(day, daysIn(year, month)) };
    const atMs = midnight(year, month, date.day);
    const sinceTold = numberOf(date) - numberOf(dateOf(toldMs));
    const sincePaid = paidMs === null ? 365 : numberOf(date) - numberOf(dateOf(paidMs));
    if (atMs > afterMs && sinceTold > BIRTHDAY.leadDays && sincePaid >= 365) return atMs;
  }
}

export class BirthdayModel {
  #date: { month: number; day: number } | null = null;
  #told: BirthdayTold = { toldMs: 0, paidMs: null, afterMs: 0 };

  /** The same date again is no news. */
  set(atMs: number, month: number, day: number): void {
    if (this.#date?.month === month && this.#date.day === day) return;
    this.#date = { month, day };
    this.#told = { ...this.#told, toldMs: atMs, afterMs: atMs };
  }

  get dueMs(): number | null {
    return this.#date === null ? null : nextBirthday(this.#date, this.#told);
  }

  rewarded(atMs: number): void {
    this.#told = { ...this.#told, paidMs: atMs, afterMs: atMs };
  }
}
