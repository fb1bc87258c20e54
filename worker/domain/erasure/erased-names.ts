/** What is let in after an erasure: whether somebody who was erased is meant by what an event names. Pure. */
import type { IdentifierKind } from '../event.ts';
import { NEVER } from '../ledger.ts';

/** A name as the erasures know it. */
export interface KnownName {
  kind: IdentifierKind;
  /** Since when whoever had it is erased; null: nobody with it was. */
  erasedMs: number | null;
}

/**
 * What occurred before this instant is of somebody who was erased; null: nobody who was is named. An order of theirs is
 * never anybody else's, whenever it is told of. A browser is shared: it says so only where it is all that is named.
 */
export function erasedBefore(names: KnownName[]): number | null {
  if (names.some(({ kind, erasedMs }) => kind === 'order' && erasedMs !== null)) return NEVER;
  const people = names.filter(({ kind }) => kind !== 'anonymous' && kind !== 'order');
  const telling = people.length > 0 ? people : names;
  const since = telling.flatMap(({ erasedMs }) => erasedMs ?? []);
  return since.length === 0 ? null : Math.max(...since);
}
