/** What makes a rule's definition unfit: too deep, too large, values no order could have, or a review's rating. */
import { canonicalName } from '../event.ts';
import { stepsOf } from '../property-path.ts';
import { wrongIn } from './condition-flaws.ts';
import type { ItemCondition, RuleCondition, RuleTree, Tree } from './rule-definition.ts';
import { isGroup } from './rule-tree.ts';

export const MOST_CONDITIONS = 100;
export const DEEPEST = 32;
const LONGEST_MESSAGE = 500;
const MOST_FLAWS = 20;

export interface Flaw {
  /** Dotted path in the definition. */
  field: string;
  rule: string;
}

/** What the rule will guard: of a distribution the event that triggers it, by any of its names; null: no event does. */
export interface RuleUse {
  trigger: string | null;
}

/** At most 20 flaws; none: it can be kept. Bounded itself, however deep or large what it is given. */
export function ruleFlaws(when: RuleTree, { trigger }: RuleUse): Flaw[] {
  const flaws: Flaw[] = [];
  const seen = { conditions: 0 };
  const start = { path: 'when', depth: 1, flaws, seen };
  const rated = isReview(trigger);
  visit<RuleCondition>(when, start, (condition, walk) => {
    check(condition, walk, rated);
    const where = condition.kind === 'items' || condition.kind === 'items_sum' ? condition.where : null;
    if (where === null) return;
    const below = { ...walk, path: `${walk.path}.where`, depth: walk.depth + 1 };
    visit<ItemCondition>(where, below, (item, inner) => check(item, inner, rated));
  });
  if (seen.conditions > MOST_CONDITIONS)
    flaws.unshift({ field: 'when', rule: `may hold at most ${MOST_CONDITIONS} conditions in all` });
  return flaws.slice(0, MOST_FLAWS);
}

interface Walk {
  path: string;
  depth: number;
  flaws: Flaw[];
  seen: { conditions: number };
}

function check(condition: RuleCondition | ItemCondition, { path, flaws }: Walk, isRated: boolean): void {
  for (const { field, rule } of wrongIn(condition)) flaws.push({ field: `${path}.${field}`, rule });
  if (isRated && 'path' in condition && isRating(condition.path))
    flaws.push({ field: `${path}.path`, rule: 'must not ask how a review rates: nothing is given for good ones' });
}

function visit<Condition extends { kind: string }>(
  tree: Tree<Condition>,
  walk: Walk,
  see: (condition: Condition, walk: Walk) => void,
): void {
  const { path, depth, flaws, seen } = walk;
  if (seen.conditions > MOST_CONDITIONS || flaws.length >= MOST_FLAWS) return;
  if ((tree.message?.length ?? 0) > LONGEST_MESSAGE)
    flaws.push({ field: `${path}.message`, rule: `may have at most ${LONGEST_MESSAGE} characters` });
  if (!isGroup(tree)) {
    seen.conditions += 1;
    if (seen.conditions <= MOST_CONDITIONS) see(tree, walk);
    return;
  }
  if (depth > DEEPEST) {
    flaws.push({ field: path, rule: `may be nested at most ${DEEPEST} deep` });
    return;
  }
  const below = (at: string) => ({ ...walk, path: `${path}.${at}`, depth: depth + 1 });
  if (tree.kind === 'not') {
    visit(tree.of, below('of'), see);
    return;
  }
  if (tree.kind === 'any' && tree.of.length === 0) flaws.push({ field: `${path}.of`, rule: 'must hold something' });
  for (const [at, one] of tree.of.entries()) {
    if (seen.conditions > MOST_CONDITIONS || flaws.length >= MOST_FLAWS) return;
    visit(one, below(`of.${at}`), see);
  }
}

/** "Product Reviewed", `review_left`, "Review Created": whatever names a review. */
export function isReview(event: string | null): boolean {
  return event !== null && /review/i.test(canonicalName(event));
}

/** Words of a property's name that tell how good something was found. */
const RATING_WORDS = new Set(
  `rating ratings rate rated stars star score scores grade sentiment recommend recommends recommended satisfaction nps
   value`.split(/\s+/),
);

/** Whether a path leads to how good something was found: `rating`, `review.stars`, `overallScore`; `starting_at` does not. */
export function isRating(path: string): boolean {
  const steps = (stepsOf(path) ?? [path]).flatMap((step) => step ?? []);
  const words = steps.flatMap((step) =>
    step
      .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  );
  return words.some((word) => RATING_WORDS.has(word));
}
