/** A reward that was bought: what it cost, and what becomes of it. The story's model; knows nothing of the product. */
import { endAfterMonths } from './programme-calendar.ts';
import type { Taken } from './programme-purse.ts';
import { FIVE } from './programme-rules.ts';

const DAY = 86_400_000;

export class Voucher {
  /** The model's name for it. */
  readonly id: string;
  /** The product's names for it, once it has them. */
  names: { voucher: string; code: string } | null = null;
  price = 0;
  taken: Taken[] = [];
  pointsBack = 0;
  used = false;
  undone = false;
  #noticed = false;
  #ended = false;
  readonly #endMs: number;

  constructor(id: string, atMs: number) {
    this.id = id;
    this.#endMs = endAfterMonths(atMs, FIVE.months);
  }

  isGood(atMs: number): boolean {
    return this.id !== '' && !this.used && !this.undone && atMs < this.#endMs;
  }

  /** So many points more go back: into lots that are still good, or not any more. */
  back(points: number, atMs: number): { good: Taken[]; late: Taken[] } {
    let [skip, left] = [this.pointsBack, points];
    const parts: Taken[] = [];
    for (const one of [...this.taken].reverse()) {
      const skipped = Math.min(skip, one.points);
      const part = Math.min(left, one.points - skipped);
      skip -= skipped;
      left -= part;
      if (part > 0) parts.push({ ...one, points: part });
    }
    this.pointsBack += points;
    const isGood = ({ endMs }: Taken) => endMs === null || endMs > atMs;
    return { good: parts.filter(isGood), late: parts.filter((one) => !isGood(one)) };
  }

  get dueMs(): number | null {
    if (this.used || this.undone || this.#ended) return null;
    return this.#noticed ? this.#endMs : this.#endMs - FIVE.noticeDays * DAY;
  }

  told(atMs: number): string {
    if (atMs < this.#endMs) this.#noticed = true;
    else this.#ended = true;
    return atMs < this.#endMs ? 'Reward Expiring 0' : 'Reward Expired 0';
  }
}

export const NO_VOUCHER = new Voucher('', 0);
