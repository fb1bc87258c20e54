/** Lists that are narrowed to one campaign or one customer, by whichever name a client has for it. */
import { directoryOf } from '../directory/cache.ts';
import type { Env } from '../env.ts';
import { offersOf } from '../offers/cache.ts';
import type { Filter } from '../projection/filters.ts';
import { customerNamed } from './customer-name.ts';
import { oneOf } from './list-query.ts';

/** What happened to somebody who was merged more often than this is not found under all of the ids. */
const MOST_FORMER = 100;

/** By its name or id; of one that nobody knows there is nothing. */
export async function ofCampaign(env: Env, shop: string, name: string | undefined): Promise<Filter[]> {
  if (name === undefined) return [];
  const id = name.startsWith('camp_') ? name : await offersOf(env, shop).campaignNamed(name);
  return oneOf('campaign_id', id ?? '');
}

/** By our id or the `source_id`, with the ids that the customer had before. */
export async function ofCustomer(
  env: Env,
  shop: string,
  { name, field }: { name: string | undefined; field: 'holder_id' | 'customer_id' },
): Promise<Filter[]> {
  if (name === undefined) return [];
  const id = await customerNamed(env, shop, name);
  if (id === null) return oneOf(field, '');
  const former = await directoryOf(env, shop).formerIds(id, MOST_FORMER);
  return oneOf(field, id, ...former);
}
