/** Erases a customer because somebody who may says so. The Directory carries it out, and goes on where a caller dies. */
import { directoryOf } from '../directory/cache.ts';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { within } from '../time/deadline.ts';

/**
 * As it stands after so long at most; null: nobody was ever called so. `customer`: an id, of whoever it leads to. Asked again
 * it is the same erasure.
 */
export async function eraseCustomer(
  env: Env,
  shop: ShopSnapshot,
  { customer, waitMs }: { customer: string; waitMs: number },
): Promise<Erasure | null> {
  const directory = directoryOf(env, shop.id);
  const { receivedAtMs } = await receiptOf(env, shop);
  const erasure = await directory.erase(customer, receivedAtMs);
  if (erasure === null || erasure.finishedAtMs !== null) return erasure;
  // where it is put off the alarm takes it up
  const going = directory.carryOut(erasure.id).catch(() => null);
  return (await within(waitMs, going, () => null)) ?? (await directory.erasure(erasure.id)) ?? erasure;
}
