/** The one place that knows in which object a customer lives. */
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { remote } from '../storage/remote.ts';
import type { RecordAnswer } from './calls.ts';
import type { Group } from './record.ts';

/** A customer's id begins with the label of its shard; with one object per customer the label is the whole id. */
export function shardOf(customer: string): string {
  return customer.split('-', 1)[0] ?? customer;
}

export function customersOf(env: Env, shop: string, customer: string) {
  return remote(env.CUSTOMERS, `customers:${shop}:${shardOf(customer)}`);
}

/** Records groups of customers that live in one object; `waitMs`: how long to wait for D1's copy, 0 for not at all. */
export async function recordIn(
  env: Env,
  shop: Pick<ShopSnapshot, 'id' | 'version'>,
  groups: Group[],
  waitMs: number,
): Promise<RecordAnswer> {
  const first = groups[0];
  if (first === undefined) return { groups: [], rowsWritten: 0, projected: true };
  return customersOf(env, shop.id, first.customer).record({
    shop: shop.id,
    version: shop.version,
    groups,
    waitMs,
  });
}
