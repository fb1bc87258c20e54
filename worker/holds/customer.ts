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
const MOST_AT_ONCE = 16;

function shardOf(customer: string): string {
  return customer.split('-', 1)[0] ?? customer;
}

function objectOf(env: Env, shop: string, customer: string) {
  return remote(env.CUSTOMERS, `customers:${shop}:${shardOf(customer)}`);
}

/**
 * What each of many customers is told, in order; one call for all that live in one object. Answers who was erased. Throws as
 * `recordAt`.
 */
export async function recordAll(env: Env, shop: string, told: ReadonlyMap<string, Told[]>): Promise<Set<string>> {
  const gone = new Set<string>();
  const shards = Object.values(Object.groupBy([...told.keys()], shardOf));
  const lane = async () => {
    for (let own = shards.pop(); own !== undefined; own = shards.pop()) {
      const groups = own.map((customer) => ({ customer, known: false, inputs: told.get(customer) ?? [] }));
      const answer = await objectOf(env, shop, own[0] ?? '').record({ shop, version: 1, groups, waitMs: 0 });
      for (const [at, customer] of own.entries())
        if (answer.groups[at]?.moved !== null)
          for (const input of told.get(customer) ?? [])
            if ((await recordAt(env, shop, customer, input)) === 'gone') gone.add(customer);
    }
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, lane));
  return gone;
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
