/** From drafts and jobs to the API's shape of an import of points. */
import { z } from '@hono/zod-openapi';
import type { Job } from '../jobs/store.ts';
import type { Draft, Part } from '../jobs/uploads.ts';
import {
  NewPointsImport,
  NO_POINTS_COUNTS,
  NO_UNDO_COUNTS,
  PointsCounts,
  type PointsImport,
  UndoCounts,
} from '../wire/points-imports.ts';

type View = z.infer<typeof PointsImport>;

/** An import has at most one job that takes it back. */
export function undoJobId(id: string): string {
  return `${id}_undo`;
}

export function pointsDraftView({ id, input, createdAtMs }: Draft, parts: Part[]): View {
  const none = { counts: NO_POINTS_COUNTS, progress: { done: 0, total: null }, reported: 0, error: null, undo: null };
  const times = { createdAtMs, startedAtMs: null, endedAtMs: null };
  return { id, state: 'uploading', ...NewPointsImport.parse(input), parts, ...none, ...times };
}

export function pointsImportView(job: Job, undo: Job | null): View {
  const { id, state, input, progress, error, createdAtMs, startedAtMs, endedAtMs } = job;
  const times = { createdAtMs, startedAtMs, endedAtMs };
  const counts = countsOf(job, PointsCounts, NO_POINTS_COUNTS);
  const asked = NewPointsImport.parse(input);
  return {
    id,
    state,
    ...asked,
    parts: [],
    counts,
    progress,
    reported: job.lines,
    error,
    undo: undoView(undo),
    ...times,
  };
}

function undoView(job: Job | null): View['undo'] {
  return job && { job: job.id, state: job.state, counts: countsOf(job, UndoCounts, NO_UNDO_COUNTS) };
}

/** The result has the counts of the end, the cursor those so far. */
function countsOf<T>(job: Job, schema: z.ZodType<T>, none: T): T {
  const soFar = z.object({ counts: schema }).safeParse(job.cursor).data?.counts;
  return job.result === null ? (soFar ?? none) : schema.parse(job.result);
}
