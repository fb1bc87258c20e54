/** What an evaluation is told of the customer who holds a voucher, or of whoever else asks. */
import type { Terms } from '../terms.ts';
import { tierIdOf } from '../tiers/state.ts';
import type { Work } from '../work.ts';
import type { CountName, Counts, CustomerFacts, Facts } from './facts.ts';
import type { Circumstances, HeldUse } from './held-request.ts';
import { needsOf } from './needs.ts';
import type { Voucher } from './voucher.ts';

export function factsOf(
  work: Work,
  { asker, channel, metadata, caller }: Circumstances,
  { voucher, use }: { voucher: Voucher; use: HeldUse },
  { terms, now }: { terms: Terms; now: number },
): Facts {
  const needs = needsOf({ voucher, campaign: use.campaign, rules: use.rules });
  const holder = (): CustomerFacts => ({
    id: work.customer,
    segments: needs.segments.filter((id) => work.guardedSince(id, now) !== null),
    tier: tierIdOf(work.head),
    traits: work.head.traits,
    orders: work.asked.orders,
  });
  return {
    timeZone: terms.segments.manner.timeZone,
    customer: asker === 'holder' ? holder() : asker,
    counts: countsOf(needs.counts, use.counts, work.asked.counts[voucher.id] ?? {}),
    channel,
    metadata,
    caller,
    event: null,
  };
}

/** What was counted elsewhere holds where it is more than what was counted here: it counts other codes as well. */
function countsOf(names: readonly CountName[], elsewhere: Counts, here: Counts): Counts {
  const counts: Counts = {};
  for (const name of names) {
    const known = [elsewhere[name], here[name]].filter((count) => count !== undefined);
    if (known.length > 0) counts[name] = Math.max(...known);
  }
  return counts;
}
