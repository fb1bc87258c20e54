/** Calls the objects of many customers, each object once, a bounded number at a time. */
import { shardOf } from '../customers/stubs.ts';

/** Objects called at once; also the page of customers, so that one object each is no more than that. */
const MOST_AT_ONCE = 32;

/** `call` for every object with its own items; the answers in no order that means anything. */
export async function eachObject<T, R>(
  items: T[],
  customerOf: (item: T) => string,
  call: (customer: string, own: T[]) => Promise<R>,
): Promise<R[]> {
  const groups = Object.values(Object.groupBy(items, (item) => shardOf(customerOf(item))));
  const answers: R[] = [];
  for (let at = 0; at < groups.length; at += MOST_AT_ONCE) {
    const some = groups.slice(at, at + MOST_AT_ONCE).flatMap((own) => {
      const [first] = own ?? [];
      return own === undefined || first === undefined ? [] : [call(customerOf(first), own)];
    });
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}
