/**
 * Tells a customer's journal of a validation that a server made in their name, once for each request. Reads of pages,
 * qualifications and wallets are not told: they come with every change of a cart, and a read makes no row.
 */
import { type Validated, validationWords } from '../domain/vouchers/validation-words.ts';
import { deliver } from '../routing/deliver.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

/** Stored when it returns. `customer`: somebody who is known. */
export async function tellValidation(
  world: World,
  customer: string,
  { named, validated }: { named: Named; validated: Omit<Validated, 'id' | 'currency'> },
): Promise<void> {
  const { env, shop } = world;
  const id = `valid_${nameOf(world, `validation ${named.fingerprint}`, named)}`;
  const { name, properties } = validationWords({ id, currency: shop.settings.currency, ...validated });
  const now = nowOf(world);
  const times = { occurredAtMs: now, receivedAtMs: now };
  const about = { source: 'vouchers', trust: 'server' as const, traits: null, fact: null };
  await deliver(env, shop, [{ customer, event: { key: `vouchers:${id}`, name, properties, ...times, ...about } }]);
}
