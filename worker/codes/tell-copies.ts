/** Tells D1 what became of codes: each as it stands now, and what was given, redeemed, refused and taken back. */
import { codeKey } from '../domain/vouchers/codes.ts';
import { readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import type { PublicationCopy, RedemptionCopy, VoucherCopies, VoucherCopy } from '../projection/voucher-rows.ts';
import { tellCopies } from '../projection/vouchers.ts';
import type { CodeRow, Entry, First } from './entries.ts';
import type { CodesErasure } from './erasing.ts';
import type { Listener } from './outbox.ts';
import type { CodeStore } from './store.ts';

/** How names of erasures begin. */
const ERASURE = 'era_';
/** Of one code. */
const MOST_ENTRIES = 20_000;

interface TellingOf {
  store: CodeStore;
  idOf: (code: string) => string;
}

export function copiesListener(db: D1Database, shop: string, { store, idOf }: TellingOf): Listener {
  return async (entries) => {
    const rows = store.codes([...new Set(entries.map(({ key }) => key))]);
    await tellCopies(db, shop, {
      vouchers: [...rows.values()].map((row) => voucherCopy(row, idOf)),
      ...usesOf(store, entries),
    });
  };
}

/** Tells anew what was told of an erased customer before. Throws where D1 fails. */
export async function tellErased(
  db: D1Database,
  shop: string,
  { store, idOf, call }: TellingOf & { call: CodesErasure },
): Promise<void> {
  const names = call.uses.flatMap((id) => readRedemptionId(id)?.name ?? []);
  const used = store.entries(names.flatMap((name) => entriesOf(store.usedKey(name)?.first)));
  const rows = store.codes(call.left.map(({ voucher }) => codeKey(voucher.code)));
  const given = [...rows.values()].flatMap(({ last }) => (last === null ? [] : store.history(last, MOST_ENTRIES)));
  const vouchers = [...rows.values()].map((row) => voucherCopy(row, idOf));
  await tellCopies(db, shop, { vouchers, ...usesOf(store, [...used, ...given.reverse()]) });
}

function entriesOf(first: First | undefined): number[] {
  if (first === undefined) return [];
  if ('entries' in first) return first.entries;
  return 'entry' in first && first.entry !== null ? [first.entry] : [];
}

/** Redemptions as they stand now, whatever became of them after the entries. */
export function usesOf(
  store: CodeStore,
  entries: Entry[],
): Pick<VoucherCopies, 'redemptions' | 'rollbacks' | 'publications'> {
  const touched = entries.flatMap(({ seq, body }) => {
    if (body.kind === 'redeemed' || body.kind === 'refused') return [{ seq, of: seq }];
    return body.kind === 'rolled_back' ? [{ seq, of: body.of }] : [];
  });
  const told = new Map(store.entries(touched.map(({ of }) => of)).map((entry) => [entry.seq, entry.body]));
  const redemptions = touched.flatMap(({ seq, of }): RedemptionCopy[] => {
    const body = told.get(of);
    if (body?.kind !== 'redeemed' && body?.kind !== 'refused') return [];
    return [{ seq, owner: null, redemption: body.redemption }];
  });
  return {
    redemptions: [...new Map(redemptions.map((one) => [one.redemption.id, one])).values()],
    rollbacks: entries.flatMap(({ seq, body }) => {
      if (body.kind === 'redeemed' && body.brought === true) {
        const { redemption } = body;
        return redemption.rollbacks.map((rollback) => ({ seq, owner: null, redemption, rollback }));
      }
      if (body.kind !== 'rolled_back') return [];
      return [{ seq, owner: null, redemption: body.redemption, rollback: body.rollback }];
    }),
    publications: entries.flatMap((entry) => publicationOf(store, entry)),
  };
}

/** Of codes without a campaign, which would tell of it; one that the customer did not get after all is told as that. */
function publicationOf(store: CodeStore, entry: Entry): PublicationCopy[] {
  if (entry.body.kind !== 'unassigned') return publicationCopy(store, entry, 'done');
  const given = entry.prev === null ? null : store.entry(entry.prev);
  return given === null ? [] : publicationCopy(store, given, 'voided');
}

function publicationCopy(store: CodeStore, { key, atMs, body }: Entry, state: 'done' | 'voided'): PublicationCopy[] {
  if (body.kind !== 'assigned' || body.told === null) return [];
  const { customer, publication: id, told } = body;
  const code = store.code(key)?.code ?? key;
  const about = { id, campaign: null, customer, codes: [code], ...told, atMs, state, failure: null };
  return [{ id, campaign: null, customer, atMs, body: about }];
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
    rank: cameBack(row) ? 2 : 0,
    seq: last ?? 0,
    createdAtMs: voucher?.createdAtMs ?? madeAtMs,
    gone: owner === 'gone' || owner === 'referral',
    voucher: held,
  };
}

/** Its holder was erased: what they said of it counts no more. */
function cameBack({ owner, token }: CodeRow): boolean {
  return (owner === 'here' || owner === 'gone') && token?.startsWith(ERASURE) === true;
}

/** Of what was made for a customer nothing was ever here but the code; one for friends is no voucher. */
function isTold({ owner, voucher }: CodeRow): boolean {
  return owner !== 'referral' && (owner !== 'customer' || voucher !== null);
}

const PAGE = 500;

/** The last code, or the last entry, of the page before. */
export type CopyPlace = { codes: string } | { entries: number };

/** The codes and then what was done with them, a page at a time; `next` null: that was all. */
export function copiesAfter(of: TellingOf, place: CopyPlace): { copies: VoucherCopies; next: CopyPlace | null } {
  const { store, idOf } = of;
  if ('entries' in place) return usesAfter(store, place.entries);
  const rows = store.page(place.codes, PAGE);
  const vouchers = rows.filter(isTold).map((row) => voucherCopy(row, idOf));
  const last = rows.at(-1);
  if (rows.length === PAGE && last !== undefined) return { copies: { vouchers }, next: { codes: last.key } };
  const { copies, next } = usesAfter(store, 0);
  return { copies: { vouchers, ...copies }, next };
}

function usesAfter(store: CodeStore, after: number): { copies: VoucherCopies; next: CopyPlace | null } {
  const entries = store.entriesAfter(after, PAGE);
  const last = entries.at(-1);
  const next = entries.length < PAGE || last === undefined ? null : { entries: last.seq };
  return { copies: usesOf(store, entries), next };
}
