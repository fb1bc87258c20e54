/** A campaign as Voucherify's clients read it. */
import type { CampaignRecord } from '../campaign/record.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { Campaign as View } from '../wire/voucher-publications.ts';
import { hundredthsOf } from './amounts.ts';
import { applicableView, validityView } from './terms-view.ts';
import { discountView } from './voucher-view.ts';

const MADE = { in_progress: 'IN_PROGRESS', done: 'DONE', failed: 'FAILED' } as const;
const KINDS = { static: 'STATIC', auto_update: 'AUTO_UPDATE', standalone: 'STANDALONE' } as const;

/** `currency`: the shop's. */
export function campaignView(
  { campaign, making, vouchers, code, archivedAtMs }: CampaignRecord,
  currency: string,
): View {
  const { id, startsAtMs, endsAtMs } = campaign;
  return {
    id,
    name: campaign.name,
    description: campaign.description ?? null,
    campaign_type: campaign.benefit === 'gift' ? 'GIFT_VOUCHERS' : 'DISCOUNT_COUPONS',
    type: KINDS[campaign.kind],
    vouchers_count: vouchers,
    vouchers_generation_status: MADE[making],
    creation_status: MADE[making],
    active: campaign.active,
    archived: archivedAtMs !== null,
    auto_join: false,
    join_once: campaign.joinOnce,
    use_voucher_metadata_schema: false,
    protected: false,
    category: campaign.category,
    start_date: dateOf(startsAtMs),
    expiration_date: dateOf(endsAtMs),
    activity_duration_after_publishing: campaign.liveAfterPublishing,
    ...validityView(campaign.validity),
    voucher: voucherView(campaign, code, currency),
    validation_rules_assignments: assignmentsView(campaign),
    metadata: campaign.metadata,
    created_at: new Date(campaign.createdAtMs).toISOString(),
    updated_at: new Date(campaign.updatedAtMs).toISOString(),
    object: 'campaign',
  };
}

/** What its codes give. */
export function voucherView(campaign: Campaign, code: string | null, currency: string) {
  const { benefit, discount, giftMinor, limitPerCode, codes, applicable } = campaign;
  const gift = { amount: hundredthsOf(giftMinor ?? 0, currency), effect: 'APPLY_TO_ORDER' };
  return {
    ...(code === null ? {} : { code }),
    type: benefit === 'gift' ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER',
    ...(benefit === 'gift' ? { gift } : { discount: discount === null ? null : discountView(discount, currency) }),
    redemption: { quantity: limitPerCode },
    code_config: { pattern: codes.pattern, charset: codes.charset },
    ...applicableView(applicable),
    is_referral_code: false,
  };
}

function assignmentsView({ id, rules }: Campaign) {
  const about = { related_object_id: id, related_object_type: 'campaign', object: 'validation_rules_assignment' };
  return {
    object: 'list',
    data_ref: 'data',
    data: rules.map((rule_id) => ({ rule_id, ...about })),
    total: rules.length,
  };
}

function dateOf(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}
