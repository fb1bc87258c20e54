/** What of a stack was not redeemed, where the shop lets those be redeemed that apply. */
import { sameCode } from '../domain/vouchers/codes.ts';
import type { StackPlan } from '../domain/vouchers/stack.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import { entryView, type Telling } from './validation.ts';

/** `plan` null: it was redeemed before, or whoever asks is not to be told why; then it is only said which. */
export function leftOut(
  {
    asked,
    plan,
    redemptions,
  }: { asked: readonly string[]; plan: StackPlan | null; redemptions: readonly Redemption[] },
  telling: Telling,
): object {
  const all =
    plan === null
      ? blank(asked, redemptions)
      : plan.entries.map((entry) => entryView({ entry, refused: null, earlier: [] }, telling));
  const inapplicable = all.filter(({ status }) => status === 'INAPPLICABLE');
  const skipped = all.filter(({ status }) => status === 'SKIPPED');
  return {
    ...(inapplicable.length === 0 ? {} : { inapplicable_redeemables: inapplicable }),
    ...(skipped.length === 0 ? {} : { skipped_redeemables: skipped }),
  };
}

function blank(asked: readonly string[], redemptions: readonly Redemption[]) {
  const left = asked.filter((id) => !redemptions.some(({ code }) => sameCode(id, code)));
  return left.map((id) => ({ status: 'INAPPLICABLE', id, object: 'voucher', result: {} }));
}
