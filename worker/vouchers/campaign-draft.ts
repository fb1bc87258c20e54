/** What a client says of a campaign, read into our own terms. A refusal names the field. */
import type { CampaignChange } from '../campaign/record.ts';
import { isObject } from '../domain/json.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { GIFT_PATTERN, patternOf } from '../domain/vouchers/codes.ts';
import { durationOf } from '../domain/vouchers/validity.ts';
import type { CampaignDraft } from '../publishing/campaigns.ts';
import type { ChangeCampaign, CreateCampaign } from '../wire/voucher-publications.ts';
import { voucherView } from './campaign-view.ts';
import { VoucherError } from './errors.ts';
import { saysValidity, validityOf } from './terms-draft.ts';
import { checkRules, draftOf, instantOf } from './voucher-draft.ts';

const KINDS = { STATIC: 'static', AUTO_UPDATE: 'auto_update', STANDALONE: 'standalone' } as const;

export function campaignDraft(wanted: CreateCampaign, currency: string): CampaignDraft {
  const { name, campaign_type, type, join_once, vouchers_count, voucher, metadata, active, description } = wanted;
  const { category, start_date, expiration_date, activity_duration_after_publishing: live } = wanted;
  const isGift = campaign_type === 'GIFT_VOUCHERS';
  if (isGift !== (voucher.type === 'GIFT_VOUCHER')) throw flawed('voucher.type', 'must fit campaign_type');
  if (type === 'STANDALONE' && join_once) throw flawed('join_once', 'is not for a campaign of one code');
  if (type !== 'STANDALONE' && voucher.code !== undefined) throw flawed('voucher.code', 'is for type STANDALONE alone');
  const { code, ...terms } = voucher;
  const draft = draftOf({ ...terms, active, metadata, category, start_date, expiration_date }, currency);
  const { suffix, ...config } = voucher.code_config ?? {};
  const discounted = draft.benefit.kind === 'discount' ? draft.benefit : null;
  return {
    name,
    ...(description == null ? {} : { description }),
    kind: KINDS[type],
    benefit: draft.benefit.kind,
    discount: discounted?.discount ?? null,
    applicable: discounted?.applicable ?? { only: [], not: [] },
    giftMinor: draft.benefit.kind === 'gift' ? draft.benefit.gift.amountMinor : null,
    joinOnce: join_once,
    category: category ?? null,
    active,
    startsAtMs: draft.startsAtMs,
    endsAtMs: draft.endsAtMs,
    validity: validityOf(wanted),
    liveAfterPublishing: liveOf(live),
    limitPerCode: draft.limit,
    limitPerCustomer: null,
    caps: { redemptions: null, discountMinor: null, ordersMinor: null },
    codes: patternOf({ ...config, postfix: config.postfix ?? suffix }, isGift ? GIFT_PATTERN : undefined),
    vouchersWanted: type === 'STANDALONE' ? 1 : vouchers_count,
    rules: wanted.validation_rules ?? [],
    metadata,
    code: code ?? null,
  };
}

/** Absent fields stay as they are, null takes them away. The campaign decides whether that can be. */
export function campaignChange(wanted: ChangeCampaign, campaign: Campaign, currency: string): CampaignChange {
  const { type, category, start_date, expiration_date, active, archived, join_once, description, metadata } = wanted;
  const live = wanted.activity_duration_after_publishing;
  checkSame(wanted, campaign);
  checkGiven(wanted.voucher, voucherView(campaign, null, currency));
  const kind = type === undefined ? campaign.kind : KINDS[type];
  if ((kind === 'standalone') !== (campaign.kind === 'standalone'))
    throw flawed('type', 'a campaign of one code stays one, and others never become one');
  return {
    ...(type === undefined ? {} : { kind }),
    ...(category === undefined ? {} : { category }),
    ...(start_date === undefined ? {} : { startsAtMs: instantOf(start_date) }),
    ...(expiration_date === undefined ? {} : { endsAtMs: instantOf(expiration_date) }),
    ...(live === undefined ? {} : { liveAfterPublishing: liveOf(live) }),
    ...(saysValidity(wanted) ? { validity: validityOf(wanted) } : {}),
    ...(active === undefined ? {} : { active }),
    ...(archived === undefined ? {} : { archived }),
    ...(join_once === undefined ? {} : { joinOnce: join_once }),
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Clients send along what they read: what cannot change must be what it is. */
function checkSame({ name, campaign_type, ...said }: ChangeCampaign, campaign: Campaign): void {
  checkRules(said.validation_rules_assignments, campaign.rules);
  if (name !== undefined && name !== campaign.name) throw flawed('name', 'cannot be changed');
  const isGift = campaign_type === 'GIFT_VOUCHERS';
  if (campaign_type !== undefined && isGift !== (campaign.benefit === 'gift'))
    throw flawed('campaign_type', 'cannot be changed');
}

/** What its codes give is what they were made with; it may be said in part. */
function checkGiven(said: unknown, given: ReturnType<typeof voucherView>): void {
  if (said === undefined || said === null) return;
  const is: Record<string, unknown> = { ...given };
  for (const field of ['type', 'discount', 'gift', 'redemption'])
    if (isObject(said) && said[field] !== undefined && !isPartOf(said[field], is[field]))
      throw flawed(`voucher.${field}`, 'cannot be changed');
}

function isPartOf(part: unknown, whole: unknown): boolean {
  if (!isObject(part) || !isObject(whole)) return JSON.stringify(part) === JSON.stringify(whole);
  return Object.entries(part).every(([name, value]) => isPartOf(value, whole[name]));
}

function liveOf(text: string | null | undefined): string | null {
  if (text == null) return null;
  if (durationOf(text) === null) throw flawed('activity_duration_after_publishing', 'must be a duration such as P24D');
  return text;
}

function flawed(field: string, rule: string): VoucherError {
  return new VoucherError('invalid_payload', `${field} ${rule}`);
}
