/** Whether a rule can never earn, for another that does not stack always comes before it: then it is no way to earn. Pure. */
import type { Compiled, OtherEarning } from './compiled.ts';
import type { EarningRule, OrderEarning } from './programme.ts';

/** `standing`: the rules that can be earned by now, in the order in which they are asked. */
export function isOutranked(rule: EarningRule, standing: readonly EarningRule[], compiled: Compiled): boolean {
  if (rule.stackable) return false;
  return standing.some((other) => other !== rule && !other.stackable && comesFirst(other, rule, compiled));
}

/** Whatever earns by the one earns by the other as well, and that one is of the higher priority, of equals the first. */
function comesFirst(other: EarningRule, rule: EarningRule, compiled: Compiled): boolean {
  if (other.priority < rule.priority) return false;
  if (other.kind === 'order' || rule.kind === 'order') {
    if (other.kind !== 'order' || rule.kind !== 'order') return false;
    return isFirst(other, rule, compiled.orders) && takesAllOf(other, rule);
  }
  const triggers = groupsOf(compiled).filter((group) => group.includes(rule));
  return triggers.every((group) => group.includes(other) && isFirst(other, rule, group)) && asksNoMore(other, rule);
}

function isFirst<Rule extends EarningRule>(other: Rule, rule: Rule, group: readonly Rule[]): boolean {
  return other.priority > rule.priority || group.indexOf(other) < group.indexOf(rule);
}

/** Every order that the rule takes, it takes. */
function takesAllOf(other: OrderEarning, rule: OrderEarning): boolean {
  const { base } = other;
  const isSameBase = JSON.stringify(base) === JSON.stringify(rule.base);
  return other.select === null && isSameBase && other.minimumMinor <= rule.minimumMinor;
}

function asksNoMore(other: OtherEarning, rule: OtherEarning): boolean {
  if (other.trust !== 'any' && rule.trust === 'any') return false;
  switch (other.kind) {
    case 'event':
    case 'review':
      return other.conditions.length === 0;
    case 'profile':
      return rule.kind === 'profile' && other.traits.every((trait) => rule.traits.includes(trait));
    case 'sign_up':
      return rule.kind === 'sign_up';
    case 'consent':
      return true;
  }
}

/** Those that one thing may earn by. */
function groupsOf({ byEvent, byChannel, profiles }: Compiled): readonly (readonly OtherEarning[])[] {
  return [...byEvent.values(), ...byChannel.values(), profiles];
}
