/** What the journal says of what an input earned besides its entries, and the rewards that come after its row. */
import type { JsonObject } from '../json.ts';
import type { When } from '../loyalty/part.ts';
import { issueReward } from '../rewards/issue.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import type { Earned } from './earned.ts';

/** Points that began to wait (or fewer that do), for the row of the input. */
export function aboutEarned({ pending }: Earned): JsonObject {
  if (pending.length === 0) return {};
  return { pending: pending.map(({ rule, ...move }) => ({ ...move, rule: rule === null ? null : { ...rule } })) };
}

/** Gives the rewards of rules, each as a row of its own. */
export function giveGifts(work: Work, { gifts }: Earned, terms: Terms, when: When): void {
  for (const { reward, rule } of gifts)
    issueReward(work, { reward, origin: { kind: 'given', by: `rule:${rule.id}` }, key: rule.id }, terms, when);
}
