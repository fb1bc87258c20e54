/** The one place that knows in which object a customer lives. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';

/** A customer's id begins with the label of its shard; with one object per customer the label is the whole id. */
export function shardOf(customer: string): string {
  return customer.split('-', 1)[0] ?? customer;
}

export function customersOf(env: Env, shop: string, customer: string) {
  return remote(env.CUSTOMERS, `customers:${shop}:${shardOf(customer)}`);
}
