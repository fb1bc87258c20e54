/** What waits for somebody else's word: posted or voided by whoever has it to say, and asked for where nobody says it. */

import { costOf } from '../domain/vouchers/redeem.ts';
import type { ShopCalendar } from '../domain/vouchers/tally.ts';
import type { Env } from '../env.ts';
import { type Outcome, outcomeOf } from '../holds/coordinator.ts';
import { putAt } from '../holds/wallet.ts';
import type { Claims } from './claims.ts';
import type { Hold } from './entries.ts';
import type { Rollbacks } from './rollbacks.ts';
import type { CodeStore } from './store.ts';
import type { Uses } from './uses.ts';

/** Callers that live take far less. */
export const LOOSE_MS = 10_000;
const MOST_AT_ONCE = 100;

interface HoldsOf {
  store: CodeStore;
  uses: Uses;
  rollbacks: Rollbacks;
  claims: Claims;
}

interface Now {
  calendar: ShopCalendar;
  now: number;
}

export class Holds {
  readonly #of: HoldsOf;

  constructor(of: HoldsOf) {
    this.#of = of;
  }

  /** It has come about; false: nothing is held under this key. Repeats are welcome. Part of one transaction. */
  post(key: string, at: Now): boolean {
    const { store, uses, rollbacks, claims } = this.#of;
    const hold = store.hold(key);
    if (hold === null) return isDone(store.usedKey(key)?.first.kind);
    if (hold.kind === 'uses') uses.post(key, hold, at.now);
    else if (hold.kind === 'rollbacks') rollbacks.post(key, hold, at);
    else claims.assigned(key);
    return true;
  }

  /** It never will, nor what is yet to come under this key. Repeats are welcome; what was posted stays. Part of one transaction. */
  void(key: string, fingerprint: string, at: Now): void {
    const { store, uses, rollbacks } = this.#of;
    const hold = store.hold(key);
    if (hold === null && store.usedKey(key) !== null) return;
    if (hold === null) store.useKey(key, { fingerprint, first: { kind: 'voided' } });
    else if (hold.kind === 'uses') uses.void(key, hold, at);
    else if (hold.kind === 'rollbacks') rollbacks.void(key, hold);
  }

  /** What became of an operation that is decided here. One that never came never will. Part of one transaction. */
  outcome(key: string, fingerprint: string, place: number): Outcome {
    const { store } = this.#of;
    const first = store.usedKey(key)?.first;
    if (first !== undefined) {
      if (!isDone(first.kind)) return { state: 'voided' };
      const seq = first.kind === 'redeemed' ? first.entries[place] : undefined;
      const body = seq === undefined ? undefined : store.entry(seq)?.body;
      return { state: 'posted', cost: body?.kind === 'redeemed' ? costOf(body.redemption) : null };
    }
    if (store.hold(key) !== null) return { state: 'open' };
    store.useKey(key, { fingerprint, first: { kind: 'voided' } });
    return { state: 'voided' };
  }

  /** When the oldest of them is loose, by the wall clock; null: nothing is held. */
  dueMs(): number | null {
    const oldest = this.#of.store.oldestHoldMs();
    return oldest === null ? null : oldest + LOOSE_MS;
  }

  loose(wallMs: number): { key: string; hold: Hold }[] {
    return this.#of.store.holdsSince(wallMs - LOOSE_MS, MOST_AT_ONCE);
  }
}

/** What became of a loose hold; an assignment is brought to its end, for a customer was promised something. */
export async function endOf(env: Env, shop: string, hold: Hold): Promise<Outcome['state']> {
  if (hold.kind !== 'assignment') return (await outcomeOf(env, shop, hold.coordinator)).state;
  return (await putAt(env, shop, hold.customer, hold.operation)) === null ? 'posted' : 'voided';
}

function isDone(kind: string | undefined): boolean {
  return kind === 'redeemed' || kind === 'rolled_back';
}
