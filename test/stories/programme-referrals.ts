/** Who brought whom, and what both get for it, by hand. The story's model; knows nothing of the product. */
import { DAY, daysBefore } from './programme-calendar.ts';
import type { Life } from './programme-life.ts';
import { REFERRAL } from './programme-rules.ts';

export class Referral {
  readonly friend: Life;
  readonly referrer: Life;
  status: 'pending' | 'completed' | 'cancelled' | 'expired' = 'pending';
  readonly #origin: string;
  readonly #expiresMs: number;
  /** The order it waits for, or was completed by. */
  #order: { id: string; dueMs: number } | null = null;
  #isGiven = false;

  constructor(name: string, who: { friend: Life; referrer: Life }, atMs: number) {
    this.#origin = `referral ${name}`;
    this.friend = who.friend;
    this.referrer = who.referrer;
    this.#expiresMs = atMs + REFERRAL.expiresDays * DAY;
    this.friend.onOrder = (orderMs, orderId) => this.#follow(orderMs, orderId);
    for (const one of [this.friend, this.referrer])
      one.decide(atMs, () => {
        one.say(atMs, 'Referral Started 0');
        return undefined;
      });
  }

  /** An order of the friend was placed, or something of one went back. */
  #follow(atMs: number, orderId: string): void {
    const order = this.friend.orders.get(orderId);
    if (order === undefined || this.status === 'cancelled' || this.status === 'expired') return;
    const worth = order.goodsMinor - order.goodsBack;
    const qualifies = !order.isGone && worth >= REFERRAL.minimumMinor;
    if (this.#order?.id === orderId && order.isGone) this.#cancel(atMs);
    else if (this.status !== 'pending') return;
    else if (this.#order?.id === orderId && !qualifies) this.#order = null;
    else if (this.#order === null && qualifies)
      // by the clock on the wall
      this.#order = { id: orderId, dueMs: daysBefore(atMs, -REFERRAL.waitDays) };
  }

  get orderId(): string | null {
    return this.#order?.id ?? null;
  }

  get dueMs(): number | null {
    if (this.status !== 'pending') return null;
    return this.#order?.dueMs ?? this.#expiresMs;
  }

  /** Its time came: it completes, or it is forgotten. Both are as of that instant already. */
  due(atMs: number): void {
    if (this.#order === null) {
      this.status = 'expired';
      this.referrer.say(atMs, 'Referral Expired 0');
      return;
    }
    this.status = 'completed';
    this.#isGiven = true;
    this.#give(this.friend, REFERRAL.friend, atMs);
    this.#give(this.referrer, REFERRAL.referrer, atMs);
  }

  #give(to: Life, points: number, atMs: number): void {
    to.decide(atMs, () => {
      to.earn(atMs, points, { origin: this.#origin, counts: true });
      to.say(atMs, `Referral Completed ${points}`);
      return undefined;
    });
  }

  /** The friend's side is a part of what happened to their order. */
  #cancel(atMs: number): void {
    this.status = 'cancelled';
    this.#takeBack(this.friend, REFERRAL.friend, atMs);
    this.referrer.decide(atMs, () => {
      this.#takeBack(this.referrer, REFERRAL.referrer, atMs);
      return undefined;
    });
    this.#isGiven = false;
  }

  /** Only what nobody used, be it in part. */
  #takeBack(from: Life, points: number, atMs: number): void {
    const lot = from.purse.lots.find(({ origin }) => origin === this.#origin);
    const isWhole = this.#isGiven && lot?.points === points;
    if (isWhole) {
      from.purse.take(points, this.#origin);
      from.unearn(atMs, points);
    }
    from.say(atMs, `Referral Cancelled ${isWhole ? -points : 0}`);
  }
}
