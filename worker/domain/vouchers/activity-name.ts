/** What Voucherify calls what happened to a customer; what it has no name for is not told to its clients. */
import type { JournalRow } from '../journal.ts';

/** What became of codes that nobody holds, and of what was asked of any: our own word alone it is. */
const CODE_EVENTS = new Map([
  ['Voucher Validated', 'customer.validation.succeeded'],
  ['Voucher Validation Failed', 'customer.validation.failed'],
  ['Voucher Redeemed', 'customer.redemption.succeeded'],
  ['Voucher Redemption Failed', 'customer.redemption.failed'],
  ['Voucher Rolled Back', 'customer.redemption.rollback.succeeded'],
]);

const EVENTS = new Map([
  ['Identified', 'customer.updated'],
  ['Placed Order', 'customer.order.created'],
  ['Updated Order', 'customer.order.updated'],
  ['Paid Order', 'customer.order.paid'],
  ['Fulfilled Order', 'customer.order.fulfilled'],
  ['Cancelled Order', 'customer.order.canceled'],
]);

const EFFECTS: Partial<Record<JournalRow['kind'], string>> = {
  'voucher.published': 'customer.publication.succeeded',
  'voucher.issued': 'customer.rewarded',
  'segment.entered': 'customer.segment.entered',
  'segment.left': 'customer.segment.left',
  'points.adjusted': 'customer.rewarded.loyalty_points',
  'points.expired': 'customer.voucher.loyalty_card.points_expired',
  'tier.changed': 'customer.loyalty.updated',
  'referral.completed': 'customer.referred',
};

const ACTIONS: Partial<Record<JournalRow['kind'], string>> = {
  'voucher.redeemed': 'customer.redemption.succeeded',
  'voucher.rolled_back': 'customer.redemption.rollback.succeeded',
  'voucher.refused': 'customer.redemption.failed',
};

export interface ActivityName {
  type: string;
  /** `ACTION`: the customer did it. `EFFECT`: it came of something. */
  category: 'ACTION' | 'EFFECT';
}

export function activityName({ kind, name, about }: Pick<JournalRow, 'kind' | 'name' | 'about'>): ActivityName | null {
  if (kind === 'event') {
    const own = about.source === 'vouchers' ? CODE_EVENTS.get(name ?? '') : undefined;
    const type = own ?? EVENTS.get(name ?? '') ?? 'customer.custom_event';
    return { type, category: 'ACTION' };
  }
  const action = ACTIONS[kind];
  if (action !== undefined) return { type: action, category: 'ACTION' };
  if (name === 'Voucher Publication Failed') return { type: 'customer.publication.failed', category: 'EFFECT' };
  const effect = EFFECTS[kind];
  return effect === undefined ? null : { type: effect, category: 'EFFECT' };
}
