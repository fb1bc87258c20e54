/** All segments and lists of a shop, ready to be asked: which ones a change can touch, and in which order they decide. */
import type { Compiled, Flaw } from './compile.ts';
import type { PropertyFilter, Source } from './definition.ts';
import type { ShopManner } from './evaluate.ts';

export interface Segment {
  id: string;
  name: string;
  /** Of the set when this definition came into force: whoever was looked at before it is looked at again. */
  version: number;
  /** Changes that a new definition brings are told as news. */
  announced: boolean;
  compiled: Compiled;
}

/** Puts people on a list, or takes them off, when something happens to them. */
export type ListRule = { change: 'added' | 'removed' } /** Default: only what a server tells. */ & (
  | { on: 'event'; event: string; filters: PropertyFilter[]; source?: Source | undefined }
  | { on: 'segment'; segment: string; transition: 'entered' | 'left' }
);

export interface List {
  id: string;
  name: string;
  rules: ListRule[];
}

export interface SegmentSet {
  /** Grows with every change of any segment or list. */
  version: number;
  manner: ShopManner;
  /** Each after those that it asks for. */
  segments: readonly Segment[];
  lists: ReadonlyMap<string, List>;
  /** What can change -> the segments that ask for it. */
  touchedBy: ReadonlyMap<string, readonly string[]>;
  byId: ReadonlyMap<string, Segment>;
}

export function segmentSet(version: number, segments: Segment[], lists: List[], manner: ShopManner): SegmentSet {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const touchedBy = new Map<string, string[]>();
  for (const { id, compiled } of segments)
    for (const need of compiled.needs) touchedBy.set(need, [...(touchedBy.get(need) ?? []), id]);
  const ordered = inOrder(segments, byId);
  return { version, manner, segments: ordered, lists: new Map(lists.map((list) => [list.id, list])), touchedBy, byId };
}

/** Those that are asked for come first. What runs in a circle was refused; should it be here, it is left as it came. */
function inOrder(segments: Segment[], byId: ReadonlyMap<string, Segment>): Segment[] {
  const done = new Set<string>();
  const ordered: Segment[] = [];
  const visit = (segment: Segment) => {
    if (done.has(segment.id)) return;
    done.add(segment.id);
    for (const group of segment.compiled.groups) {
      const asked = byId.get(group);
      if (asked !== undefined) visit(asked);
    }
    ordered.push(segment);
  };
  segments.forEach(visit);
  return ordered;
}

/** Why a definition cannot stand beside the others: it asks for what is not there, or in the end for itself. */
export function groupFlaws(
  candidate: { id: string; compiled: Compiled },
  { byId, lists }: Pick<SegmentSet, 'byId' | 'lists'>,
): Flaw[] {
  const field = 'definition.condition_groups';
  const missing = [...candidate.compiled.groups].filter((id) => id !== candidate.id && !byId.has(id) && !lists.has(id));
  if (missing.length > 0) return [{ field, rule: `names no list or segment of this shop: ${missing.join(', ')}` }];
  const comesBack = asksFor(candidate.id, candidate.compiled.groups, { byId, lists });
  return comesBack ? [{ field, rule: 'asks whether somebody is in this very segment' }] : [];
}

/** Whether who is in these groups hangs, in the end, on who is in `wanted`: by definitions, or by the rules of lists. */
export function asksFor(
  wanted: string,
  groups: Iterable<string>,
  { byId, lists }: Pick<SegmentSet, 'byId' | 'lists'>,
): boolean {
  const reached = new Set<string>();
  const follow = (ids: Iterable<string>) => {
    for (const id of ids) {
      if (reached.has(id)) continue;
      reached.add(id);
      if (id !== wanted) follow(byId.get(id)?.compiled.groups ?? segmentsOf(lists.get(id)));
    }
  };
  follow(groups);
  return reached.has(wanted);
}

function segmentsOf(list: List | undefined): string[] {
  return (list?.rules ?? []).flatMap((rule) => (rule.on === 'segment' ? rule.segment : []));
}
