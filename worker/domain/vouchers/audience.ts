/** A rule without what it asks of an order: whom a voucher is for, whatever is in their cart. */
import type { Rule, RuleCondition, RuleTree } from './rule-definition.ts';
import { conditionsOf, isGroup } from './rule-tree.ts';

const OF_ORDER: readonly RuleCondition['kind'][] = [
  'order_amount',
  'order_metadata',
  'items',
  'items_sum',
  'campaign_money',
  'gift_spent',
  'redemption_metadata',
];

const ALWAYS: RuleTree = { kind: 'all', of: [] };

/** What is asked of an order is taken to hold, and so is its opposite. */
export function audienceOf(rule: Rule): Rule {
  return { ...rule, when: withoutOrder(rule.when), applicable: null };
}

function withoutOrder(tree: RuleTree): RuleTree {
  if (!isGroup<RuleCondition>(tree)) return OF_ORDER.includes(tree.kind) ? ALWAYS : tree;
  if (tree.kind === 'not') return asksOrder(tree.of) ? ALWAYS : tree;
  if (tree.kind === 'any' && tree.of.some(isOfOrderAlone)) return ALWAYS;
  return { ...tree, of: tree.of.map(withoutOrder) };
}

function asksOrder(tree: RuleTree): boolean {
  return conditionsOf<RuleCondition>(tree).some(({ kind }) => OF_ORDER.includes(kind));
}

function isOfOrderAlone(tree: RuleTree): boolean {
  const conditions = conditionsOf<RuleCondition>(tree);
  return conditions.length > 0 && conditions.every(({ kind }) => OF_ORDER.includes(kind));
}
