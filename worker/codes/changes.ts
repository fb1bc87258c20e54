/** Locks, changes by hand and money on gift cards, of codes that live here. Part of one transaction. */
import { applicable, type Fit } from '../domain/vouchers/applicable.ts';
import { changedVoucher } from '../domain/vouchers/change.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import { adjustGift, type GiftMove } from '../domain/vouchers/gift.ts';
import type { VoucherChange } from '../domain/vouchers/held-request.ts';
import { lock, release } from '../domain/vouchers/locks.ts';
import type { Needs } from '../domain/vouchers/needs.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { GiftCredit, Voucher } from '../domain/vouchers/voucher.ts';
import { asked, campaignCounts, lacksFacts, type Sources, voucherOf } from './asking.ts';
import type { ChangeAnswer, Found, Keyed, LockCall } from './calls.ts';
import type { CodeRow, EntryBody } from './entries.ts';
import { foundOf } from './found.ts';
import { changedBefore } from './replay.ts';
import type { CodeStore } from './store.ts';

export type LockAnswer =
  | { verdict: 'locked'; voucher: Voucher; fit: Fit; untilMs: number }
  | { verdict: 'refused'; refused: Refused; voucher: Voucher }
  | { verdict: 'facts'; needs: Needs }
  /** Its campaign has to tell these counts first. */
  | { verdict: 'counts'; campaign: string; counts: Needs['counts'] }
  | { verdict: 'elsewhere'; found: Exclude<Found, { owner: 'here' }> };

export type ReleaseAnswer =
  | { verdict: 'released' }
  | { verdict: 'refused'; refused: Refused }
  | Extract<LockAnswer, { verdict: 'elsewhere' }>;

export interface CodeChange extends Keyed {
  code: string;
  change: VoucherChange;
}

export interface CodeCredit extends Keyed {
  code: string;
  credit: Omit<GiftCredit, 'voucher' | 'atMs'>;
}

export class Changes {
  readonly #store: CodeStore;

  constructor(store: CodeStore) {
    this.#store = store;
  }

  /** The same key overwrites its own lock: asked again nothing is kept twice. */
  lock(call: LockCall, from: Sources): LockAnswer {
    const here = this.#here(call.use.code, from);
    if ('found' in here) return { verdict: 'elsewhere', found: here.found };
    const about = asked(here.row, call.use, { ...call, lockKey: call.lockKey }, from);
    if (lacksFacts(about, call.customer)) return { verdict: 'facts', needs: about.needs };
    const missing = campaignCounts(about).filter((name) => call.use.counts[name] === undefined);
    if (missing.length > 0 && about.campaign !== null)
      return { verdict: 'counts', campaign: about.campaign.id, counts: campaignCounts(about) };
    const { voucher } = about.ask;
    const answer = applicable(about.ask);
    if (!answer.applicable) {
      const { applicable: _, ...refused } = answer;
      return { verdict: 'refused', refused, voucher };
    }
    const untilMs = from.now + call.ttlMs;
    const wanted = {
      key: call.lockKey,
      untilMs,
      creditsMinor: answer.creditsMinor ?? 0,
      customer: call.customer?.id ?? null,
    };
    const done = lock(voucher, wanted, from.now);
    if ('refused' in done) return { verdict: 'refused', refused: done.refused, voucher };
    this.#store.writeCode({ ...here.row, voucher: done.voucher });
    return { verdict: 'locked', voucher: done.voucher, fit: answer, untilMs };
  }

  release(code: string, lockKey: string, from: Sources): ReleaseAnswer {
    const here = this.#here(code, from);
    if ('found' in here) return { verdict: 'elsewhere', found: here.found };
    const done = release(voucherOf(here.row, from.terms, from.idOf), lockKey, from.now);
    if ('refused' in done) return { verdict: 'refused', refused: done.refused };
    this.#store.writeCode({ ...here.row, voucher: done.voucher });
    return { verdict: 'released' };
  }

  change(call: CodeChange, from: Sources): ChangeAnswer {
    return this.#changed(call, from, (voucher) => {
      const done = changedVoucher(voucher, call.change, from.now);
      return 'refused' in done ? done : { ...done, move: null, body: { kind: 'changed', voucher: done.voucher } };
    });
  }

  credit(call: CodeCredit, from: Sources): ChangeAnswer {
    return this.#changed(call, from, (voucher) => {
      const done = adjustGift(voucher, call.credit.amountMinor, from.now);
      if ('refused' in done) return done;
      const credit = { ...call.credit, voucher: voucher.id, atMs: from.now };
      return { ...done, body: { kind: 'credited', voucher: done.voucher, move: done.move, credit } };
    });
  }

  /** It is nobody's any more, and its code stays taken. What was redeemed of it can still be rolled back. */
  remove(call: Keyed & { code: string }, from: Sources): ChangeAnswer {
    const answer = this.#changed(call, from, (voucher) => {
      const next = { ...voucher, active: false, locks: [], updatedAtMs: from.now };
      return { voucher: next, move: null, body: { kind: 'changed', voucher: next } };
    });
    if (answer.verdict !== 'changed' || answer.duplicate) return answer;
    const row = this.#store.code(codeKey(call.code));
    if (row !== null) this.#store.writeCode({ ...row, owner: 'gone' });
    return answer;
  }

  #changed(
    call: Keyed & { code: string },
    from: Sources,
    change: (voucher: Voucher) => { voucher: Voucher; move: GiftMove | null; body: EntryBody } | { refused: Refused },
  ): ChangeAnswer {
    const before = changedBefore(this.#store, call);
    if (before !== null) return before;
    const here = this.#here(call.code, from);
    if ('found' in here) return { verdict: 'elsewhere', found: here.found };
    const done = change(voucherOf(here.row, from.terms, from.idOf));
    const { key, fingerprint } = call;
    if ('refused' in done) {
      this.#store.useKey(key, { fingerprint, first: { kind: 'refused', refused: done.refused, entry: null } });
      return { verdict: 'refused', duplicate: false, refused: done.refused };
    }
    const next = this.#store.append({ ...here.row, voucher: done.voucher }, from.now, done.body);
    this.#store.writeCode(next);
    this.#store.useKey(key, { fingerprint, first: { kind: 'changed', entries: [next.last ?? 0] } });
    return { verdict: 'changed', duplicate: false, voucher: done.voucher, move: done.move };
  }

  #here(code: string, from: Sources): { row: CodeRow } | { found: Exclude<Found, { owner: 'here' }> } {
    const row = this.#store.code(codeKey(code));
    const found = foundOf(row, from.idOf);
    return found === null && row !== null ? { row } : { found: found ?? { owner: 'none' } };
  }
}
