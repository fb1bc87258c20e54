/** What an input changed of a customer, in the words by which segments say what they ask for. */
import { CHANNELS } from '../consent.ts';
import type { Changes, Head } from '../customer.ts';
import type { SegmentSet } from './segment-set.ts';

/** The segments that a decision can have changed. */
export function touchedSegments(before: Head, changes: Changes, { touchedBy }: SegmentSet): Set<string> {
  const touched = new Set<string>();
  if (touchedBy.size === 0) return touched;
  for (const need of touchedNeeds(before, changes)) for (const id of touchedBy.get(need) ?? []) touched.add(id);
  return touched;
}

function* touchedNeeds(before: Head, { head, rows, lots, orders, vouchers, redemptions }: Changes): Generator<string> {
  for (const { name, kind } of rows) if (name !== null && kind !== 'event.failed') yield `event:${name}`;
  if (orders.length > 0) yield 'orders';
  if (vouchers !== undefined || redemptions !== undefined) yield 'vouchers';
  if (
    lots.length > 0 ||
    head.balance !== before.balance ||
    head.debt !== before.debt ||
    head.lifetime !== before.lifetime ||
    head.loyalty.activity?.endMs !== before.loyalty.activity?.endMs ||
    head.loyalty.tier?.id !== before.loyalty.tier?.id ||
    head.loyalty.tier?.sinceMs !== before.loyalty.tier?.sinceMs ||
    head.loyalty.member?.state !== before.loyalty.member?.state
  )
    yield 'points';
  if (head.firstSeenMs !== before.firstSeenMs || head.lastSeenMs !== before.lastSeenMs) yield 'seen';
  if (head.consents !== before.consents) for (const channel of CHANNELS) yield `consent:${channel}`;
  if (head.traits !== before.traits) {
    for (const name of new Set([...Object.keys(before.traits), ...Object.keys(head.traits)]))
      if (head.traits[name] !== before.traits[name]) yield `trait:${name}`;
  }
  if (head.lists !== before.lists) {
    for (const list of new Set([...Object.keys(before.lists), ...Object.keys(head.lists)]))
      if (head.lists[list] !== before.lists[list]) yield `group:${list}`;
  }
}
