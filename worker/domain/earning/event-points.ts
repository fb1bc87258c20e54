/** What an event earns besides the order it tells of: by its name, by a consent it grants, by a profile it completes. */
import type { Channel } from '../consent.ts';
import type { Trust } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';
import { hold, pendingOf } from '../loyalty/pending-ledger.ts';
import { toMinor } from '../money.ts';
import { valuesAt } from '../segments/paths.ts';
import { passes } from '../segments/values.ts';
import type { Terms } from '../terms.ts';
import { DAY_MS, expiryOf, LARGEST_BALANCE, lotId, type Work } from '../work.ts';
import { askBudget } from './budget.ts';
import { type Compiled, compiledEarning, type OtherEarning, waitOf } from './compiled.ts';
import { creditParts, type Earned, NOTHING_EARNED, together } from './earned.ts';
import { givesTo, hindranceOf, type Judge, judgeOf, multipliersOf } from './judge.ts';
import { counted, roomOf } from './limits.ts';
import { factorOf, scaled } from './multiplier.ts';

export interface Trigger {
  name: string;
  properties: JsonObject;
  trust: Trust;
  /** When it happened; `nowMs` is when that is decided on. */
  atMs: number;
  nowMs: number;
  /** Limits count it here: what is filled in from the past at its own time, all else now. */
  countsAtMs: number;
  /** Channels that it subscribed to. */
  granted: readonly Channel[];
  /** It may have completed the profile. */
  profile: boolean;
}

/** Places in a row from here on are those of rules of events. */
const FIRST_PLACE = 32;
export const MOST_RULES_OF_EVENTS = 30;
const NONE: readonly OtherEarning[] = [];

/** One lookup where no rule names the event. Call it before the event's row is pushed, with its traits taken over. */
export function earnByEvent(work: Work, trigger: Trigger, terms: Terms): Earned {
  const rules = compiledEarning(terms.programme);
  const named = rules.byEvent.get(trigger.name) ?? NONE;
  const profiles = trigger.profile ? rules.profiles : NONE;
  if (named.length + profiles.length + trigger.granted.length === 0) return NOTHING_EARNED;
  const groups = [named, profiles, ...trigger.granted.map((channel) => rules.byChannel.get(channel) ?? NONE)];
  const judge = judgeOf(work, terms.programme, trigger.nowMs);
  if (!judge.earns) return NOTHING_EARNED;
  const scene = { work, trigger, terms, judge, rules };
  const chosen = new Set(groups.flatMap((group) => winners(group.filter((rule) => mayEarn(scene, rule)))));
  return together([...chosen].slice(0, MOST_RULES_OF_EVENTS).map((rule, at) => earn(scene, rule, FIRST_PLACE + at)));
}

interface Scene {
  work: Work;
  trigger: Trigger;
  terms: Terms;
  judge: Judge;
  rules: Compiled;
}

/** Those that stack, and of the others the first of the highest priority. */
function winners(rules: readonly OtherEarning[]): OtherEarning[] {
  const alone = rules.filter(({ stackable }) => !stackable);
  const best = Math.max(...alone.map(({ priority }) => priority));
  const first = alone.find(({ priority }) => priority === best);
  return rules.filter((rule) => rule.stackable || rule === first);
}

function mayEarn(scene: Scene, rule: OtherEarning): boolean {
  const { trigger, judge } = scene;
  if (trigger.trust !== 'server' && rule.trust !== 'any') return false;
  if (hindranceOf(rule, judge, trigger.atMs) !== null) return false;
  return meets(scene, rule) && pointsLeft(scene, rule) > 0;
}

function meets({ work, trigger, terms }: Scene, rule: OtherEarning): boolean {
  switch (rule.kind) {
    case 'event':
    case 'review': {
      const { timeZone, pattern } = terms.segments.manner;
      const reading = { nowMs: trigger.nowMs, timeZone, klaviyo: false, pattern };
      return rule.conditions.every(
        ({ property, filter }) => passes(filter, valuesAt(trigger.properties, property), reading).holds,
      );
    }
    case 'sign_up':
      // Shopify makes a customer of whoever buys; only of some it says that they have an account
      return trigger.name !== 'Created Customer' || rule.events.length > 0 || trigger.properties.state === 'enabled';
    case 'profile':
      return rule.traits.every((trait) => valuesAt(work.head.traits, trait).some(isSet));
    case 'consent':
      return true;
  }
}

function isSet(value: Json): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function pointsLeft({ work, trigger, terms }: Scene, { id, limits }: OtherEarning): number {
  const { timeZone } = terms.segments.manner;
  return roomOf(work.head.loyalty.earning?.used?.[id], limits, trigger.countsAtMs, timeZone).points;
}

function earn(scene: Scene, rule: OtherEarning, place: number): Earned {
  const { work, trigger, terms, rules } = scene;
  const ref = { id: rule.id, name: rule.name };
  if (rule.gives.kind === 'reward') {
    count(scene, rule, 0);
    return { ...NOTHING_EARNED, gifts: [{ reward: rule.gives.reward, rule: ref }] };
  }
  const room = LARGEST_BALANCE - work.draft.balance - pendingOf(work);
  const points = Math.min(pointsOf(scene, rule), pointsLeft(scene, rule), room);
  if (points <= 0) return NOTHING_EARNED;
  count(scene, rule, points);
  const id = lotId(work, place);
  const origin = `rule:${rule.id}`;
  const releasesAtMs = trigger.atMs + (waitOf(rule, rules)?.days ?? 0) * DAY_MS;
  const waiting = { id, releasesAtMs, points, origin, rule: ref, sinceMs: trigger.nowMs };
  if (rule.budget != null) return { ...NOTHING_EARNED, pending: [askBudget(work, waiting, releasesAtMs)] };
  if (releasesAtMs > trigger.nowMs) return { ...NOTHING_EARNED, pending: [hold(work, waiting)] };
  const lot = { lot: id, expiresAtMs: expiryOf(terms, trigger.nowMs), origin };
  const entries = creditParts(work, [{ rule: ref, points }], lot, { kind: 'earned', orderId: null });
  return { ...NOTHING_EARNED, entries };
}

/** What it gives in this tier, with everything that multiplies it; 0 where the money is not told, or is another shop's. */
function pointsOf({ trigger, terms, judge, rules }: Scene, rule: OtherEarning): number {
  const gives = givesTo(rule, judge);
  if (gives.kind === 'reward') return 0;
  const amount = gives.kind === 'rate' ? moneyOf(rule, trigger.properties, terms.currency) : null;
  if (gives.kind === 'rate' && (amount === null || amount <= 0)) return 0;
  const all = multipliersOf(rule, judge, { campaigns: rules.campaigns, atMs: trigger.atMs });
  const factor = factorOf(all.filter(({ minimumMinor }) => (amount ?? 0) >= minimumMinor));
  const rate = gives.kind === 'rate' ? { amount: amount ?? 0, per: gives.perMinor } : { amount: 1, per: 1 };
  const rounding = 'rounding' in rule ? rule.rounding : 'floor';
  return scaled({ ...rate, points: gives.points }, factor, rounding);
}

function moneyOf(rule: OtherEarning, properties: JsonObject, currency: string): number | null {
  if (!('moneyProperty' in rule) || rule.moneyProperty === null) return null;
  const told = properties.currency;
  if (typeof told === 'string' && told !== '' && told.toUpperCase() !== currency) return null;
  return toMinor(valuesAt(properties, rule.moneyProperty)[0], currency);
}

function count({ work, trigger, terms }: Scene, rule: OtherEarning, points: number): void {
  if (rule.limits.length === 0) return;
  const { loyalty } = work.head;
  const use = { times: 1 as const, points, atMs: trigger.countsAtMs };
  const earning = counted(loyalty.earning, rule, use, terms.segments.manner.timeZone);
  work.head = { ...work.head, loyalty: { ...loyalty, earning } };
}
