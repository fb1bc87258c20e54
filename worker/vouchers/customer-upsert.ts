/** Makes customers whom a voucher client names, and takes over what it says of them: an event like that of any other source. */
import { directoryOf } from '../directory/cache.ts';
import { strongestFirst } from '../directory/match.ts';
import type { Identifier } from '../domain/event.ts';
import { type CustomerFields, traitsOfFields } from '../domain/vouchers/customer-fields.ts';
import { identified } from '../mapping/voucher-customer.ts';
import type { World } from '../publishing/world.ts';
import { deliver } from '../routing/deliver.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { type CustomerName, customerIn } from './customer-name.ts';
import { VoucherError } from './errors.ts';

type At = Pick<World, 'env' | 'shop'>;

export interface Telling {
  /** Who it is of; null: whoever the names lead to, or somebody new. */
  customer: string | null;
  sourceId: string | null;
  fields: CustomerFields;
  /** Names the telling, in at most 100 characters: again under it nothing is told. */
  key: string;
}

/** The customer's id. What is named is taken over, the rest stays. */
export async function tellOfCustomer({ env, shop }: At, { customer, sourceId, fields, key }: Telling): Promise<string> {
  const traits = traitsOfFields(fields);
  const isNameless = sourceId === null && typeof traits.email !== 'string';
  const sender = { trust: 'server' as const, currency: shop.settings.currency, ...(await receiptOf(env, shop)) };
  const told = identified({ sourceId, made: isNameless ? key : null, traits, messageId: key }, sender);
  if ('refused' in told) throw new VoucherError('invalid_payload', `source_id or email is no name: ${told.refused}`);
  const { event } = told;
  const own = customer === null ? [] : await strongestOf({ env, shop }, customer);
  const identifiers = [...own, ...told.identifiers.filter(({ kind }) => customer === null || kind !== 'external')];
  // who is known by no name at all is told directly
  const isDirect = customer !== null && own.length === 0;
  const delivery = isDirect ? { customer, event } : { subject: { identifiers, trust: 'server' as const }, event };
  const { customers } = await deliver(env, shop, [delivery]);
  return customers[0] ?? '';
}

const MOST_NAMES = 200;

/** The one name that surely leads to them. */
async function strongestOf({ env, shop }: At, customer: string): Promise<Identifier[]> {
  const names = await directoryOf(env, shop.id).names(customer, MOST_NAMES);
  return strongestFirst(names).slice(0, 1);
}

/**
 * The customer whom a request is for, made where nobody has that `source_id` or e-mail yet, with all that is said of them;
 * of somebody known nothing is changed. null: no one is named. An id of ours that leads to nobody is refused.
 */
export async function customerFor(at: At, named: CustomerName & CustomerFields): Promise<string | null> {
  const { isNamed, customer } = await customerIn(at.env, at.shop.id, named);
  if (!isNamed || customer !== null) return customer;
  const sourceId = named.source_id ?? null;
  if (named.id !== undefined && sourceId === null)
    throw new VoucherError('invalid_customer', 'There is no customer by that id');
  return tellOfCustomer(at, { customer: null, sourceId, fields: named, key: crypto.randomUUID() });
}
