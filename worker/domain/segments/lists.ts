/** Who is on which list: changes that may come twice or late, and the rules by which something that happens changes a list. */
import type { Json, JsonObject } from '../json.ts';
import { valuesAt } from './paths.ts';
import type { List, ListRule, SegmentSet } from './segment-set.ts';
import type { AppliedChange, ListChange, ListStates } from './states.ts';
import { passes } from './values.ts';

/** The lists after the changes (the same object where nothing changed), and the changes that moved something. */
export function applyLists(
  lists: ListStates,
  changes: readonly ListChange[],
  nowMs: number,
): { lists: ListStates; applied: AppliedChange[] } {
  let now = lists;
  const applied = changes.flatMap((one): AppliedChange[] => {
    const { list, change, sinceMs } = one;
    const before = now[list];
    if (change === 'removed') {
      if (before === undefined) return [];
      const { [list]: _, ...others } = now;
      now = others;
      return [one];
    }
    const since = Math.max(0, Math.min(sinceMs ?? nowMs, nowMs));
    // said without a date, it is no news of who is there
    if (before !== undefined && (sinceMs === null || since >= before)) return [];
    now = { ...now, [list]: since };
    return [before === undefined ? one : { ...one, beforeMs: before }];
  });
  return { lists: now, applied };
}

/**
 * What became of somebody whom an event puts on a list or takes off: they `moved`; they were there, and since an earlier day
 * or with a consent that counts, `amended`; or all is the `same`.
 */
export type ListOutcome = 'moved' | 'amended' | 'same';

/** `applied` and `consents`: what the journal keeps of the event. */
export function outcomeOf(
  applied: readonly { beforeMs?: Json }[],
  consents: readonly { applied?: Json }[],
): ListOutcome {
  if (applied.some(({ beforeMs }) => beforeMs === undefined)) return 'moved';
  return applied.length > 0 || consents.some((one) => one.applied === true) ? 'amended' : 'same';
}

/** What an event does to lists by their rules. */
export function changesByEvent(
  { lists, manner }: SegmentSet,
  {
    name,
    properties,
    trust,
    nowMs,
  }: { name: string; properties: JsonObject; trust: 'server' | 'browser'; nowMs: number },
): ListChange[] {
  return byRules(lists.values(), (rule) => {
    if (rule.on !== 'event' || rule.event !== name) return false;
    if (trust === 'browser' && rule.source !== 'any') return false;
    const reading = { ...manner, klaviyo: false, nowMs };
    return rule.filters.every(({ property, filter }) => passes(filter, valuesAt(properties, property), reading).holds);
  });
}

/** What entering or leaving a segment does to lists by their rules. */
export function changesByTransition(
  { lists }: SegmentSet,
  segment: string,
  transition: 'entered' | 'left',
): ListChange[] {
  return byRules(
    lists.values(),
    (rule) => rule.on === 'segment' && rule.segment === segment && rule.transition === transition,
  );
}

function byRules(lists: Iterable<List>, applies: (rule: ListRule) => boolean): ListChange[] {
  return [...lists].flatMap(({ id, rules }) =>
    rules.filter(applies).map(({ change }): ListChange => ({ list: id, change, sinceMs: null })),
  );
}

/** Two customers who are one are on the lists of both, since the earlier date. */
export function joinLists(own: ListStates, other: ListStates): ListStates {
  const joined = { ...own };
  for (const [list, sinceMs] of Object.entries(other)) joined[list] = Math.min(joined[list] ?? sinceMs, sinceMs);
  return joined;
}

/** Whether a browser's word can put somebody on it, or take them off: by an event of any source, or by way of a segment. */
export function isOpenToBrowsers({ rules }: List): boolean {
  return rules.some((rule) => rule.on === 'segment' || rule.source === 'any');
}
