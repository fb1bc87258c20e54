/** How a voucher client names a customer: by our id, by that of its own system (`source_id`, the user id here), or by e-mail. */
import { directoryOf } from '../directory/cache.ts';
import type { Identifier } from '../domain/event.ts';
import { emailOf } from '../domain/identifier.ts';
import type { Env } from '../env.ts';

/** The customer's id now (a moved one answers its survivor's); null where nobody has that name. Our id goes first. */
export async function customerNamed(env: Env, shop: string, name: string): Promise<string | null> {
  const directory = directoryOf(env, shop);
  return (await directory.current(name)) ?? (await directory.find([{ kind: 'user', value: name.trim() }]));
}

export interface CustomerName {
  id?: string | undefined;
  source_id?: string | null | undefined;
  email?: string | null | undefined;
}

/** `isNamed` false: no name was given at all. An e-mail counts only where nothing else is named. */
export async function customerIn(
  env: Env,
  shop: string,
  { id, source_id, email }: CustomerName,
): Promise<{ isNamed: boolean; customer: string | null }> {
  const name = id ?? source_id ?? null;
  if (name !== null) return { isNamed: true, customer: await customerNamed(env, shop, name) };
  const value = emailOf({ email: email ?? null });
  if (value === null) return { isNamed: false, customer: null };
  const byEmail: Identifier[] = [{ kind: 'email', value }];
  return { isNamed: true, customer: await directoryOf(env, shop).find(byEmail) };
}
