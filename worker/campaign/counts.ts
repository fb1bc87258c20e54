/** Counts of a campaign's redemptions, those included that are kept for operations under way: nobody gets past a limit beside another. */
import type { Cost } from '../domain/vouchers/budget.ts';
import { type Counts, PERIODS, type Period } from '../domain/vouchers/facts.ts';
import { counted, countsAt, type ShopCalendar, type Tally } from '../domain/vouchers/tally.ts';
import type { Taking } from './calls.ts';
import type { Held, State } from './escrow-store.ts';

/** What other objects count of the same campaign. */
export interface Beside {
  /** Used and kept. */
  cost: Cost;
  all: Record<Period, number>;
  /** Of the customer in question. */
  own: Record<Period, number>;
}

export const NO_COUNTS: Record<Period, number> = { ever: 0, day: 0, week: 0, month: 0 };
export const NOTHING_BESIDE: Beside = {
  cost: { redemptions: 0, discountMinor: 0, ordersMinor: 0 },
  all: NO_COUNTS,
  own: NO_COUNTS,
};

/** Those asked for. `tallyOf`: of one customer. */
export function countsOf(
  { budgets, tally, holds }: State,
  { counts, customer, atMs, calendar }: Pick<Taking, 'counts' | 'customer' | 'atMs' | 'calendar'>,
  { tallyOf, beside }: { tallyOf: (customer: string) => Tally | null; beside: Beside },
): Counts {
  const told: Counts = {};
  const { ordersMinor, discountMinor } = budgets;
  if (counts.includes('campaign.orders_minor'))
    told['campaign.orders_minor'] = ordersMinor.used + ordersMinor.held + beside.cost.ordersMinor;
  if (counts.includes('campaign.discount_minor'))
    told['campaign.discount_minor'] = discountMinor.used + discountMinor.held + beside.cost.discountMinor;
  const all = PERIODS.filter((per) => counts.includes(`campaign.redemptions.${per}`));
  const own = PERIODS.filter((per) => counts.includes(`campaign.customer.${per}`));
  if (all.length > 0) {
    const held = { count: budgets.redemptions.held, of: () => [...holds.values()] };
    const inAll = withHeld(tally, held, all, { atMs, calendar });
    for (const per of all) told[`campaign.redemptions.${per}`] = Math.max(0, inAll[per] + beside.all[per]);
  }
  if (own.length > 0 && customer !== null) {
    const theirs = [...holds.values()].filter((held) => isUse(held) && held.customer === customer);
    const inOwn = withHeld(tallyOf(customer), { count: theirs.length, of: () => theirs }, own, { atMs, calendar });
    for (const per of own) told[`campaign.customer.${per}`] = Math.max(0, inOwn[per] + beside.own[per]);
  }
  return told;
}

interface Ask {
  atMs: number;
  calendar: ShopCalendar;
}

/** Where only sums over all time are asked for, nobody looks when each was kept. */
function withHeld(
  tally: Tally | null,
  held: { count: number; of: () => Held[] },
  periods: Period[],
  { atMs, calendar }: Ask,
): Record<Period, number> {
  const counts = countsAt(tally, atMs, calendar);
  if (periods.every((per) => per === 'ever')) return { ...counts, ever: counts.ever + held.count };
  let all = tally;
  for (const one of held.of())
    if (isUse(one))
      all = counted(all, { by: 1, atMs: one.atMs, nowMs: atMs, least: Number.NEGATIVE_INFINITY }, calendar);
  return countsAt(all, atMs, calendar);
}

function isUse({ by, cost }: Held): boolean {
  return by === 1 && cost.redemptions === 1;
}
