/**
 * Redeems what a customer holds of a stack that several owners take part in, and decides with it for all of them: the others
 * have kept their part and wait for this row. What it comes to was reckoned before; where it would not come to that any
 * more, nothing is done.
 */

import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { Errand } from '../errand.ts';
import type { JsonObject } from '../json.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import type { Amounts, Bill } from './bill.ts';
import type { Base } from './effects.ts';
import { factsOf } from './held-facts.ts';
import { keep } from './held-keep.ts';
import { heldIn, refusedBy } from './held-outcome.ts';
import type { Circumstances, HeldRedeem } from './held-request.ts';
import { redemptionProperties, useProperties } from './held-rows.ts';
import { type Redeemed, redeem } from './redeem.ts';
import { type Refused, refusal } from './refused.ts';
import type { Redemption } from './voucher.ts';

export interface StackUse extends HeldRedeem {
  /** What it finds of the order; null: none is named. */
  bill: Bill | null;
  settled: NonNullable<HeldRedeem['settled']>;
}

export interface CommitStack extends Circumstances {
  op: 'commit_stack';
  key: string;
  fingerprint: string;
  /** What the customer holds of it. */
  uses: StackUse[];
  /** What others have kept. */
  others: Redemption[];
  /** It does not apply: the refusal is kept under the key; null: it does. */
  refused: Refused | null;
  /** `r_…` that all of it hangs from. */
  parent: string;
  lockKey: string | null;
  orderId: string | null;
  amounts: Amounts | null;
  base: Base;
  /** Another wallet decides, and is asked by this; absent: this is decided here, and told. */
  outcome?: Errand;
}

/** It has to be reckoned anew: told by this key and these words alone. */
export const CHANGED = refusal('multiple_requests', 'something of it changed meanwhile');

export function decideCommit(state: State, input: CommitStack, terms: Terms, now: number): Decision {
  const work = open(state);
  const { key, fingerprint, parent, orderId } = input;
  const done = input.refused ?? redeemAll(work, input, terms, now);
  const row = { atMs: now, recordedAtMs: now, key, terms, entries: [] };
  if (!Array.isArray(done)) {
    const refused = refusedBy(done);
    const properties = { redemption_id: parent, ...amountsIn(input), reason: done.key };
    const name = done === CHANGED || input.outcome !== undefined ? null : 'Voucher Redemption Failed';
    pushRow(work, {
      kind: 'voucher.refused',
      name,
      ...row,
      about: { fingerprint, properties, refusal: { ...refused } },
    });
    return { changes: close(work, now), refusal: refused };
  }
  for (const one of done) keep(work, one, now);
  const about = {
    fingerprint,
    parent,
    others: input.others.map(({ id }) => id),
    properties: propertiesOf(input, done, terms),
  };
  // a part is told of by whoever decides on all of it
  const name = input.outcome === undefined ? 'Voucher Redeemed' : null;
  if (input.outcome !== undefined) work.errands.push(input.outcome);
  pushRow(work, { kind: 'voucher.redeemed', name, ...row, orderId, about });
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}

function redeemAll(work: Work, input: CommitStack, terms: Terms, now: number): Redeemed[] | Refused {
  const { lockKey, parent, orderId, metadata, base } = input;
  const done: Redeemed[] = [];
  for (const use of input.uses) {
    const voucher = heldIn(work, use.voucher);
    if (voucher === null) return CHANGED;
    const { campaign, rules, creditsMinor, referrer, bill, settled } = use;
    const facts = factsOf(work, input, { voucher, use }, { terms, now });
    const ask = { voucher, campaign, rules, facts, bill, lockKey, creditsMinor, nowMs: now, base, referrer };
    const one = redeem(ask, { id: use.redemption, parent, orderId, metadata });
    if ('refused' in one || one.redemption.discountMinor !== (settled.taken?.discountMinor ?? 0)) return CHANGED;
    if (input.outcome !== undefined && one.redemption.creditsMinor !== creditsMinor) return CHANGED;
    done.push(one);
  }
  return done;
}

function propertiesOf(input: CommitStack, done: Redeemed[], { currency }: Terms): JsonObject {
  const others = input.others.map((one) => ({
    voucher_id: one.voucher,
    code: one.code,
    ...useProperties(one),
    currency,
  }));
  return {
    redemption_id: input.parent,
    ...amountsIn(input),
    currency,
    redemptions: [...done.map((one) => redemptionProperties(one, currency)), ...others],
  };
}

function amountsIn({ amounts }: CommitStack): JsonObject {
  if (amounts === null) return {};
  const { amountMinor, totalMinor, totalDiscountMinor } = amounts;
  return { amount_minor: amountMinor, total_minor: totalMinor, discount_minor: totalDiscountMinor };
}
