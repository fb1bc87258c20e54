/** What a customer's journal says of a validation that a server made for them: which codes, and what they would do. */
import type { JsonObject } from '../json.ts';
import { amountsOf } from './bill.ts';
import type { Refused } from './refused.ts';
import type { Planned, StackPlan } from './stack.ts';

export interface Validated {
  /** `valid_…`: follows from the request. */
  id: string;
  plan: StackPlan;
  /** What could not be kept, and why; null: nothing was to be kept, or all of it is. */
  unkept: { code: string; refused: Refused } | null;
  /** A session keeps what can be used. */
  kept: boolean;
  orderId: string | null;
  currency: string;
}

export function validationWords(validated: Validated): { name: string; properties: JsonObject } {
  const { id, plan, unkept, kept, orderId, currency } = validated;
  const all = plan.entries.map((entry) => wordsOf(entry, unkept?.code === entry.id ? unkept.refused : null));
  const [alone] = all.length === 1 ? all : [];
  const about = { validation_id: id, order_id: orderId, currency, kept, ...amountWords(plan) };
  const what = alone === undefined ? { redeemables: all } : alone;
  if (plan.valid && unkept === null) return { name: 'Voucher Validated', properties: { ...about, ...what } };
  const reason = all.find((one) => one.reason !== undefined)?.reason ?? 'invalid_redeemables';
  return { name: 'Voucher Validation Failed', properties: { ...about, ...what, reason } };
}

function wordsOf(entry: Planned, unkept: Refused | null): JsonObject {
  const { id, voucher, status } = entry;
  const refused = unkept ?? (entry.status === 'inapplicable' ? entry.refused : null);
  const about = { voucher_id: voucher?.id ?? null, code: voucher?.code ?? id, campaign_id: voucher?.campaign ?? null };
  if (refused !== null) return { ...about, status: 'inapplicable', reason: refused.key };
  if (entry.status !== 'applicable') return { ...about, status };
  return { ...about, status, credits_minor: entry.fit.creditsMinor };
}

function amountWords({ bill }: StackPlan): JsonObject {
  if (bill === null) return {};
  const { amountMinor, totalMinor, totalDiscountMinor } = amountsOf(bill);
  return { amount_minor: amountMinor, total_minor: totalMinor, discount_minor: totalDiscountMinor };
}
