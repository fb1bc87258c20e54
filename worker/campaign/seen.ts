/** Goes through all operations that an object has decided, by pages. */
import type { OpFilter } from '../domain/vouchers/op-filter.ts';
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
