/** What is asked of each owner when a customer is erased. Each may be asked any number of times, and after a crash again. */
import { customersOf } from '../customers/stubs.ts';
import type { ErasureOwner } from '../domain/erasure/erasure.ts';
import { eraseCopies } from '../projection/erase.ts';
import { remote } from '../storage/remote.ts';
import { forgetVouchers } from './erasing-vouchers.ts';
import type { Forget, Forgetting } from './forgetting.ts';

export const FORGETTING: Record<ErasureOwner, Forget> = {
  customers: forgetCustomers,
  vouchers: forgetVouchers,
  copies: forgetCopies,
  events: forgetEvents,
  requests: forgetRequests,
};

/** Something they asked of others may be on its way: it ends first. */
async function forgetCustomers({ env, shop, ids }: Forgetting): Promise<boolean> {
  let all = true;
  for (const id of ids) {
    const told = await customersOf(env, shop, id.customer).erase({ shop, version: 1, ...id });
    all &&= told === 'erased';
  }
  return all;
}

/** Each copy is told that it is gone before the rest of it goes: what comes late finds it closed. */
async function forgetCopies({ env, shop, ids }: Forgetting): Promise<boolean> {
  for (const { customer } of ids) await customersOf(env, shop, customer).retell([customer]);
  await eraseCopies(env.DB, shop, ids);
  return true;
}

/** What the shop keeps besides: requests by law, first answers of writes, reports of jobs. */
async function forgetRequests({ env, shop, ids, names, erasedMs }: Forgetting): Promise<boolean> {
  const customers = ids.map(({ customer }) => customer);
  const shown = names.filter(({ kind }) => kind !== 'order' && kind !== 'anonymous').map(({ value }) => value);
  await remote(env.JOBS, `jobs:${shop}`).forget([...customers, ...shown]);
  for (let after: string | null = ''; after !== null; )
    after = await remote(env.SHOP, `shop:${shop}`).forget({ customers, names, nowMs: erasedMs, after });
  return true;
}

async function forgetEvents({ env, shop, ids, names }: Forgetting): Promise<boolean> {
  const customers = ids.map(({ customer }) => customer);
  const identifiers = [...customers, ...names.map(({ value }) => value)];
  await remote(env.DEBUGGER, `debugger:${shop}`).forget({ customers, identifiers });
  return true;
}
