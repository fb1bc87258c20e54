/** What is in the cart of the page, where anybody can say. A cart only helps: without one every voucher is still shown. */
import type { HubCart } from '../../worker/wire/hub-programme.ts';
import type { Embed } from '../embed.ts';
import { exponentOf } from '../strings/money.ts';

const PATIENCE_MS = 3_000;

declare global {
  interface Window {
    /** Every theme of Shopify has it. */
    Shopify?: { readonly routes?: { readonly root?: string } };
  }
}

/** What `cart.js` answers, as far as it is read. Money comes in hundredths, whatever the currency. */
interface ShopifyCart {
  readonly currency: string;
  readonly total_price: number;
  readonly items: readonly {
    readonly product_id: number;
    readonly variant_id: number;
    readonly quantity: number;
    readonly final_price: number;
  }[];
}

/** null: nobody can say, or not soon enough. */
export async function cartOf({ fetchCart }: Embed): Promise<HubCart | null> {
  const tooLate = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  try {
    return (await Promise.race([fetchCart ? fetchCart() : shopifyCart(), tooLate])) ?? null;
  } catch {
    return null;
  }
}

async function shopifyCart(): Promise<HubCart | null> {
  const { Shopify } = window;
  if (!Shopify) return null;
  const response = await fetch(`${Shopify.routes?.root ?? '/'}cart.js`, { credentials: 'same-origin' });
  const { currency, total_price, items }: ShopifyCart = await response.json();
  const minor = (hundredths: number): number => Math.round(hundredths * 10 ** (exponentOf(currency) - 2));
  return {
    currency,
    totalMinor: minor(total_price),
    items: items.map((item) => ({
      productId: String(item.product_id),
      variantId: String(item.variant_id),
      quantity: item.quantity,
      priceMinor: minor(item.final_price),
    })),
  };
}
