/** Lots, a debt, and who takes what from them, by hand. The story's model; knows nothing of the product. */

export interface Lot {
  /** In the order in which they were made. */
  n: number;
  points: number;
  /** null: never. */
  endMs: number | null;
  origin: string;
}

/** So much of a lot was taken, with what it was. */
export interface Taken extends Omit<Lot, 'points'> {
  points: number;
}

export class Purse {
  lots: Lot[] = [];
  debt = 0;
  #made = 0;

  get balance(): number {
    return this.lots.reduce((sum, { points }) => sum + points, 0) - this.debt;
  }

  /** Each lot, and what is owed: how much, and until when. */
  get words(): string[] {
    const time = (ms: number | null) => (ms === null ? 'never' : new Date(ms).toISOString());
    const lots = this.lots.map(({ points, endMs }) => `${points} ${time(endMs)} null`);
    return this.debt > 0 ? [...lots, `${-this.debt} null null`] : lots;
  }

  /** A debt is paid first. */
  add(points: number, endMs: number | null, origin: string): void {
    this.#made += 1;
    const paid = Math.min(this.debt, points);
    this.debt -= paid;
    if (points > paid) this.lots.push({ n: this.#made, points: points - paid, endMs, origin });
  }

  #soonest(): Lot[] {
    return [...this.lots].sort(bySoonest);
  }

  /** Those of an origin first, then whatever runs out soonest; answers what there was. */
  take(points: number, first = ''): Taken[] {
    const taken: Taken[] = [];
    let left = points;
    const soonest = this.#soonest();
    for (const lot of [
      ...soonest.filter(({ origin }) => origin === first),
      ...soonest.filter(({ origin }) => origin !== first),
    ]) {
      const part = Math.min(left, lot.points);
      if (part === 0) continue;
      lot.points -= part;
      left -= part;
      taken.push({ ...lot, points: part });
    }
    this.lots = this.lots.filter((lot) => lot.points > 0);
    return taken;
  }

  /** Back into the lots they came from; the debt takes from those that run out soonest. */
  putBack(parts: Taken[]): void {
    for (const part of [...parts].sort(bySoonest)) {
      const paid = Math.min(this.debt, part.points);
      this.debt -= paid;
      const points = part.points - paid;
      const open = this.lots.find(({ n }) => n === part.n);
      if (open !== undefined) open.points += points;
      else if (points > 0) this.lots.push({ ...part, points });
    }
  }

  /** A lot of its own for what ran out meanwhile. */
  number(): number {
    this.#made += 1;
    return this.#made;
  }

  /** Those that run out at an instant, or all of them. */
  close(endMs: number | null): Lot[] {
    const over = this.lots.filter((lot) => endMs === null || lot.endMs === endMs);
    this.lots = this.lots.filter((lot) => !over.includes(lot));
    return over;
  }
}

function bySoonest(a: Lot, b: Lot): number {
  return (a.endMs ?? Number.MAX_SAFE_INTEGER) - (b.endMs ?? Number.MAX_SAFE_INTEGER) || a.n - b.n;
}
