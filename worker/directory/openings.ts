/**
 * Whom the lines of a file of points mean, and what becomes of points for somebody whom nobody has seen. Only what a
 * trusted sender said makes a name somebody's here: a browser's word must not lead to points.
 */
import type { Identifier } from '../domain/event.ts';
import type { Opening } from '../domain/opening.ts';
import type { OpeningEnd } from './credit-openings.ts';
import { type OpeningState, openingOf, type StoredOpening } from './opening-store.ts';
import type { DirectoryStore } from './store.ts';

/** So many may wait in a shop, and for one person. */
const MOST_OPEN = 1_000_000;
const MOST_OF_ONE = 500;

export interface NamedLine {
  /** Of the opening that the line would make. */
  id: string;
  names: Identifier[];
  /** An id of ours. */
  customer: string | null;
}

export interface LineOwner {
  /** Whom the names lead to, each once; more than one: the line does not say who is meant. */
  customers: string[];
  /** The id is nobody's. */
  isUnknownId: boolean;
  /** The opening that this line made before. */
  made: Pick<StoredOpening, 'state' | 'from' | 'points' | 'fingerprint'> | null;
  /** What waits for these names. */
  waiting: number;
}

export interface NewOpening {
  /** `points`: to be added, or with `set` what is to wait in all. */
  opening: Opening;
  names: Identifier[];
  set: boolean;
}

export type Kept =
  | { kind: 'kept'; points: number }
  /** The same line has been here before. */
  | { kind: 'known'; state: OpeningState; from: string; points: number; fingerprint: string }
  /** Somebody has come by one of these names meanwhile. */
  | { kind: 'customer'; customer: string }
  | { kind: 'full' };

export type Withdrawn =
  | { state: 'withdrawn'; points: number }
  /** It has to be credited before it can be taken back. */
  | { state: 'claimed'; customer: string; opening: Opening }
  | { state: 'credited'; customer: string }
  /** It came to nothing by itself, or was never there. */
  | { state: 'void' };

export class Openings {
  readonly #store: DirectoryStore;

  constructor(store: DirectoryStore) {
    this.#store = store;
  }

  lineOwners(lines: NamedLine[]): LineOwner[] {
    const { openings } = this.#store;
    return lines.map(({ id, names, customer }) => {
      const made = openings.byId(id);
      const waiting = openings.waitingFor(names).reduce((sum, { points }) => sum + points, 0);
      const isUnknownId = customer !== null && this.#store.current(customer) === null;
      return { customers: this.#owners(names, customer), isUnknownId, made, waiting };
    });
  }

  /** Keeps each, once. Within a transaction. */
  keep(all: NewOpening[], now: number): Kept[] {
    const { openings } = this.#store;
    let open = openings.countOpen();
    return all.map(({ opening, names, set }): Kept => {
      const known = openings.byId(opening.id);
      if (known !== null) {
        const { state, from, points, fingerprint } = known;
        return { kind: 'known', state, from, points, fingerprint };
      }
      const [customer] = this.#owners(names, null);
      if (customer !== undefined) return { kind: 'customer', customer };
      const waiting = openings.waitingFor(names);
      if (open >= MOST_OPEN || waiting.length >= MOST_OF_ONE) return { kind: 'full' };
      const points = set ? opening.points - sumOf(waiting) : opening.points;
      openings.keep({ ...opening, points }, names, now);
      open += 1;
      return { kind: 'kept', points };
    });
  }

  /** Within a transaction. */
  end(ends: OpeningEnd[]): void {
    for (const { id, state } of ends) {
      const known = this.#store.openings.byId(id);
      if (known?.state === 'claimed') this.#store.openings.end(known.n, state);
    }
  }

  /** What waits is withdrawn; whatever was to be lower because of it is no lower than nothing. Within a transaction. */
  withdraw(ids: string[]): Withdrawn[] {
    const { openings } = this.#store;
    return ids.map((id): Withdrawn => {
      const known = openings.byId(id);
      const customer = known?.customer ?? null;
      if (known === null || known.state === 'void') return { state: 'void' };
      if (known.state === 'withdrawn') return { state: 'withdrawn', points: known.points };
      if (customer !== null && known.state === 'claimed')
        return { state: 'claimed', customer, opening: openingOf(known) };
      if (customer !== null) return { state: 'credited', customer };
      const names = openings.names(known.n);
      openings.end(known.n, 'withdrawn');
      this.#lift(openings.waitingFor(names));
      return { state: 'withdrawn', points: known.points };
    });
  }

  /** Raises those that only set a balance lower, the newest first, until all of them together are not below zero. */
  #lift(waiting: StoredOpening[]): void {
    let missing = Math.max(0, -sumOf(waiting));
    for (const { n, points, allowDebt } of waiting.toReversed()) {
      if (missing === 0) return;
      if (allowDebt === true) continue;
      const lift = Math.min(missing, Math.max(0, -points));
      if (lift > 0) this.#store.openings.setPoints(n, points + lift);
      missing -= lift;
    }
  }

  /** Who is on the way to somebody is the same as them, and is told what comes: the keys it must not miss are still there. */
  #owners(names: Identifier[], customer: string | null): string[] {
    const owners = new Map<string, string>();
    const own = customer === null ? null : this.#store.current(customer);
    if (own !== null) owners.set(this.#store.openMove(own)?.survivor ?? own, own);
    for (const name of names) {
      const owner = this.#store.owner(name);
      if (owner === null || owner.trust !== 'server') continue;
      const here = owner.leaving ?? owners.get(owner.customer) ?? owner.customer;
      owners.set(owner.customer, here);
    }
    return [...owners.values()];
  }
}

function sumOf(openings: StoredOpening[]): number {
  return openings.reduce((sum, { points }) => sum + points, 0);
}
