/** Takes redemptions of codes back that live here: all that are named, or none. Part of one transaction. */
import { readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import { type Refused, refused } from '../domain/vouchers/refused.ts';
import { type RolledBack, rollBack } from '../domain/vouchers/roll-back.ts';
import { counted, type ShopCalendar } from '../domain/vouchers/tally.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { RollBackAnswer, RollBackCall } from './calls.ts';
import type { CodeRow, Entry, HeldRollbacks } from './entries.ts';
import { rolledBackBefore } from './replay.ts';
import type { CodeStore } from './store.ts';

interface Back extends RolledBack {
  entry: Entry;
}

export class Rollbacks {
  readonly #store: CodeStore;

  constructor(store: CodeStore) {
    this.#store = store;
  }

  rollBack(call: RollBackCall, at: { calendar: ShopCalendar; now: number }): RollBackAnswer {
    const before = rolledBackBefore(this.#store, call);
    if (before !== null) return before;
    const decided = this.#decide(call, at.now);
    if (decided === null) return { verdict: 'not_found' };
    if ('refused' in decided) return this.#refused(call, decided.refused);
    if (call.coordinator !== null) return this.#later(call, decided.backs);
    return { verdict: 'rolled_back', duplicate: false, backs: this.#do(call, decided.backs, at) };
  }

  /** What was held is done. */
  post(key: string, { call }: HeldRollbacks, at: { calendar: ShopCalendar; now: number }): void {
    this.#mark(call, null);
    this.#store.dropHold(key);
    const decided = this.#decide(call, at.now);
    if (decided === null || 'refused' in decided) throw new Error('a held rollback that cannot be done');
    this.#do(call, decided.backs, at);
  }

  void(key: string, { call }: HeldRollbacks): void {
    this.#mark(call, null);
    this.#store.dropHold(key);
    this.#store.useKey(key, { fingerprint: call.fingerprint, first: { kind: 'voided' } });
  }

  /** null: one of them is not here. */
  #decide(call: RollBackCall, now: number): { backs: Back[] } | { refused: Refused } | null {
    const backs: Back[] = [];
    const changed = new Map<string, Voucher>();
    for (const { redemption, rollback } of call.redemptions) {
      const entry = this.entryOf(redemption);
      const voucher = entry === null ? null : (changed.get(entry.key) ?? this.#store.code(entry.key)?.voucher ?? null);
      if (entry === null || entry.body.kind !== 'redeemed' || voucher === null) return null;
      if (entry.body.rolling !== undefined) return refused('multiple_requests', 'it is being taken back');
      const { amountMinor, reason, customer, orderId, stack } = call;
      const ask = { id: rollback, atMs: now, reason, amountMinor, customer, orderId, stack };
      const back = rollBack(voucher, entry.body.redemption, ask);
      if ('refused' in back) return back;
      changed.set(entry.key, back.voucher);
      backs.push({ ...back, entry });
    }
    return backs.length === 0 ? refused('invalid_rollback_params', 'nothing is named') : { backs };
  }

  #do({ key, fingerprint }: RollBackCall, backs: Back[], at: { calendar: ShopCalendar; now: number }): Back[] {
    const entries = backs.map((back) => this.#write(back, at));
    this.#store.useKey(key, { fingerprint, first: { kind: 'rolled_back', entries } });
    return backs;
  }

  #later(call: RollBackCall, backs: Back[]): RollBackAnswer {
    const { key, fingerprint, coordinator } = call;
    if (coordinator === null) throw new Error('a hold that nobody decides on');
    for (const { entry } of backs) this.#roll(entry, key);
    this.#store.writeHold(key, { kind: 'rollbacks', fingerprint, sinceMs: Date.now(), coordinator, call });
    return { verdict: 'held', duplicate: false };
  }

  #mark(call: RollBackCall, key: string | null): void {
    for (const { redemption } of call.redemptions) {
      const entry = this.entryOf(redemption);
      if (entry !== null) this.#roll(entry, key);
    }
  }

  #roll(entry: Entry, key: string | null): void {
    if (entry.body.kind !== 'redeemed') return;
    const { rolling: _, ...body } = entry.body;
    this.#store.writeEntry({ ...entry, body: key === null ? body : { ...body, rolling: key } });
  }

  /** What a redemption that was made or refused here left; null: there is none by that id. */
  entryOf(redemption: string): Entry | null {
    const name = readRedemptionId(redemption);
    const first = name === null ? null : (this.#store.usedKey(name.name)?.first ?? null);
    if (first === null) return null;
    const seqs = first.kind === 'redeemed' ? first.entries : first.kind === 'refused' ? [first.entry ?? 0] : [];
    const entries = this.#store.entries(seqs);
    return entries.find(({ body }) => 'redemption' in body && body.redemption.id === redemption) ?? null;
  }

  /** What hangs from a stack's parent that was decided on here; none where nothing does. */
  stackOf(parent: string): Redemption[] {
    const name = readRedemptionId(parent);
    const first = name === null ? null : (this.#store.usedKey(name.name)?.first ?? null);
    if (first?.kind !== 'redeemed' || first.parent !== parent) return [];
    const entries = this.#store.entries(first.entries);
    return [...entries.flatMap(({ body }) => (body.kind === 'redeemed' ? [body.redemption] : [])), ...first.others];
  }

  #write(
    { entry, voucher, redemption, rollback, move, givenBack }: Back,
    at: { calendar: ShopCalendar; now: number },
  ): number {
    const { now } = at;
    const row = this.#store.code(entry.key);
    if (row === null || entry.body.kind !== 'redeemed') throw new Error('a redemption of a code that is not here');
    this.#store.writeEntry({ ...entry, body: { ...entry.body, redemption } });
    const body = { kind: 'rolled_back' as const, voucher, of: entry.seq, redemption, rollback, move, givenBack };
    const freed = rollback.whole ? this.#uncounted(row, redemption.customer, redemption.atMs, at) : row;
    const next = this.#store.append({ ...freed, voucher }, now, body);
    this.#store.writeCode(next);
    return next.last ?? 0;
  }

  #uncounted(
    row: CodeRow,
    customer: string | null,
    atMs: number,
    { calendar, now }: { calendar: ShopCalendar; now: number },
  ): CodeRow {
    const by = { by: -1 as const, atMs, nowMs: now };
    if (customer !== null)
      this.#store.writeTally(row.key, customer, counted(this.#store.tallyOf(row.key, customer), by, calendar));
    return { ...row, tally: counted(row.tally, by, calendar) };
  }

  #refused({ key, fingerprint }: RollBackCall, refused: Refused): RollBackAnswer {
    this.#store.useKey(key, { fingerprint, first: { kind: 'refused', refused, entry: null } });
    return { verdict: 'refused', duplicate: false, refused };
  }
}
