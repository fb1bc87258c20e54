/** The two programmes that are played, as the merchant saves them; the model reads its numbers from here as well. */

const DAY = 86_400_000;
export const START_MS = Date.UTC(2043, 0, 5, 9, 30);
export const END_MS = START_MS + 731 * DAY;

export interface TierRules {
  metric: 'points' | 'spent';
  window: 'rolling_year' | 'calendar_year';
  tiers: { id: string; name: string; threshold: number; entry: { kind: 'points'; points: number } | null }[];
  entryRewards: 'each_passed' | 'reached';
  demotion: 'one_down' | 'by_value';
  graceDays: number;
  onRefund: 'at_once' | 'at_period_end';
  noticeDays: number;
}

export interface Rules {
  /** Points run out so many months after they came, at the end of the day; null: a balance runs out as a whole. */
  expiryMonths: number | null;
  /** Of a whole balance: so many months without activity. */
  idleMonths: number | null;
  tiers: TierRules;
}

export const WELCOME = 50;
export const SURVEY = { points: 15, perMonth: 2 };
export const LARGE = { points: 40, minimumMinor: 15_000, waitDays: 14 };
export const SUMMER = { startsAtMs: Date.UTC(2043, 5, 10), endsAtMs: Date.UTC(2043, 6, 20), times: 2 };
export const MULTIPLIERS: Record<string, [number, number]> = { silver: [5, 4], gold: [3, 2] };
export const NOTICES = { warning: 30, last_chance: 7 };
export const BIRTHDAY = { points: 100, gold: 200, leadDays: 30 };
export const FIVE = { price: 100, gold: 80, months: 2, noticeDays: 5, graceDays: 30 };
export const REFERRAL = { friend: 30, referrer: 60, minimumMinor: 2_000, waitDays: 14, expiresDays: 60 };

const points = (count: number) => ({ kind: 'points' as const, points: count });

export const ROLLING: Rules = {
  expiryMonths: 6,
  idleMonths: null,
  tiers: {
    metric: 'points',
    window: 'rolling_year',
    tiers: [
      { id: 'bronze', name: 'Bronze', threshold: 0, entry: null },
      { id: 'silver', name: 'Silver', threshold: 400, entry: points(25) },
      { id: 'gold', name: 'Gold', threshold: 1_000, entry: points(75) },
    ],
    entryRewards: 'each_passed',
    demotion: 'by_value',
    graceDays: 14,
    onRefund: 'at_once',
    noticeDays: 30,
  },
};

export const CALENDAR: Rules = {
  expiryMonths: null,
  idleMonths: 4,
  tiers: {
    metric: 'spent',
    window: 'calendar_year',
    tiers: [
      { id: 'bronze', name: 'Bronze', threshold: 5_000, entry: points(10) },
      { id: 'silver', name: 'Silver', threshold: 30_000, entry: points(25) },
      { id: 'gold', name: 'Gold', threshold: 80_000, entry: points(75) },
    ],
    entryRewards: 'reached',
    demotion: 'one_down',
    graceDays: 0,
    onRefund: 'at_period_end',
    noticeDays: 45,
  },
};

const fixed = (count: number) => ({ kind: 'fixed', points: count });

/** The document for `PUT /admin/v1/programme`. */
export function documentOf({ expiryMonths, idleMonths, tiers }: Rules): object {
  const period = (quantity: number) => ({ unit: 'month', quantity, until: 'day' });
  return {
    order: { points: 1, perMinor: 100 },
    ...(expiryMonths === null ? {} : { expiry: { kind: 'period', ...period(expiryMonths) } }),
    earning: {
      order: {
        tiers: Object.fromEntries(
          Object.entries(MULTIPLIERS).map(([tier, [numerator, denominator]]) => [
            tier,
            { kind: 'multiplier', numerator, denominator },
          ]),
        ),
      },
      rules: [
        { kind: 'sign_up', id: 'welcome', name: 'Welcome', gives: fixed(WELCOME) },
        {
          ...{ kind: 'event', id: 'survey', name: 'Survey', event: 'Survey Answered', gives: fixed(SURVEY.points) },
          limits: [{ most: SURVEY.perMonth, per: 'month' }],
        },
        {
          ...{ kind: 'order', id: 'large', name: 'Large order', gives: fixed(LARGE.points), stackable: true },
          minimumMinor: LARGE.minimumMinor,
          wait: { after: 'paid', days: LARGE.waitDays },
        },
      ],
      campaigns: [
        {
          ...{ id: 'summer', name: 'Summer', startsAtMs: SUMMER.startsAtMs, endsAtMs: SUMMER.endsAtMs },
          bonus: { kind: 'multiplier', numerator: SUMMER.times },
        },
      ],
    },
    inactivity: { notices: NOTICES, ...(idleMonths === null ? {} : { expiry: period(idleMonths) }) },
    tiers,
    birthdays: { bonus: points(BIRTHDAY.points), tiers: { gold: points(BIRTHDAY.gold) }, leadDays: BIRTHDAY.leadDays },
    rewards: {
      rewards: [
        {
          ...{ id: 'five', name: '5 € off', benefit: { kind: 'amount', amountMinor: 500 }, price: FIVE.price },
          ...{ tierPrices: { gold: FIVE.gold }, expires: { unit: 'month', quantity: FIVE.months }, combinable: true },
        },
      ],
      noticeDays: FIVE.noticeDays,
      graceDays: FIVE.graceDays,
    },
    referrals: {
      friend: points(REFERRAL.friend),
      referrer: points(REFERRAL.referrer),
      minimumMinor: REFERRAL.minimumMinor,
      waitingDays: REFERRAL.waitDays,
      expiresAfterDays: REFERRAL.expiresDays,
      checks: { perAddress: null },
    },
  };
}
