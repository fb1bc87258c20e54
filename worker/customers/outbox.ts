/**
 * Whom D1 was not told of yet: gathered from commits. After a start nobody knows it any more; then everybody who was
 * decided on since the last telling is looked through, once.
 */

/** What commits changed of a customer's copy since it was told last. */
export interface Untold {
  /** The number of the last row before them. */
  from: number;
  /** The orders they touched. */
  orders: Set<string>;
  points: boolean;
  profile: boolean;
  groups: boolean;
  referrals: boolean;
  /** The vouchers and redemptions they touched. */
  held: HeldIds;
}

export interface HeldIds {
  vouchers: Set<string>;
  redemptions: Set<string>;
}

export class Outbox {
  #untold = new Map<string, Untold>();

  get isEmpty(): boolean {
    return this.#untold.size === 0;
  }

  has(customer: string): boolean {
    return this.#untold.has(customer);
  }

  note(customer: string, change: Untold): void {
    const known = this.#untold.get(customer);
    if (known === undefined) return void this.#untold.set(customer, change);
    known.from = Math.min(known.from, change.from);
    for (const order of change.orders) known.orders.add(order);
    known.points ||= change.points;
    known.profile ||= change.profile;
    known.groups ||= change.groups;
    known.referrals ||= change.referrals;
    for (const voucher of change.held.vouchers) known.held.vouchers.add(voucher);
    for (const redemption of change.held.redemptions) known.held.redemptions.add(redemption);
  }

  /** All of them, which are now being told: put back whom that fails for. */
  take(): Map<string, Untold> {
    const taken = this.#untold;
    this.#untold = new Map();
    return taken;
  }

  putBack(untold: Map<string, Untold>): void {
    for (const [customer, change] of untold) this.note(customer, change);
  }
}
