import { describe, expect, it } from 'vitest';
import type { ShopperStanding } from '../../worker/customers/reader.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import type { PointsEntry } from '../../worker/domain/ledger.ts';
import { emptyOrder, type Order } from '../../worker/domain/order.ts';
import type { OrderSnapshot } from '../../worker/domain/order-facts.ts';
import { defaultProgramme, type Programme } from '../../worker/domain/programme.ts';
import { NO_REWARDS, type Reward } from '../../worker/domain/rewards/programme.ts';
import type { TierStanding } from '../../worker/domain/tiers/standing.ts';
import { ActivityPlace, activityOf } from '../../worker/hub/activity-view.ts';
import { detailOf, summaryOf } from '../../worker/hub/order-view.ts';
import { OrderPlace, orderPage, signedInView, signedOutView } from '../../worker/hub/view.ts';
import type { ShopSettings } from '../../worker/shops/settings.ts';
import { fromCursor } from '../../worker/wire/cursor.ts';
import { HubView, OrderDetail } from '../../worker/wire/hub.ts';

const AT = 1_700_000_000_000;

const snapshot: OrderSnapshot = {
  orderId: '450789469',
  name: '#1001',
  placedAtMs: AT,
  updatedAtMs: AT + 5,
  currency: 'EUR',
  test: false,
  cancelledAtMs: null,
  refunded: false,
  taxesIncluded: true,
  subtotalMinor: 9_000,
  discountMinor: 1_000,
  taxMinor: 1_437,
  shippingMinor: 490,
  shippingTaxMinor: 78,
  totalMinor: 9_490,
  lines: [
    {
      lineId: '1',
      productId: '11',
      sku: 'A',
      title: 'Beans',
      variantTitle: '1 kg',
      quantity: 2,
      netMinor: 6_000,
      taxMinor: 958,
      giftCard: false,
      imageUrl: 'http://insecure.example/a.png',
      url: 'javascript:alert(1)',
    },
    {
      lineId: '2',
      productId: '12',
      sku: 'B',
      title: 'Cup',
      variantTitle: null,
      quantity: 1,
      netMinor: 3_000,
      taxMinor: 479,
      giftCard: false,
      imageUrl: 'https://cdn.example/b.png',
      url: 'https://shop.example/products/cup',
    },
  ],
};

const order: Order = {
  ...emptyOrder('450789469'),
  snapshot,
  paidAtMs: AT,
  refunds: [{ refundId: 'r', atMs: AT, lines: [], shippingMinor: 0, moneyMinor: 3_000 }],
  fulfilments: [
    {
      fulfilmentId: 'f1',
      updatedAtMs: AT,
      cancelled: false,
      parcels: [
        { company: 'DHL', number: '1', url: 'https://dhl.example/1', status: 'in_transit' },
        { company: 'DHL', number: '2', url: 'javascript:alert(1)', status: 'abducted' },
        { company: null, number: null, url: null, status: null },
      ],
      pieces: { 1: 2 },
    },
    {
      fulfilmentId: 'f2',
      updatedAtMs: AT + 9,
      cancelled: true,
      parcels: [{ company: 'UPS', number: '3', url: 'https://ups.example/3', status: 'delivered' }],
      pieces: { 2: 1 },
    },
  ],
  earned: 90,
  clawed: 30,
};

const summary = {
  id: '450789469',
  name: '#1001',
  placedAtMs: AT,
  currency: 'EUR',
  totalMinor: 9_490,
  itemCount: 3,
  payment: 'partially_refunded',
  fulfilment: 'partial',
  delivery: 'in_transit',
  points: 60,
  imageUrl: 'https://cdn.example/b.png',
};

describe('an order', () => {
  it('is shown with its money, its state and the points it stands at', () => {
    expect(summaryOf(order)).toEqual(summary);
    expect(detailOf(order)).toEqual({
      ...summary,
      lines: [
        { title: 'Beans', variantTitle: '1 kg', quantity: 2, totalMinor: 6_000, imageUrl: null, url: null },
        {
          title: 'Cup',
          variantTitle: null,
          quantity: 1,
          totalMinor: 3_000,
          imageUrl: 'https://cdn.example/b.png',
          url: 'https://shop.example/products/cup',
        },
      ],
      subtotalMinor: 9_000,
      discountMinor: 1_000,
      shippingMinor: 490,
      taxMinor: 1_437,
      taxesIncluded: true,
      refundedMinor: 3_000,
      tracking: [
        { company: 'DHL', number: '1', url: 'https://dhl.example/1', status: 'in_transit' },
        { company: 'DHL', number: '2', url: null, status: null },
      ],
    });
    expect(OrderDetail.parse(detailOf(order))).toEqual(detailOf(order));
  });

  it('that only a refund or a parcel has named is not shown', () => {
    expect(summaryOf(emptyOrder('9'))).toBeNull();
    expect(detailOf(emptyOrder('9'))).toBeNull();
    expect(orderPage({ orders: [emptyOrder('9'), order], next: null }, standing)).toEqual({
      items: [summary],
      nextCursor: null,
    });
  });

  it('is followed by a cursor that stands for its place and is refused where it was bent', () => {
    const place = { placedMs: AT, orderId: 'é-450789469' };
    const cursor = orderPage({ orders: [order], next: place }, standing).nextCursor ?? '';
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(fromCursor(cursor, OrderPlace)).toEqual(place);
    const bent = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const wrong = [
      '',
      'x',
      '%',
      bent({}),
      bent([]),
      bent({ ...place, more: 1 }),
      bent({ ...place, placedMs: 1.5 }),
      bent({ ...place, placedMs: '1' }),
      bent({ ...place, orderId: '' }),
      bent({ seq: 1, entry: 0 }),
    ];
    for (const one of wrong) expect(() => fromCursor(one, OrderPlace)).toThrow('invalid_cursor');
    expect(() => fromCursor(cursor, ActivityPlace)).toThrow('invalid_cursor');
    expect(() => fromCursor(bent({ seq: 0, entry: -1 }), ActivityPlace)).toThrow('invalid_cursor');
  });
});

const earned: PointsEntry = {
  kind: 'earned',
  points: 10,
  balanceAfter: 10,
  lots: [],
  debt: 0,
  orderId: null,
  reason: null,
};
const row = (seq: number): JournalRow => ({
  seq,
  kind: 'event',
  name: 'Paid Order',
  atMs: AT + seq,
  recordedAtMs: AT + seq + 1,
  key: `k${seq}`,
  orderId: null,
  programmeVersion: 1,
  entries: [earned, earned],
  about: {},
});

const settings: ShopSettings = {
  name: 'Beans & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  locale: 'de-DE',
  mode: 'live',
  origins: [],
  layout: 'shared',
  links: { signIn: '/account/login', createAccount: null, account: null, privacy: '/privacy', terms: null },
  shopify: { domain: 'beans.myshopify.com' },
  programme: defaultProgramme(100),
  programmeVersion: 1,
  ingestPerSecond: 100,
  createdAtMs: AT,
};
const shop = {
  name: 'Beans & Co',
  currency: 'EUR',
  locale: 'de-DE',
  programme: { rewards: false, referrals: false, earning: true, joining: false },
  links: settings.links,
};

const standing: ShopperStanding = {
  moved: null,
  known: true,
  seq: 9,
  balance: 1_999,
  debt: 0,
  lifetime: 2_000,
  orderCount: 1,
  firstSeenMs: AT,
  lastSeenMs: AT,
  consents: {
    email: {
      consent: { state: 'unsubscribed', atMs: AT, source: 'api', trust: 'server', proof: { ip: '192.0.2.1' } },
      suppression: { reason: 'bounced', atMs: AT, source: 'segment' },
      liftedAtMs: null,
    },
    sms: {
      consent: { state: 'subscribed', atMs: AT, source: 'segment', trust: 'browser', proof: {} },
      suppression: null,
      liftedAtMs: null,
    },
  },
  traits: {
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'ada@example.com',
    phone: '+49 30 1234567',
    birthday: '1815-12-10',
    userId: 'u1',
  },
  loyalty: {},
  nextExpiry: { points: 10, atMs: AT + 1 },
  activity: Array.from({ length: 5 }, (_, index) => row(20 - index)),
  activityOrders: [],
  orders: { orders: [order], next: null },
  participation: 'member',
  pending: null,
  tier: null,
};

const gold: TierStanding = {
  tier: { id: 'gold', name: 'Gold', threshold: 40_000, entry: null, perks: ['A seat'] },
  sinceMs: AT,
  metric: 'spent',
  progress: 45_000,
  next: { tier: { id: 'pt', name: 'Platinum', threshold: 90_000, entry: null, perks: [] }, missing: 45_000 },
  keep: { untilMs: AT + 9, missing: 100 },
  locked: null,
};

const fiveOff: Reward = {
  id: 'five',
  name: '€5 off',
  text: null,
  active: true,
  benefit: { kind: 'amount', amountMinor: 500 },
  price: 100,
  tierPrices: {},
  stock: null,
  limit: null,
  onlyFor: { segments: [], tiers: [] },
  expires: null,
  minimumMinor: null,
  applicable: { only: [], not: [] },
  combinable: true,
  prefix: '',
};

describe('the view', () => {
  it('of a guest is the shop alone', () => {
    expect(signedOutView(settings)).toEqual({ shop, customer: null, session: null });
  });

  it('of a shopper is their standing, five entries and the first orders, and nothing else of the profile', () => {
    const session = { token: 't', expiresAtMs: AT, nowMs: AT - 1 };
    const view = signedInView(settings, standing, session);
    expect(view).toEqual({
      shop,
      customer: {
        firstName: 'Ada',
        name: 'Ada Byron',
        email: 'ada@example.com',
        consents: [
          { channel: 'email', state: 'unsubscribed', suppression: 'bounced' },
          { channel: 'sms', state: 'never_subscribed', suppression: null },
        ],
        points: {
          balance: 1_999,
          owed: 0,
          pending: null,
          worthMinor: 1_999,
          nextExpiry: { points: 10, atMs: AT + 1 },
        },
        participation: 'member',
        tier: null,
        activity: activityOf(standing.activity, []).slice(0, 5),
        orders: { items: [summary], nextCursor: null },
      },
      session,
    });
    expect(view.customer?.activity.map((item) => item.id)).toEqual(['20.1', '20.0', '19.1', '19.0', '18.1']);
    expect(HubView.parse(view)).toEqual(view);
  });

  const worth = (balance: number, rate: { points: number; worthMinor: number } | null) => {
    const programme = { ...settings.programme, worth: rate };
    return signedInView({ ...settings, programme }, { ...standing, balance }, null).customer?.points.worthMinor;
  };

  it('says what a balance is worth, rounded down and exact beyond 2^53 on the way', () => {
    expect(worth(199, { points: 100, worthMinor: 150 })).toBe(298);
    expect(worth(99, { points: 100, worthMinor: 1 })).toBe(0);
    expect(worth(2 ** 52 - 1, { points: 999_983, worthMinor: 999_979 })).toBe(
      Number((BigInt(2 ** 52 - 1) * 999_979n) / 999_983n),
    );
    expect(worth(10, null)).toBeNull();
  });

  it('tells a debt by itself: it is no balance, and worth nothing', () => {
    expect(signedInView(settings, { ...standing, balance: -50, debt: 50 }, null).customer?.points).toEqual({
      balance: 0,
      owed: 50,
      pending: null,
      worthMinor: 0,
      nextExpiry: standing.nextExpiry,
    });
  });

  it('shows who takes no part neither points nor tier nor history, and their orders without points', () => {
    const pending = { points: 5, nextAtMs: AT };
    const out = { ...standing, participation: 'disabled' as const, pending, tier: gold };
    const { customer } = signedInView(settings, out, null);
    expect(customer).toMatchObject({
      points: { balance: 0, owed: 0, pending: null, worthMinor: null, nextExpiry: null },
      participation: 'disabled',
      tier: null,
      activity: [],
      orders: { items: [{ ...summary, points: 0 }], nextCursor: null },
    });
  });

  it('shows a candidate the balance that waits for them', () => {
    const { customer } = signedInView(settings, { ...standing, participation: 'candidate' }, null);
    expect(customer).toMatchObject({ participation: 'candidate', points: { balance: 1_999 } });
  });

  it('says where a shopper stands among the tiers, by names and words alone', () => {
    const tier = (more: Partial<TierStanding>) =>
      signedInView(settings, { ...standing, tier: { ...gold, ...more } }, null).customer?.tier;
    expect(tier({})).toEqual({
      current: { name: 'Gold', perks: ['A seat'] },
      metric: 'spent',
      progress: 45_000,
      next: { name: 'Platinum', perks: [], threshold: 90_000, missing: 45_000 },
      floor: 40_000,
      keep: { untilMs: AT + 9, missing: 100 },
    });
    expect(tier({ tier: null, next: null, keep: null })).toMatchObject({
      current: null,
      next: null,
      floor: 0,
      keep: null,
    });
  });

  const parts = (more: Partial<Programme>) =>
    signedOutView({ ...settings, programme: { ...defaultProgramme(100), ...more } }).shop.programme;

  it('names the parts of the programme that there is anything to show of', () => {
    const none = { rewards: false, referrals: false, earning: false, joining: false };
    expect(parts({ order: null })).toEqual(none);
    const birthdays = {
      bonus: { kind: 'points' as const, points: 1 },
      tiers: {},
      leadDays: 30,
      leapDay: 'march_1' as const,
    };
    expect(parts({ order: null, birthdays })).toEqual({ ...none, earning: true });
    const members = { guestsEarn: false, exclude: { tags: [], segments: [] } };
    expect(parts({ order: null, members: { ...members, enrolment: 'join' } })).toEqual({ ...none, joining: true });
    expect(parts({ order: null, members: { ...members, enrolment: 'automatic' } })).toEqual({ ...none, joining: true });
    const rewards = (active: boolean) => ({ ...NO_REWARDS, rewards: [{ ...fiveOff, active }] });
    expect(parts({ order: null, rewards: rewards(true) })).toEqual({ ...none, rewards: true });
    expect(parts({ order: null, rewards: rewards(false) })).toEqual(none);
  });

  it('greets by the whole name where nobody told the first one', () => {
    const named = (traits: ShopperStanding['traits']) => signedInView(settings, { ...standing, traits }, null).customer;
    expect(named({ name: 'Ada Lovelace' })?.firstName).toBe('Ada Lovelace');
    expect(named({ firstName: 5, email: ['x'] })).toMatchObject({ firstName: null, email: null });
  });
});
