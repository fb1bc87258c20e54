/** A shop whose customers bring friends, and short ways to claim, to order and to look at both sides. */
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

export const PROMISE = {
  friend: { kind: 'points', points: 50 },
  referrer: { kind: 'points', points: 100 },
};

export interface ReferralShop extends TestShop {
  /** Of every call that comes from one address, a new one for each claim unless it is said. */
  claim: (code: string, email: string, more?: ClaimMore) => Promise<Answer>;
}

export interface ClaimMore {
  address?: string;
  anonymousId?: string;
  clickedAtMs?: number;
}

let addresses = 0;

/** No points for orders, so that every point that is there came by a referral. */
export async function referralShop(
  referrals: object = {},
  about: object = {},
  programme: object = {},
): Promise<ReferralShop> {
  const shop = await makeShop(about);
  const wanted = { order: null, referrals: { ...PROMISE, ...referrals }, ...programme };
  const put = await shop.admin('PUT', '/admin/v1/programme', wanted);
  if (put.status !== 200) throw new Error(JSON.stringify(put.body));
  const claim: ReferralShop['claim'] = (code, email, { address, ...more } = {}) => {
    addresses += 1;
    const ip = address ?? `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
    const body = { key: shop.keys.publishable, code, email, ...more };
    return call('POST', '/hub/v1/referrals/claims', body, { 'cf-connecting-ip': ip });
  };
  return { ...shop, claim };
}

export interface Somebody {
  user: string;
  email: string;
  /** Where they are found by whoever reads them. */
  ref: string;
}

export function somebody(): Somebody {
  const user = newUser();
  const email = `${user}@example.com`;
  return { user, email, ref: `user:${user}` };
}

/** A customer the shop knows, with the code they refer by. */
export async function referrer(shop: TestShop, who = somebody()): Promise<Somebody & { code: string; id: string }> {
  await shop.batch(track(who.user, 'X', {}, { context: { traits: { email: who.email } } }));
  const { body } = await shop.admin('GET', `/admin/v1/customers/${who.ref}/referrals`);
  const { id } = (await shop.admin('GET', `/admin/v1/customers/${who.ref}`)).body;
  return { ...who, code: body.code, id };
}

export interface OrderMore {
  event?: string;
  messageId?: string;
  user?: string;
  [property: string]: unknown;
}

let orders = 0;

/** A paid order of somebody, told by the shop's server; answers its id. */
export async function order(
  shop: TestShop,
  { user, email }: Somebody,
  total = 80,
  more: OrderMore = {},
): Promise<string> {
  orders += 1;
  const id = String(more.order_id ?? `o-${orders}-${user}`);
  const { event = 'Order Completed', messageId, ...properties } = more;
  const told = { order_id: id, subtotal: total, total, currency: 'EUR', ...properties };
  const named = { context: { traits: { email } }, ...(messageId === undefined ? {} : { messageId }) };
  const answer = await shop.batch(track(user, event, told, named));
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return id;
}

export function refund(shop: TestShop, { user }: Somebody, orderId: string, more: object = {}): Promise<Answer> {
  return shop.batch(track(user, 'Order Refunded', { order_id: orderId, currency: 'EUR', ...more }));
}

export interface Side {
  balance: number;
  /** Public names of rows about referrals, oldest first. */
  events: string[];
  // biome-ignore lint/suspicious/noExplicitAny: a test reads it and says itself what it expects
  referrals: any;
}

/** How the referrals stand first: whatever they brought about is there by then. */
export async function side(shop: TestShop, ref: string): Promise<Side> {
  const referrals = await shop.admin('GET', `/admin/v1/customers/${ref}/referrals?limit=200`);
  const [customer, timeline] = await Promise.all([
    shop.admin('GET', `/admin/v1/customers/${ref}`),
    shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=200`),
  ]);
  const names = (timeline.body.items ?? []).map((row: { name: string | null }) => row.name ?? '');
  return {
    balance: customer.body.points?.balance ?? 0,
    events: names.filter((name: string) => name.startsWith('Referral')).reverse(),
    referrals: referrals.body,
  };
}

/** The status of what somebody brought and of how somebody was brought, once both objects have heard everything. */
export async function settled(shop: TestShop, by: Somebody, friend: string): Promise<{ by: Side; friend: Side }> {
  return eventually(async () => {
    const [one, other] = await Promise.all([side(shop, by.ref), side(shop, friend)]);
    const received = other.referrals.received?.[0];
    const made = one.referrals.items?.find((item: { id: string }) => item.id === received?.id);
    const isSame = received !== undefined && made !== undefined && received.status === made.status;
    return isSame && received.flagged === made.flagged ? { by: one, friend: other } : null;
  });
}

/** As `settled`, once it is completed. */
export function completed(shop: TestShop, by: Somebody, friend: string): Promise<{ by: Side; friend: Side }> {
  return eventually(async () => {
    const both = await settled(shop, by, friend);
    return both.friend.referrals.received[0].status === 'completed' ? both : null;
  });
}

/** How somebody's referral stands at the friend. */
export async function statusOf(shop: TestShop, friend: Somebody, ref = friend.ref): Promise<string> {
  return (await side(shop, ref)).referrals.received[0].status;
}
