/** Every part of the programme, in the order in which they are asked; a new one is a file of its own and a line here. */
import { birthdays } from '../birthdays/birthdays-part.ts';
import type { Head } from '../customer.ts';
import { distributionsPart } from '../distributions/part.ts';
import { budgetAnswered } from '../earning/budget.ts';
import { orderBudgetAnswered } from '../earning/order-budget.ts';
import type { Answered } from '../errand.ts';
import { inactivity } from '../inactivity/inactivity-part.ts';
import { membersPart } from '../members/part.ts';
import type { Programme } from '../programme.ts';
import { referralsPart } from '../referrals/part.ts';
import { rewardsPart } from '../rewards/part.ts';
import type { Terms } from '../terms.ts';
import { tiers } from '../tiers/tiers-part.ts';
import { stacksPart } from '../vouchers/stack-outcome.ts';
import type { Work } from '../work.ts';
import type { Happened, Part, When } from './part.ts';

/** Tiers after what earns, for they count it; inactivity last, for it looks at what the others did. */
const PARTS: readonly Part[] = [
  membersPart,
  rewardsPart,
  referralsPart,
  tiers,
  birthdays,
  distributionsPart,
  stacksPart,
  inactivity,
];

/** Whether everybody has to be held against the programme, even those of whom no part knows anything. */
export function holdsEverybody({ tiers: ladder, inactivity: rules }: Programme): boolean {
  return ladder !== undefined || rules !== undefined;
}

export function afterDecision(work: Work, happened: Happened, terms: Terms): void {
  for (const part of PARTS) part.after?.(work, happened, terms);
  settle(work, terms);
}

/** What is filled in from the past, and does not earn. */
export function afterFilledIn(work: Work, happened: Happened, terms: Terms): void {
  for (const part of PARTS) part.filledIn?.(work, happened, terms);
  settle(work, terms);
}

/**
 * Does what is due at exactly `when.atMs`; what the one does by itself, the others make something of. That may be due at
 * once too: of points that a birthday brings and that run out within days the warning is.
 */
export function loyaltyDue(work: Work, when: When, terms: Terms): void {
  doDue(work, when, terms);
  const entries = work.rows.flatMap((row) => row.entries);
  if (work.rows.length > 0) for (const part of PARTS) part.after?.(work, { ...when, event: null, entries }, terms);
  doDue(work, when, terms);
  settle(work, terms);
}

function doDue(work: Work, when: When, terms: Terms): void {
  for (const part of PARTS) {
    const due = part.dueMs?.(asDrafted(work), terms) ?? null;
    if (due !== null && due <= when.atMs) part.due?.(work, when, terms);
  }
}

/** The programme is another one since the customer was looked at last. */
export function programmeChanged(work: Work, when: When, terms: Terms): void {
  for (const part of PARTS) part.changed?.(work, when, terms);
  settle(work, terms);
}

/** Another object answered what one of the parts had asked of it. */
export function errandAnswered(work: Work, answered: Answered, terms: Terms, when: When): void {
  budgetAnswered(work, answered, terms, when);
  orderBudgetAnswered(work, answered, terms, when);
  for (const part of PARTS) part.answered?.(work, answered, terms, when);
  settle(work, terms);
}

/**
 * Notes when something happens next, and by which programme that was worked out; nothing of whom no part knows anything,
 * unless the programme holds everybody.
 */
function settle(work: Work, terms: Terms): void {
  const dueMs = earliest(asDrafted(work), terms);
  const { dueMs: before, programmeVersion, ...rest } = work.head.loyalty;
  const isUnknown = before === undefined && programmeVersion === undefined && Object.keys(rest).length === 0;
  if (dueMs === null && isUnknown && !holdsEverybody(terms.programme)) return;
  if (before === (dueMs ?? undefined) && programmeVersion === terms.programmeVersion) return;
  work.head = {
    ...work.head,
    loyalty: { ...rest, programmeVersion: terms.programmeVersion, ...(dueMs === null ? {} : { dueMs }) },
  };
}

/** The head as it will be saved: until then the points are moved in the draft alone. */
function asDrafted({ head, draft }: Work): Head {
  const { balance, debt, lifetime } = draft;
  return { ...head, balance, debt, lifetime };
}

function earliest(head: Head, terms: Terms): number | null {
  const dues = PARTS.flatMap((part) => part.dueMs?.(head, terms) ?? []);
  return dues.length === 0 ? null : Math.min(...dues);
}
