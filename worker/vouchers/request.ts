/** Who asks, under which name, for whom and about which order, read from a request of a voucher client. */
import { openCampaign } from '../campaign/cache.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Cart, CartItem } from '../domain/vouchers/cart.ts';
import { saidOf } from '../domain/vouchers/kept-order.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { AppContext } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { currentVoucher } from '../publishing/current-voucher.ts';
import type { Asking, Named, World } from '../publishing/world.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import type { VoucherCustomer } from '../wire/voucher-customers.ts';
import type { AskOne, VoucherOrder } from '../wire/voucher-redemptions.ts';
import { minorOf } from './amounts.ts';
import { customerIn } from './customer-name.ts';
import { customerFor } from './customer-upsert.ts';
import { noVoucher, VoucherError } from './errors.ts';
import type { VoucherContext } from './voucher-view.ts';

const COPY_WAIT_MS = 1_000;

export type Asked = Pick<AppContext, 'req' | 'env' | 'executionCtx'>;

export async function worldOf(c: Asked, shop: ShopSnapshot): Promise<World> {
  const clockMs = await testNow(c.env, shop);
  return { env: c.env, shop, clockMs, later: (work) => c.executionCtx.waitUntil(work), waitMs: COPY_WAIT_MS };
}

/** Without an Idempotency-Key every request is one of its own. */
export async function namedOf(c: Asked): Promise<Named> {
  return { key: keyOf(c), fingerprint: await fingerprintOf(c) };
}

export function keyOf(c: Pick<Asked, 'req'>): string {
  return idempotencyKey(c) ?? crypto.randomUUID();
}

export function replayed(duplicate: boolean): Record<string, string> {
  return duplicate ? { 'Idempotent-Replayed': 'true' } : {};
}

type Wanted = Pick<AskOne, 'customer' | 'order' | 'metadata' | 'session'>;

export async function askingOf({ env, shop }: World, wanted: Wanted): Promise<Asking> {
  const { customer, order, metadata, session } = wanted;
  return {
    customer: customer == null ? null : await customerOf({ env, shop }, customer),
    cart: order == null ? null : cartOf(order, shop.settings.currency),
    lockKey: session?.key ?? null,
    channel: 'API',
    metadata: metadata ?? {},
    caller: { apiKey: null, login: null },
  };
}

/** null: no one is named. Who is named by a `source_id` or an e-mail that nobody has becomes a customer by this. */
export async function customerOf(world: Pick<World, 'env' | 'shop'>, named: VoucherCustomer): Promise<string | null> {
  return customerFor(world, named);
}

/** As `customerOf`, of somebody who must be known already. */
export async function knownCustomerOf({ env, shop }: Pick<World, 'env' | 'shop'>, named: VoucherCustomer) {
  const { isNamed, customer } = await customerIn(env, shop.id, named);
  if (isNamed && customer === null) throw new VoucherError('invalid_customer', 'There is no customer by that name');
  return customer;
}

export function orderName({ id, source_id }: VoucherOrder): string | null {
  return source_id ?? id ?? null;
}

function cartOf(order: VoucherOrder, currency: string): Cart {
  const items = (order.items ?? []).map((item, at) => itemOf(item, { currency, field: `order.items.${at}` }));
  const isPriced = items.some(({ amountMinor }) => amountMinor > 0) || (items.length > 0 && order.amount === undefined);
  if (!isPriced && order.amount === undefined) throw new VoucherError('missing_amount', 'order.amount is required');
  const amountMinor = isPriced
    ? items.reduce((sum, item) => sum + item.amountMinor, 0)
    : minorOf(order.amount ?? 0, currency, 'order.amount');
  const about = { orderId: orderName(order), currency, shippingMinor: null, channel: 'API' };
  return { ...about, amountMinor, items, metadata: order.metadata ?? {} };
}

function itemOf(
  item: NonNullable<VoucherOrder['items']>[number],
  { currency, field }: { currency: string; field: string },
): CartItem {
  const { source_id, product_id, sku_id, quantity, price, amount, metadata } = item;
  const amountMinor = minorOf(amount ?? (price ?? 0) * quantity, currency, `${field}.amount`);
  const priceMinor =
    price === undefined ? Math.floor(amountMinor / quantity) : minorOf(price, currency, `${field}.price`);
  const about: JsonObject = metadata ?? {};
  return {
    productId: product_id ?? source_id ?? null,
    variantId: sku_id ?? null,
    name: null,
    quantity,
    priceMinor,
    amountMinor,
    collections: [],
    tags: [],
    metadata: about,
    said: saidOf(item),
  };
}

/** The voucher as it is now, whoever keeps it; 404 where there is none by that code. */
export async function voucherBy(world: World, code: string): Promise<Voucher> {
  const voucher = await currentVoucher(world, code);
  if (voucher === null) throw noVoucher(code);
  return voucher;
}

/** What an answer shows of a voucher besides itself: its campaign, at most two seconds old. */
export async function contextOf({ env, shop }: World, { campaign }: Voucher): Promise<VoucherContext> {
  const record = campaign === null ? null : await openCampaign(env, shop.id, campaign);
  return { campaign: record?.campaign ?? null, timeZone: shop.settings.timeZone };
}
