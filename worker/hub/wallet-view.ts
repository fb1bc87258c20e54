/** From held vouchers, and what each would do for a cart, to what the drawer shows of them. Pure. */
import type { Answer } from '../domain/vouchers/applicable.ts';
import type { Cart } from '../domain/vouchers/cart.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { walletFit } from '../domain/vouchers/wallet-fit.ts';
import { heldView } from '../routing/reward-views.ts';
import type { ShopSettings } from '../shops/settings.ts';
import type { HubWalletVoucher } from '../wire/hub-programme.ts';

const NOT_ASKED = { applicable: null, reason: null, discountMinor: null };

/** `answer` undefined: it was not held against a cart. */
export function walletVoucher(
  voucher: Voucher,
  answer: Answer | undefined,
  { settings, nowMs }: { settings: ShopSettings; nowMs: number },
): HubWalletVoucher {
  const shown = heldView(voucher, settings, nowMs);
  const applyUrl = shown.status === 'available' ? applyUrlOf(voucher, settings) : null;
  return { ...shown, ...(answer === undefined ? NOT_ASKED : walletFit(answer)), applyUrl };
}

/** Shopify's own link takes discounts; its gift cards are typed in at the checkout. */
export function applyUrlOf(
  { code, benefit }: Pick<Voucher, 'code' | 'benefit'>,
  { links, shopify }: Pick<ShopSettings, 'links' | 'shopify'>,
): string | null {
  const own = links.applyCode ?? null;
  if (own !== null) return filled(own, code);
  return shopify === null || benefit.kind === 'gift' ? null : filled(`https://${shopify.domain}/discount/{code}`, code);
}

/** The code may hold anything: it is written as one part of an address. */
function filled(template: string, code: string): string {
  return template.replace('{code}', () => encodeURIComponent(code.toWellFormed()));
}

export interface WantedCart {
  currency: string;
  items: { productId: string; variantId: string | null; quantity: number; priceMinor: number }[];
  totalMinor: number | null;
}

/** The cart as rules and discounts see it; null: it is in another currency than the shop's, and nothing can be held against it. */
export function cartOf({ currency, items, totalMinor }: WantedCart, shop: { currency: string }): Cart | null {
  if (currency !== shop.currency) return null;
  const lines = items.map(({ productId, variantId, quantity, priceMinor }) => ({
    ...{ productId, variantId, quantity, priceMinor, name: null, collections: [], tags: [], metadata: {} },
    amountMinor: priceMinor * quantity,
  }));
  const sumMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const amountMinor = sumMinor > 0 ? sumMinor : (totalMinor ?? 0);
  return { orderId: null, currency, amountMinor, shippingMinor: null, items: lines, metadata: {}, channel: 'API' };
}
