/** The invented people of the demo. Their ids are what the shop platform would call them. */
export type Shopper = {
  key: string;
  id: bigint;
  firstName: string;
  lastName: string;
  email: string;
  note: string;
  /** Of the numbers that Ofcom keeps for drama. */
  phone: string | null;
  emailConsent: Consent;
  smsConsent: Consent;
};

/** As Shopify words it. */
type Consent = 'subscribed' | 'unsubscribed' | 'not_subscribed';

export const SHOPPERS: Shopper[] = [
  {
    key: 'ada',
    id: 7201940111001n,
    firstName: 'Ada',
    lastName: 'Moss',
    email: 'ada@example.com',
    note: 'Buys for the office',
    phone: '+447700900111',
    emailConsent: 'subscribed',
    smsConsent: 'not_subscribed',
  },
  {
    key: 'bruno',
    id: 7201940111019n,
    firstName: 'Bruno',
    lastName: 'Keane',
    email: 'bruno@example.com',
    note: 'New to loose leaf',
    phone: null,
    emailConsent: 'not_subscribed',
    smsConsent: 'not_subscribed',
  },
  {
    key: 'ines',
    id: 7201940111034n,
    firstName: 'Inês',
    lastName: 'Duarte',
    email: 'ines@example.com',
    note: 'Forty ferns and counting',
    phone: '+447700900134',
    emailConsent: 'subscribed',
    smsConsent: 'subscribed',
  },
  {
    key: 'tomas',
    id: 7201940111058n,
    firstName: 'Tomáš',
    lastName: 'Vrba',
    email: 'tomas@example.com',
    note: 'Collects kettles',
    phone: null,
    emailConsent: 'unsubscribed',
    smsConsent: 'not_subscribed',
  },
];

export const findShopper = (key: string | undefined): Shopper | null => SHOPPERS.find((one) => one.key === key) ?? null;
