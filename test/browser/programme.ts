/** Answers of the API about the programme. Every test changes only what it is about. */
import type { HubEarning, HubTier, HubWallet, HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import type { HubReferrals } from '../../worker/wire/hub-referrals.ts';
import type { HubRedeemed } from '../../worker/wire/hub-rewards.ts';
import type { RewardOffers, RewardOfferView, Worth } from '../../worker/wire/rewards.ts';

export const REWARDS = 'GET /hub/v1/rewards';
export const WALLET = 'POST /hub/v1/wallet?limit=50';
export const REFERRALS = 'GET /hub/v1/referrals';
export const EARNING = 'GET /hub/v1/earning';

export const worth = (change: Partial<Worth> = {}): Worth => ({
  kind: 'amount',
  amountMinor: 500,
  hundredths: null,
  capMinor: null,
  productId: null,
  quantity: null,
  balanceMinor: null,
  lockedMinor: null,
  currency: 'EUR',
  ...change,
});

export const offer = (id: string, change: Partial<RewardOfferView> = {}): RewardOfferView => ({
  id,
  name: `Reward ${id}`,
  text: null,
  worth: worth(),
  minimumMinor: null,
  points: 500,
  mostPoints: 500,
  step: null,
  missingPoints: 0,
  available: true,
  reason: null,
  againAtMs: null,
  ...change,
});

export const missing = (id: string, points: number, missingPoints: number): RewardOfferView =>
  offer(id, { points, mostPoints: points, missingPoints, available: false, reason: 'missing_points' });

/** 20 points are a euro; 40 to 1,000 can be spent. */
export const variable = (change: Partial<RewardOfferView> = {}): RewardOfferView =>
  offer('any', {
    name: 'Money off',
    worth: worth({ kind: 'variable', amountMinor: null }),
    points: 40,
    mostPoints: 1_000,
    step: { points: 20, worthMinor: 100 },
    ...change,
  });

export const offers = (items: RewardOfferView[], balance = 1_240): RewardOffers => ({ balance, items });

export const redeemed = (change: Partial<HubRedeemed> = {}): HubRedeemed => ({
  points: 500,
  balance: 740,
  reward: 'five',
  name: '€5 off your order',
  voucher: 'v1',
  code: 'TEA-7KXM-94PD',
  endsAtMs: Date.UTC(2031, 5, 1),
  ready: true,
  ...change,
});

export const voucher = (id: string, change: Partial<HubWalletVoucher> = {}): HubWalletVoucher => ({
  id,
  code: `CODE-${id.toUpperCase()}`,
  title: `Voucher ${id}`,
  status: 'available',
  worth: worth(),
  minimumMinor: null,
  reward: null,
  campaign: null,
  points: null,
  pointsBack: 0,
  undoUntilMs: null,
  createdAtMs: Date.UTC(2030, 0, 1),
  startsAtMs: null,
  endsAtMs: null,
  applicable: null,
  reason: null,
  discountMinor: null,
  applyUrl: null,
  ...change,
});

export const giftCard = (id: string, change: Partial<HubWalletVoucher> = {}): HubWalletVoucher =>
  voucher(id, { worth: worth({ kind: 'gift_card', amountMinor: 2_500, balanceMinor: 1_240 }), ...change });

export const wallet = (items: HubWalletVoucher[], nextCursor: string | null = null): HubWallet => ({
  items,
  nextCursor,
  nowMs: Date.now(),
});

export const tier = (change: Partial<HubTier> = {}): HubTier => ({
  current: { name: 'Fern', perks: ['Half as many points again'] },
  metric: 'spent',
  progress: 27_500,
  next: { name: 'Kettle', perks: ['Double points'], threshold: 40_000, missing: 12_500 },
  floor: 15_000,
  keep: { untilMs: Date.UTC(2031, 4, 3, 12), missing: 2_500 },
  ...change,
});

export const earning: HubEarning = {
  items: [
    {
      id: 'order',
      kind: 'order',
      name: '',
      gives: { kind: 'rate', points: 2, perMinor: 100 },
      minimumMinor: 2_000,
      state: 'available',
      againAtMs: null,
      endsAtMs: null,
      channel: null,
    },
    {
      id: 'review',
      kind: 'review',
      name: 'Product review',
      gives: { kind: 'points', points: 20 },
      minimumMinor: 0,
      state: 'later',
      againAtMs: Date.UTC(2031, 4, 3, 12),
      endsAtMs: null,
      channel: null,
    },
    {
      id: 'newsletter',
      kind: 'consent',
      name: 'Newsletter',
      gives: { kind: 'reward', name: 'A tin of tea' },
      minimumMinor: 0,
      state: 'done',
      againAtMs: null,
      endsAtMs: null,
      channel: 'email',
    },
  ],
  bonuses: [{ name: 'Advent', endsAtMs: Date.UTC(2031, 11, 24, 12) }],
};

export const referrals = (change: Partial<HubReferrals> = {}): HubReferrals => ({
  mayRefer: true,
  code: 'ADA-7KXM',
  link: 'https://shop.example/?ref=ADA-7KXM',
  gift: { kind: 'points', points: 150 },
  friendGift: { kind: 'reward', name: '€5 off your order' },
  minimumMinor: 2_000,
  currency: 'EUR',
  completed: 1,
  items: [
    { startedAtMs: Date.UTC(2026, 0, 5, 12), changedAtMs: Date.UTC(2026, 0, 9), status: 'completed' },
    { startedAtMs: Date.UTC(2026, 0, 2, 12), changedAtMs: Date.UTC(2026, 0, 2), status: 'held' },
  ],
  nextCursor: null,
  ...change,
});
