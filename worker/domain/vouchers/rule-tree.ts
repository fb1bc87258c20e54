/** Walks a tree of conditions, whatever its conditions are. */
import type { Said, Tree } from './rule-definition.ts';

type GroupOf<Condition> = ({ kind: 'all' | 'any'; of: Tree<Condition>[] } | { kind: 'not'; of: Tree<Condition> }) &
  Said;

export function isGroup<Condition extends { kind: string }>(tree: Tree<Condition>): tree is GroupOf<Condition> {
  return tree.kind === 'all' || tree.kind === 'any' || tree.kind === 'not';
}

/** Whether the tree holds, its conditions being told by `ask`. */
export function holds<Condition extends { kind: string }>(
  tree: Tree<Condition>,
  ask: (condition: Condition) => boolean,
): boolean {
  if (!isGroup(tree)) return ask(tree);
  if (tree.kind === 'not') return !holds(tree.of, ask);
  return tree.kind === 'all' ? tree.of.every((one) => holds(one, ask)) : tree.of.some((one) => holds(one, ask));
}

/** Every condition of a tree, in its order. */
export function conditionsOf<Condition extends { kind: string }>(tree: Tree<Condition>): Condition[] {
  if (!isGroup(tree)) return [tree];
  return tree.kind === 'not' ? conditionsOf(tree.of) : tree.of.flatMap((one) => conditionsOf(one));
}
