/** The invented people of the demo. Their ids are what the shop platform would call them. */
export type Shopper = {
  key: string;
  id: bigint;
  firstName: string;
  lastName: string;
  email: string;
  note: string;
};

export const SHOPPERS: Shopper[] = [
  {
    key: 'ada',
    id: 7201940111001n,
    firstName: 'Ada',
    lastName: 'Moss',
    email: 'ada@example.com',
    note: 'Buys for the office',
  },
  {
    key: 'bruno',
    id: 7201940111019n,
    firstName: 'Bruno',
    lastName: 'Keane',
    email: 'bruno@example.com',
    note: 'New to loose leaf',
  },
  {
    key: 'ines',
    id: 7201940111034n,
    firstName: 'Inês',
    lastName: 'Duarte',
    email: 'ines@example.com',
    note: 'Forty ferns and counting',
  },
  {
    key: 'tomas',
    id: 7201940111058n,
    firstName: 'Tomáš',
    lastName: 'Vrba',
    email: 'tomas@example.com',
    note: 'Collects kettles',
  },
];

export const findShopper = (key: string | undefined): Shopper | null => SHOPPERS.find((one) => one.key === key) ?? null;
