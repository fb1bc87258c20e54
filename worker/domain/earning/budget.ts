/**
 * What a rule may give in the whole shop. Points of such a rule wait until the object that keeps the budget has granted
 * them: then they are there, or wait their days; where nothing is left they are gone. So it is never exceeded.
 */
import type { Answered, Errand } from '../errand.ts';
import { type JsonObject, textOf } from '../json.ts';
import { NEVER } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import type { Pending, PendingMove } from '../loyalty/pending.ts';
import { hold, takeHeld } from '../loyalty/pending-ledger.ts';
import type { Terms } from '../terms.ts';
import { LOT_PLACES, lotId, pushRow, type Work } from '../work.ts';
import { BASE_RULE, type Budget } from './programme.ts';

export const BUDGET_TAKE = 'budget.take';
export const BUDGET_BACK = 'budget.give_back';

/** Lets points wait for their budget, and asks for it. `untilMs`: when they are there once it is granted. */
export function askBudget(work: Work, pending: Pending, untilMs: number): PendingMove {
  const { id, points, sinceMs, rule } = pending;
  const body = { rule: rule?.id ?? '', points, sinceMs, untilMs };
  work.errands.push({ op: `budget:${work.customer}:${id}`, kind: BUDGET_TAKE, body });
  return hold(work, { ...pending, releasesAtMs: NEVER });
}

/** By what they are, for their number changes where their customer turns out to be another one. */
function waitingFor(work: Work, { body }: Errand): Pending | undefined {
  const all = [...work.pending.all.values()].sort((a, b) => a.id - b.id);
  return all.find(
    ({ rule, points, sinceMs, releasesAtMs }) =>
      releasesAtMs === NEVER && rule?.id === body.rule && points === body.points && sinceMs === body.sinceMs,
  );
}

/** Whoever calls releases what is there at once. What the merchant decided meanwhile stays, and its budget is free again. */
export function budgetAnswered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  if (errand.kind !== BUDGET_TAKE || errand.body.order !== undefined) return;
  const isGranted = answer.granted === true;
  const pending = waitingFor(work, errand);
  if (pending === undefined) {
    if (isGranted)
      work.errands.push({ op: `back:${errand.op}`, kind: BUDGET_BACK, body: { ...errand.body, of: errand.op } });
    return;
  }
  const moves = [takeHeld(work, pending.id, pending.points), isGranted ? granted(work, pending, errand) : null];
  const pendings = moves.flatMap((move): JsonObject[] => (move === null ? [] : [{ ...move, rule: { ...move.rule } }]));
  const times = { atMs: when.atMs, recordedAtMs: when.nowMs };
  pushRow(work, {
    kind: 'points.pending',
    ...times,
    terms,
    entries: [],
    about: { budget: isGranted, pending: pendings },
  });
}

/** They wait under another number, at the place of the row that tells of it. */
function granted(work: Work, pending: Pending, { body }: Errand): PendingMove {
  const id = lotId(work, pending.id % LOT_PLACES);
  return hold(work, { ...pending, id, releasesAtMs: Number(body.untilMs) });
}

/** The rule's, as a programme has it now; null: none. */
export function budgetOf({ programme }: Pick<Terms, 'programme'>, rule: string): Budget | null {
  if (rule === BASE_RULE) return programme.earning?.order?.budget ?? null;
  const found = programme.earning?.rules.find(({ id }) => id === rule);
  return found !== undefined && 'budget' in found ? (found.budget ?? null) : null;
}

export function ruleOf({ body }: Pick<Errand, 'body'>): string {
  return textOf(body, 'rule') ?? '';
}
