/** An erasure on its way: which owners have still to forget a customer, in which order they are asked, and what it is then. Pure. */

/** In the order in which they are asked: what comes later may ask what came before for the last time. */
export const ERASURE_OWNERS = ['customers', 'vouchers', 'copies', 'events', 'requests'] as const;
export type ErasureOwner = (typeof ERASURE_OWNERS)[number];

/** `waiting`: somebody is still on the way to the customer, or the other way round. */
export type ErasureState = 'waiting' | 'going' | 'done';

export interface Erasure {
  id: string;
  /** The id they had: it leads to nobody any more. */
  customer: string;
  requestedAtMs: number;
  /** What occurred before is dropped, later events start a new customer; null: it has not begun. */
  erasedAtMs: number | null;
  finishedAtMs: number | null;
  /** Who has forgotten them. */
  done: ErasureOwner[];
  /** How many events of theirs came afterwards and were dropped. */
  late: number;
}

export function stateOf({ erasedAtMs, finishedAtMs }: Erasure): ErasureState {
  if (finishedAtMs !== null) return 'done';
  return erasedAtMs === null ? 'waiting' : 'going';
}

/** Who is asked next; null: all have said done. */
export function nextOwner({ done }: Pick<Erasure, 'done'>): ErasureOwner | null {
  return ERASURE_OWNERS.find((owner) => !done.includes(owner)) ?? null;
}
