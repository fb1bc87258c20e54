/** Rules with every field said, which tests change one at a time. */
import { DEFAULT_BASE, type Selection } from '../../../worker/domain/earning/base.ts';
import type {
  BaseOrderTerms,
  BonusCampaign,
  EarningProgramme,
  EarningRule,
  EventEarning,
  MadeEarning,
  OrderEarning,
  RuleTerms,
} from '../../../worker/domain/earning/programme.ts';
import type { Programme } from '../../../worker/domain/programme.ts';

const TERMS: Omit<RuleTerms, 'id' | 'name'> = {
  startsAtMs: null,
  endsAtMs: null,
  segment: null,
  onlyTiers: [],
  tiers: {},
  limits: [],
  stackable: false,
  priority: 0,
};

/** One point for 1.00, alone unless it is said to stack. */
export function orderRule(id: string, changes: Partial<OrderEarning> = {}): OrderEarning {
  return {
    kind: 'order',
    id,
    name: id,
    gives: { kind: 'rate', points: 1, perMinor: 100 },
    rounding: 'floor',
    base: DEFAULT_BASE,
    select: null,
    minimumMinor: 0,
    ...TERMS,
    ...changes,
  };
}

export function baseTerms(changes: Partial<BaseOrderTerms> = {}): BaseOrderTerms {
  return { name: 'Orders', select: null, minimumMinor: 0, ...TERMS, ...changes };
}

/** Fixed points for an event of this name, by a server's word. */
export function eventRule(id: string, event: string, changes: Partial<EventEarning> = {}): EventEarning {
  return {
    kind: 'event',
    id,
    name: id,
    event,
    conditions: [],
    gives: { kind: 'fixed', points: 10 },
    rounding: 'floor',
    moneyProperty: null,
    trust: 'server',
    ...TERMS,
    ...changes,
  };
}

type Made<Kind> = Extract<MadeEarning, { kind: Kind }>;
const ONCE = { limits: [{ most: 1, of: 'times' as const, per: 'lifetime' as const }] };
const FIXED = { gives: { kind: 'fixed' as const, points: 10 }, trust: 'server' as const };

export function signUp(changes: Partial<Made<'sign_up'>> = {}): Made<'sign_up'> {
  return { kind: 'sign_up', id: 'sign_up', name: 'Sign-up', events: [], ...FIXED, ...TERMS, ...ONCE, ...changes };
}

export function consentRule(changes: Partial<Made<'consent'>> = {}): Made<'consent'> {
  return { kind: 'consent', id: 'consent', name: 'Mail', channel: 'email', ...FIXED, ...TERMS, ...ONCE, ...changes };
}

export function profileRule(traits: string[]): Made<'profile'> {
  return { kind: 'profile', id: 'profile', name: 'Profile', traits, ...FIXED, ...TERMS, ...ONCE };
}

export function campaign(id: string, changes: Partial<BonusCampaign> = {}): BonusCampaign {
  const bonus = { kind: 'multiplier' as const, numerator: 2, denominator: 1 };
  const open = { startsAtMs: null, endsAtMs: null, segment: null, onlyTiers: [], minimumMinor: 0 };
  return { id, name: id, bonus, rules: [], stackable: true, ...open, ...changes };
}

export function earning(changes: Partial<EarningProgramme> = {}): EarningProgramme {
  return { order: null, rules: [], campaigns: [], wait: null, ...changes };
}

/** A programme without the base rate: only these rules earn. */
export function onlyRules(...rules: EarningRule[]): Partial<Programme> {
  return { order: null, earning: earning({ rules }) };
}

export function selection(
  include: Partial<Selection['include']>,
  exclude: Partial<Selection['exclude']> = {},
): Selection {
  const nothing = { products: [], collections: [], tags: [] };
  return { include: { ...nothing, ...include }, exclude: { ...nothing, ...exclude } };
}
