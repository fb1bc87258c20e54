/** From vouchers and rewards as they are kept to what merchants and shoppers see of them. Pure. */
import { MINUTE_MS } from '../domain/calendar.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RewardOffer } from '../domain/rewards/offers.ts';
import { NO_REWARDS, type Reward, type RewardProgramme } from '../domain/rewards/programme.ts';
import { heldStatus } from '../domain/vouchers/held-status.ts';
import { lockedCreditsMinor } from '../domain/vouchers/locks.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { ShopSettings } from '../shops/settings.ts';
import type { HeldVoucherView, RewardOfferView, Worth } from '../wire/rewards.ts';

type Settings = Pick<ShopSettings, 'currency' | 'programme'>;

const BLANK = {
  amountMinor: null,
  hundredths: null,
  capMinor: null,
  productId: null,
  quantity: null,
  balanceMinor: null,
  lockedMinor: null,
};

export function heldView(voucher: Voucher, settings: Settings, nowMs: number): HeldVoucherView {
  const { id, code, title, campaign, createdAtMs, startsAtMs, endsAtMs, origin, held, minimumMinor = null } = voucher;
  return {
    id,
    code,
    title,
    status: heldStatus(voucher, nowMs),
    worth: worthOf(voucher, settings, nowMs),
    minimumMinor,
    reward: origin.kind === 'reward' || origin.kind === 'given' ? (origin.reward ?? null) : null,
    campaign,
    points: origin.kind === 'reward' ? origin.points : null,
    pointsBack: held?.pointsBack ?? 0,
    undoUntilMs: undoUntil(voucher, settings.programme.rewards ?? NO_REWARDS, nowMs),
    createdAtMs,
    startsAtMs,
    endsAtMs,
  };
}

function worthOf(voucher: Voucher, { currency, programme }: Settings, nowMs: number): Worth {
  const { benefit, origin } = voucher;
  if (benefit.kind === 'gift') {
    const { amountMinor, balanceMinor } = benefit.gift;
    const lockedMinor = lockedCreditsMinor(voucher, nowMs);
    return { ...BLANK, kind: 'gift_card', amountMinor, balanceMinor, lockedMinor, currency: benefit.gift.currency };
  }
  const { discount } = benefit;
  switch (discount.kind) {
    case 'amount': {
      const kind = isPerk(origin, discount.amountMinor, programme.rewards) ? 'perk' : 'amount';
      return { ...BLANK, kind, amountMinor: kind === 'perk' ? null : discount.amountMinor, currency };
    }
    case 'percent':
      return { ...BLANK, kind: 'percent', hundredths: discount.hundredths, capMinor: discount.capMinor, currency };
    case 'fixed':
      return { ...BLANK, kind: 'fixed_price', amountMinor: discount.priceMinor, currency };
    case 'product':
      return { ...BLANK, kind: 'product', productId: discount.productId, quantity: discount.quantity, currency };
    case 'shipping':
      return { ...BLANK, kind: 'shipping', currency };
  }
}

/** Nothing comes off for one. */
function isPerk({ kind }: Voucher['origin'], amountMinor: number, programme: RewardProgramme | undefined): boolean {
  return amountMinor === 0 && (kind === 'reward' || kind === 'given') && programme !== undefined;
}

/** While the shopper can give it back. */
function undoUntil(voucher: Voucher, { undoMinutes }: RewardProgramme, nowMs: number): number | null {
  const { origin, createdAtMs, redeemed, benefit, held } = voucher;
  const untilMs = createdAtMs + undoMinutes * MINUTE_MS;
  const isUsed = redeemed > 0 || (benefit.kind === 'gift' && benefit.gift.redeemedMinor > 0);
  if (origin.kind !== 'reward' || isUsed || held?.undoneAtMs !== undefined) return null;
  return nowMs < untilMs ? untilMs : null;
}

export function offerView(
  { reward, points, mostPoints, missing, barred }: RewardOffer,
  currency: string,
): RewardOfferView {
  const { id, name, text, benefit, minimumMinor } = reward;
  const step = benefit.kind === 'variable' ? { points: benefit.stepPoints, worthMinor: benefit.stepMinor } : null;
  const reason = barred === null ? (missing > 0 ? 'missing_points' : null) : reasonOf(barred);
  return {
    id,
    name,
    text,
    worth: rewardWorth(reward, currency),
    minimumMinor,
    points,
    mostPoints,
    step,
    missingPoints: missing,
    available: reason === null,
    reason,
    againAtMs: barred?.reason === 'reward_limit' ? barred.againAtMs : null,
  };
}

function reasonOf(barred: Refusal): NonNullable<RewardOfferView['reason']> {
  if (barred.reason === 'reward_limit') return 'limit_reached';
  if (barred.reason !== 'reward_unavailable') return 'not_available';
  return barred.why === 'not_for_you' || barred.why === 'not_a_member' ? barred.why : 'not_available';
}

function rewardWorth({ benefit }: Reward, currency: string): Worth {
  switch (benefit.kind) {
    case 'amount':
    case 'gift_card':
      return { ...BLANK, kind: benefit.kind, amountMinor: benefit.amountMinor, currency };
    case 'percent':
      return { ...BLANK, kind: 'percent', hundredths: benefit.hundredths, capMinor: benefit.capMinor, currency };
    case 'product':
      return { ...BLANK, kind: 'product', productId: benefit.productId, quantity: benefit.quantity, currency };
    case 'variable':
    case 'shipping':
    case 'perk':
      return { ...BLANK, kind: benefit.kind, currency };
  }
}
