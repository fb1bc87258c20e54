/** What the commits of one call change of customers' copies. */
import type { Changes } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { Untold } from './outbox.ts';

const GROUP_KINDS = new Set<string>(['segment.entered', 'segment.left', 'list.left']);

export class UntoldNotes {
  readonly #untold = new Map<string, Untold>();

  get all(): ReadonlyMap<string, Untold> {
    return this.#untold;
  }

  /** `points`: it moved some. */
  row(customer: string, { seq, kind, orderId, about }: JournalRow, points: boolean): void {
    const untold = this.#of(customer, seq - 1);
    const isMerge = kind === 'customer.merged';
    untold.from = Math.min(untold.from, seq - 1);
    untold.points ||= points;
    untold.profile ||= isMerge || about.traits !== undefined;
    untold.groups ||= isMerge || about.lists !== undefined || GROUP_KINDS.has(kind);
    untold.referrals ||= isMerge || kind.startsWith('referral.');
    if (orderId !== null) untold.orders.add(orderId);
  }

  /** The row that tells of them comes with them, or came just before. */
  held(customer: string, { head, vouchers = [], redemptions = [] }: Changes): void {
    if (vouchers.length + redemptions.length === 0) return;
    const { held } = this.#of(customer, head.seq);
    for (const { id } of vouchers) held.vouchers.add(id);
    for (const { id } of redemptions) held.redemptions.add(id);
  }

  #of(customer: string, from: number): Untold {
    const known = this.#untold.get(customer) ?? nothingUntold(from);
    this.#untold.set(customer, known);
    return known;
  }
}

function nothingUntold(from: number): Untold {
  const none = { points: false, profile: false, groups: false, referrals: false };
  return { from, orders: new Set(), ...none, held: { vouchers: new Set(), redemptions: new Set() } };
}
