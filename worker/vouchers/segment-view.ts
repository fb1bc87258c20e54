/** How our segments read in Voucherify's shape, and the order in which its clients want them. */
import type { StoredSegment } from '../shops/segment-book.ts';
import { CREATED_AFTER, CREATED_BEFORE, type SegmentOrder, type VoucherSegment } from '../wire/voucher-segments.ts';

/** `syncing`: customers are being held against changed definitions. */
export function segmentView(segment: StoredSegment, syncing: boolean): VoucherSegment {
  const { id, name, definition, createdAtMs, updatedAtMs } = segment;
  return {
    id,
    name,
    created_at: new Date(createdAtMs).toISOString(),
    updated_at: updatedAtMs === createdAtMs ? null : new Date(updatedAtMs).toISOString(),
    metadata: {},
    type: 'auto-update',
    initial_sync_status: syncing ? 'IN_PROGRESS' : 'DONE',
    // in their language it could say little of ours, and a client that reads a part of it would take that for all
    filter: {},
    definition,
    object: 'segment',
  };
}

export function listOf<T>(data: T[], total: number) {
  return { object: 'list' as const, data_ref: 'data' as const, data, total };
}

/** Whether a segment was made between the two, both left out. */
export function createdBetween(
  filters: Readonly<Record<string, string | undefined>>,
): (segment: StoredSegment) => boolean {
  const [before, after] = [filters[CREATED_BEFORE], filters[CREATED_AFTER]];
  return ({ createdAtMs }: StoredSegment) =>
    (before === undefined || createdAtMs < Date.parse(before)) &&
    (after === undefined || createdAtMs > Date.parse(after));
}

type Compare = (a: StoredSegment, b: StoredSegment) => number;
const byCreation: Compare = (a, b) => a.createdAtMs - b.createdAtMs;
const byUpdate: Compare = (a, b) => a.updatedAtMs - b.updatedAtMs;
const byName: Compare = (a, b) => byText(a.name, b.name);
const byId: Compare = (a, b) => byText(a.id, b.id);

const COMPARES: Record<SegmentOrder, { compare: Compare; descending: boolean }> = {
  created_at: { compare: byCreation, descending: false },
  '-created_at': { compare: byCreation, descending: true },
  updated_at: { compare: byUpdate, descending: false },
  '-updated_at': { compare: byUpdate, descending: true },
  name: { compare: byName, descending: false },
  '-name': { compare: byName, descending: true },
  id: { compare: byId, descending: false },
  '-id': { compare: byId, descending: true },
};

/** Those alike stand as they were made, so that no page repeats or leaves out one; descending is the same backwards. */
export function inOrder(made: StoredSegment[], order: SegmentOrder): StoredSegment[] {
  const { compare, descending } = COMPARES[order];
  const sorted = made.toSorted(compare);
  return descending ? sorted.reverse() : sorted;
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
