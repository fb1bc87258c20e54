/** Takes the shares of a budget back once few ask for it any more; looked at by the object's alarm, by the wall clock. */
import { givenIn } from '../domain/vouchers/budget-shares.ts';
import type { ShareStore } from './share-store.ts';
import type { Sums } from './sums.ts';

const LOOK_MS = 10_000;
/** What is not hot any more is not cold yet. */
const COLD_PART = 5;

export interface CoolingOf {
  store: ShareStore;
  sums: Sums;
  /** Calls a second that are too many for one object. */
  hot: number;
  merge: () => Promise<void>;
}

export class Cooling {
  readonly #of: CoolingOf;
  #before: { atMs: number; decided: number } | null = null;
  #sinceMs: number | null = null;

  constructor(of: CoolingOf) {
    this.#of = of;
  }

  /** null: nothing is in shares. */
  dueMs(): number | null {
    if (!this.#isOpen()) {
      this.#before = null;
      this.#sinceMs = null;
      return null;
    }
    this.#sinceMs ??= Date.now();
    return (this.#before?.atMs ?? this.#sinceMs) + LOOK_MS;
  }

  /** false: a share could not be asked. */
  async look(nowMs: number): Promise<boolean> {
    if (!this.#isOpen()) return true;
    try {
      await this.#of.sums.ask(0);
      const { used, held } = givenIn(this.#of.store.rows());
      const decided = used.redemptions + held.redemptions;
      const before = this.#before;
      this.#before = { atMs: nowMs, decided };
      if (before === null || nowMs - before.atMs < LOOK_MS / 2) return true;
      const perSecond = ((decided - before.decided) * 1_000) / (nowMs - before.atMs);
      if (perSecond < this.#of.hot / COLD_PART) await this.#of.merge();
      return true;
    } catch (error) {
      console.error(
        JSON.stringify({ level: 'error', msg: 'the shares of a budget were not reached', error: String(error) }),
      );
      return false;
    }
  }

  #isOpen(): boolean {
    return this.#of.store.rows().some(({ open }) => open);
  }
}
