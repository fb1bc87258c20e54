/** What is told of a segment that was entered or left, and of a list that is no more, by the names that events have outside. */
import type { JournalRow } from '../journal.ts';
import type { Json, JsonObject } from '../json.ts';

/** Instants are ISO 8601 in UTC; null for a row that tells of neither. */
export function groupProperties({ kind, about }: Pick<JournalRow, 'kind' | 'about'>): JsonObject | null {
  switch (kind) {
    case 'segment.entered':
    case 'segment.left':
      return {
        segment_id: about.segment ?? null,
        segment_name: about.name ?? null,
        definition_version: about.version ?? null,
        cause: about.cause ?? null,
        cause_event: about.event ?? null,
        effective_at: isoOf(about.effectiveAtMs),
        ...(kind === 'segment.left' ? { since: isoOf(about.sinceMs) } : {}),
      };
    case 'list.left':
      return { list_id: about.list ?? null, since: isoOf(about.sinceMs) };
    default:
      return null;
  }
}

function isoOf(ms: Json | undefined): string | null {
  return typeof ms === 'number' ? new Date(ms).toISOString() : null;
}
