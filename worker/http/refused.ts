/** Why an operation of a customer was refused, as a problem: one arm for each reason. */
import type { Refusal } from '../domain/refusal.ts';
import { ProblemError, type ProblemKey } from '../wire/problem.ts';

export function refused(refusal: Refusal, headers: Record<string, string> = {}): ProblemError {
  const [key, detail] = wordsOf(refusal);
  return new ProblemError(key, { ...(detail === null ? {} : { detail }), headers });
}

function wordsOf(refusal: Refusal): [ProblemKey, string | null] {
  switch (refusal.reason) {
    case 'insufficient_points':
      return ['insufficient_points', `The balance is ${refusal.balance}; ${refusal.asked} were asked for.`];
    case 'balance_limit':
      return ['balance_limit', `The balance is ${refusal.balance}; ${refusal.asked} more do not fit.`];
    case 'not_found':
      return ['not_found', `There is no such ${refusal.what}.`];
    case 'reward_unavailable':
      return refusal.why === 'out_of_stock' ? ['out_of_stock', null] : ['reward_unavailable', UNAVAILABLE[refusal.why]];
    case 'reward_limit':
      return ['reward_limit', limitOf(refusal)];
    case 'below_minimum':
      return ['below_minimum', `It takes at least ${refusal.minimum} points; ${refusal.asked} came of it.`];
    case 'reward_kept':
      return ['reward_kept', KEPT[refusal.why]];
    case 'voucher_refused':
      return refusal.key === 'not_found'
        ? ['not_found', refusal.details]
        : ['voucher_refused', `${refusal.key}: ${refusal.details}`];
    default:
      return ['conflict', refusal.reason];
  }
}

type Why<Reason extends Refusal['reason']> = Extract<Refusal, { reason: Reason; why: unknown }>['why'];

const UNAVAILABLE: Record<Exclude<Why<'reward_unavailable'>, 'out_of_stock'>, string> = {
  inactive: 'Nobody gets it any more.',
  not_for_points: 'Points do not buy it.',
  not_for_you: 'This customer is in none of its segments and tiers.',
  not_a_member: 'This customer takes no part in the programme.',
  not_made: 'The shop could not make its code. The points are back.',
};

const KEPT: Record<Why<'reward_kept'>, string> = {
  used: 'It was used, or a checkout keeps it.',
  too_late: 'The time for that is over.',
  undone: 'It was given back before.',
  not_bought: 'It was not bought with points.',
};

function limitOf({ limit, per, againAtMs }: Extract<Refusal, { reason: 'reward_limit' }>): string {
  const often = `At most ${limit} in a ${per === 'lifetime' ? 'life' : per}`;
  return againAtMs === null ? `${often}.` : `${often}; again from ${new Date(againAtMs).toISOString()}.`;
}
