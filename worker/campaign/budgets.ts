/** The three budgets of a campaign taken together: redemptions, money given away, amounts of orders. Pure. */
import { type Budget, type Budgets, type Cost, NO_BUDGET } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Spent } from './calls.ts';

export const NO_COST: Cost = { redemptions: 0, discountMinor: 0, ordersMinor: 0 };
export const NO_CAPS: Caps = { redemptions: null, discountMinor: null, ordersMinor: null };
const NO_BUDGETS: Budgets = { redemptions: NO_BUDGET, discountMinor: NO_BUDGET, ordersMinor: NO_BUDGET };

function each(budgets: Budgets, change: (budget: Budget, kind: keyof Cost) => Budget): Budgets {
  return {
    redemptions: change(budgets.redemptions, 'redemptions'),
    discountMinor: change(budgets.discountMinor, 'discountMinor'),
    ordersMinor: change(budgets.ordersMinor, 'ordersMinor'),
  };
}

export function budgetsOf({ used, held }: Spent): Budgets {
  return each(NO_BUDGETS, (budget, kind) => ({ ...budget, used: used[kind], held: held[kind] }));
}

export function spentOf({ redemptions, discountMinor, ordersMinor }: Budgets): Spent {
  const of = (name: 'used' | 'held'): Cost => ({
    redemptions: redemptions[name],
    discountMinor: discountMinor[name],
    ordersMinor: ordersMinor[name],
  });
  return { used: of('used'), held: of('held') };
}

export function withCaps(budgets: Budgets, caps: Caps): Budgets {
  return each(budgets, (budget, kind) => ({ ...budget, cap: caps[kind] }));
}

/** Whether there is room or not: it has happened. */
export function used(budgets: Budgets, cost: Cost): Budgets {
  return each(budgets, (budget, kind) => ({ ...budget, used: budget.used + cost[kind] }));
}

/**
 * What was taken back is never more than was used: what was redeemed before it was told of is not there. `beside`: what
 * shares used; what they gave may come back here, and then less than nothing was used here.
 */
export function givenBack(budgets: Budgets, cost: Cost, beside: Cost): Budgets {
  return each(budgets, (budget, kind) => {
    const most = Math.max(0, budget.used + beside[kind]);
    return { ...budget, used: budget.used - Math.min(most, cost[kind]) };
  });
}

export function plus(a: Cost, b: Cost): Cost {
  return {
    redemptions: a.redemptions + b.redemptions,
    discountMinor: a.discountMinor + b.discountMinor,
    ordersMinor: a.ordersMinor + b.ordersMinor,
  };
}

export function lesser(a: Cost, b: Cost): Cost {
  return {
    redemptions: Math.min(a.redemptions, b.redemptions),
    discountMinor: Math.min(a.discountMinor, b.discountMinor),
    ordersMinor: Math.min(a.ordersMinor, b.ordersMinor),
  };
}
