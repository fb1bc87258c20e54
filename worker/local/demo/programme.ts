/** The programme of the demo shop, as its merchant would write it: what earns, what points buy, tiers, birthdays, friends. */

const EUR = 100;
const twice = { kind: 'multiplier', numerator: 2 };
const half = { kind: 'multiplier', numerator: 3, denominator: 2 };

/** The shop says that every euro earns a point, and its prices hold the tax: so the tax earns too. */
export const PROGRAMME = {
  order: { points: 1, perMinor: EUR, base: { tax: true } },
  worth: { points: 100, worthMinor: 5 * EUR },
  earning: {
    order: { tiers: { fern: half, kettle: twice } },
    rules: [
      { kind: 'sign_up', id: 'welcome', name: 'Welcome to the club', gives: { kind: 'fixed', points: 50 } },
      {
        kind: 'review',
        id: 'review',
        name: 'Product review',
        gives: { kind: 'fixed', points: 20 },
        limits: [{ most: 3, per: 'month' }],
      },
      {
        kind: 'consent',
        id: 'newsletter',
        name: 'Newsletter',
        channel: 'email',
        trust: 'any',
        gives: { kind: 'fixed', points: 25 },
      },
      {
        kind: 'event',
        id: 'tasting',
        name: 'Came to a tasting',
        event: 'Attended Tasting',
        gives: { kind: 'fixed', points: 75 },
        limits: [{ most: 1, per: { days: 30 } }],
      },
    ],
  },
  inactivity: { expiry: { unit: 'month', quantity: 12 }, notices: { warning: 30, last_chance: 3 } },
  birthdays: { bonus: { kind: 'points', points: 100 }, tiers: { kettle: { kind: 'points', points: 200 } } },
  tiers: {
    metric: 'spent',
    window: 'rolling_year',
    noticeDays: 30,
    tiers: [
      { id: 'leaf', name: 'Leaf', threshold: 0, perks: ['Points on every order'] },
      {
        id: 'fern',
        name: 'Fern',
        threshold: 150 * EUR,
        entry: { kind: 'points', points: 50 },
        perks: ['Half as many points again', 'Early look at new harvests'],
      },
      {
        id: 'kettle',
        name: 'Kettle',
        threshold: 400 * EUR,
        entry: { kind: 'reward', reward: 'tea-tin' },
        perks: ['Double points', 'A seat at every tasting'],
      },
    ],
  },
  rewards: {
    undoMinutes: 60,
    noticeDays: 7,
    rewards: [
      {
        id: 'shipping',
        name: 'Free shipping',
        benefit: { kind: 'shipping' },
        price: 60,
        expires: { unit: 'month', quantity: 6 },
        combinable: true,
        prefix: 'SHIP-',
      },
      {
        id: 'five-off',
        name: '€5 off your order',
        benefit: { kind: 'amount', amountMinor: 5 * EUR },
        price: 100,
        tierPrices: { kettle: 90 },
        minimumMinor: 20 * EUR,
        expires: { unit: 'month', quantity: 6 },
        prefix: 'TEA-',
      },
      {
        id: 'any-amount',
        name: 'Money off, as much as you like',
        benefit: {
          kind: 'variable',
          stepPoints: 20,
          stepMinor: EUR,
          minPoints: 40,
          maxPoints: 1_000,
          mostOfOrder: 5_000,
        },
        expires: { unit: 'month', quantity: 6 },
        prefix: 'OFF-',
      },
      {
        id: 'gift-card',
        name: 'Gift card of €25',
        text: 'For yourself, or for somebody who needs a fern.',
        benefit: { kind: 'gift_card', amountMinor: 25 * EUR },
        price: 500,
        prefix: 'GIFT-',
      },
      {
        id: 'tea-tin',
        name: 'A tin of the season’s tea',
        text: 'Ask for it at the counter, or write it in the note of your next order.',
        benefit: { kind: 'perk' },
        expires: { unit: 'month', quantity: 3 },
        prefix: 'TIN-',
      },
    ],
  },
  referrals: {
    friend: { kind: 'reward', reward: 'five-off' },
    referrer: { kind: 'points', points: 150 },
    minimumMinor: 20 * EUR,
    waitingDays: 14,
  },
};
