/** What the rules of a campaign let through in all, where they say so plainly: a budget that is written as a rule. */
import type { Cost } from './budget.ts';
import { narrower } from './budget-shares.ts';
import type { Campaign, Caps } from './campaign.ts';
import type { NumberTest, Rule, RuleCondition, RuleTree } from './rule-definition.ts';
import { conditionsOf, isGroup } from './rule-tree.ts';

const NONE: Caps = { redemptions: null, discountMinor: null, ordersMinor: null };

/**
 * Upper bounds that every redemption of the campaign has to keep. null for what is not bounded, or where something else is
 * asked of the same sum as well: then it has to be counted in one place.
 */
export function boundsOf({ rules: own }: Pick<Campaign, 'rules'>, rules: readonly Rule[]): Caps {
  const ofAll = rules.filter(({ id }) => own.includes(id));
  const bounds = ofAll.flatMap(({ when }) => boundsIn(when)).reduce(narrower, NONE);
  const asked = rules.flatMap(({ when }) => conditionsOf<RuleCondition>(when)).flatMap((one) => kindOf(one) ?? []);
  const plain = ofAll.flatMap(({ when }) => plainIn(when));
  const isPlain = (kind: keyof Cost) =>
    asked.filter((one) => one === kind).length === plain.filter((one) => one === kind).length;
  return {
    redemptions: isPlain('redemptions') ? bounds.redemptions : null,
    discountMinor: isPlain('discountMinor') ? bounds.discountMinor : null,
    ordersMinor: isPlain('ordersMinor') ? bounds.ordersMinor : null,
  };
}

/** Conditions that all have to hold. */
function allOf(when: RuleTree): RuleCondition[] {
  if (!isGroup(when)) return [when];
  return when.kind === 'all' ? when.of.flatMap(allOf) : [];
}

function boundsIn(when: RuleTree): Caps[] {
  return allOf(when).flatMap((condition) => {
    const kind = kindOf(condition);
    const most = kind !== null && 'test' in condition ? mostOf(condition) : null;
    return kind === null || most === null ? [] : [{ ...NONE, [kind]: most }];
  });
}

function plainIn(when: RuleTree): (keyof Cost)[] {
  return allOf(when).flatMap((condition) => {
    const kind = kindOf(condition);
    return kind !== null && mostOf(condition) !== null ? [kind] : [];
  });
}

function kindOf(condition: RuleCondition): keyof Cost | null {
  if (condition.kind === 'campaign_money') return condition.of === 'orders' ? 'ordersMinor' : 'discountMinor';
  const isSum =
    condition.kind === 'redemptions' &&
    condition.of === 'campaign' &&
    condition.by === 'all' &&
    condition.per === 'ever';
  return isSum ? 'redemptions' : null;
}

/** The sum is told with this redemption in it. null: the test is another than an upper bound. */
function mostOf(condition: RuleCondition): number | null {
  if (condition.kind !== 'redemptions' && condition.kind !== 'campaign_money') return null;
  return upperBound(condition.test);
}

function upperBound(test: NumberTest): number | null {
  if (test.op === 'at_most') return Math.max(0, Math.floor(test.value));
  return test.op === 'less_than' ? Math.max(0, Math.ceil(test.value) - 1) : null;
}
