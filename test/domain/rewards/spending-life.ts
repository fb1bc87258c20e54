/** A life of earning and spending at random, lived by the domain and by a model of it, and held against each other. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { NEVER } from '../../../worker/domain/ledger.ts';
import type { Reward } from '../../../worker/domain/rewards/programme.ts';
import { DAY, line, NOW, paid, refund, refunded, refundLine, rule, snapshot } from '../given.ts';
import { Naive } from './naive.ts';
import { CARD, cartOf, FIVE_OFF, Purse, shopWith } from './purse.ts';

const GRACE_DAYS = 3;
const HOUR = DAY / 24;
const OFF: Reward = { ...FIVE_OFF, id: 'off', price: 7 };
const GIFT: Reward = { ...CARD, id: 'gift', price: 4 };

export type Step = { afterHours: number } & (
  | { kind: 'give'; points: number; lifeDays: number | null }
  | { kind: 'spend'; gift: boolean }
  | { kind: 'undo'; which: number; force: boolean }
  | { kind: 'redeem'; which: number; minor: number }
  | { kind: 'rollBack'; which: number; minor: number | null }
  | { kind: 'order'; minor: number; code: number | null }
  | { kind: 'refund'; which: number; minor: number }
);

const which = fc.nat(4);
const afterHours = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 40 }));

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('give' as const),
    points: fc.integer({ min: 1, max: 9 }),
    lifeDays: fc.option(fc.integer({ min: 1, max: 6 })),
    afterHours,
  }),
  fc.record({ kind: fc.constant('spend' as const), gift: fc.boolean(), afterHours }),
  fc.record({ kind: fc.constant('undo' as const), which, force: fc.boolean(), afterHours }),
  fc.record({ kind: fc.constant('redeem' as const), which, minor: fc.integer({ min: 1, max: 700 }), afterHours }),
  fc.record({
    kind: fc.constant('rollBack' as const),
    which,
    minor: fc.option(fc.integer({ min: 1, max: 400 })),
    afterHours,
  }),
  fc.record({
    kind: fc.constant('order' as const),
    minor: fc.integer({ min: 100, max: 900 }),
    code: fc.option(which),
    afterHours,
  }),
  fc.record({ kind: fc.constant('refund' as const), which, minor: fc.integer({ min: 1, max: 500 }), afterHours }),
);

export class SpendingLife {
  readonly purse: Purse;
  readonly naive = new Naive(GRACE_DAYS);
  #nowMs = NOW;
  /** Ids of vouchers, and of redemptions with what of each has not gone back, in the order in which they came. */
  readonly #bought: string[] = [];
  readonly #redeemed: { id: string; voucher: string; leftMinor: number | null; done: boolean }[] = [];
  readonly #orders: string[] = [];

  constructor() {
    const base = shopWith([OFF, GIFT], { graceDays: GRACE_DAYS });
    this.purse = new Purse({ ...base, programme: { ...base.programme, order: rule() } });
  }

  live(one: Step): void {
    this.#nowMs += one.afterHours * HOUR;
    this.purse.due(this.#nowMs);
    this.naive.pass(this.#nowMs);
    this.#do(one);
    this.#check();
  }

  #do(one: Step): void {
    if (one.kind === 'give') this.#give(one.points, one.lifeDays);
    if (one.kind === 'spend') this.#spend(one.gift);
    if (one.kind === 'undo') this.#undo(one.which, one.force);
    if (one.kind === 'redeem') this.#redeem(one.which, one.minor);
    if (one.kind === 'rollBack') this.#rollBack(one.which, one.minor);
    if (one.kind === 'order') this.#order(one.minor, one.code === null ? null : (this.#bought[one.code] ?? null));
    if (one.kind === 'refund') this.#refund(one.which, one.minor);
  }

  #give(points: number, lifeDays: number | null): void {
    const expiresAtMs = lifeDays === null ? null : this.#nowMs + lifeDays * DAY;
    this.purse.give(points, this.#nowMs, expiresAtMs);
    this.naive.give(points, expiresAtMs);
  }

  #undo(place: number, force: boolean): void {
    const voucher = this.#bought[place];
    if (voucher === undefined) return;
    const refusal = this.purse.undo(this.#nowMs, { voucher, force });
    expect(refusal === null).toBe(this.naive.undo(voucher, force, this.#nowMs));
  }

  #spend(gift: boolean): void {
    const before = this.purse.vouchers.length;
    const reward = gift ? GIFT : OFF;
    const refusal = this.purse.spend(reward.id, this.#nowMs);
    const id = this.purse.vouchers.length > before ? this.purse.voucher().id : 'none';
    expect(refusal === null).toBe(this.naive.spend(id, reward.price ?? 0, gift ? 1_000 : null));
    if (refusal === null) this.#bought.push(id);
  }

  #redeem(place: number, minor: number): void {
    const voucher = this.#bought[place];
    if (voucher === undefined) return;
    const before = this.purse.redemptions.length;
    const refusal = this.purse.redeem(voucher, this.#nowMs, { cart: cartOf(minor) });
    const spent = this.naive.redeem(voucher, minor);
    expect(refusal === null).toBe(spent !== null);
    if (spent === null) return;
    const made = this.purse.redemptions[before];
    const isGift = made?.creditsMinor !== null;
    expect(made?.creditsMinor ?? 0).toBe(spent);
    this.#redeemed.push({ id: made?.id ?? '', voucher, leftMinor: isGift ? spent : null, done: false });
  }

  #rollBack(place: number, minor: number | null): void {
    const one = this.#redeemed[place];
    if (one === undefined) return;
    const refusal = this.purse.rollBack(one.id, this.#nowMs, minor);
    const isPart = minor !== null && (one.leftMinor === null || minor > one.leftMinor);
    expect(refusal !== null).toBe(one.done || isPart);
    if (one.done || isPart) return;
    const back = one.leftMinor === null ? null : (minor ?? one.leftMinor);
    const isWhole = one.leftMinor === null || back === one.leftMinor;
    this.naive.rollBack(one.voucher, back, isWhole);
    if (one.leftMinor !== null) one.leftMinor -= back ?? 0;
    one.done = isWhole;
  }

  #order(minor: number, voucher: string | null): void {
    const orderId = `o${this.#orders.length}`;
    this.#orders.push(orderId);
    const codes = voucher === null ? {} : { codes: [this.purse.voucher(voucher).code] };
    this.purse.tell(paid(snapshot(minor, { orderId, ...codes, lines: [line(minor)] })), this.#nowMs);
    this.naive.pay(orderId, minor, voucher);
  }

  #refund(place: number, minor: number): void {
    const orderId = this.#orders[place];
    if (orderId === undefined) return;
    const { refundedMinor = 0, paidMinor = 0 } = this.naive.orders.get(orderId) ?? {};
    const back = Math.min(minor, paidMinor - refundedMinor);
    if (back === 0) return;
    const fact = refund(`${orderId}-${refundedMinor}`, {
      atMs: this.#nowMs,
      lines: [refundLine(back)],
      moneyMinor: back,
    });
    this.purse.tell(refunded(fact, orderId), this.#nowMs);
    this.naive.refund(orderId, back, this.#nowMs);
  }

  #check(): void {
    const { purse, naive } = this;
    const held: Record<string, number> = {};
    for (const { expiresAtMs, remaining } of purse.lots) {
      const key = expiresAtMs === NEVER ? 'Infinity' : String(expiresAtMs);
      held[key] = (held[key] ?? 0) + remaining;
    }
    expect({ balance: purse.balance, debt: purse.head?.debt ?? 0, held }).toEqual({
      balance: naive.balance,
      debt: naive.debt,
      held: naive.byExpiry,
    });
    const entries = purse.journal.flatMap((row) => row.entries);
    expect(entries.reduce((sum, entry) => sum + entry.points, 0)).toBe(purse.balance);
    for (const voucher of purse.vouchers) {
      const one = naive.bought.get(voucher.id);
      const gift = voucher.benefit.kind === 'gift' ? voucher.benefit.gift.balanceMinor : null;
      expect({ used: voucher.redeemed, gift, off: !voucher.active }).toEqual({
        used: one?.used,
        gift: one?.giftMinor,
        off: one?.off,
      });
      if (voucher.limit !== null) expect(voucher.redeemed).toBeLessThanOrEqual(voucher.limit);
    }
  }
}
