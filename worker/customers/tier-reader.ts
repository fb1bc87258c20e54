/** In which tier customers are as of now, and in which they would be by other rules. Nothing is written: what is due is done on trial. */
import type { Head } from '../domain/customer.ts';
import { decideProgramme } from '../domain/decide.ts';
import type { Terms } from '../domain/terms.ts';
import type { TierProgramme } from '../domain/tiers/programme.ts';
import { type TierStanding, tierStanding } from '../domain/tiers/standing.ts';
import { tierIdOf } from '../domain/tiers/state.ts';
import { bringUp, requireCurrent, runDue, type Scene } from './due.ts';
import { whoIs } from './dues.ts';
import type { CustomerStore } from './store.ts';

export interface TierNow {
  moved: null;
  asOfMs: number;
  /** null: the shop has no tiers. */
  standing: TierStanding | null;
}

/** How many customers would go from one tier to another; the same one twice: would stay. null: none. */
export interface TierMoves {
  from: string | null;
  to: string | null;
  customers: number;
}

export class TierReader {
  readonly #store: CustomerStore;

  constructor(store: CustomerStore) {
    this.#store = store;
  }

  /** null for a customer this object never heard of. */
  tierOf(customer: string, terms: Terms, clock: number): TierNow | { moved: string } | null {
    const stored = this.#store.isThere() ? this.#store.head(customer) : null;
    if (stored === null) return null;
    if (stored.movedTo !== null) return { moved: stored.movedTo };
    return this.#store.trial((batch) => {
      const scene = { store: this.#store, batch, terms };
      const { head, nowMs } = upToDate(scene, customer, stored, clock);
      return { moved: null, asOfMs: nowMs, standing: tierStanding(head, terms, nowMs) };
    });
  }

  /** Whoever moved, or is nobody here, is not counted. */
  preview(customers: string[], tiers: TierProgramme | null, terms: Terms, clock: number): TierMoves[] {
    if (!this.#store.isThere()) return [];
    const heads = this.#store.heads(customers);
    const found = new Map<string, TierMoves>();
    this.#store.trial((batch) => {
      batch.load(customers, []);
      for (const [customer, stored] of heads) {
        if (stored.movedTo !== null) continue;
        const scene = { store: this.#store, batch, terms };
        const { head, nowMs } = upToDate(scene, customer, stored, clock);
        const after = under(scene, customer, head, { tiers, nowMs });
        const [from, to] = [tierIdOf(head), tierIdOf(after)];
        const key = JSON.stringify([from, to]);
        found.set(key, { from, to, customers: (found.get(key)?.customers ?? 0) + 1 });
      }
    });
    return [...found.values()];
  }
}

function upToDate(scene: Scene, customer: string, stored: Head, clock: number): { head: Head; nowMs: number } {
  requireCurrent(scene, stored);
  const nowMs = Math.max(stored.nowMs, clock);
  scene.batch.load([customer], []);
  return { head: bringUp(scene, customer, runDue(scene, customer, stored, nowMs), nowMs), nowMs };
}

/** The customer as by other tiers. */
function under(
  scene: Scene,
  customer: string,
  head: Head,
  { tiers, nowMs }: { tiers: TierProgramme | null; nowMs: number },
): Head {
  const { tiers: _, ...rest } = scene.terms.programme;
  const programme = tiers === null ? rest : { ...rest, tiers };
  const terms = { ...scene.terms, programme, programmeVersion: scene.terms.programmeVersion + 1 };
  const lots = scene.store.lots(customer, Number.POSITIVE_INFINITY, nowMs);
  const state = { ...whoIs(scene, customer, head), head, lots, orders: new Map() };
  return decideProgramme(state, terms, { atMs: nowMs, nowMs }).head;
}
