/** The product's side of the story: the same acts over HTTP, each perhaps twice, and what the product says of everybody. */
import { ask, eventually, type StoryShop } from './client.ts';
import type { Back, Bought } from './programme-orders.ts';

export interface Person {
  user: string;
  email: string;
}

export type Message = Record<string, unknown>;

const money = (minor: number) => minor / 100;

export function joined({ user, email }: Person): Message[] {
  return [
    { type: 'identify', userId: user, traits: { email }, messageId: `i-${user}` },
    { type: 'track', userId: user, event: 'Signed Up', messageId: `s-${user}` },
  ];
}

export function bornOn({ user }: Person, { month, day }: { month: number; day: number }, messageId: string): Message {
  const two = (number: number) => String(number).padStart(2, '0');
  return { type: 'identify', userId: user, traits: { birthday: `1990-${two(month)}-${two(day)}` }, messageId };
}

export function surveyed({ user }: Person, messageId: string): Message {
  return { type: 'track', userId: user, event: 'Survey Answered', messageId };
}

export function ordered(
  { user, email }: Person,
  bought: Bought,
  { goodsMinor, code }: { goodsMinor: number; code: string | null },
): Message {
  const { id, lines, discountMinor, shippingMinor, taxMinor } = bought;
  const products = lines.map(({ product, priceMinor, quantity }) => ({
    product_id: product,
    price: money(priceMinor),
    quantity,
  }));
  const properties = {
    ...{ order_id: id, currency: 'EUR', products, discount: money(discountMinor), subtotal: money(goodsMinor) },
    ...{ shipping: money(shippingMinor), tax: money(taxMinor) },
    total: money(goodsMinor + shippingMinor + taxMinor),
    ...(code === null ? {} : { coupon: code }),
  };
  const context = { traits: { email } };
  return { type: 'track', userId: user, event: 'Order Completed', properties, context, messageId: `o-${id}` };
}

export function sentBack({ user }: Person, { id: order, lines }: Bought, back: Back): Message {
  const event = back.kind === 'cancel' ? 'Order Cancelled' : 'Order Refunded';
  const parts =
    back.kind === 'money'
      ? { total: money(back.minor) }
      : back.kind === 'pieces'
        ? { products: back.pieces.map(([at, quantity]) => ({ product_id: lines[at]?.product, quantity })) }
        : {};
  const properties = { order_id: order, refund_id: back.id, currency: 'EUR', ...parts };
  return { type: 'track', userId: user, event, properties, messageId: `b-${back.id}` };
}

/** All messages of a moment in one batch, in their order. */
export async function send(shop: StoryShop, batch: Message[]): Promise<void> {
  if (batch.length === 0) return;
  const headers = { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
  const { status, body } = await ask('POST', `${shop.url}/v1/batch`, { batch }, headers);
  if (status !== 200) throw new Error(JSON.stringify(body));
}

export async function advance(shop: StoryShop, toMs: number): Promise<void> {
  const { status, body } = await shop.admin('POST', '/admin/v1/clock', { toMs });
  if (status !== 200 || body.status !== 'ready') throw new Error(`the clock: ${status} ${JSON.stringify(body)}`);
}

interface ReferralsOf {
  code: string;
  received: { status: string }[];
  items: { id: string; status: string }[];
}

export async function referralsOf(shop: StoryShop, { user }: Person): Promise<ReferralsOf> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}/referrals?limit=200`)).body;
}

/** Claims, and waits until whoever brought them has heard of it. */
export async function claim(shop: StoryShop, by: Person, friend: Person): Promise<void> {
  const { code, items: before } = await referralsOf(shop, by);
  const wanted = { key: shop.keys.publishable, code, email: friend.email };
  // one address claims once a second
  const from = { 'cf-connecting-ip': `10.0.0.${friend.user.split('-').at(-1)}` };
  const asked = await ask('POST', `${shop.url}/hub/v1/referrals/claims`, wanted, from);
  if (asked.status !== 200) throw new Error(`a claim: ${asked.status} ${JSON.stringify(asked.body)}`);
  await eventually(async () => {
    const { items } = await referralsOf(shop, by);
    return items.length > before.length ? items : null;
  });
}

/** Waits until both objects say the same of a friend. */
export function heard(shop: StoryShop, { by, friend }: { by: Person; friend: Person }, status: string): Promise<true> {
  return eventually(async () => {
    const [one, other] = await Promise.all([referralsOf(shop, by), referralsOf(shop, friend)]);
    const made = one.items.filter((item) => item.status === status);
    return other.received[0]?.status === status && made.length > 0 ? true : null;
  });
}

interface Row {
  kind: string;
  name: string | null;
  atMs: number;
  points: number;
  properties: Record<string, unknown>;
}

/** What somebody was told and what moved their points, in the words of the model. */
export async function toldTo(shop: StoryShop, { user }: Person): Promise<string[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=200${cursor}`);
    rows.push(...body.items);
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  return rows.filter(isNews).map(inWords).reverse();
}

const SILENT = new Set(['Points Redeemed', 'Points Returned']);

function isNews({ kind, name, points }: Row): boolean {
  if (kind === 'event')
    return points !== 0 || ['Placed Order', 'Refunded Order', 'Cancelled Order'].includes(name ?? '');
  return name !== null || points !== 0 || SILENT.has(name ?? '');
}

function inWords({ kind, name, atMs, points, properties }: Row): string {
  const about = aboutOf(name ?? '', properties);
  const words = about === null ? '' : ` ${JSON.stringify(about)}`;
  return `${new Date(atMs).toISOString()} ${name ?? kind} ${points}${words}`;
}

function aboutOf(name: string, said: Record<string, unknown>): unknown[] | null {
  if (name === 'Points Expiring') return [said.stage, said.points, said.expires_at];
  if (!name.startsWith('VIP Tier')) return null;
  const metric = said.metric === 'spent' ? 'amount' : String(said.metric);
  const unit = said.metric === 'spent' ? '_minor' : '';
  const number = (what: string) => said[`${metric}_${what}${unit}`] ?? null;
  return [said.tier_from, said.tier_to, number('progress'), number('to_next'), said.keep_until, number('to_keep')];
}

/** Lots that run out at one instant are one to whoever holds them. */
export function together(lots: string[]): string[] {
  const sums = new Map<string, number>();
  for (const lot of lots) {
    const [points = '', ...times] = lot.split(' ');
    sums.set(times.join(' '), (sums.get(times.join(' ')) ?? 0) + Number(points));
  }
  return [...sums].map(([times, points]) => `${points} ${times}`).sort();
}

/** Everybody's lots and debts: the user, how many points, and until when. */
export async function lotsOf(shop: StoryShop): Promise<Map<string, string[]>> {
  const { body } = await shop.admin('GET', '/admin/v1/exports/lots.csv');
  const [head = '', ...rows] = String(body).trim().split('\r\n');
  const columns = head.split(',');
  const lots = new Map<string, string[]>();
  for (const row of rows) {
    const cells = row.split(',');
    const cell = (name: string) => cells[columns.indexOf(name)] || null;
    const user = cell('user_id') ?? '';
    const lot = `${cell('points')} ${cell('expires_at')} ${cell('available_at')}`;
    lots.set(user, [...(lots.get(user) ?? []), lot]);
  }
  return lots;
}
