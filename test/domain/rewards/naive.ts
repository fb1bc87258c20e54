/**
 * What a customer should hold, reckoned another way: every point is a token of its own, a gift card is a number. Knows
 * nothing of lots that are drafted, rows or targets.
 */
import { DAY } from '../given.ts';

const FOREVER = Number.POSITIVE_INFINITY;

interface Token {
  /** In the order in which they came. */
  made: number;
  expiresAtMs: number;
  /** The order that made it. */
  order: string | null;
  /** It is one of the points that the order itself gave, not one that came back for a while. */
  own: boolean;
}

interface Bought {
  /** In the order in which they were taken. */
  tokens: Token[];
  back: number;
  price: number;
  giftMinor: number | null;
  used: number;
  off: boolean;
  order: string | null;
}

interface Ordered {
  paidMinor: number;
  refundedMinor: number;
  earned: number;
  clawed: number;
  expired: number;
  vouchers: string[];
}

export class Naive {
  tokens: Token[] = [];
  debt = 0;
  readonly bought = new Map<string, Bought>();
  readonly orders = new Map<string, Ordered>();
  readonly #graceDays: number;
  #made = 0;

  constructor(graceDays: number) {
    this.#graceDays = graceDays;
  }

  get balance(): number {
    return this.tokens.length - this.debt;
  }

  /** Points by when they run out. */
  get byExpiry(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { expiresAtMs } of this.tokens) sums[expiresAtMs] = (sums[expiresAtMs] ?? 0) + 1;
    return sums;
  }

  pass(nowMs: number): void {
    for (const token of this.tokens) {
      const order = token.expiresAtMs <= nowMs && token.order !== null ? this.orders.get(token.order) : undefined;
      if (order !== undefined) order.expired += 1;
    }
    this.tokens = this.tokens.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }

  give(points: number, expiresAtMs: number | null, order: string | null = null): void {
    this.#made += 1;
    const lot = { made: this.#made, expiresAtMs: expiresAtMs ?? FOREVER, order, own: true };
    this.#put(Array.from({ length: points }, () => ({ ...lot })));
  }

  spend(id: string, price: number, giftMinor: number | null): boolean {
    if (this.balance < price) return false;
    const tokens = this.#soonest().slice(0, price);
    this.#take(tokens);
    this.bought.set(id, { tokens, back: 0, price, giftMinor, used: 0, off: false, order: null });
    return true;
  }

  undo(id: string, force: boolean, nowMs: number): boolean {
    const one = this.bought.get(id);
    if (one === undefined || one.back === one.price || one.off || (one.used > 0 && !force)) return false;
    this.#giveBack(one, one.price - one.back, nowMs);
    one.off = true;
    return true;
  }

  redeem(id: string, minor: number): number | null {
    const one = this.bought.get(id);
    if (one === undefined || one.off) return null;
    if (one.giftMinor === null) {
      if (one.used > 0) return null;
      one.used = 1;
      return 0;
    }
    const spent = Math.min(one.giftMinor, minor);
    if (spent === 0) return null;
    one.giftMinor -= spent;
    one.used += 1;
    return spent;
  }

  rollBack(id: string, minor: number | null, isWhole: boolean): void {
    const one = this.bought.get(id);
    if (one === undefined) throw new Error('no such voucher');
    if (one.giftMinor !== null) one.giftMinor += minor ?? 0;
    if (isWhole) one.used -= 1;
  }

  /** A point for every unit paid. `code`: of what voucher it names the code. */
  pay(order: string, paidMinor: number, code: string | null): void {
    const vouchers: string[] = [];
    const one = code === null ? undefined : this.bought.get(code);
    this.orders.set(order, { paidMinor, refundedMinor: 0, earned: 0, clawed: 0, expired: 0, vouchers });
    const points = Math.floor(paidMinor / 100);
    const known = this.orders.get(order);
    if (known) known.earned = points;
    this.give(points, null, order);
    if (one === undefined || code === null || one.giftMinor !== null || one.used > 0) return;
    one.used = 1;
    one.order = order;
    vouchers.push(code);
  }

  refund(id: string, minor: number, nowMs: number): void {
    const order = this.orders.get(id);
    if (order === undefined) return;
    order.refundedMinor = Math.min(order.paidMinor, order.refundedMinor + minor);
    const share = (whole: number) => Math.floor((whole * order.refundedMinor) / order.paidMinor);
    const clawed = Math.min(share(order.earned), Math.max(0, order.earned - order.expired));
    const claw = Math.max(0, clawed - order.clawed);
    order.clawed += claw;
    const isOwn = (token: Token) => token.order === id && token.own;
    const queue = [...this.#soonest().filter(isOwn), ...this.#soonest().filter((token) => !isOwn(token))];
    const taken = queue.slice(0, claw);
    this.#take(taken);
    this.debt += claw - taken.length;
    for (const code of order.vouchers) {
      const one = this.bought.get(code);
      if (one !== undefined) this.#giveBack(one, Math.max(0, share(one.price) - one.back), nowMs);
    }
  }

  /** Those taken last go back first; what has run out since is good for the days of grace. */
  #giveBack(one: Bought, points: number, nowMs: number): void {
    const left = one.tokens.slice(0, one.price - one.back);
    const back = left.slice(left.length - points);
    one.back += points;
    this.#made += 1;
    const graced = { made: this.#made, expiresAtMs: nowMs + this.#graceDays * DAY, own: false };
    this.#put(back.map((token) => (token.expiresAtMs > nowMs ? token : { ...token, ...graced })));
  }

  #put(tokens: Token[]): void {
    const sorted = [...tokens].sort(bySoonest);
    const paid = Math.min(this.debt, sorted.length);
    this.debt -= paid;
    this.tokens.push(...sorted.slice(paid));
  }

  #take(tokens: Token[]): void {
    const gone = new Set(tokens);
    this.tokens = this.tokens.filter((token) => !gone.has(token));
  }

  #soonest(): Token[] {
    return [...this.tokens].sort(bySoonest);
  }
}

function bySoonest(a: Token, b: Token): number {
  if (a.expiresAtMs !== b.expiresAtMs) return a.expiresAtMs < b.expiresAtMs ? -1 : 1;
  return a.made - b.made;
}
