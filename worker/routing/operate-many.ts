/** Many operations on many customers, each object called once; those of one customer stay in their order. */
import { reach } from '../customers/reach.ts';
import type { FollowedAnswer, Group } from '../customers/record.ts';
import { recordIn, shardOf } from '../customers/stubs.ts';
import type { Operation } from '../domain/operations.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import { inParallel } from './follow.ts';

export interface ManyOperation {
  customer: string;
  operation: Operation;
}

/**
 * Answers each, in order. Whoever turned out to be another customer is followed. Throws what the platform throws where an
 * object could not be reached: some may have been done by then, and doing all again does each once.
 */
export async function operateMany(env: Env, shop: ShopSnapshot, all: ManyOperation[]): Promise<FollowedAnswer[]> {
  const answers: FollowedAnswer[] = [];
  const byObject = Map.groupBy(all.entries(), ([, { customer }]) => shardOf(customer));
  await inParallel([...byObject.values()], async (own) => {
    const members = [...Map.groupBy(own, ([, { customer }]) => customer)];
    const groups = members.map(([customer, ones]): Group => {
      const inputs = ones.map(([, { operation }]) => ({ kind: 'operation' as const, operation }));
      return { customer, known: false, inputs };
    });
    const told = await recordIn(env, shop, groups, 0);
    for (const [place, [customer, ones]] of members.entries()) {
      const group = told.groups[place];
      if (group === undefined) throw new Error('no answer for operations');
      for (const [at, [index, { operation }]] of ones.entries()) {
        const answer = group.moved === null ? group.answers[at] : await followed(env, shop, { customer, operation });
        if (answer === undefined) throw new Error('no answer for an operation');
        answers[index] = answer;
      }
    }
  });
  return answers;
}

async function followed(env: Env, shop: ShopSnapshot, { customer, operation }: ManyOperation): Promise<FollowedAnswer> {
  const input = { kind: 'operation' as const, operation };
  const reached = await reach(env, shop, { customer, input, waitMs: 0 });
  if (reached === null) throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
  return reached.answer;
}
