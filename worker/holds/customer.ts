/** Tells a customer something from within another object, following whoever turned out to be somebody else. */
import type { CustomerEvent } from '../domain/event.ts';
import type { Operation } from '../domain/operations.ts';
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';

export type Told = { kind: 'event'; event: CustomerEvent } | { kind: 'operation'; operation: Operation };
type Answer = Extract<
  Awaited<ReturnType<ReturnType<typeof objectOf>['record']>>['groups'][number],
  { moved: null }
>['answers'][number];

const MOST_ROUNDS = 8;

function objectOf(env: Env, shop: string, customer: string) {
  const shard = customer.split('-', 1)[0] ?? customer;
  return remote(env.CUSTOMERS, `customers:${shop}:${shard}`);
}

/** Throws while a customer is on the way: the Directory sees to it that they arrive, and the caller asks again. */
export async function recordAt(env: Env, shop: string, customer: string, input: Told): Promise<Answer | 'gone'> {
  let who = customer;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const group = { customer: who, known: false, inputs: [input] };
    const { groups } = await objectOf(env, shop, who).record({ shop, version: 1, groups: [group], waitMs: 0 });
    const told = groups[0];
    if (told === undefined) throw new Error('no answer from the customer');
    if (told.moved === null) {
      const [answer] = told.answers;
      if (answer === undefined) throw new Error('no answer from the customer');
      return answer;
    }
    const current = await remote(env.DIRECTORY, `directory:${shop}`).current(who);
    if (current === null) return 'gone';
    if (current === who) throw new Error('the customer is on the way');
    who = current;
  }
  throw new Error('the customer kept moving');
}
