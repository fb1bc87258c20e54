/** What earning rules and campaigns break that no field of them says alone: each with its path and the rule. */

const BASE = 'order';
const MOST_ORDER_RULES = 19;
const MOST_OTHER_RULES = 30;
const MOST_ADDITIONS = 10;

interface Named {
  id: string;
  kind: string;
}

interface Rule extends Named {
  startsAtMs: number | null;
  endsAtMs: number | null;
  gives: { kind: string };
  tiers: object;
  budget?: object | null | undefined;
  event?: string;
  conditions?: { property: string }[];
  moneyProperty?: string | null;
}

interface Campaign {
  id: string;
  rules: string[];
  bonus: { kind: string };
}

export interface Flaw {
  path: (string | number)[];
  message: string;
}

export function inOrder({ startsAtMs, endsAtMs }: { startsAtMs: number | null; endsAtMs: number | null }): boolean {
  return startsAtMs === null || endsAtMs === null || startsAtMs < endsAtMs;
}

/** What one rule breaks that no field of it says alone. */
export function flawsOfRule(rule: Rule): Flaw[] {
  const flaws: Flaw[] = [];
  const say = (path: Flaw['path'], message: string) => flaws.push({ path, message });
  if (rule.id === BASE) say(['id'], 'is the id of the base rate of orders');
  if (!inOrder(rule)) say(['endsAtMs'], 'must be after startsAtMs');
  if (rule.gives.kind === 'reward' && Object.keys(rule.tiers).length > 0) say(['tiers'], 'do not change a reward');
  if (rule.gives.kind === 'reward' && rule.budget != null) say(['budget'], 'is of points: a reward has its stock');
  const { gives, moneyProperty = null, conditions = [], event } = rule;
  if (event === undefined) return flaws;
  if (gives.kind === 'rate' && moneyProperty === null) say(['moneyProperty'], 'must be given for a rate');
  if (gives.kind !== 'rate' && moneyProperty !== null) say(['moneyProperty'], 'is a field of a rate');
  if (rule.kind !== 'review' && !/review/i.test(event)) return flaws;
  // whoever pays only for good reviews misleads everybody who reads them, and in most places breaks the law
  const unfair = 'asks for a rating: a review earns whatever it says';
  for (const [at, { property }] of conditions.entries())
    if (isRating(property)) say(['conditions', at, 'property'], unfair);
  if (moneyProperty !== null && isRating(moneyProperty)) say(['moneyProperty'], unfair);
  return flaws;
}

const RATING = /(^|[^a-z])(rat(ing|ed|e)|stars?|scores?|grade|sentiment|recommend(s|ed)?|votes?)([^a-z]|$)/i;

/** Words in a path are told apart by what is no letter, and by capitals. */
function isRating(property: string): boolean {
  return RATING.test(property.replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
}

/** What rules and campaigns break together. */
export function flawsOfRules({ rules, campaigns }: { rules: Named[]; campaigns: Campaign[] }): Flaw[] {
  const flaws: Flaw[] = [];
  const seen = new Set<string>();
  const known = new Set([BASE, ...rules.map(({ id }) => id)]);
  const take = (id: string, path: Flaw['path']) => {
    if (seen.has(id)) flaws.push({ path, message: 'is used twice' });
    seen.add(id);
  };
  for (const [at, { id }] of rules.entries()) take(id, ['rules', at, 'id']);
  for (const [at, { id, rules: named }] of campaigns.entries()) {
    const path = ['campaigns', at];
    take(id, [...path, 'id']);
    if (id === BASE) flaws.push({ path: [...path, 'id'], message: 'is the id of the base rate of orders' });
    for (const [place, rule] of named.entries())
      if (!known.has(rule)) flaws.push({ path: [...path, 'rules', place], message: 'names no rule' });
  }
  const orders = rules.filter(({ kind }) => kind === 'order').length;
  const additions = campaigns.filter(({ bonus }) => bonus.kind === 'addition').length;
  const bound = (count: number, most: number, [path, what]: [string, string]) => {
    if (count > most) flaws.push({ path: [path], message: `may hold at most ${most} ${what}` });
  };
  bound(orders, MOST_ORDER_RULES, ['rules', 'of orders']);
  bound(rules.length - orders, MOST_OTHER_RULES, ['rules', 'that are not of orders']);
  bound(additions, MOST_ADDITIONS, ['campaigns', 'additions']);
  return flaws;
}
