/** What caps leave: amounts are held before they are used, so that no cap is ever passed. */

/** All numbers are whole: minor units, or a count. */
export interface Budget {
  /** null: not limited. */
  cap: number | null;
  /** Given away for good. */
  used: number;
  /** Kept for operations that are neither posted nor voided. */
  held: number;
}

export const NO_BUDGET: Budget = { cap: null, used: 0, held: 0 };

/** What can still be held; Infinity: not limited; 0 also where a lowered cap was passed already. */
export function roomOf({ cap, used, held }: Budget): number {
  return cap === null ? Number.POSITIVE_INFINITY : Math.max(0, cap - used - held);
}

/** Keeps an amount; null: it does not fit (all or nothing). */
export function hold(budget: Budget, amount: number): Budget | null {
  return whole(amount) > roomOf(budget) ? null : { ...budget, held: budget.held + amount };
}

/** What was held is used: `actual` of it (at most `amount`), the rest is free again. */
export function post(budget: Budget, amount: number, actual: number): Budget {
  if (whole(actual) > whole(amount)) throw new RangeError('more was used than was held');
  return { ...voidHold(budget, amount), used: budget.used + actual };
}

export function voidHold(budget: Budget, amount: number): Budget {
  if (whole(amount) > budget.held) throw new RangeError('more is freed than was held');
  return { ...budget, held: budget.held - amount };
}

function whole(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError('an amount is a whole number from 0');
  return amount;
}

/** One redemption against the three caps of a campaign. */
export interface Cost {
  redemptions: number;
  discountMinor: number;
  ordersMinor: number;
}

export type Budgets = Record<keyof Cost, Budget>;

const PARTS = ['redemptions', 'discountMinor', 'ordersMinor'] as const;

/** The budgets with all of the cost held, or which of them has no room for it: then nothing is held. */
export function holdCost(budgets: Budgets, cost: Cost): { budgets: Budgets } | { full: keyof Cost; room: number } {
  const held = { ...budgets };
  for (const part of PARTS) {
    const budget = hold(budgets[part], cost[part]);
    if (budget === null) return { full: part, room: roomOf(budgets[part]) };
    held[part] = budget;
  }
  return { budgets: held };
}

export function postCost(budgets: Budgets, held: Cost, actual: Cost): Budgets {
  return each((part) => post(budgets[part], held[part], actual[part]));
}

export function voidCost(budgets: Budgets, held: Cost): Budgets {
  return each((part) => voidHold(budgets[part], held[part]));
}

function each(change: (part: keyof Cost) => Budget): Budgets {
  return {
    redemptions: change('redemptions'),
    discountMinor: change('discountMinor'),
    ordersMinor: change('ordersMinor'),
  };
}

/** `low` once less than a tenth is not given away, `used_up` when nothing is; null before, and without a cap. Holds do not count: they may be voided. */
export function levelOf({ cap, used }: Budget): 'low' | 'used_up' | null {
  if (cap === null) return null;
  if (used >= cap) return 'used_up';
  return (cap - used) * 10 < cap ? 'low' : null;
}
