/**
 * Whom an errand is put to, by its kind: a new one is a file of its own and a line here. Each asks under the errand's `op`
 * and may be run any number of times; what it cannot find out it throws, and is run again. A refusal is an answer.
 */
import { GIVE_CODE } from '../domain/distributions/triggered.ts';
import { BUDGET_BACK, BUDGET_TAKE } from '../domain/earning/budget.ts';
import { ATTRIBUTION_ERRAND } from '../domain/referrals/attribution.ts';
import { REFERRAL_ERRAND } from '../domain/referrals/changing.ts';
import { ROLL_BACK_ELSEWHERE, STACK_OUTCOME } from '../domain/vouchers/stack-outcome.ts';
import type { Ask } from './asking.ts';
import { attributeReferral } from './attribute-referral.ts';
import { askForCode } from './claim-code.ts';
import { giveCode } from './give-code.ts';
import { issueInShop, unconnected } from './issue-in-shop.ts';
import { askOutcome, rollBackElsewhere } from './stack-errands.ts';
import { giveBackBudget, takeBudget } from './take-budget.ts';
import { giveBackStock, takeStock } from './take-stock.ts';
import { tellReferrer } from './tell-referrer.ts';

export const ERRAND_KINDS: Record<string, Ask> = {
  [REFERRAL_ERRAND]: tellReferrer,
  [ATTRIBUTION_ERRAND]: attributeReferral,
  [GIVE_CODE]: giveCode,
  [BUDGET_TAKE]: takeBudget,
  [BUDGET_BACK]: giveBackBudget,
  [STACK_OUTCOME]: askOutcome,
  [ROLL_BACK_ELSEWHERE]: rollBackElsewhere,
  'code.claim': askForCode,
  'stock.take': takeStock,
  'stock.give_back': giveBackStock,
  'shop.issue': issueInShop(unconnected),
};
