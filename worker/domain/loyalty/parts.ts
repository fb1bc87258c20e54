/** Every part of the programme, in the order in which they are asked; a new one is a file of its own and a line here. */
import type { Head } from '../customer.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import type { Happened, Part, When } from './part.ts';

const PARTS: readonly Part[] = [];

export function afterDecision(work: Work, happened: Happened, terms: Terms): void {
  for (const part of PARTS) part.after?.(work, happened, terms);
  settle(work, terms);
}

/** Does what is due at exactly `when.atMs`. */
export function loyaltyDue(work: Work, when: When, terms: Terms): void {
  for (const part of PARTS) {
    const due = part.dueMs?.(work.head, terms) ?? null;
    if (due !== null && due <= when.atMs) part.due?.(work, when, terms);
  }
  settle(work, terms);
}

/** The programme is another one since the customer was looked at last. */
export function programmeChanged(work: Work, when: When, terms: Terms): void {
  for (const part of PARTS) part.changed?.(work, when, terms);
  settle(work, terms);
}

/** Notes when something happens next, and by which programme that was worked out; nothing of whom no part knows anything. */
function settle(work: Work, terms: Terms): void {
  const dueMs = earliest(work.head, terms);
  const { dueMs: before, programmeVersion, ...rest } = work.head.loyalty;
  if (dueMs === null && Object.keys(rest).length === 0) return;
  if (before === (dueMs ?? undefined) && programmeVersion === terms.programmeVersion) return;
  work.head = {
    ...work.head,
    loyalty: { ...rest, programmeVersion: terms.programmeVersion, ...(dueMs === null ? {} : { dueMs }) },
  };
}

function earliest(head: Head, terms: Terms): number | null {
  const dues = PARTS.flatMap((part) => part.dueMs?.(head, terms) ?? []);
  return dues.length === 0 ? null : Math.min(...dues);
}
