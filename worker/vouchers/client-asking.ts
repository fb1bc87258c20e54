/** Who asks on behalf of which customer, read from a page's request. A session's customer goes before whatever the page says. */
import { resolveAll } from '../directory/cache.ts';
import type { Identifier } from '../domain/event.ts';
import { isPlain, LONGEST_ID, NOBODY } from '../domain/identifier.ts';
import { type Asking, type Named, NEWCOMER, type World } from '../publishing/world.ts';
import type { AskOne } from '../wire/voucher-redemptions.ts';
import type { Client } from './client-access.ts';
import { type CustomerName, customerIn } from './customer-name.ts';
import { VoucherError } from './errors.ts';
import { type Asked, askingOf, namedOf } from './request.ts';

type Wanted = Pick<AskOne, 'customer' | 'order' | 'metadata' | 'session'>;

/** For what is only looked at: nobody becomes a customer by it. */
export async function clientLooking(world: World, client: Client, { customer, ...wanted }: Wanted): Promise<Asking> {
  const asking = await askingOf(world, { ...wanted, customer: null });
  return { ...asking, customer: await seenAs(world, client, customer ?? {}), channel: CHANNEL };
}

export async function clientAsking(world: World, client: Client, { customer, ...wanted }: Wanted): Promise<Asking> {
  const asking = await askingOf(world, { ...wanted, customer: null });
  return { ...asking, customer: await spokenOf(world, client, customer ?? {}), channel: CHANNEL };
}

const CHANNEL = 'CLIENT_API';

async function seenAs({ env, shop }: World, { visitor }: Client, { id, source_id }: CustomerName) {
  if (visitor.customer !== null) return visitor.customer;
  const { isNamed, customer } = await customerIn(env, shop.id, { id, source_id });
  return customer ?? (isNamed ? NEWCOMER : null);
}

/**
 * The customer of the session, or else whom the page claims to speak of: made, as by any event of a browser, where nobody
 * has that `source_id`, and then with nothing but this name. null: no one is named.
 */
export async function spokenOf({ env, shop }: World, { visitor }: Client, named: CustomerName): Promise<string | null> {
  if (visitor.customer !== null) return visitor.customer;
  const { id, source_id } = named;
  const { customer } = await customerIn(env, shop.id, { id, source_id });
  const value = source_id?.trim() ?? '';
  if (customer !== null || value === '') return customer;
  if (NOBODY.test(value) || !isPlain(value) || value.length > LONGEST_ID)
    throw new VoucherError('invalid_customer', 'customer.source_id is no name of anybody');
  const identifiers: Identifier[] = [{ kind: 'user', value }];
  const [made] = await resolveAll(env, shop, [{ identifiers, trust: 'browser', visitor: visitor.address }]);
  return made?.customer ?? null;
}

/** Keys of pages are apart from those of the shop's servers: nobody can use up or hear the answer of a key of theirs. */
export async function clientNamed(c: Asked, { visitor }: Client): Promise<Named> {
  const { key, fingerprint } = await namedOf(c);
  return { key: `page ${visitor.customer ?? ''} ${key}`, fingerprint };
}
