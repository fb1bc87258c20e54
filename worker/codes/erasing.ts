/**
 * What an erased customer held comes back to its codes, with all that was done with it, and of what they did with others'
 * codes only that it was done is kept. Part of one transaction; run again it changes nothing.
 */
import { anonymousRedemption, type LeftVoucher } from '../domain/erasure/vouchers.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import type { GiftMove } from '../domain/vouchers/gift.ts';
import { readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import type { GiftCredit, Redemption } from '../domain/vouchers/voucher.ts';
import { movesOf } from '../domain/vouchers/wallet-moves.ts';
import type { CodeRow, Entry, EntryBody } from './entries.ts';
import type { CodeStore } from './store.ts';

export interface CodesErasure {
  /** Names the operation. */
  op: string;
  /** All ids that the customer had, and the random one that is left. */
  customers: string[];
  subject: string;
  left: LeftVoucher[];
  /** Redemptions and rollbacks that are kept here, as their customer heard of them. */
  uses: string[];
}

/** Ids of vouchers whose codes are here: they are back. */
export function erase(store: CodeStore, call: CodesErasure, now: number): string[] {
  for (const use of call.uses) forgetUse(store, use, call);
  return call.left.flatMap((left) => {
    const row = store.code(codeKey(left.voucher.code));
    if (row === null) return [];
    // what came back once, or never was theirs, stays as it is
    if (row.owner === 'customer' && call.customers.includes(row.customer ?? ''))
      takeBack(store, row, left, { call, now });
    return [left.voucher.id];
  });
}

interface Taking {
  call: CodesErasure;
  now: number;
}

/** A gift card is whoever's has the code; any other voucher is gone, and its code stays taken. */
function takeBack(store: CodeStore, before: CodeRow, left: LeftVoucher, { call, now }: Taking): void {
  const { voucher } = left;
  forgetGiving(store, before, call.subject);
  const owner = voucher.benefit.kind === 'gift' ? ('here' as const) : ('gone' as const);
  let row: CodeRow = { ...before, owner, customer: null, token: call.op, voucher };
  for (const { atMs, body, name } of pastOf(left, now)) {
    row = store.append(row, atMs, body);
    if (name !== null) noteKey(store, name, row.last ?? 0);
  }
  row = store.append(row, now, { kind: 'changed', voucher });
  store.writeCode(row);
}

interface Past {
  atMs: number;
  body: EntryBody;
  /** Of a redemption: of its operation. */
  name: { key: string; parent: string | null } | null;
}

/** The oldest first. Campaigns know of all of it: none of it is told to them again. */
function pastOf({ voucher, redemptions, credits }: LeftVoucher, now: number): Past[] {
  const moves = new Map((movesOf(voucher, { redemptions, credits }, now) ?? []).map((move) => [move.id, move]));
  const moveOf = (id: string, kind: GiftMove['kind']): GiftMove | null => {
    const move = moves.get(id);
    return move === undefined ? null : { kind, amountMinor: move.amountMinor, balanceMinor: move.balanceMinor };
  };
  const redeemed = redemptions.map((redemption): Past => {
    const { id, atMs, failure, parent } = redemption;
    const read = readRedemptionId(id);
    const name = read === null ? null : { key: read.name, parent };
    if (failure !== null) return { atMs, body: { kind: 'refused', redemption }, name };
    const body = { kind: 'redeemed' as const, voucher, redemption, move: moveOf(id, 'redeemed'), reserved: true };
    return { atMs, body: { ...body, brought: true }, name };
  });
  const credited = credits.map((credit: GiftCredit): Past => {
    const kind = credit.amountMinor > 0 ? 'added' : 'removed';
    const none = { kind, amountMinor: credit.amountMinor, balanceMinor: 0 } as const;
    return {
      atMs: credit.atMs,
      body: { kind: 'credited', voucher, move: moveOf(credit.id, kind) ?? none, credit },
      name: null,
    };
  });
  return [...redeemed, ...credited].sort((a, b) => a.atMs - b.atMs);
}

/** So that it is found by its id, as what was redeemed here is. Several of one operation share a key. */
function noteKey(store: CodeStore, { key, parent }: { key: string; parent: string | null }, entry: number): void {
  const known = store.usedKey(key);
  if (known === null) {
    const first = { kind: 'redeemed' as const, entries: [entry], parent, others: [] };
    store.useKey(key, { fingerprint: '', first });
  }
  if (known?.first.kind !== 'redeemed') return;
  store.writeKey(key, { ...known, first: { ...known.first, entries: [...known.first.entries, entry] } });
}

/** Whoever gave it said for which occasion, and may have said more. */
function forgetGiving(store: CodeStore, { last }: CodeRow, subject: string): void {
  for (let at = last; at !== null; ) {
    const entry: Entry | null = store.entry(at);
    if (entry === null) return;
    if (entry.body.kind === 'assigned') {
      const { told } = entry.body;
      const bare = told === null ? null : { sourceId: null, channel: told.channel, metadata: {} };
      store.writeEntry({ ...entry, body: { ...entry.body, customer: subject, told: bare } });
    }
    at = entry.prev;
  }
}

function forgetUse(store: CodeStore, id: string, { customers }: CodesErasure): void {
  const name = readRedemptionId(id)?.name;
  const known = name === undefined ? null : store.usedKey(name);
  if (name === undefined || known === null) return;
  const bare = (one: Redemption) => (customers.includes(one.customer ?? '') ? anonymousRedemption(one) : one);
  const { first } = known;
  const seqs = 'entries' in first ? first.entries : 'entry' in first && first.entry !== null ? [first.entry] : [];
  const stack = Math.max(0, ...seqs) + 1;
  for (const entry of store.entries([...seqs, stack])) {
    const { body } = entry;
    if (body.kind === 'stack' && first.kind === 'redeemed' && body.parent === first.parent)
      store.writeEntry({ ...entry, body: { ...body, orderId: null, redemptions: body.redemptions.map(bare) } });
    if (!('redemption' in body) || !customers.includes(body.redemption.customer ?? '')) continue;
    for (const customer of customers) store.dropTally(entry.key, customer);
    store.writeEntry({ ...entry, body: { ...body, redemption: bare(body.redemption) } });
    if (body.kind === 'rolled_back') forgetReason(store, entry);
  }
  if (first.kind === 'redeemed')
    store.writeKey(name, { ...known, first: { ...first, others: first.others.map(bare) } });
}

function forgetReason(store: CodeStore, { seq }: Entry): void {
  const entry = store.entry(seq);
  if (entry?.body.kind !== 'rolled_back') return;
  store.writeEntry({ ...entry, body: { ...entry.body, rollback: { ...entry.body.rollback, reason: null } } });
}
