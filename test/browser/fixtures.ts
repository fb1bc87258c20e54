/** Answers of the API as a shop would see them. Every test changes only what it is about. */
import type { Activity, HubCustomer, HubShop, HubView, OrderDetail, OrderSummary } from '../../worker/wire/hub.ts';

export const DAY_MS = 86_400_000;

export const shop: HubShop = {
  name: 'Nordlicht',
  currency: 'EUR',
  locale: 'en',
  programme: { rewards: true, referrals: true, earning: true, joining: false },
  links: {
    signIn: '/account/login',
    createAccount: '/account/register',
    account: '/account',
    privacy: '/policies/privacy',
    terms: '/policies/terms',
  },
};

export const activity = (id: string, change: Partial<Activity> = {}): Activity => ({
  id,
  atMs: Date.now() - 10 * DAY_MS,
  kind: 'earned',
  points: 86,
  balanceAfter: 1240,
  orderName: '#1001',
  title: null,
  reason: null,
  ...change,
});

export const order = (id: string, change: Partial<OrderSummary> = {}): OrderSummary => ({
  id,
  name: `#${id}`,
  placedAtMs: Date.now() - 10 * DAY_MS,
  currency: 'EUR',
  totalMinor: 8640,
  itemCount: 2,
  payment: 'paid',
  fulfilment: 'fulfilled',
  delivery: 'in_transit',
  points: 86,
  imageUrl: null,
  ...change,
});

export const detail = (id: string, change: Partial<OrderDetail> = {}): OrderDetail => ({
  ...order(id),
  lines: [
    {
      title: 'Linen shirt',
      variantTitle: 'Sage / M',
      quantity: 2,
      totalMinor: 8150,
      imageUrl: null,
      url: '/products/linen',
    },
  ],
  subtotalMinor: 8150,
  discountMinor: 0,
  shippingMinor: 490,
  taxMinor: 1379,
  taxesIncluded: true,
  refundedMinor: 0,
  tracking: [{ company: 'DHL', number: 'JJD01', url: 'https://carrier.example/JJD01', status: 'in_transit' }],
  ...change,
});

export const points = (change: Partial<HubCustomer['points']> = {}): HubCustomer['points'] => ({
  balance: 0,
  owed: 0,
  pending: null,
  worthMinor: null,
  nextExpiry: null,
  ...change,
});

export const customer = (change: Partial<HubCustomer> = {}): HubCustomer => ({
  firstName: 'Ada',
  name: 'Ada Byron',
  email: 'ada@example.com',
  consents: [
    { channel: 'email', state: 'subscribed', suppression: null },
    { channel: 'sms', state: 'never_subscribed', suppression: null },
  ],
  points: points({ balance: 1240, worthMinor: 1240, nextExpiry: { points: 120, atMs: Date.UTC(2031, 4, 3, 12) } }),
  participation: 'member',
  tier: null,
  activity: ['a1', 'a2', 'a3', 'a4', 'a5'].map((id) => activity(id)),
  orders: { items: [order('1001'), order('1002')], nextCursor: null },
  ...change,
});

export const emptyCustomer: HubCustomer = {
  firstName: null,
  name: null,
  email: null,
  consents: [],
  points: points({ worthMinor: 0 }),
  participation: 'member',
  tier: null,
  activity: [],
  orders: { items: [], nextCursor: null },
};

/** What the session call answers: a bearer good for 15 minutes. */
export const signedIn = (change: Partial<HubCustomer> = {}, token = 'bearer-1'): HubView => ({
  shop,
  customer: customer(change),
  session: { token, expiresAtMs: Date.now() + 900_000, nowMs: Date.now() },
});

export const signedOut: HubView = { shop, customer: null, session: null };
