/** How a voucher client names a customer: by our id, or by that of its own system (`source_id`), which is the user id here. */
import { directoryOf } from '../directory/cache.ts';
import type { Env } from '../env.ts';

/** The customer's id now (a moved one answers its survivor's); null where nobody has that name. Our id goes first. */
export async function customerNamed(env: Env, shop: string, name: string): Promise<string | null> {
  const directory = directoryOf(env, shop);
  return (await directory.current(name)) ?? (await directory.find([{ kind: 'user', value: name.trim() }]));
}
