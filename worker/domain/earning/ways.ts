/** The ways in which one customer can earn as of an instant: what each gives them, whether it can be had, and when again. Pure. */
import type { Terms } from '../terms.ts';
import { compiledEarning, type OtherEarning } from './compiled.ts';
import { givesTo, hindranceOf, isFor, judgeOf, multipliersOf } from './judge.ts';
import { roomOf } from './limits.ts';
import { factorOf, rateOf, scaled } from './multiplier.ts';
import type { EarningRule } from './programme.ts';
import { type Earner, type EarningWay, type EarningWays, rewardGiven, type Scene, type WayGives } from './way.ts';
import { isOutranked } from './ways-outranked.ts';
import { birthdayWay, referralWay } from './ways-programme.ts';

/** Whoever is no member yet is told what a member earns; who takes no part, nothing. */
export function waysFor(who: Earner, terms: Terms, nowMs: number): EarningWays {
  const asked = judgeOf(who, terms.programme, nowMs);
  if (asked.state === 'disabled') return { ways: [], bonuses: [] };
  const scene: Scene = {
    who,
    terms,
    nowMs,
    judge: { ...asked, earns: true },
    compiled: compiledEarning(terms.programme),
  };
  const rules: EarningRule[] = [...scene.compiled.orders, ...othersIn(scene)];
  const found = rules.flatMap((rule) => {
    const way = wayOf(scene, rule);
    return way === null ? [] : [{ rule, way }];
  });
  const standing = found.flatMap(({ rule, way }) => (way.state === 'available' ? rule : []));
  const own = found.filter(({ rule }) => !isOutranked(rule, standing, scene.compiled)).map(({ way }) => way);
  const ways = [...own, ...birthdayWay(scene), ...referralWay(scene)];
  return {
    ways: sorted(ways),
    bonuses: bonusesIn(
      scene,
      found.map(({ rule }) => rule),
    ),
  };
}

function othersIn({ terms }: Scene): OtherEarning[] {
  return (terms.programme.earning?.rules ?? []).filter((rule) => rule.kind !== 'order');
}

/** null: it is not for this customer, or it is over. */
function wayOf(scene: Scene, rule: EarningRule): EarningWay | null {
  const { judge, nowMs } = scene;
  const { id, kind, name, startsAtMs, endsAtMs } = rule;
  const beginsMs = Math.max(nowMs, startsAtMs ?? nowMs);
  if (hindranceOf(rule, judge, beginsMs) !== null) return null;
  const standing = standingOf(scene, rule, beginsMs);
  const gives = givesIn(scene, rule, { atMs: beginsMs, most: standing.points });
  if (gives === null) return null;
  const { state, againAtMs } = standing;
  const minimumMinor = rule.kind === 'order' ? rule.minimumMinor : 0;
  const channel = rule.kind === 'consent' ? rule.channel : null;
  return { id, kind, name, gives, minimumMinor, state, againAtMs, endsAtMs, channel };
}

/** `points`: what limits leave of what it gives, where they leave anything. */
type RuleStanding = Pick<EarningWay, 'state' | 'againAtMs'> & { points: number };

const NO_LIMIT = Number.POSITIVE_INFINITY;
const DONE: RuleStanding = { state: 'done', againAtMs: null, points: NO_LIMIT };

function standingOf({ who, terms, nowMs }: Scene, rule: EarningRule, beginsMs: number): RuleStanding {
  if (isMade(who, rule, terms, nowMs)) return DONE;
  const usage = who.head.loyalty.earning?.used?.[rule.id];
  const { points, againAtMs } = roomOf(usage, rule.limits, beginsMs, terms.segments.manner.timeZone);
  if (points === 0) {
    const isOver = againAtMs === null || (rule.endsAtMs !== null && againAtMs >= rule.endsAtMs);
    return isOver ? DONE : { state: 'later', againAtMs, points: NO_LIMIT };
  }
  return beginsMs > nowMs
    ? { state: 'later', againAtMs: beginsMs, points }
    : { state: 'available', againAtMs: null, points };
}

/** A member has signed up, and who hears from the shop has said so: neither can be done once more. */
function isMade(who: Earner, rule: EarningRule, { programme }: Terms, nowMs: number): boolean {
  if (rule.kind === 'sign_up') return judgeOf(who, programme, nowMs).state === 'member';
  if (rule.kind !== 'consent') return false;
  const consent = who.head.consents[rule.channel]?.consent;
  return consent?.trust === 'server' && consent.state === 'subscribed';
}

/** With the tier and the campaigns that count for whatever the rule asks of an order; null: nothing. */
function givesIn(
  { judge, compiled, terms }: Scene,
  rule: EarningRule,
  { atMs, most }: { atMs: number; most: number },
): WayGives | null {
  const gives = givesTo(rule, judge);
  if (gives.kind === 'reward') return rewardGiven(terms, gives.reward);
  const least = rule.kind === 'order' ? rule.minimumMinor : 0;
  const multipliers = multipliersOf(rule, judge, { campaigns: compiled.campaigns, atMs });
  const factor = factorOf(multipliers.filter(({ minimumMinor }) => minimumMinor <= least));
  if (gives.kind === 'rate') {
    const rate = rateOf(gives, factor);
    return rate === null ? null : { kind: 'rate', ...rate };
  }
  const rounding = 'rounding' in rule ? rule.rounding : 'floor';
  const points = Math.min(most, scaled({ points: gives.points, amount: 1, per: 1 }, factor, rounding));
  return points === 0 ? null : { kind: 'points', points };
}

function bonusesIn({ compiled, judge, nowMs }: Scene, rules: readonly EarningRule[]): EarningWays['bonuses'] {
  return compiled.campaigns
    .filter((campaign) => hindranceOf(campaign, judge, nowMs) === null && rules.some((rule) => isFor(campaign, rule)))
    .map(({ name, endsAtMs }) => ({ name, endsAtMs }));
}

const ORDER = ['available', 'later', 'done'];

function sorted(ways: EarningWay[]): EarningWay[] {
  return ways.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}
