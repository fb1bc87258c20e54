/**
 * A part of a stack that another wallet decides on: it is redeemed at once, so that nobody else can use it, and an errand
 * asks whoever decides. Where that never comes about it goes back, as if it had not been.
 */
import type { Answered, Errand } from '../errand.ts';
import { isObject, type JsonObject, textOf } from '../json.ts';
import type { Part, When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { pushRow, put, type Work } from '../work.ts';
import { past } from './due.ts';
import { rollBack } from './roll-back.ts';

export const STACK_OUTCOME = 'stack.outcome';
export const ROLL_BACK_ELSEWHERE = 'stack.roll_back';

/** Callers that live take far less, and hasten it. */
const LOOSE_MS = 10_000;

/** A redemption, and what would take it back. */
export interface Pair {
  redemption: string;
  rollback: string;
}

/** `op` names the part; `decider`: whom to ask, as the edge knows it. */
export function outcomeErrand(op: string, decider: JsonObject, pairs: readonly Pair[]): Errand {
  const redemptions = pairs.map((pair) => ({ ...pair }));
  return { op, kind: STACK_OUTCOME, body: { decider, redemptions }, waitsMs: LOOSE_MS };
}

export function pairsIn({ redemptions }: JsonObject): Pair[] {
  const told = Array.isArray(redemptions) ? redemptions.filter(isObject) : [];
  return told.map((one) => ({ redemption: textOf(one, 'redemption') ?? '', rollback: textOf(one, 'rollback') ?? '' }));
}

export const stacksPart: Part = { answered };

/** Whoever decides has decided, or never will. */
function answered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  if (errand.kind !== STACK_OUTCOME || answer.state !== 'voided') return;
  const ids: string[] = [];
  for (const { redemption: id, rollback } of pairsIn(errand.body)) {
    const redemption = work.redemptions.all.get(id);
    const voucher = redemption && work.vouchers.all.get(redemption.voucher);
    if (redemption === undefined || voucher === undefined) continue;
    const ask = { id: rollback, atMs: when.atMs, reason: 'not_redeemed', amountMinor: null, stack: true };
    const back = rollBack(voucher, redemption, ask);
    if ('refused' in back) continue;
    put(work.vouchers, past(back.voucher, when.nowMs));
    put(work.redemptions, back.redemption);
    ids.push(id);
  }
  if (ids.length === 0) return;
  const times = { atMs: when.atMs, recordedAtMs: when.nowMs };
  // nobody was told that it was redeemed
  pushRow(work, { kind: 'voucher.rolled_back', ...times, terms, entries: [], about: { redemptions: ids } });
}
