/** What lines of an import would do. Asks, and writes nothing; of lines before these it knows only what the shop does. */
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { Identifier } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { LineVerdict, ToldLine } from '../imports/verdict.ts';
import { eachObject } from './customer-pages.ts';

export async function foresee(env: Env, shop: string, told: ToldLine[], isCustomers: boolean): Promise<LineVerdict[]> {
  const found = await directoryOf(env, shop).findAll(told.map((one) => one.delivery.subject.identifiers));
  const used = await usedKeys(env, shop, told, found);
  const named = new Set<string>();
  const keys = new Set<string>();
  return told.map(({ line, delivery, messageId, note }, at): LineVerdict => {
    const { identifiers } = delivery.subject;
    const customer = found[at] ?? null;
    const { key } = delivery.event;
    const isNew = customer === null && !identifiers.some((one) => named.has(nameOf(one)));
    const isKnownKey = messageId !== null && (keys.has(key) || used.has(`${customer} ${key}`));
    for (const one of identifiers) named.add(nameOf(one));
    keys.add(key);
    const about = { customer, ...(note === null ? {} : { note }) };
    if (isKnownKey) return { line, verdict: 'duplicate', isNewCustomer: false, about };
    return { line, verdict: isCustomers && !isNew ? 'updated' : 'created', isNewCustomer: isNew, about };
  });
}

function nameOf({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}

/** `{customer} {key}` of the lines whose message has come before. */
async function usedKeys(env: Env, shop: string, told: ToldLine[], found: (string | null)[]): Promise<Set<string>> {
  const asked = told.flatMap(({ delivery, messageId }, at) => {
    const customer = found[at] ?? null;
    return customer === null || messageId === null ? [] : [{ customer, key: delivery.event.key }];
  });
  const answers = await eachObject(
    asked,
    (one) => one.customer,
    (customer, own) => customersOf(env, shop, customer).usedKeys(own),
  );
  return new Set(answers.flat().map(({ customer, key }) => `${customer} ${key}`));
}
