/** Which distributions something sets off, and what is to be asked of their campaigns: once for each occasion. Pure. */
import type { Head } from '../customer.ts';
import type { Errand } from '../errand.ts';
import type { CustomerEvent } from '../event.ts';
import type { Cause } from '../segments/membership.ts';
import type { Terms } from '../terms.ts';
import { tierIdOf } from '../tiers/state.ts';
import { NO_FACTS } from '../vouchers/facts.ts';
import type { RuleCondition } from '../vouchers/rule-definition.ts';
import { ruleHolds } from '../vouchers/rule-evaluate.ts';
import { conditionsOf } from '../vouchers/rule-tree.ts';
import type { Distribution } from './distribution.ts';

export const GIVE_CODE = 'distribution.give';

/** Of whom; `isIn`: whether they are in a segment, by trusted events alone. */
export interface Whom {
  customer: string;
  head: Head;
  isIn: (segment: string) => boolean;
  nowMs: number;
}

/** Something that a server told; browsers set nothing off. `seq`: of its row. */
export function byEvent(whom: Whom, { name, properties }: CustomerEvent, seq: number, terms: Terms): Errand[] {
  const happened = { name, properties };
  return running(terms).flatMap((one) => {
    if (one.trigger.on !== 'event' || one.trigger.event !== name) return [];
    return holdsFor(one, whom, happened, terms) ? [errandOf(one, `${whom.customer}:${seq}`)] : [];
  });
}

/** `seq`: of the row by which the segment was entered. `filledIn`: an import brought it about. */
export interface Entering {
  segment: string;
  seq: number;
  cause: Cause;
  filledIn: boolean;
}

export function byEntering(whom: Whom, { segment, seq, cause, filledIn }: Entering, terms: Terms): Errand[] {
  const isNews = cause.kind !== 'definition' && !filledIn;
  return running(terms).flatMap((one) => {
    if (one.trigger.on !== 'segment' || one.trigger.segment !== segment) return [];
    if (!isNews && !one.byJobs) return [];
    return qualifies(one, whom, terms) ? [errandOf(one, `${whom.customer}:${seq}`)] : [];
  });
}

/** For those who are in the segment already: each gets one code by it, however often it is run. */
export function byBackFill(distribution: Distribution, whom: Whom, terms: Terms): Errand | null {
  return qualifies(distribution, whom, terms) ? errandOf(distribution, `${whom.customer}:back-fill`) : null;
}

/** The trusted membership, and the conditions. */
export function qualifies(one: Distribution, whom: Whom, terms: Terms): boolean {
  return one.trigger.on === 'segment' && whom.isIn(one.trigger.segment) && holdsFor(one, whom, null, terms);
}

/** Whether anything waits for this segment to be entered. */
export function isAwaited(segment: string, terms: Terms): boolean {
  return running(terms).some(({ trigger }) => trigger.on === 'segment' && trigger.segment === segment);
}

function running({ distributions = [] }: Terms): Distribution[] {
  return distributions.filter(({ active }) => active);
}

type Happened = { name: string; properties: CustomerEvent['properties'] } | null;

function holdsFor(
  { when }: Distribution,
  { customer, head, isIn, nowMs }: Whom,
  event: Happened,
  terms: Terms,
): boolean {
  if (when === null) return true;
  const asked = conditionsOf<RuleCondition>(when).flatMap((one) => (one.kind === 'segment' ? one.anyOf : []));
  const about = { id: customer, segments: asked.filter(isIn), tier: tierIdOf(head), traits: head.traits, orders: 0 };
  const facts = { ...NO_FACTS, timeZone: terms.segments.manner.timeZone, customer: about, event };
  return ruleHolds(when, { facts, voucher: null, bill: null, taken: null, creditsMinor: null, nowMs });
}

function errandOf({ id, campaign }: Distribution, occasion: string): Errand {
  return { op: `${id}:${occasion}`, kind: GIVE_CODE, body: { distribution: id, campaign } };
}
