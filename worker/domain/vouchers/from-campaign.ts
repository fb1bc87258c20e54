/** A campaign's code as a voucher that nothing has happened to yet: it has no dates of its own, and follows its campaign. */
import type { Campaign } from './campaign.ts';
import { EVERY_ITEM } from './discount.ts';
import { newGift } from './gift.ts';
import type { Benefit, Voucher } from './voucher.ts';

export interface NewCode {
  /** `v_…` */
  id: string;
  code: string;
  madeAtMs: number;
  currency: string;
}

export function freshVoucher(campaign: Campaign, { id, code, madeAtMs, currency }: NewCode): Voucher {
  return {
    id,
    code,
    campaign: campaign.id,
    category: campaign.category,
    benefit: benefitOf(campaign, currency),
    origin: { kind: 'campaign', publication: null, distribution: null },
    holder: null,
    holderOnly: false,
    active: true,
    startsAtMs: null,
    endsAtMs: null,
    validity: null,
    limit: campaign.limitPerCode,
    // the campaign's own limit is over all of its codes
    limitPerCustomer: null,
    redeemed: 0,
    locks: [],
    rules: [],
    publishedAtMs: null,
    title: null,
    metadata: campaign.metadata,
    createdAtMs: madeAtMs,
    updatedAtMs: madeAtMs,
  };
}

function benefitOf({ benefit, discount, applicable, giftMinor }: Campaign, currency: string): Benefit {
  if (benefit === 'gift') return { kind: 'gift', gift: newGift(currency, giftMinor ?? 0), effect: 'order' };
  if (discount === null) throw new Error('a campaign that gives nothing');
  return { kind: 'discount', discount, applicable: applicable ?? EVERY_ITEM };
}
