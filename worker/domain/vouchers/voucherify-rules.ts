/** Validation rules as Voucherify writes them, read into the typed tree. What is not known is refused by its path. */
import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json.ts';
import type { Applicable, ItemSelector } from './discount.ts';
import type { ItemCondition, ItemTree, RuleCondition, RuleTree } from './rule-definition.ts';
import { keysOf, type Logic, readLogic } from './rule-logic.ts';
import { conditionsOf } from './rule-tree.ts';
import { type Flaw, ruleFlaws } from './rules.ts';
import { type Lines, readNamed, whyUnknown } from './voucherify-conditions.ts';
import { grouped, type Say, selectorsOf } from './voucherify-operators.ts';

export interface Read {
  when: RuleTree;
  /** From `applicable_to` and `product.discount_applicable`; null: the rule limits nothing. */
  applicable: Applicable | null;
  /** `error.message` of the whole. */
  message: string | null;
}

export interface ReadAs {
  /** Amounts in a source are hundredths of it, in the tree they are minor units. */
  currency: string;
  /** Where a customer's metadata lie among the traits; absent: there by the same name. */
  traitOf?: (property: string) => string;
}

const DEEPEST = 16;
const MOST_RULES = 200;
const MOST_FLAWS = 20;

/**
 * `source`: `{ rules: { "1": { name, property?, conditions, rules?, error? }, logic }, error?, applicable_to? }`; without
 * `logic` all of them have to hold. Keep `source` in `Rule.source` to tell it back as it came.
 */
export function fromVoucherify(
  source: JsonObject,
  { currency, traitOf = (one) => one }: ReadAs,
): Read | { flaws: Flaw[] } {
  const flaws: Flaw[] = [];
  const say: Say = (field, rule) => flaws.push({ field, rule });
  const reader: Reader = { currency, traitOf, say, only: [], not: [], count: 0 };
  if (Object.keys(objectOf(source, 'bundle_rules')).length > 0) say('bundle_rules', 'is not supported');
  const when = readRules(objectOf(source, 'rules'), { reader, path: 'rules', depth: 0, above: null });
  const limits = applicableTo(source.applicable_to ?? null, say);
  const applicable = { only: [...limits.only, ...reader.only], not: [...limits.not, ...reader.not] };
  if (flaws.length === 0) {
    for (const { field, rule } of ruleFlaws(when, { trigger: null })) say('rules', `${field} ${rule}`);
  }
  if (flaws.length > 0) return { flaws: flaws.slice(0, MOST_FLAWS) };
  const isLimited = applicable.only.length > 0 || applicable.not.length > 0;
  return { when, applicable: isLimited ? applicable : null, message: textOf(objectOf(source, 'error'), 'message') };
}

interface Reader {
  currency: string;
  traitOf: (property: string) => string;
  say: Say;
  /** What the discount applies to, gathered from inside the rules. */
  only: ItemSelector[];
  not: ItemSelector[];
  count: number;
}

interface Place {
  reader: Reader;
  path: string;
  depth: number;
  /** The lines that the rule above chose. */
  above: Extract<Lines, { kind: 'lines' }> | null;
}

/** A rule that always holds. */
const ALWAYS: RuleTree = { kind: 'all', of: [] };

/** Nothing is asked where there are no rules. */
function readRules(rules: JsonObject, place: Place): RuleTree {
  const keys = Object.keys(rules).filter((key) => key !== 'logic');
  if (keys.length === 0) return ALWAYS;
  if (place.depth > DEEPEST) {
    place.reader.say(place.path, `may be nested at most ${DEEPEST} deep`);
    return ALWAYS;
  }
  const logic = logicOf(rules.logic, keys, place);
  if (logic === null) return ALWAYS;
  const trees = new Map(
    keys.map((key) => [key, readRule(rules[key] ?? null, { ...place, path: `${place.path}.${key}` })]),
  );
  return build(logic, trees);
}

function logicOf(said: Json | undefined, keys: readonly string[], { reader, path }: Place): Logic | null {
  if (said === undefined || said === null || said === '')
    return { kind: 'all', of: keys.map((key) => ({ kind: 'key', key })) };
  const logic = typeof said === 'string' ? readLogic(said) : null;
  if (logic === null) {
    reader.say(`${path}.logic`, 'must be such as "1 AND (2 OR 3)"');
    return null;
  }
  const named = keysOf(logic);
  for (const key of named)
    if (!keys.includes(key)) reader.say(`${path}.logic`, `names ${key.slice(0, 50)}, which is no rule`);
  for (const key of keys) if (!named.includes(key)) reader.say(`${path}.${key}`, 'is not named by the logic');
  return logic;
}

function build(logic: Logic, trees: ReadonlyMap<string, RuleTree>): RuleTree {
  if (logic.kind === 'key') return trees.get(logic.key) ?? ALWAYS;
  if (logic.kind === 'not') return { kind: 'not', of: build(logic.of, trees) };
  const of = logic.of.map((one) => build(one, trees));
  return grouped<RuleCondition>(logic.kind, logic.kind === 'all' ? of.filter((one) => !isAlways(one)) : of);
}

function isAlways(tree: RuleTree): boolean {
  return tree.kind === 'all' && tree.of.length === 0;
}

function readRule(rule: Json, place: Place): RuleTree {
  const { reader, path } = place;
  reader.count += 1;
  const name = isObject(rule) ? textOf(rule, 'name') : null;
  if (!isObject(rule) || name === null || reader.count > MOST_RULES) {
    reader.say(
      path,
      reader.count > MOST_RULES ? `is one of more than ${MOST_RULES} rules` : 'must be a rule with a name',
    );
    return ALWAYS;
  }
  const say: Say = (at, why) => reader.say(`${path}.${at}`, why);
  const named = { name, property: textOf(rule, 'property'), conditions: objectOf(rule, 'conditions') };
  const read = readNamed(named, { currency: reader.currency, traitOf: reader.traitOf, say });
  if (read === null) {
    say('name', whyUnknown(name));
    return ALWAYS;
  }
  const message = textOf(objectOf(rule, 'error'), 'message') ?? undefined;
  const tree = read.kind === 'rule' ? besides(read.tree, rule, place) : linesTree(read, rule, place);
  return message === undefined || isAlways(tree) ? tree : { ...tree, message };
}

/** With the rules inside it, where there are some. */
function besides(tree: RuleTree, rule: JsonObject, place: Place): RuleTree {
  const { path, depth } = place;
  const inside = readRules(objectOf(rule, 'rules'), { ...place, path: `${path}.rules`, depth: depth + 1 });
  return isAlways(inside) ? tree : { kind: 'all', of: [tree, inside] };
}

function linesTree(read: Lines, rule: JsonObject, place: Place): RuleTree {
  const { reader, path, depth, above } = place;
  if (read.kind === 'discounted') return discounted(read.isSo, place);
  if (read.kind === 'sum') return besides(read.tests(above?.where ?? null), rule, place);
  const which = above?.which ?? read.which;
  const where: ItemTree = above === null ? read.where : { kind: 'all', of: [above.where, read.where] };
  const rules = objectOf(rule, 'rules');
  if (Object.keys(rules).every((key) => key === 'logic')) return { kind: 'items', which, where };
  // none that is so and so: not any that is
  const asked = which === 'none' ? 'any' : which;
  const below: Place = {
    reader,
    path: `${path}.rules`,
    depth: depth + 1,
    above: { kind: 'lines', which: asked, where },
  };
  const own: RuleTree = { kind: 'items', which: asked, where };
  const inside = ofSameLines(readRules(rules, below));
  const tree = isAlways(inside) ? own : inside.kind === 'items' ? inside : grouped('all', [own, inside]);
  return which === 'none' ? { kind: 'not', of: tree } : tree;
}

/** Conditions side by side about the same lines are asked of one line at a time. */
function ofSameLines(tree: RuleTree): RuleTree {
  if (tree.kind !== 'all' && tree.kind !== 'any') return tree;
  const parts = tree.of.map(ofSameLines);
  const lines = parts.filter((part) => part.kind === 'items');
  const [first] = lines;
  if (first === undefined || lines.length < 2) return { ...tree, of: parts };
  const one: RuleTree = { ...first, where: { kind: tree.kind, of: lines.map(({ where }) => where) } };
  return grouped<RuleCondition>(tree.kind, [one, ...parts.filter((part) => part.kind !== 'items')]);
}

function discounted(isSo: boolean, { reader, path, above }: Place): RuleTree {
  const selectors = above === null ? null : selectorsIn(above.where);
  if (selectors === null) reader.say(path, 'must stand within a rule that names products, SKUs or collections');
  else (isSo ? reader.only : reader.not).push(...selectors);
  return ALWAYS;
}

/** null: it asks something else as well. */
function selectorsIn(where: ItemTree): ItemSelector[] | null {
  const conditions = conditionsOf<ItemCondition>(where);
  const isPlain = where.kind === 'item' || (where.kind === 'all' && conditions.length === 1);
  if (!isPlain) return null;
  return conditions.flatMap((one) => (one.kind === 'item' ? one.anyOf : []));
}

/** What an entry may say besides its id without meaning anything else than "every such item". */
const PLAIN = new Map<string, readonly Json[]>(
  Object.entries({
    effect: ['APPLY_TO_EVERY'],
    target: ['ITEM'],
    repeat: [1],
    skip_initially: [0],
  }),
);
const LIMITS = ['price', 'price_formula', 'quantity_limit', 'aggregated_quantity_limit', 'amount_limit'];
const MORE_LIMITS = ['aggregated_amount_limit', 'order_item_indices', 'order_item_units'];

function applicableTo(said: Json, say: Say): Applicable {
  const whole = isObject(said) ? said : { included: said };
  const list = (key: string) => selectorList(whole[key] ?? null, `applicable_to.${key}`, say);
  const only = whole.included_all === true ? [] : [...list('included'), ...list('data')];
  return { only, not: list('excluded') };
}

function selectorList(said: Json, path: string, say: Say): ItemSelector[] {
  if (said === null) return [];
  if (!Array.isArray(said) || said.length > MOST_SELECTORS) {
    say(path, `must be a list of at most ${MOST_SELECTORS} products, SKUs or collections`);
    return [];
  }
  return said.flatMap((one, at) => {
    for (const [key, value] of Object.entries(isObject(one) ? one : {})) {
      const isLimit = LIMITS.includes(key) || MORE_LIMITS.includes(key);
      const isFit = value === null || (PLAIN.get(key)?.includes(value) ?? !isLimit);
      if (!isFit) say(`${path}.${at}.${key}`, 'is not supported');
    }
    return selectorsOf(one, 'either', (rule) => say(`${path}.${at}`, rule));
  });
}

const MOST_SELECTORS = 500;
