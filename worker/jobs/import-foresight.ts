/** What lines of an import would do, after the lines before them. Asks, and writes nothing but what it met in the file. */
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { LineVerdict, ToldLine } from '../imports/verdict.ts';
import { eachObject } from './customer-pages.ts';
import type { StepCall } from './kind.ts';

type Asking = Pick<StepCall<unknown, unknown>, 'env' | 'shop' | 'firstLines'>;

export async function foresee(call: Asking, told: ToldLine[], isCustomers: boolean): Promise<LineVerdict[]> {
  const { env, shop } = call;
  const found = await directoryOf(env, shop).findAll(told.map((one) => one.delivery.subject.identifiers));
  const used = await usedKeys(call, told, found);
  const first = call.firstLines(
    told.flatMap((one) => [...names(one), keyName(one)].map((name): [string, number] => [name, one.line])),
  );
  const isMet = (name: string, line: number) => (first.get(name) ?? line) < line;
  return told.map((one, at): LineVerdict => {
    const { line, messageId, note } = one;
    const customer = found[at] ?? null;
    const isNew = customer === null && !names(one).some((name) => isMet(name, line));
    const isKnownKey = isMet(keyName(one), line) || used.has(`${customer} ${one.delivery.event.key}`);
    const about = { customer, ...(note === null ? {} : { note }) };
    if (messageId !== null && isKnownKey) return { line, verdict: 'duplicate', isNewCustomer: false, about };
    return { line, verdict: isCustomers && !isNew ? 'updated' : 'created', isNewCustomer: isNew, about };
  });
}

/** Who is named; the strongest first. */
function names({ delivery }: ToldLine): string[] {
  return delivery.subject.identifiers.map(({ kind, value }) => `${kind}:${value}`);
}

/** A message counts once for each customer. */
function keyName(told: ToldLine): string {
  return `key ${names(told)[0]} ${told.delivery.event.key}`;
}

/** `{customer} {key}` of the lines whose message has come before. */
async function usedKeys({ env, shop }: Asking, told: ToldLine[], found: (string | null)[]): Promise<Set<string>> {
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
