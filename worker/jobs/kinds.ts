/** Every kind of job by its name: a new one is a file of its own and a line here. */
import { ADVANCE_CLOCK, advanceClock } from './advance-clock.ts';
import { compare } from './compare.ts';
import { EVALUATE_SEGMENTS, evaluateSegments } from './evaluate-segments.ts';
import { IMPORT, importFile } from './import-file.ts';
import type { JobKind } from './kind.ts';
import { PREVIEW_SEGMENT, previewSegment } from './preview-segment.ts';
import { rebuild } from './rebuild.ts';
import { SNAPSHOT_SEGMENT, snapshotSegment } from './snapshot-segment.ts';

export const JOB_KINDS: Record<string, JobKind> = {
  rebuild,
  compare,
  [ADVANCE_CLOCK]: advanceClock,
  [IMPORT]: importFile,
  [EVALUATE_SEGMENTS]: evaluateSegments,
  [PREVIEW_SEGMENT]: previewSegment,
  [SNAPSHOT_SEGMENT]: snapshotSegment,
};
