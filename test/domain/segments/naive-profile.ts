/** The model's reading of a profile: its traits, where it lives, its points, and what it said of marketing. */
import type { ChannelConsent, Consent } from '../../../worker/domain/consent.ts';
import type { Json } from '../../../worker/domain/json.ts';
import type {
  ConsentCondition,
  ConsentFilter,
  DateFilter,
  ExistenceFilter,
  LoyaltyCondition,
  PropertyCondition,
  RegionCondition,
} from '../../../worker/domain/segments/definition.ts';
import type { Life, Scene } from './naive.ts';
import { type Reading, valuePasses, valuesAt } from './naive-values.ts';

/** Klaviyo's names, and where a profile has what they mean; the first that is set counts. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  email: ['email'],
  phone_number: ['phone', 'phone_number'],
  first_name: ['firstName', 'first_name'],
  country: ['country', 'country_code', 'countryCode', 'address.country', 'address.country_code', 'address.countryCode'],
  city: ['city', 'address.city'],
};

export function propertyHolds({ property, filter }: PropertyCondition, scene: Scene): boolean {
  return valuePasses(filter, told(property, scene.life), scene);
}

function told(property: string, { traits, firstSeenMs, lastSeenMs }: Life): Json[] {
  const custom = /^properties\['(.*)'\]$/.exec(property)?.[1];
  if (custom !== undefined) return valuesAt(traits, custom);
  const name = /^location\['(.*)'\]$/.exec(property)?.[1] ?? property;
  if (name === 'created' || name === 'first_active') return [firstSeenMs];
  if (name === 'last_active') return [lastSeenMs];
  const values = (KNOWN[name] ?? [name]).map((one) => valuesAt(traits, one));
  return values.find((one) => one.some((value) => value !== null && value !== '')) ?? [];
}

const UNION = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

const COUNTRIES: Readonly<Record<string, string>> = { GERMANY: 'DE', FRANCE: 'FR', 'UNITED STATES': 'US', USA: 'US' };

export function regionHolds({ in_region, region }: RegionCondition, { life }: Scene): boolean {
  const [country] = told('country', life);
  if (typeof country !== 'string') return false;
  const code = COUNTRIES[country.toUpperCase()] ?? country.toUpperCase();
  return (region === 'united_states' ? ['US'] : UNION).includes(code) === in_region;
}

export function loyaltyHolds({ property, filter }: LoyaltyCondition, scene: Scene): boolean {
  const { life, nowMs } = scene;
  const open = life.lots.filter(({ atMs }) => atMs > nowMs);
  const next = open.length === 0 ? null : Math.min(...open.map(({ atMs }) => atMs));
  const points = open.filter(({ atMs }) => atMs === next).reduce((sum, lot) => sum + lot.points, 0);
  const values: { [name: string]: Json } = {
    balance: life.balance,
    debt: life.debt,
    lifetime: life.lifetime,
    next_expiry_at: next,
    next_expiry_points: next === null ? null : points,
  };
  return valuePasses(filter, [values[property] ?? null], scene);
}

export function consentHolds({ consent: asked }: ConsentCondition, scene: Scene): boolean {
  const own = scene.life.consents[asked.channel] ?? { consent: null, suppression: null, liftedAtMs: null };
  const { subscription, filters } = asked.consent_status;
  const complained = own.suppression !== null && own.suppression.reason === 'complained';
  const said = complained ? 'unsubscribed' : (own.consent?.state ?? 'never_subscribed');
  return (
    mayReceive(own, asked.channel, scene) === asked.can_receive_marketing &&
    (subscription === 'any' || subscription === said) &&
    (filters ?? []).every((filter) => consentFilterPasses(filter, own, scene))
  );
}

function mayReceive({ consent, suppression }: ChannelConsent, channel: string, { klaviyo }: Scene): boolean {
  if (suppression !== null) return false;
  if (klaviyo && channel === 'email' && (consent === null || consent.state === 'never_subscribed')) return true;
  return consent?.state === 'subscribed' && consent.trust === 'server';
}

function consentFilterPasses(asked: ConsentFilter, own: ChannelConsent, reading: Reading): boolean {
  const { consent, suppression } = own;
  const dated = (atMs: number | null | undefined, filter: DateFilter | ExistenceFilter) =>
    valuePasses(filter, [atMs ?? null], reading);
  switch (asked.field) {
    case 'status_date':
      return dated(consent?.atMs, asked.filter);
    case 'bounce_date':
      return dated(suppression?.reason === 'bounced' ? suppression.atMs : null, asked.filter);
    case 'manual_suppression_date':
      return dated(suppression?.reason === 'manual' ? suppression.atMs : null, asked.filter);
    case 'is_double_opt_in':
      return isDouble(consent) === asked.filter.value;
    case 'custom_source':
      return valuePasses(asked.filter, [consent?.source ?? null], reading);
    case 'method': {
      if (/^spam_complaint$/i.test(asked.method)) return suppression !== null && suppression.reason === 'complained';
      const { method = consent?.source, form = null, url = null } = consent?.proof ?? {};
      const isMethod = method?.toLowerCase() === asked.method.toLowerCase();
      return isMethod && (asked.filter === undefined || valuePasses(asked.filter, [form, url], reading));
    }
  }
}

function isDouble(consent: Consent | null): boolean {
  const level = consent?.proof.optInLevel?.toLowerCase() ?? '';
  return level.includes('double') || level.includes('confirmed');
}
