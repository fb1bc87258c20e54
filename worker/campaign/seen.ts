/** Goes through all operations that an object has decided, by pages. */
import { OpFilter } from '../domain/vouchers/op-filter.ts';
import type { Escrow } from './escrow.ts';

const PAGE = 2_000;

export function* decidedIn(escrow: Escrow): Generator<string[]> {
  for (const kind of ['hold', 'ended'] as const) {
    let page: string[] = [];
    do {
      page = escrow.decided(kind, page.at(-1) ?? '', PAGE);
      yield page;
    } while (page.length === PAGE);
  }
}

export function filled(filter: OpFilter, ops: readonly string[]): OpFilter {
  for (const op of ops) filter.add(op);
  return filter;
}

/** All that an object has decided, in a filter that is large enough for it. */
export function seenBy(escrow: Escrow): OpFilter {
  const ops = [...decidedIn(escrow)].flat();
  return filled(OpFilter.for(ops.length), ops);
}
