/** What is known about somebody: traits by Klaviyo's names and by their own, where they live, how their points stand. */
import type { Head } from '../customer.ts';
import { soonestExpiry } from '../inactivity/soonest.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { LoyaltyCondition, PropertyCondition, RegionCondition } from './definition.ts';
import type { Facts, Manner } from './facts.ts';
import { valuesAt } from './paths.ts';
import { always, type Truth } from './truth.ts';
import { passes } from './values.ts';

/** Klaviyo's names for what profiles are told by under several. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  email: ['email'],
  phone_number: ['phone', 'phone_number'],
  external_id: ['userId'],
  unique_id: ['userId'],
  first_name: ['firstName', 'first_name'],
  last_name: ['lastName', 'last_name'],
  organization: ['organization', 'company'],
  title: ['title'],
  language: ['language', 'locale'],
  locale: ['locale', 'language'],
  timezone: ['timezone', 'timeZone'],
};
/** These stand beside the profile or in its address. */
const OF_ADDRESS: Readonly<Record<string, readonly string[]>> = {
  country: ['country', 'country_code', 'countryCode'],
  region: ['region', 'state', 'province'],
  city: ['city'],
  zip: ['zip', 'postal_code', 'postalCode'],
  address1: ['address1', 'street'],
  address2: ['address2'],
};
const SEEN = new Set(['first_active', 'created', 'last_active']);
const CUSTOM = /^properties\['(.*)'\]$/s;
const LOCATION = /^location(?:\['(.+)'\]|\.(.+))$/;

export function propertyTruth(
  { property, filter }: PropertyCondition,
  { head }: Facts,
  manner: Manner,
  nowMs: number,
): Truth {
  return passes(filter, propertyValues(property, head), { ...manner, nowMs });
}

/** All values of a property, by any of the names that mean it. */
export function propertyValues(property: string, head: Head): Json[] {
  const custom = CUSTOM.exec(property)?.[1];
  if (custom !== undefined) return valuesAt(head.traits, custom);
  const at = LOCATION.exec(property);
  const name = at?.[1] ?? at?.[2] ?? property;
  if (name === 'last_active') return [head.lastSeenMs];
  if (SEEN.has(name)) return [head.firstSeenMs];
  if (Object.hasOwn(OF_ADDRESS, name)) return addressValues(OF_ADDRESS[name] ?? [], head.traits);
  if (Object.hasOwn(KNOWN, name)) return firstOf(KNOWN[name] ?? [], head.traits);
  return valuesAt(head.traits, name);
}

/** The names of traits that a property is read from; null: it is read from when the customer was seen. */
export function traitsOf(property: string): string[] | null {
  const custom = CUSTOM.exec(property)?.[1];
  if (custom !== undefined) return [custom, rootOf(custom)];
  const at = LOCATION.exec(property);
  const name = at?.[1] ?? at?.[2] ?? property;
  if (SEEN.has(name)) return null;
  if (Object.hasOwn(OF_ADDRESS, name)) return [...(OF_ADDRESS[name] ?? []), 'address', 'addresses', 'default_address'];
  return Object.hasOwn(KNOWN, name) ? [...(KNOWN[name] ?? [])] : [name, rootOf(name)];
}

function rootOf(path: string): string {
  return /^(?:[^\\.[\]]|\\.)*/s.exec(path)?.[0].replaceAll(/\\(.)/gs, '$1') ?? path;
}

function firstOf(names: readonly string[], content: JsonObject): Json[] {
  const name = names.find((one) => content[one] !== undefined && content[one] !== null && content[one] !== '');
  return name === undefined ? [] : [content[name] ?? null];
}

function addressValues(names: readonly string[], traits: JsonObject): Json[] {
  const own = firstOf(names, traits);
  if (own.length > 0) return own;
  for (const place of ['address', 'default_address']) {
    const address = traits[place];
    const found = isObject(address) ? firstOf(names, address) : [];
    if (found.length > 0) return found;
  }
  return [];
}

const EUROPEAN_UNION = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '),
);
const UNITED_STATES = new Set(['US', 'USA', 'UNITED STATES', 'UNITED STATES OF AMERICA']);
const COUNTRY_NAMES: Readonly<Record<string, string>> = {
  AUSTRIA: 'AT',
  BELGIUM: 'BE',
  BULGARIA: 'BG',
  CROATIA: 'HR',
  CYPRUS: 'CY',
  CZECHIA: 'CZ',
  'CZECH REPUBLIC': 'CZ',
  DENMARK: 'DK',
  ESTONIA: 'EE',
  FINLAND: 'FI',
  FRANCE: 'FR',
  GERMANY: 'DE',
  GREECE: 'GR',
  HUNGARY: 'HU',
  IRELAND: 'IE',
  ITALY: 'IT',
  LATVIA: 'LV',
  LITHUANIA: 'LT',
  LUXEMBOURG: 'LU',
  MALTA: 'MT',
  NETHERLANDS: 'NL',
  POLAND: 'PL',
  PORTUGAL: 'PT',
  ROMANIA: 'RO',
  SLOVAKIA: 'SK',
  SLOVENIA: 'SI',
  SPAIN: 'ES',
  SWEDEN: 'SE',
};

/** By the country, as a code or its English name. Of whom no country is known nothing is said: neither in nor out. */
export function regionTruth({ in_region, region }: RegionCondition, { head }: Facts): Truth {
  const [told] = propertyValues('country', head);
  if (typeof told !== 'string' || told === '') return always(false);
  const country = told.trim().toUpperCase();
  const inside =
    region === 'european_union' ? EUROPEAN_UNION.has(COUNTRY_NAMES[country] ?? country) : UNITED_STATES.has(country);
  return always(inside === in_region);
}

export function loyaltyTruth(
  { property, filter }: LoyaltyCondition,
  facts: Facts,
  manner: Manner,
  nowMs: number,
): Truth {
  const value = loyaltyValue(property, facts, nowMs);
  return passes(filter, value === null ? [] : [value], { ...manner, nowMs });
}

/** null: not set. A status is what somebody said of the customer, or the programme's enrolment; of whom nobody said anything there is none. */
export function loyaltyValue(property: LoyaltyCondition['property'], { head, history }: Facts, nowMs: number): Json {
  switch (property) {
    case 'balance':
      return head.balance;
    case 'debt':
      return head.debt;
    case 'lifetime':
      return head.lifetime;
    case 'next_expiry_at':
      return soonestExpiry(head, history.nextExpiry(nowMs))?.atMs ?? null;
    case 'next_expiry_points':
      return soonestExpiry(head, history.nextExpiry(nowMs))?.points ?? null;
    case 'tier':
      return head.loyalty.tier?.id ?? null;
    case 'tier_since':
      return head.loyalty.tier?.sinceMs ?? null;
    case 'status':
      return head.loyalty.member?.state ?? null;
  }
}
