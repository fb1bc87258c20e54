/** Whether a segment tells apart how good reviews were: nothing may be given for good ones, be it by way of a segment. */
import { isRating, isReview } from '../vouchers/rules.ts';
import type { Leaf, Node } from './compile.ts';
import type { SegmentSet } from './segment-set.ts';

/** By its own conditions, or by those of segments that it asks for. */
export function asksForRating(id: string, { byId }: Pick<SegmentSet, 'byId'>): boolean {
  const reached = new Set<string>();
  const asks = (one: string): boolean => {
    const compiled = byId.get(one)?.compiled;
    if (compiled === undefined || reached.has(one)) return false;
    reached.add(one);
    return leavesOf(compiled.root).some(isRated) || [...compiled.groups].some(asks);
  };
  return asks(id);
}

function isRated(leaf: Leaf): boolean {
  if (leaf.type !== 'profile-metric' || !isReview(leaf.metric_id)) return false;
  const asked = (leaf.metric_filters ?? []).map(({ property }) => property);
  return [...asked, leaf.measurement_property ?? ''].some(isRating);
}

function leavesOf(node: Node): Leaf[] {
  return node.kind === 'leaf' ? [node.condition] : node.of.flatMap(leavesOf);
}
