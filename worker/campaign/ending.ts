/** Ends an operation where it was decided: here, or in its share, whichever of them knows it. */
import { shareOf } from '../domain/vouchers/budget-shares.ts';
import type { Escrow } from './escrow.ts';
import { ended } from './share.ts';
import type { Ending, EndTold } from './share-calls.ts';
import type { ShareStore } from './share-store.ts';
import type { Splitting } from './splitting.ts';
import type { Sums } from './sums.ts';

const MOST_ROUNDS = 20;

export interface EndingOf {
  escrow: Escrow;
  store: ShareStore;
  sums: Sums;
  splitting: Splitting;
  share: (share: number) => { endIn(op: string, ending: Ending, owner: { epoch: number } | null): Promise<EndTold> };
}

/** false: it was not granted, or never asked for; then it never is, where it was voided. */
export async function endOperation(of: EndingOf, op: string, ending: Ending): Promise<boolean> {
  const { escrow, store, sums, splitting } = of;
  const share = shareOf(op);
  let asked: number | null = null;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const row = store.row(share);
    if (escrow.answerOf(op) !== null) {
      // what is given back here may have been used in a share
      if (splitting.isOpen) await sums.ask(0);
      return ended(escrow, op, ending);
    }
    if (row === null || (!row.open && (asked === row.epoch || !store.mayHaveSeen(share, op))))
      return ended(escrow, op, ending);
    const told = await of.share(share).endIn(op, ending, row.open ? { epoch: row.epoch } : null);
    if (typeof told === 'boolean') return told;
    if (told === 'closed') await splitting.reopen(share);
    else asked = row.epoch;
  }
  throw new Error('the shares of a budget do not come to rest');
}

/** Which of these operations something is kept for, wherever. */
export async function keptOf(
  { escrow, store }: Pick<EndingOf, 'escrow' | 'store'>,
  share: (share: number) => { keptIn(ops: string[]): Promise<string[]> },
  ops: string[],
): Promise<string[]> {
  const some = store.rows().filter(({ open, held }) => open || held.redemptions > 0);
  const asked = some.map(async (row) => {
    const own = ops.filter((op) => shareOf(op) === row.share);
    return own.length === 0 ? [] : share(row.share).keptIn(own);
  });
  return [...escrow.kept(ops), ...(await Promise.all(asked)).flat()];
}
