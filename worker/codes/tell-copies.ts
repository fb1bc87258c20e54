/** Tells D1 what became of codes: each as it stands now, and what was redeemed, refused and taken back. */
import { tellCopies, type VoucherCopies, type VoucherCopy } from '../projection/vouchers.ts';
import type { CodeRow, Entry } from './entries.ts';
import type { Listener } from './outbox.ts';
import type { CodeStore } from './store.ts';

export function copiesListener(
  db: D1Database,
  shop: string,
  { store, idOf }: { store: CodeStore; idOf: (code: string) => string },
): Listener {
  return async (entries) => {
    const rows = store.codes([...new Set(entries.map(({ key }) => key))]);
    await tellCopies(db, shop, {
      vouchers: [...rows.values()].map((row) => voucherCopy(row, idOf)),
      ...usesOf(store, entries),
    });
  };
}

/** Redemptions as they stand now, whatever became of them after the entries. */
export function usesOf(store: CodeStore, entries: Entry[]): Pick<VoucherCopies, 'redemptions' | 'rollbacks'> {
  const redemptions = entries.flatMap(({ seq, body }) => {
    if (body.kind === 'redeemed' || body.kind === 'refused') return [{ seq, of: seq }];
    return body.kind === 'rolled_back' ? [{ seq, of: body.of }] : [];
  });
  const told = new Map(store.entries(redemptions.map(({ of }) => of)).map((entry) => [entry.seq, entry.body]));
  return {
    redemptions: redemptions.flatMap(({ seq, of }) => {
      const body = told.get(of);
      return body?.kind === 'redeemed' || body?.kind === 'refused' ? [{ seq, redemption: body.redemption }] : [];
    }),
    rollbacks: entries.flatMap(({ body }) => (body.kind === 'rolled_back' ? [body] : [])),
  };
}

/** What a customer holds is told by them; here it is as it was handed over. */
export function voucherCopy(row: CodeRow, idOf: (code: string) => string): VoucherCopy {
  const { key, code, campaign, owner, customer, last, madeAtMs, voucher } = row;
  const held = owner === 'customer' && voucher !== null ? { ...voucher, holder: customer } : voucher;
  return {
    id: idOf(code),
    code,
    key,
    campaign,
    rank: 0,
    seq: last ?? 0,
    createdAtMs: madeAtMs,
    gone: owner === 'gone' || owner === 'referral',
    voucher: held,
  };
}

const PAGE = 500;

/** All codes, and all that was ever done with them. Throws where D1 fails. */
export async function retellAll(
  db: D1Database,
  shop: string,
  { store, idOf }: { store: CodeStore; idOf: (code: string) => string },
): Promise<void> {
  for (let after = ''; ; ) {
    const rows = store.page(after, PAGE);
    await tellCopies(db, shop, { vouchers: rows.map((row) => voucherCopy(row, idOf)) });
    after = rows.at(-1)?.key ?? after;
    if (rows.length < PAGE) break;
  }
  for (let after = 0; ; ) {
    const entries = store.entriesAfter(after, PAGE);
    await tellCopies(db, shop, usesOf(store, entries));
    after = entries.at(-1)?.seq ?? after;
    if (entries.length < PAGE) return;
  }
}
