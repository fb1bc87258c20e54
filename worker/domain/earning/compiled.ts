/** A programme's earning rules made ready, once for a version: which rules an event can concern is found by its name. */
import type { Channel } from '../consent.ts';
import { canonicalName } from '../event.ts';
import { JOINED } from '../members/changes.ts';
import type { Programme } from '../programme.ts';
import {
  BASE_RULE,
  type BaseOrderTerms,
  type BonusCampaign,
  type EarningRule,
  type EventEarning,
  type MadeEarning,
  type OrderEarning,
  type Wait,
} from './programme.ts';

export type OtherEarning = EventEarning | MadeEarning;

/** By what somebody gets an account, unless a rule says otherwise. */
const SIGN_UP_EVENTS = ['Signed Up', 'Created Customer', 'Joined Hub', JOINED];

export interface Compiled {
  /** The base rate first, then the others in their order. */
  orders: readonly OrderEarning[];
  /** The name of an event -> what it may earn by. */
  byEvent: ReadonlyMap<string, readonly OtherEarning[]>;
  byChannel: ReadonlyMap<Channel, readonly OtherEarning[]>;
  profiles: readonly Extract<MadeEarning, { kind: 'profile' }>[];
  campaigns: readonly BonusCampaign[];
  wait: Wait | null;
}

const BASE_TERMS: BaseOrderTerms = {
  name: 'Orders',
  startsAtMs: null,
  endsAtMs: null,
  segment: null,
  onlyTiers: [],
  tiers: {},
  limits: [],
  stackable: false,
  priority: 0,
  select: null,
  minimumMinor: 0,
};

const compiled = new WeakMap<Programme, Compiled>();

export function compiledEarning(programme: Programme): Compiled {
  const known = compiled.get(programme);
  if (known !== undefined) return known;
  const made = compileEarning(programme);
  compiled.set(programme, made);
  return made;
}

function compileEarning({ order, earning }: Programme): Compiled {
  const rules = earning?.rules ?? [];
  const base = order === null ? [] : [baseRule(order, earning?.order ?? BASE_TERMS)];
  const byEvent = new Map<string, OtherEarning[]>();
  const byChannel = new Map<Channel, OtherEarning[]>();
  for (const rule of rules) {
    for (const name of eventsOf(rule)) if (rule.kind !== 'order') push(byEvent, canonicalName(name), rule);
    if (rule.kind === 'consent') push(byChannel, rule.channel, rule);
  }
  return {
    orders: [...base, ...rules.filter((rule) => rule.kind === 'order')],
    byEvent,
    byChannel,
    profiles: rules.filter((rule) => rule.kind === 'profile'),
    campaigns: earning?.campaigns ?? [],
    wait: earning?.wait ?? null,
  };
}

function baseRule(
  { points, perMinor, rounding, base }: NonNullable<Programme['order']>,
  terms: BaseOrderTerms,
): OrderEarning {
  return { ...terms, id: BASE_RULE, kind: 'order', gives: { kind: 'rate', points, perMinor }, rounding, base };
}

function eventsOf(rule: EarningRule): readonly string[] {
  if (rule.kind === 'event' || rule.kind === 'review') return [rule.event];
  if (rule.kind !== 'sign_up') return [];
  return rule.events.length > 0 ? [...rule.events, JOINED] : SIGN_UP_EVENTS;
}

function push<Key, Rule>(into: Map<Key, Rule[]>, key: Key, rule: Rule): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [rule]);
  else if (!known.includes(rule)) known.push(rule);
}

/** How long points of a rule wait. */
export function waitOf({ wait }: Pick<EarningRule, 'wait'>, of: Pick<Compiled, 'wait'>): Wait | null {
  return wait === undefined ? of.wait : wait;
}
