/** What happened to a customer, in Voucherify's words. */
import { describe, expect, it } from 'vitest';
import { activityName } from '../../../worker/domain/vouchers/activity-name.ts';

describe('what happened', () => {
  it.each([
    [{ kind: 'event', name: 'review_left', about: { source: 'segment' } }, 'customer.custom_event', 'ACTION'],
    [{ kind: 'event', name: 'Placed Order', about: {} }, 'customer.order.created', 'ACTION'],
    [
      { kind: 'event', name: 'Voucher Redeemed', about: { source: 'vouchers' } },
      'customer.redemption.succeeded',
      'ACTION',
    ],
    [
      { kind: 'event', name: 'Voucher Redeemed', about: { source: 'voucher_client' } },
      'customer.custom_event',
      'ACTION',
    ],
    [{ kind: 'voucher.published', name: null, about: {} }, 'customer.publication.succeeded', 'EFFECT'],
    [{ kind: 'segment.left', name: null, about: {} }, 'customer.segment.left', 'EFFECT'],
  ] as const)('%j has a name of theirs', (row, type, category) => {
    expect(activityName(row)).toEqual({ type, category });
  });

  it('that they have no word for is not told', () => {
    expect(activityName({ kind: 'programme.changed', name: null, about: {} })).toBeNull();
  });
});
