/** Whether somebody can be written to on a channel, and why; and since when they are in a list or segment. */
import { type ChannelConsent, type Consent, canReceive } from '../consent.ts';
import type { Json } from '../json.ts';
import { boundsOf } from './dates.ts';
import type { ConsentCondition, ConsentFilter, DateFilter, MembershipCondition } from './definition.ts';
import type { Facts, Manner } from './facts.ts';
import { allOf, always, anyOf, not, type Truth } from './truth.ts';
import { passes } from './values.ts';

/** The method by which Klaviyo's definitions ask for it. */
const COMPLAINT = 'spam_complaint';

const NOTHING: ChannelConsent = { consent: null, suppression: null, liftedAtMs: null };

export function consentTruth({ consent }: ConsentCondition, { head }: Facts, manner: Manner, nowMs: number): Truth {
  const { channel, can_receive_marketing, consent_status } = consent;
  const own = head.consents[channel] ?? NOTHING;
  const { allowed } = canReceive(head.consents, channel);
  const never = own.consent === null || own.consent.state === 'never_subscribed';
  // Klaviyo lets marketing mail go to whoever never said anything; here nobody is written to who did not ask for it
  const implied = manner.klaviyo && channel === 'email' && never && own.suppression === null;
  const receives = allowed || implied;
  const { subscription, filters } = consent_status;
  const base = receives === can_receive_marketing && isStatus(subscription, own);
  const told = (filters ?? []).map((filter) => consentFilterTruth(filter, own, manner, nowMs));
  return allOf([always(base), ...told]);
}

function isStatus(
  subscription: ConsentCondition['consent']['consent_status']['subscription'],
  own: ChannelConsent,
): boolean {
  const said = hasComplained(own) ? 'unsubscribed' : (own.consent?.state ?? 'never_subscribed');
  return subscription === 'any' || subscription === said;
}

/** Klaviyo takes a complaint for an unsubscription, told by that method. */
function hasComplained({ suppression }: ChannelConsent): boolean {
  return suppression?.reason === 'complained';
}

function consentFilterTruth(filter: ConsentFilter, own: ChannelConsent, manner: Manner, nowMs: number): Truth {
  const reading = { ...manner, nowMs };
  switch (filter.field) {
    case 'is_double_opt_in':
      return passes(filter.filter, [isDouble(own.consent)], reading);
    case 'status_date':
      return passes(filter.filter, given(own.consent?.atMs), reading);
    case 'bounce_date':
      return passes(
        filter.filter,
        given(own.suppression?.reason === 'bounced' ? own.suppression.atMs : undefined),
        reading,
      );
    case 'manual_suppression_date':
      return passes(
        filter.filter,
        given(own.suppression?.reason === 'manual' ? own.suppression.atMs : undefined),
        reading,
      );
    case 'custom_source':
      return passes(filter.filter, given(own.consent?.source), reading);
    case 'method': {
      const { method, form, url } = own.consent?.proof ?? {};
      const asked = filter.method.toLowerCase();
      if (asked === COMPLAINT) return always(hasComplained(own));
      const named = always((method ?? own.consent?.source ?? '').toLowerCase() === asked);
      if (filter.filter === undefined) return named;
      return allOf([named, passes(filter.filter, [...given(form), ...given(url)], reading)]);
    }
  }
}

function isDouble(consent: Consent | null): boolean {
  return /double|confirmed/i.test(consent?.proof.optInLevel ?? '');
}

function given(value: Json | undefined): Json[] {
  return value === undefined ? [] : [value];
}

/** Klaviyo's "between dates" leaves the last day out where it asks since when somebody is on a list. */
function isFromLastDayOn(filter: DateFilter, sinceMs: number, { timeZone }: Manner): boolean {
  if (filter.operator !== 'between-static') return false;
  const end = boundsOf(filter.end, timeZone);
  return end !== null && sinceMs >= end.fromMs;
}

/** In any of the groups, since when the filter says; or in none of them. */
export function membershipTruth(condition: MembershipCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  const { is_member, group_ids, timeframe_filter } = condition;
  const inside = group_ids.map((group): Truth => {
    const sinceMs = facts.sinceOf(group);
    if (sinceMs === null) return always(false);
    if (!timeframe_filter) return always(true);
    if (manner.klaviyo && isFromLastDayOn(timeframe_filter, sinceMs, manner)) return always(false);
    return passes(timeframe_filter, [sinceMs], { ...manner, nowMs });
  });
  return is_member ? anyOf(inside) : not(anyOf(inside));
}
