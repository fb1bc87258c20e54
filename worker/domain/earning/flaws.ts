/** What earning rules and campaigns name of the rest of a shop that is not there: a tier, a reward, a segment; and conditions that no event could be held against. */
import type { Programme } from '../programme.ts';
import { compile } from '../segments/compile.ts';
import type { MetricCondition, PropertyFilter } from '../segments/definition.ts';
import { asksForRating } from '../segments/rating.ts';
import type { SegmentSet } from '../segments/segment-set.ts';
import { isReview } from '../vouchers/rules.ts';
import type { EarningRule } from './programme.ts';

interface Flaw {
  /** Dotted path. */
  field: string;
  rule: string;
}

/** Against the programme itself. */
export function earningFlaws({ earning, tiers, rewards }: Pick<Programme, 'earning' | 'tiers' | 'rewards'>): Flaw[] {
  if (earning === undefined) return [];
  const known = new Set(tiers?.tiers.map(({ id }) => id));
  const given = new Map(rewards?.rewards.map((one) => [one.id, one.benefit.kind]));
  const rules = earning.rules.map((rule, at) => ({ ...rule, field: `earning.rules.${at}` }));
  const base = earning.order === null ? [] : [{ ...earning.order, field: 'earning.order' }];
  const campaigns = earning.campaigns.map((one, at) => ({ ...one, tiers: {}, field: `earning.campaigns.${at}` }));
  return [
    ...[...base, ...rules, ...campaigns].flatMap((one) => tierFlaws(one, known)),
    ...rules.flatMap(({ gives, field }): Flaw[] => {
      if (gives.kind !== 'reward') return [];
      const kind = given.get(gives.reward);
      if (kind === undefined)
        return [{ field: `${field}.gives.reward`, rule: 'must be the id of a reward of the programme' }];
      if (kind !== 'variable') return [];
      return [{ field: `${field}.gives.reward`, rule: 'must not be a variable reward, whose worth is chosen' }];
    }),
  ];
}

interface Tiered {
  field: string;
  onlyTiers: string[];
  tiers: Record<string, unknown>;
}

function tierFlaws({ field, onlyTiers, tiers }: Tiered, known: ReadonlySet<string>): Flaw[] {
  const named = [
    ...onlyTiers.map((id, at): [string, string] => [`${field}.onlyTiers.${at}`, id]),
    ...Object.keys(tiers).map((id): [string, string] => [`${field}.tiers.${id}`, id]),
  ];
  const rule = 'must be the id of a tier of the programme';
  return named.flatMap(([path, id]) => (known.has(id) ? [] : [{ field: path, rule }]));
}

/** Against the shop's segments, and against what filters can say. */
export function segmentFlaws({ earning, members }: Pick<Programme, 'earning' | 'members'>, set: SegmentSet): Flaw[] {
  const rules = (earning?.rules ?? []).map((rule, at) => ({ ...rule, field: `earning.rules.${at}` }));
  const base = earning?.order == null ? [] : [{ segment: earning.order.segment, field: 'earning.order' }];
  const campaigns = (earning?.campaigns ?? []).map(({ segment }, at) => ({
    segment,
    field: `earning.campaigns.${at}`,
  }));
  const asked = [...base, ...rules, ...campaigns].flatMap(({ segment, field }): [string, string][] =>
    segment === null ? [] : [[`${field}.segment`, segment]],
  );
  const excluded = (members?.exclude.segments ?? []).map((id, at): [string, string] => [
    `members.exclude.segments.${at}`,
    id,
  ]);
  const missing = [...asked, ...excluded].filter(([, id]) => !set.byId.has(id));
  const unread = rules.flatMap((rule) =>
    'conditions' in rule ? conditionFlaws(rule.conditions, rule.field, set) : [],
  );
  const rated = rules.filter((rule) => reviewedSegments([rule]).some((id) => asksForRating(id, set)));
  return [
    ...missing.map(([field]) => ({ field, rule: 'names no segment of this shop' })),
    ...rated.map(({ field }) => ({ field: `${field}.segment`, rule: 'is a segment that asks how a review rates' })),
    ...unread,
  ];
}

/** The segments by which rules of reviews choose. */
export function reviewedSegments(rules: readonly EarningRule[]): string[] {
  return rules.flatMap((rule) => (isOfReview(rule) && rule.segment !== null ? rule.segment : []));
}

function isOfReview(rule: EarningRule): boolean {
  return rule.kind === 'review' || (rule.kind === 'event' && isReview(rule.event));
}

const ONCE: Omit<MetricCondition, 'metric_filters'> = {
  type: 'profile-metric',
  metric_id: 'any',
  measurement: 'count',
  measurement_filter: { type: 'numeric', operator: 'greater-than', value: 0 },
  timeframe_filter: { type: 'date', operator: 'alltime' },
};

/** Conditions of a rule may say what those of a segment's event may. */
function conditionFlaws(metric_filters: PropertyFilter[], field: string, set: SegmentSet): Flaw[] {
  const definition = { condition_groups: [{ conditions: [{ ...ONCE, metric_filters }] }] };
  const compiled = compile(definition, set.manner.pattern);
  if (!('flaws' in compiled)) return [];
  const place = 'condition_groups.0.conditions.0.metric_filters';
  return compiled.flaws.map((flaw) => ({ ...flaw, field: flaw.field.replace(place, `${field}.conditions`) }));
}
