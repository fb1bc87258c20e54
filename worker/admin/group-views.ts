/** From stored segments and lists to the admin API's shapes. */
import type { z } from '@hono/zod-openapi';
import type { StoredList, StoredSegment } from '../shops/segment-book.ts';
import type { List } from '../wire/lists.ts';
import { ReadyKey } from '../wire/ready-segments.ts';
import type { Segment } from '../wire/segments.ts';

/** `counts`: members by id; null where nobody asked for them. */
type Counts = ReadonlyMap<string, number> | null;

export function segmentView(segment: StoredSegment, counts: Counts): z.infer<typeof Segment> {
  const { id, name, description, definition, createdAtMs, updatedAtMs } = segment;
  const ready = ReadyKey.nullable().catch(null).parse(segment.ready);
  return { id, name, description, definition, ready, members: membersIn(counts, id), createdAtMs, updatedAtMs };
}

export function listView(list: StoredList, counts: Counts): z.infer<typeof List> {
  const { id, name, description, rules, createdAtMs, updatedAtMs } = list;
  return { id, name, description, rules, members: membersIn(counts, id), createdAtMs, updatedAtMs };
}

function membersIn(counts: Counts, id: string): number | null {
  return counts === null ? null : (counts.get(id) ?? 0);
}
