/** Whether somebody can be written to on a channel, and why; and since when they are in a list or segment. */
import { type ChannelConsent, type Consent, canReceive } from '../consent.ts';
import type { Json } from '../json.ts';
import type { ConsentCondition, ConsentFilter, MembershipCondition } from './definition.ts';
import type { Facts, Manner } from './facts.ts';
import { allOf, always, anyOf, not, type Truth } from './truth.ts';
import { passes } from './values.ts';

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
  { consent }: ChannelConsent,
): boolean {
  return subscription === 'any' || subscription === (consent?.state ?? 'never_subscribed');
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
      const named = always((method ?? own.consent?.source ?? '').toLowerCase() === filter.method.toLowerCase());
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

/** In any of the groups, since when the filter says; or in none of them. */
export function membershipTruth(condition: MembershipCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  const { is_member, group_ids, timeframe_filter } = condition;
  const inside = group_ids.map((group): Truth => {
    const sinceMs = facts.sinceOf(group);
    if (sinceMs === null) return always(false);
    return timeframe_filter ? passes(timeframe_filter, [sinceMs], { ...manner, nowMs }) : always(true);
  });
  return is_member ? anyOf(inside) : not(anyOf(inside));
}
