/** What a connection would have been told before it began: pointers to the rows of customers, a bounded number at a call. */
import { wants } from '../domain/connections/connection.ts';
import { type Pointer, toldBy } from '../domain/connections/told.ts';
import type { JournalRow } from '../domain/journal.ts';
import { carriedFrom } from '../domain/merge.ts';
import type { Unheard } from './unheard.ts';

const ROWS_A_CALL = 2_000;

/** A customer, and the row after which to go on. */
export interface Reached {
  customer: string;
  after: number;
}

export interface BeforeCall {
  from: Reached[];
  events: string[];
  /** By the time of recording: from the first instant on, before the second. */
  sinceMs: number;
  beforeMs: number;
}

export interface Before {
  pointers: Pointer[];
  /** Who is not through yet. */
  rest: Reached[];
}

export function toldBefore(unheard: Unheard, { from, ...span }: BeforeCall): Before {
  const pointers: Pointer[] = [];
  let left = ROWS_A_CALL;
  for (const [at, { customer, after }] of from.entries()) {
    const rows = unheard.rowsAfter(customer, after, left);
    pointers.push(...rows.flatMap((row) => pointersOf(customer, row, span)));
    left -= rows.length;
    const last = rows.at(-1);
    if (left === 0 && last !== undefined)
      return { pointers, rest: [{ customer, after: last.seq }, ...from.slice(at + 1)] };
  }
  return { pointers, rest: [] };
}

/** A row that came along from another customer goes by the name it had there. */
function pointersOf(customer: string, row: JournalRow, span: Omit<BeforeCall, 'from'>): Pointer[] {
  if (row.recordedAtMs < span.sinceMs || row.recordedAtMs >= span.beforeMs) return [];
  const first = carriedFrom(row) ?? { customer, seq: row.seq };
  const { carried: _, ...about } = row.about;
  return toldBy({ ...row, about }).flatMap(({ effect, type }) =>
    wants(span, type) ? [{ customer: first.customer, seq: first.seq, effect, type }] : [],
  );
}
