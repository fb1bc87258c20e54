/**
 * A definition made ready: one tree, cheap conditions first, and the list of what can change it. Refuses what no customer
 * could ever be held against.
 */
import { canonicalName } from '../event.ts';
import type { Condition, Definition, PropertyFilter, Timeframe, ValueFilter } from './definition.ts';
import { traitsOf } from './profile.ts';
import type { PatternMaker } from './values.ts';

export type Node =
  | { kind: 'all' | 'any'; of: Node[] }
  | { kind: 'not'; of: [Node] }
  | { kind: 'leaf'; condition: Leaf };

export type Leaf = Exclude<Condition, { type: 'group' }>;

export interface Compiled {
  root: Node;
  klaviyo: boolean;
  /** What can change it: `event:…`, `trait:…`, `consent:…`, `group:…`, `points`, `orders`, `vouchers`, `seen`. */
  needs: ReadonlySet<string>;
  /** Lists and segments that it asks for. */
  groups: ReadonlySet<string>;
}

export const MOST_CONDITIONS = 100;
export const DEEPEST = 32;
export const MOST_PROPERTY_FILTERS = 10;
/** Longer windows than this reach before anything was sold. */
export const LONGEST_SPAN = 100_000;

export interface Flaw {
  /** Dotted path in the definition. */
  field: string;
  rule: string;
}

/** The definition made ready, or every rule that it breaks. */
export function compile(definition: Definition, pattern: PatternMaker): Compiled | { flaws: Flaw[] } {
  const leaves: { leaf: Leaf; path: string }[] = [];
  const flaws: Flaw[] = [];
  const groups = definition.condition_groups.map(({ conditions }, group): Node => {
    const path = `condition_groups.${group}.conditions`;
    return joined('any', conditions, { path, depth: 1, leaves, flaws });
  });
  if (leaves.length > MOST_CONDITIONS)
    flaws.push({ field: 'condition_groups', rule: `may hold at most ${MOST_CONDITIONS} conditions in all` });
  for (const { leaf, path } of leaves) flaws.push(...flawsOf(leaf, path, pattern));
  if (flaws.length > 0) return { flaws: flaws.slice(0, 20) };
  const needs = new Set(leaves.flatMap(({ leaf }) => needsOf(leaf)));
  const asked = leaves.flatMap(({ leaf }) => (leaf.type === 'profile-group-membership' ? leaf.group_ids : []));
  return {
    root: sorted({ kind: 'all', of: groups }),
    klaviyo: definition.klaviyo ?? false,
    needs,
    groups: new Set(asked),
  };
}

/** One condition made ready, of a definition that was looked through before. */
export function nodeFor(condition: Condition): Node {
  return sorted(nodeOf(condition, { path: '', depth: 0, leaves: [], flaws: [] }));
}

interface Walk {
  path: string;
  depth: number;
  leaves: { leaf: Leaf; path: string }[];
  flaws: Flaw[];
}

function joined(kind: 'all' | 'any', conditions: readonly Condition[], walk: Walk): Node {
  const of = conditions.map((condition, at) => nodeOf(condition, { ...walk, path: `${walk.path}.${at}` }));
  return { kind, of };
}

function nodeOf(condition: Condition, walk: Walk): Node {
  if (condition.type !== 'group') {
    walk.leaves.push({ leaf: condition, path: walk.path });
    return { kind: 'leaf', condition };
  }
  if (walk.depth >= DEEPEST) {
    walk.flaws.push({ field: walk.path, rule: `may be nested at most ${DEEPEST} deep` });
    return { kind: 'all', of: [] };
  }
  const below = { ...walk, path: `${walk.path}.conditions`, depth: walk.depth + 1 };
  if (condition.operator === 'not') {
    const [only, ...more] = condition.conditions;
    if (only === undefined || more.length > 0)
      walk.flaws.push({ field: below.path, rule: 'of a NOT must be exactly one condition; put several into a group' });
    return { kind: 'not', of: [joined('all', condition.conditions, below)] };
  }
  return joined(condition.operator === 'and' ? 'all' : 'any', condition.conditions, below);
}

const COSTS: Record<Leaf['type'], number> = {
  'profile-group-membership': 0,
  'profile-marketing-consent': 0,
  'profile-property': 0,
  'profile-region': 0,
  'profile-loyalty': 1,
  'profile-vouchers': 2,
  'profile-metric': 3,
  'profile-orders': 5,
  'profile-predictive-analytics': 6,
};

function costOf(node: Node): number {
  if (node.kind !== 'leaf') return node.of.reduce((sum, one) => sum + costOf(one), 0);
  const { condition } = node;
  const filtered = condition.type === 'profile-metric' && (condition.metric_filters ?? []).length > 0 ? 3 : 0;
  return COSTS[condition.type] + filtered;
}

/** What costs less is asked first; an explanation keeps the definition's own order. */
function sorted(node: Node): Node {
  if (node.kind === 'leaf') return node;
  if (node.kind === 'not') return { kind: 'not', of: [sorted(node.of[0])] };
  return { kind: node.kind, of: node.of.map(sorted).sort((a, b) => costOf(a) - costOf(b)) };
}

function needsOf(leaf: Leaf): string[] {
  switch (leaf.type) {
    case 'profile-metric':
      return [`event:${canonicalName(leaf.metric_id)}`, ...anchorNeeds(leaf.timeframe_filter)];
    case 'profile-property':
      return (traitsOf(leaf.property) ?? [null]).map((trait) => (trait === null ? 'seen' : `trait:${trait}`));
    case 'profile-region':
      return (traitsOf('country') ?? []).map((trait) => `trait:${trait}`);
    case 'profile-group-membership':
      return leaf.group_ids.map((group) => `group:${group}`);
    case 'profile-marketing-consent':
      return [`consent:${leaf.consent.channel}`];
    case 'profile-loyalty':
      return ['points'];
    case 'profile-orders':
      return ['orders', ...anchorNeeds(leaf.timeframe_filter)];
    case 'profile-predictive-analytics':
      return ['orders'];
    case 'profile-vouchers':
      return ['vouchers'];
  }
}

function anchorNeeds(timeframe: Timeframe): string[] {
  return timeframe.operator === 'since-event' ? [`event:${canonicalName(timeframe.metric_id)}`] : [];
}

function flawsOf(leaf: Leaf, path: string, pattern: PatternMaker): Flaw[] {
  const flaws: Flaw[] = [];
  const check = (field: string, filter: ValueFilter | undefined) => {
    if (filter === undefined) return;
    if (
      filter.type === 'string' &&
      (filter.operator === 'regex' || filter.operator === 'nregex') &&
      pattern(filter.value) === null
    )
      flaws.push({
        field: `${path}.${field}.value`,
        rule: 'must be a regular expression (RE2 syntax: no back-references, no look-around)',
      });
    if (filter.type === 'date' && filter.operator === 'between' && filter.start >= filter.end)
      flaws.push({ field: `${path}.${field}`, rule: 'must start (the nearer end) before it ends' });
    if (filter.type === 'numeric' && filter.operator === 'between' && (filter.start ?? 0) > (filter.end ?? 0))
      flaws.push({ field: `${path}.${field}`, rule: 'must start before it ends' });
  };
  const checkAll = (filters: readonly PropertyFilter[]) =>
    filters.forEach(({ filter }, at) => {
      check(`metric_filters.${at}.filter`, filter);
    });
  const plainTimeframe = (timeframe: Timeframe | undefined | null) =>
    timeframe == null || timeframe.operator === 'since-event' ? undefined : timeframe;
  switch (leaf.type) {
    case 'profile-metric': {
      check('measurement_filter', leaf.measurement_filter);
      check('timeframe_filter', plainTimeframe(leaf.timeframe_filter));
      checkAll(leaf.metric_filters ?? []);
      const { measurement, measurement_filter } = leaf;
      if ((measurement === 'count' || measurement === 'sum') && measurement_filter.type !== 'numeric')
        flaws.push({ field: `${path}.measurement_filter`, rule: 'of a count or a sum must be numeric' });
      return flaws;
    }
    case 'profile-orders':
      check('measurement_filter', leaf.measurement_filter);
      check('timeframe_filter', plainTimeframe(leaf.timeframe_filter));
      check('total_filter', leaf.total_filter);
      if ((leaf.measurement === 'count' || leaf.measurement === 'sum') !== (leaf.measurement_filter.type === 'numeric'))
        flaws.push({
          field: `${path}.measurement_filter`,
          rule: 'must be numeric for counts and sums, and a date or existence else',
        });
      return flaws;
    case 'profile-property':
    case 'profile-loyalty':
    case 'profile-predictive-analytics':
      check('filter', leaf.filter);
      return flaws;
    case 'profile-marketing-consent':
      (leaf.consent.consent_status.filters ?? []).forEach(({ filter }, at) => {
        check(`consent.consent_status.filters.${at}.filter`, filter);
      });
      return flaws;
    case 'profile-vouchers':
      check('measurement_filter', leaf.measurement_filter);
      check('timeframe_filter', leaf.timeframe_filter);
      return flaws;
    case 'profile-group-membership':
      check('timeframe_filter', leaf.timeframe_filter ?? undefined);
      if (!leaf.is_member && leaf.timeframe_filter != null)
        flaws.push({
          field: `${path}.timeframe_filter`,
          rule: 'says since when somebody is a member: not of those who are none',
        });
      return flaws;
    case 'profile-region':
      return flaws;
  }
}
