/** Redeems codes that live here: at once, or held until their coordinator says so. Each method is part of one transaction. */
import { boundsOf } from '../domain/vouchers/bounds.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import { liveLocks } from '../domain/vouchers/locks.ts';
import { costOf, failedRedemption, type Naming, type Redeemed, redeem } from '../domain/vouchers/redeem.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import { rollBack } from '../domain/vouchers/roll-back.ts';
import { counted, type ShopCalendar } from '../domain/vouchers/tally.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { type Asked, asked, campaignCounts, costBefore, lacksFacts, type Sources } from './asking.ts';
import type { RedeemAnswer, RedeemCall, Use } from './calls.ts';
import type { CodeRow, HeldUse, HeldUses, Hold } from './entries.ts';
import { foundOf } from './found.ts';
import { redeemedBefore } from './replay.ts';
import type { CodeStore } from './store.ts';

type Held = Hold & HeldUses;

interface Done extends Redeemed {
  asked: Asked;
  use: Use;
}

export class Uses {
  readonly #store: CodeStore;

  constructor(store: CodeStore) {
    this.#store = store;
  }

  redeem(call: RedeemCall, from: Sources): RedeemAnswer {
    const before = redeemedBefore(this.#store, call);
    if (before !== null) return before;
    const all: { asked: Asked; use: Use }[] = [];
    for (const use of call.uses) {
      const row = this.#store.code(codeKey(use.code));
      const found = foundOf(row, from.idOf);
      if (found !== null || row === null)
        return { verdict: 'elsewhere', code: use.code, found: found ?? { owner: 'none' } };
      const one = { asked: asked(row, use, call, from), use };
      const lacking = lackingIn(one, call);
      if (lacking !== null) return lacking;
      all.push(one);
    }
    const done: Done[] = [];
    for (const one of all) {
      if (one.use.barred !== null) return this.#refused(call, one, one.use.barred);
      const redeemed = redeem(one.asked.ask, namingOf(call, one.use.redemption));
      if ('refused' in redeemed) return this.#refused(call, one, redeemed.refused);
      if (!isAsReckoned(redeemed, one.use)) return { verdict: 'changed' };
      done.push({ ...redeemed, ...one });
    }
    return call.coordinator === null ? this.#now(call, done, from) : this.#later(call, done, from);
  }

  /** Notes that a request was refused before it came to its codes, such as a stack in which one does not apply. */
  refuse(call: Pick<RedeemCall, 'key' | 'fingerprint'>, refused: Refused): RedeemAnswer {
    const before = redeemedBefore(this.#store, call);
    if (before !== null) return before;
    this.#store.useKey(call.key, { fingerprint: call.fingerprint, first: { kind: 'refused', refused, entry: null } });
    return { verdict: 'refused', duplicate: false, refused, failed: null, voucher: null };
  }

  /** What was held has come about. */
  post(key: string, hold: Held, atMs: number): void {
    const entries = hold.uses.map(({ key: code, redemption, move, reserved }) => {
      const row = this.#require(code);
      const { voucher } = row;
      if (voucher === null) throw new Error('a held use of an untouched code');
      const next = this.#store.append(row, atMs, { kind: 'redeemed', voucher, redemption, move, reserved });
      this.#store.writeCode(next);
      return next.last ?? 0;
    });
    const first = { kind: 'redeemed' as const, entries, parent: hold.parent, others: [] };
    this.#store.useKey(key, { fingerprint: hold.fingerprint, first });
    this.#store.dropHold(key);
  }

  /** What was held never will come about. */
  void(key: string, hold: Held, { calendar, now }: { calendar: ShopCalendar; now: number }): void {
    for (const use of hold.uses) {
      const row = this.#require(use.key);
      const freed = this.#uncounted(row, use.redemption, { calendar, now });
      this.#store.writeCode({ ...freed, voucher: withoutUse(row, use, now) });
    }
    this.#store.useKey(key, { fingerprint: hold.fingerprint, first: { kind: 'voided' } });
    this.#store.dropHold(key);
  }

  #now(call: RedeemCall, done: Done[], from: Sources): RedeemAnswer {
    const entries = done.map((one) => {
      const row = this.#counted(one, from);
      const { voucher, redemption, move, use } = one;
      const body = { kind: 'redeemed' as const, voucher, redemption, move, reserved: use.reserved !== null };
      const next = this.#store.append({ ...row, voucher }, from.now, body);
      this.#store.writeCode(next);
      return next.last ?? 0;
    });
    const { parent, others, orderId } = call;
    const redemptions = [...done.map(redemptionOf), ...others];
    if (parent !== null)
      this.#store.note({ key: '', prev: null, atMs: from.now, body: { kind: 'stack', parent, orderId, redemptions } });
    const first = { kind: 'redeemed' as const, entries, parent, others };
    this.#store.useKey(call.key, { fingerprint: call.fingerprint, first });
    return { verdict: 'redeemed', duplicate: false, ...answerOf(done), redemptions };
  }

  #later(call: RedeemCall, done: Done[], from: Sources): RedeemAnswer {
    const { coordinator, fingerprint, parent } = call;
    if (coordinator === null) throw new Error('a hold that nobody decides on');
    const uses = done.map((one) => {
      const { asked: about, voucher, redemption, move, use } = one;
      this.#store.writeCode({ ...this.#counted(one, from), voucher });
      return {
        key: about.row.key,
        redemption,
        move,
        reserved: use.reserved !== null,
        ...undoing(about.ask.voucher, call.lockKey, from.now),
      };
    });
    this.#store.writeHold(call.key, { kind: 'uses', fingerprint, sinceMs: Date.now(), coordinator, parent, uses });
    return { verdict: 'held', duplicate: false, ...answerOf(done) };
  }

  /** A refused attempt is kept with the others. What was reckoned beside others is not refused here: it has changed. */
  #refused(call: RedeemCall, { asked: about, use }: Omit<Done, keyof Redeemed>, refused: Refused): RedeemAnswer {
    if (use.settled !== null || call.coordinator !== null) return { verdict: 'changed' };
    const redemption = failedRedemption(about.ask, namingOf(call, use.failed), refused);
    const next = this.#store.append(about.row, about.ask.nowMs, { kind: 'refused', redemption });
    this.#store.writeCode(next);
    const first = { kind: 'refused' as const, refused, entry: next.last };
    this.#store.useKey(call.key, { fingerprint: call.fingerprint, first });
    return { verdict: 'refused', duplicate: false, refused, failed: redemption, voucher: about.ask.voucher };
  }

  #counted({ asked: { row }, redemption }: Done, { terms, now }: Sources): CodeRow {
    const by = { by: 1 as const, atMs: now, nowMs: now };
    const { customer } = redemption;
    // codes of one request are different ones: the row is as it was read
    if (customer !== null)
      this.#store.writeTally(row.key, customer, counted(this.#store.tallyOf(row.key, customer), by, terms.calendar));
    return { ...row, tally: counted(row.tally, by, terms.calendar) };
  }

  #uncounted(
    row: CodeRow,
    redemption: Redemption,
    { calendar, now }: { calendar: ShopCalendar; now: number },
  ): CodeRow {
    const by = { by: -1 as const, atMs: redemption.atMs, nowMs: now };
    const { customer } = redemption;
    if (customer !== null)
      this.#store.writeTally(row.key, customer, counted(this.#store.tallyOf(row.key, customer), by, calendar));
    return { ...row, tally: counted(row.tally, by, calendar) };
  }

  #require(key: string): CodeRow {
    const row = this.#store.code(key);
    if (row === null) throw new Error('a use of a code that is not here');
    return row;
  }
}

function lackingIn({ asked: about, use }: { asked: Asked; use: Use }, call: RedeemCall): RedeemAnswer | null {
  if (lacksFacts(about, call.customer)) return { verdict: 'facts', needs: about.needs };
  const counts = campaignCounts(about);
  const isSettled = use.reserved !== null || use.barred !== null;
  if (counts.length === 0 || isSettled || about.campaign === null) return null;
  const cost = costBefore(about);
  // what cannot be used at all is refused without asking its campaign
  if (cost === null) return null;
  const bounds = boundsOf(about.campaign, about.rules);
  return { verdict: 'reserve', campaign: about.campaign.id, cost, counts, bounds };
}

function isAsReckoned({ redemption }: Redeemed, { settled, reserved }: Use): boolean {
  const isSettled =
    settled === null ||
    (redemption.discountMinor === (settled.taken?.discountMinor ?? 0) &&
      redemption.creditsMinor === settled.creditsMinor);
  return isSettled && (reserved === null || fits(costOf(redemption), reserved));
}

function fits(cost: Cost, kept: Cost): boolean {
  return cost.discountMinor <= kept.discountMinor && cost.ordersMinor <= kept.ordersMinor;
}

function namingOf({ parent, orderId, metadata }: RedeemCall, id: string): Naming {
  return { id, parent, orderId, metadata };
}

function answerOf(done: Done[]) {
  return {
    redemptions: done.map(redemptionOf),
    vouchers: done.map(({ voucher }) => voucher),
    moves: done.map(({ move }) => move),
  };
}

function redemptionOf({ redemption }: Done): Redemption {
  return redemption;
}

/** What a use takes from a voucher besides itself: the caller's lock is gone, and the dates are fixed. */
function undoing(voucher: Voucher, lockKey: string | null, now: number): Pick<HeldUse, 'lock' | 'dates'> {
  const { startsAtMs, endsAtMs } = voucher;
  return {
    lock: liveLocks(voucher, now).find(({ key }) => key === lockKey) ?? null,
    dates: voucher.datesFixed === true ? null : { startsAtMs, endsAtMs },
  };
}

function withoutUse({ voucher }: CodeRow, use: HeldUse, now: number): Voucher {
  if (voucher === null) throw new Error('a held use of an untouched code');
  const ask = { id: '', atMs: now, reason: null, amountMinor: null, stack: true };
  const back = rollBack(voucher, use.redemption, ask);
  if ('refused' in back) throw new Error('a held use that cannot be undone');
  const { datesFixed: _, ...rest } = back.voucher;
  const isFree = use.dates !== null && rest.redeemed === 0 && rest.publishedAtMs === null;
  const restored = isFree ? { ...rest, ...use.dates } : back.voucher;
  if (use.lock === null || restored.locks.some(({ key }) => key === use.lock?.key)) return restored;
  return { ...restored, locks: [...restored.locks, use.lock] };
}
