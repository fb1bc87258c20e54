/** One customer in memory who spends: everything of them is at hand for each decision, and what is due comes first. */

import { decideAnswer } from '../../../worker/domain/answered.ts';
import { type Changes, type Head, newHead, type State } from '../../../worker/domain/customer.ts';
import { decideDue, decideEvent } from '../../../worker/domain/decide.ts';
import type { Errand } from '../../../worker/domain/errand.ts';
import type { JournalRow } from '../../../worker/domain/journal.ts';
import type { JsonObject } from '../../../worker/domain/json.ts';
import { type Lot, NEVER } from '../../../worker/domain/ledger.ts';
import { decideOperation, type Operation } from '../../../worker/domain/operations.ts';
import type { Order } from '../../../worker/domain/order.ts';
import type { OrderFact } from '../../../worker/domain/order-facts.ts';
import type { Refusal } from '../../../worker/domain/refusal.ts';
import type { Reward } from '../../../worker/domain/rewards/programme.ts';
import { NO_REWARDS } from '../../../worker/domain/rewards/programme.ts';
import type { Terms } from '../../../worker/domain/terms.ts';
import type { Cart } from '../../../worker/domain/vouchers/cart.ts';
import { voucherDueMs } from '../../../worker/domain/vouchers/due.ts';
import { decideVouchersDue } from '../../../worker/domain/vouchers/held-due.ts';
import type { HeldRedeem, RedeemVouchers } from '../../../worker/domain/vouchers/held-request.ts';
import { STACKING } from '../../../worker/domain/vouchers/stacking.ts';
import type { Redemption, Voucher } from '../../../worker/domain/vouchers/voucher.ts';
import { event, NOW, terms } from '../given.ts';

export const FIVE_OFF: Reward = {
  id: 'five-off',
  name: '5.00 off',
  text: null,
  active: true,
  benefit: { kind: 'amount', amountMinor: 500 },
  price: 500,
  tierPrices: {},
  stock: null,
  limit: null,
  onlyFor: { segments: [], tiers: [] },
  expires: null,
  minimumMinor: null,
  applicable: { only: [], not: [] },
  combinable: false,
  prefix: 'FIVE-',
};

export const PER_STEP: Reward = {
  ...FIVE_OFF,
  id: 'per-step',
  price: null,
  benefit: { kind: 'variable', stepPoints: 100, stepMinor: 100, minPoints: 100, maxPoints: null, mostOfOrder: null },
};

export const CARD: Reward = { ...FIVE_OFF, id: 'card', price: 200, benefit: { kind: 'gift_card', amountMinor: 1_000 } };

/** A shop where nothing is earned by itself and these rewards are to be had. */
export function shopWith(rewards: Reward[], more: Partial<typeof NO_REWARDS> = {}, shop: Partial<Terms> = {}): Terms {
  return terms({ order: null, rewards: { ...NO_REWARDS, ...more, rewards } }, shop);
}

export class Purse {
  terms: Terms;
  head: Head | null = null;
  readonly journal: JournalRow[] = [];
  readonly errands: Errand[] = [];
  readonly segments = new Set<string>();
  readonly #lots = new Map<number, Lot>();
  readonly #orders = new Map<string, Order>();
  readonly #vouchers = new Map<string, Voucher>();
  readonly #redemptions = new Map<string, Redemption>();
  #made = 0;

  constructor(terms: Terms) {
    this.terms = terms;
  }

  get balance(): number {
    return this.head?.balance ?? 0;
  }

  get lots(): Lot[] {
    return structuredClone([...this.#lots.values()]).sort((a, b) => a.expiresAtMs - b.expiresAtMs || a.lot - b.lot);
  }

  get vouchers(): Voucher[] {
    return structuredClone([...this.#vouchers.values()]);
  }

  get redemptions(): Redemption[] {
    return structuredClone([...this.#redemptions.values()]);
  }

  /** Names of the rows that have one, the oldest first. */
  get events(): string[] {
    return this.journal.flatMap(({ name, kind }) => (name === null || kind === 'event' ? [] : name));
  }

  voucher(id = this.vouchers.at(-1)?.id ?? ''): Voucher {
    const voucher = this.#vouchers.get(id);
    if (voucher === undefined) throw new Error('no such voucher');
    return structuredClone(voucher);
  }

  give(points: number, at = NOW, expiresAtMs: number | null = null): void {
    this.do({ op: 'adjust', points, reason: 'test', note: null, expiresAtMs, ...this.#keyed() }, at);
  }

  /** null: it was not refused. */
  spend(reward: string, at = NOW, more: { points?: number; orderMinor?: number } = {}): Refusal | null {
    const code = this.terms.codes.codeFor(`spend ${this.#made}`, { prefix: 'T-', length: 13 });
    const { points = null, orderMinor = null } = more;
    return this.do({ op: 'spend', reward, points, orderMinor, code, by: 'shopper', ...this.#keyed() }, at);
  }

  undo(at = NOW, more: { voucher?: string; by?: 'shopper' | 'merchant'; force?: boolean } = {}): Refusal | null {
    const { voucher = this.voucher().id, by = 'merchant', force = false } = more;
    return this.do({ op: 'undo_reward', voucher, by, force, reason: null, ...this.#keyed() }, at);
  }

  /** Redeems by an order of so much; null: it was not refused. */
  redeem(
    voucher: string,
    at = NOW,
    more: Partial<RedeemVouchers> & { use?: Partial<HeldRedeem> } = {},
  ): Refusal | null {
    const { use, ...input } = more;
    return this.do({ ...redeeming(voucher, `${this.#made}`, use), ...input, ...this.#keyed() }, at);
  }

  rollBack(redemption: string, at = NOW, amountMinor: number | null = null): Refusal | null {
    const redemptions = [{ redemption, rollback: `rr_${this.#made}` }];
    const named = { reason: null, customer: null, orderId: null, stack: false };
    return this.do({ op: 'roll_back_vouchers', redemptions, amountMinor, ...named, ...this.#keyed() }, at);
  }

  tell(fact: OrderFact, at = NOW): void {
    const told = event(this.#keyed().key, { fact, occurredAtMs: at, receivedAtMs: at });
    this.#run(at, (state, now) => decideEvent(state, told, this.terms, now, true).changes);
  }

  answer(errand: Errand, answer: JsonObject, at = NOW): void {
    this.#run(at, (state, now) => decideAnswer(state, { errand, answer }, this.terms, { atMs: now, nowMs: now }));
  }

  do(operation: Operation, at = NOW): Refusal | null {
    let refusal: Refusal | null = null;
    this.#run(at, (state, now) => {
      const decision = decideOperation(state, operation, this.terms, now);
      refusal = decision.refusal;
      return decision.changes;
    });
    return refusal;
  }

  /** The alarm. */
  due(at: number): void {
    while (this.head?.nextDueMs != null && this.head.nextDueMs <= at) {
      const when = { atMs: this.head.nextDueMs, nowMs: Math.max(at, this.head.nowMs) };
      this.#save(decideDue(this.#state(when.nowMs), this.terms, when.atMs, when.nowMs));
      this.#save(decideVouchersDue(this.#state(when.nowMs), this.terms, when));
      if (this.head.nextDueMs !== null && this.head.nextDueMs <= when.atMs) throw new Error('an instant does not pass');
    }
  }

  #run(at: number, decide: (state: State, now: number) => Changes): void {
    const now = Math.max(this.head?.nowMs ?? at, at);
    this.due(now);
    this.#save(decide(this.#state(now), now));
  }

  #state(now: number): State {
    return structuredCloned(
      {
        head: this.head ?? newHead(now),
        lots: this.lots,
        orders: this.#orders,
        vouchers: this.vouchers,
        redemptions: this.redemptions,
        spends: this.journal.filter((row) => row.kind === 'points.spent'),
      },
      { customer: 'c', guardedSince: (group: string) => (this.segments.has(group) ? 0 : null) },
    );
  }

  #save(changes: Changes | null): void {
    if (changes === null) return;
    const { head, rows, lots, orders, vouchers = [], redemptions = [], errands = [] } = structuredClone(changes);
    for (const row of rows) {
      if (row.seq !== this.journal.length + 1) throw new Error(`row ${row.seq} leaves a gap`);
      this.journal.push(row);
    }
    for (const lot of lots) {
      if (lot.remaining === 0) this.#lots.delete(lot.lot);
      else this.#lots.set(lot.lot, lot);
    }
    for (const order of orders) this.#orders.set(order.orderId, order);
    for (const voucher of vouchers) this.#vouchers.set(voucher.id, voucher);
    for (const redemption of redemptions) this.#redemptions.set(redemption.id, redemption);
    this.errands.push(...errands);
    const dues = [this.lots[0]?.expiresAtMs ?? NEVER, ...this.vouchers.map((one) => voucherDueMs(one) ?? NEVER)];
    const next = Math.min(...dues, head.loyalty.dueMs ?? NEVER);
    this.head = { ...head, nextDueMs: next === NEVER ? null : next };
  }

  #keyed() {
    this.#made += 1;
    return { key: `key:${this.#made}`, fingerprint: `print:${this.#made}` };
  }
}

/** Functions cannot be cloned; all else is nobody else's. */
function structuredCloned<A, B>(plain: A, rest: B): A & B {
  return { ...structuredClone(plain), ...rest };
}

export function cartOf(amountMinor: number, orderId: string | null = null): Cart {
  return { orderId, currency: 'USD', amountMinor, shippingMinor: null, items: [], metadata: {}, channel: null };
}

export function redeeming(voucher: string, name: string, use: Partial<HeldRedeem> = {}): RedeemVouchers {
  const ids = { redemption: `r_${name}`, failed: `rf_${name}` };
  return {
    op: 'redeem_vouchers',
    key: name,
    fingerprint: name,
    uses: [
      {
        voucher,
        campaign: null,
        rules: [],
        counts: {},
        creditsMinor: null,
        referrer: null,
        settled: null,
        ...ids,
        ...use,
      },
    ],
    stacking: null,
    lockKey: null,
    parent: null,
    orderId: null,
    asker: 'holder',
    cart: cartOf(3_000),
    channel: null,
    metadata: {},
    caller: { apiKey: null, login: null },
  };
}

export const STACK = STACKING;
