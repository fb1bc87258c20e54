/** Changes a shop's settings; the isolate forgets what it knew of them. */
import type { AppContext } from '../http/app.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import type { SettingsChange, ShopSnapshot } from '../shops/settings.ts';

/** `who`: the id of the key that asks for it. */
export async function applySettings(
  c: AppContext,
  shop: string,
  change: SettingsChange,
  who: string,
): Promise<ShopSnapshot> {
  const changed = await shopOf(c.env, shop).change(change, who);
  forgetShop(shop);
  return changed;
}
