/** One customer as Voucherify's clients read it, as of now, from the object that keeps it. Writes nothing. */
import type { Standing } from '../customers/reader.ts';
import { customersOf } from '../customers/stubs.ts';
import type { Wallet } from '../customers/voucher-reader.ts';
import { directoryOf } from '../directory/cache.ts';
import { strongestFirst } from '../directory/match.ts';
import type { Identifier } from '../domain/event.ts';
import type { Order } from '../domain/order.ts';
import { completedReferrals } from '../domain/referrals/state.ts';
import { fieldsOfTraits } from '../domain/vouchers/customer-fields.ts';
import { nowOf, type World } from '../publishing/world.ts';
import { following, tracked } from '../routing/following.ts';
import type { Customer as View } from '../wire/voucher-customers.ts';
import { hundredthsOf } from './amounts.ts';

const MOST_NAMES = 200;
const MOST_ORDERS = 200;

interface Card {
  id: string;
  names: Identifier[];
  standing: Standing;
  wallet: Wallet | null;
}

/** null: nobody by that id was ever told of. */
export async function customerCard(world: World, customer: string): Promise<View | null> {
  const { env, shop, clockMs } = world;
  const first = { activity: 0, orders: MOST_ORDERS };
  const found = await tracked(world, customer, (who) => customersOf(env, shop.id, who).standing(who, first, clockMs));
  if (found === null) return null;
  const { customer: id, told: standing } = found;
  const [names, wallet] = await Promise.all([
    directoryOf(env, shop.id).names(id, MOST_NAMES),
    following(world, id, (who) => customersOf(env, shop.id, who).wallet(who, nowOf(world))),
  ]);
  return viewOf({ id, names: strongestFirst(names), standing, wallet }, shop.settings.currency);
}

function viewOf({ id, names, standing, wallet }: Card, currency: string): View {
  const { name, email, phone, description, birthdate, address, metadata } = fieldsOfTraits(standing.traits);
  const named = (kind: Identifier['kind']) => names.find((one) => one.kind === kind)?.value ?? null;
  const friends = completedReferrals(standing.loyalty.referral);
  const [created, seen] = [standing.firstSeenMs, standing.lastSeenMs];
  return {
    id,
    source_id: named('user'),
    name,
    description,
    email: email ?? named('email'),
    phone,
    birthday: birthdate,
    birthdate,
    address,
    metadata,
    summary: { redemptions: redemptionsIn(wallet, currency), orders: ordersIn(standing, currency) },
    loyalty: { points: standing.balance, referred_customers: friends, campaigns: {} },
    referrals: { total: friends, campaigns: [] },
    system_metadata: {},
    created_at: new Date(created).toISOString(),
    updated_at: seen === created ? null : new Date(seen).toISOString(),
    object: 'customer',
  };
}

/** Of the vouchers that they hold. */
function redemptionsIn(wallet: Wallet | null, currency: string): View['summary']['redemptions'] {
  const vouchers = wallet?.vouchers ?? [];
  const total = vouchers.reduce((sum, { redeemed }) => sum + redeemed, 0);
  const gifts = vouchers.flatMap(({ benefit }) => (benefit.kind === 'gift' ? [benefit.gift] : []));
  const sumOf = (of: (gift: (typeof gifts)[number]) => number) =>
    hundredthsOf(
      gifts.reduce((sum, gift) => sum + of(gift), 0),
      currency,
    );
  return {
    total_redeemed: total,
    total_failed: 0,
    total_succeeded: total,
    total_rolled_back: 0,
    total_rollback_failed: 0,
    total_rollback_succeeded: 0,
    gift: { redeemed_amount: sumOf((gift) => gift.redeemedMinor), amount_to_go: sumOf((gift) => gift.balanceMinor) },
    loyalty_card: { redeemed_points: 0, points_to_go: 0 },
  };
}

function ordersIn({ orders, orderCount }: Standing, currency: string): View['summary']['orders'] {
  const totalOf = ({ snapshot }: Order) =>
    snapshot === null ? 0 : hundredthsOf(snapshot.totalMinor, snapshot.currency);
  const own = orders.orders.filter(({ snapshot }) => snapshot?.currency === currency);
  const total_amount = own.reduce((sum, order) => sum + totalOf(order), 0);
  const [last] = own;
  return {
    total_amount,
    total_count: orderCount,
    average_amount: own.length === 0 ? 0 : Math.round(total_amount / own.length),
    last_order_amount: last === undefined ? 0 : totalOf(last),
    last_order_date: last?.snapshot == null ? null : new Date(last.snapshot.placedAtMs).toISOString(),
  };
}
