/** The voucher that a reward becomes once somebody has it: what it gives, until when, and what it says of where it came from. */

import { NEVER } from '../ledger.ts';
import { pointsExpireAt } from '../loyalty/points-expiry.ts';
import type { Terms } from '../terms.ts';
import type { Discount } from '../vouchers/discount.ts';
import { withNotice } from '../vouchers/due.ts';
import { newGift } from '../vouchers/gift.ts';
import { NOT_COMBINABLE } from '../vouchers/stacking.ts';
import type { Benefit, Origin, Voucher } from '../vouchers/voucher.ts';
import { NO_REWARDS, type Reward } from './programme.ts';

export interface Given {
  customer: string;
  code: string;
  origin: Origin;
  atMs: number;
  /** What a variable reward is worth this time; of others the reward says it. */
  amountMinor: number | null;
}

export function voucherOf(reward: Reward, { customer, code, origin, atMs, amountMinor }: Given, terms: Terms): Voucher {
  const { noticeDays } = terms.programme.rewards ?? NO_REWARDS;
  const endsAtMs = endOf(reward, atMs, terms.segments.manner.timeZone);
  const { minimumMinor } = reward;
  const voucher: Voucher = {
    id: terms.codes.idOf(code),
    code,
    campaign: null,
    category: reward.combinable ? null : NOT_COMBINABLE,
    benefit: benefitOf(reward, amountMinor, terms.currency),
    origin,
    holder: customer,
    holderOnly: true,
    active: true,
    startsAtMs: null,
    endsAtMs,
    validity: null,
    // a gift card is used up by its money
    limit: reward.benefit.kind === 'gift_card' ? null : 1,
    limitPerCustomer: null,
    redeemed: 0,
    locks: [],
    rules: [],
    ...(minimumMinor === null ? {} : { minimumMinor }),
    publishedAtMs: atMs,
    title: reward.name,
    metadata: {},
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
  return withNotice(voucher, noticeDays, atMs);
}

/** The first instant at which it is no longer good; null: it does not run out. */
function endOf({ expires }: Reward, atMs: number, timeZone: string): number | null {
  if (expires === null) return null;
  const end = pointsExpireAt(
    { expiry: { kind: 'period', ...expires, until: 'day' }, expiresAfterDays: null },
    atMs,
    timeZone,
  );
  return end === NEVER ? null : end;
}

function benefitOf({ benefit, applicable }: Reward, amountMinor: number | null, currency: string): Benefit {
  const off = (discount: Discount): Benefit => ({ kind: 'discount', discount, applicable });
  const isLimited = applicable.only.length > 0 || applicable.not.length > 0;
  // off some items alone it is shared among them, else it comes off the order
  const effect = isLimited ? 'items_proportionally' : 'order';
  switch (benefit.kind) {
    case 'amount':
      return off({ kind: 'amount', amountMinor: benefit.amountMinor, effect });
    case 'variable': {
      const { mostOfOrder } = benefit;
      return off({
        kind: 'amount',
        amountMinor: amountMinor ?? 0,
        effect,
        ...(mostOfOrder === null ? {} : { mostOfOrder }),
      });
    }
    case 'percent': {
      const { hundredths, capMinor } = benefit;
      return off({ kind: 'percent', hundredths, capMinor, effect: isLimited ? 'items' : 'order' });
    }
    case 'shipping':
      return off({ kind: 'shipping' });
    case 'product':
      return off({ ...benefit, effect: 'add_missing' });
    case 'gift_card':
      return { kind: 'gift', gift: newGift(currency, benefit.amountMinor), effect: 'order' };
    case 'perk':
      // nothing comes off an order: it is used when the merchant has done it
      return off({ kind: 'amount', amountMinor: 0, effect: 'order' });
  }
}
