/**
 * A customer is erased. Their points lapse as others' do; then, in one transaction, amounts go under a random subject, what
 * they hold is made ready to go back to its codes, and nothing else is left but a row that says that they are gone.
 */
import { ERASED, type Head, newHead } from '../domain/customer.ts';
import { anonymous, lapse } from '../domain/erasure/remains.ts';
import { anonymousRedemption, leftVoucher } from '../domain/erasure/vouchers.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { Terms } from '../domain/terms.ts';
import { readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import { requireCurrent, runDue, type Scene } from './due.ts';
import type { CustomerStore } from './store.ts';

const PAGE = 500;
const EVER = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };

export interface EraseCall {
  shop: string;
  version: number;
  customer: string;
  /** The random id that amounts stay under; of the same object. */
  subject: string;
}

/** `waiting`: they have asked others for something that is not answered yet. Asked again it comes to the same. */
export function erase(
  store: CustomerStore,
  call: EraseCall,
  { terms, clock }: { terms: Terms; clock: number },
): 'erased' | 'waiting' {
  const { customer } = call;
  const head = store.isThere() ? store.head(customer) : null;
  if (head?.movedTo === ERASED) return 'erased';
  const isHere = head !== null && head.movedTo === null;
  if (isHere && store.errands.of(customer).length > 0) return 'waiting';
  if (isHere) store.transaction((batch) => lapseAll({ store, batch, terms }, customer, clock));
  store.transaction((batch) => leave({ store, batch, terms }, call, clock));
  store.forgetHistory(customer);
  return 'erased';
}

/** What is due by now happens as it would have; then nothing is left of the balance. */
function lapseAll(scene: Scene, customer: string, clock: number): void {
  const { store, batch, terms } = scene;
  batch.load([customer], []);
  const stored = batch.head(customer);
  if (stored === null) return;
  requireCurrent(scene, stored);
  const now = Math.max(clock, stored.nowMs);
  const head = runDue(scene, customer, stored, now);
  const lots = store.lots(customer, Number.POSITIVE_INFINITY, 0);
  const entries = lapse(head, lots);
  if (entries.length === 0) return;
  const row = rowOf('points.expired', { seq: head.seq + 1, atMs: now, terms, entries });
  batch.add(customer, {
    head: { ...head, seq: row.seq, nowMs: now, balance: 0, debt: 0 },
    rows: [row],
    lots: lots.map((lot) => ({ ...lot, remaining: 0 })),
    orders: [],
  });
}

function leave({ store, batch, terms }: Scene, { customer, subject }: EraseCall, clock: number): void {
  batch.load([customer, subject], []);
  const head = batch.head(customer) ?? newHead(clock);
  const now = Math.max(clock, head.nowMs);
  const amounts = pointsRows(store, customer).map(anonymous);
  keepLeft(store, customer, { isHere: head.movedTo === null, now });
  store.erased.scrub(customer);
  const gone = rowOf('customer.erased', { seq: head.seq + 1, atMs: now, terms, entries: [] });
  batch.add(customer, { head: goneHead(head, { seq: gone.seq, now }), rows: [gone], lots: [], orders: [] });
  if (amounts.length === 0) return;
  const kept = goneHead({ known: false }, { seq: head.seq, now });
  batch.add(subject, { head: kept, rows: amounts, lots: [], orders: [] });
}

export interface RedeemerCall {
  shop: string;
  version: number;
  /** Whose vouchers they used. */
  customer: string;
  redemptions: string[];
  /** All ids that they had. */
  redeemers: string[];
}

/** What somebody who is erased used of another one's vouchers says no more who it was. Repeats change nothing. */
export function forgetRedeemer({ store, batch, terms }: Scene, call: RedeemerCall, clock: number): void {
  const { customer, redeemers } = call;
  batch.load([customer], []);
  const head = batch.head(customer);
  if (head === null || head.movedTo !== null) return;
  const used = store.vouchers
    .redemptions(customer, call.redemptions)
    .filter((one) => one.customer !== null && redeemers.includes(one.customer));
  if (used.length === 0) return;
  const names = used.flatMap(({ id }) => readRedemptionId(id)?.name ?? []);
  const ids = used.map(({ id }) => id);
  store.erased.forgetRedeemer(
    customer,
    ids,
    names.map((name) => `vouchers:${name}`),
  );
  const atMs = Math.max(clock, head.nowMs);
  const row = rowOf('voucher.changed', { seq: head.seq + 1, atMs, terms, entries: [] });
  const redemptions = used.map(anonymousRedemption);
  batch.add(customer, { head: { ...head, seq: row.seq, nowMs: atMs }, rows: [row], lots: [], orders: [], redemptions });
}

/** Copies of somebody whom the shop could name are told that they are gone. */
function goneHead({ known }: Pick<Head, 'known'>, { seq, now }: { seq: number; now: number }): Head {
  return { ...newHead(now), firstSeenMs: 0, lastSeenMs: 0, seq, known, movedTo: ERASED };
}

/** Of one who had moved the vouchers went along. */
function keepLeft(store: CustomerStore, customer: string, { isHere, now }: { isHere: boolean; now: number }): void {
  store.erased.keep(
    customer,
    'use',
    store.erased.usedCodes(customer).map((id) => ({ id, body: {} })),
  );
  if (!isHere) return;
  const held = store.vouchers.vouchersSince(customer, 0, null).map(({ value }) => value);
  const left = held.map((voucher) => {
    const redemptions = store.vouchers.redemptionsOf(customer, voucher.id);
    const credits = store.vouchers.credits(customer, voucher.id);
    return { id: voucher.id, body: leftVoucher({ voucher, redemptions, credits }, now) };
  });
  store.erased.keep(customer, 'voucher', left);
  const given = held.flatMap(({ origin, campaign }) => {
    const id = origin.kind === 'campaign' ? origin.publication : null;
    return id === null || campaign === null ? [] : [{ id, body: { campaign } }];
  });
  store.erased.keep(customer, 'publication', given);
}

function pointsRows(store: CustomerStore, customer: string): JournalRow[] {
  const rows: JournalRow[] = [];
  for (;;) {
    const page = store.ledger.pointsAfter(customer, rows.at(-1)?.seq ?? 0, EVER, PAGE);
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

interface About {
  seq: number;
  atMs: number;
  terms: Terms;
  entries: JournalRow['entries'];
}

function rowOf(
  kind: 'points.expired' | 'customer.erased' | 'voucher.changed',
  { seq, atMs, terms, entries }: About,
): JournalRow {
  const blank = { name: null, key: null, orderId: null, about: {} };
  return { seq, kind, atMs, recordedAtMs: atMs, programmeVersion: terms.programmeVersion, entries, ...blank };
}
