/** From drafts and jobs to the API's shape of an import. */
import { z } from '@hono/zod-openapi';
import type { Job } from '../jobs/store.ts';
import type { Draft, Part } from '../jobs/uploads.ts';
import { type Import, ImportCounts, NewImport, NO_COUNTS } from '../wire/imports.ts';

export function draftView({ id, input, createdAtMs }: Draft, parts: Part[]): z.infer<typeof Import> {
  const asked = askedFor(input);
  const none = { counts: NO_COUNTS, progress: { done: 0, total: null }, reported: 0, error: null };
  return { id, state: 'uploading', ...asked, parts, ...none, createdAtMs, startedAtMs: null, endedAtMs: null };
}

export function importView(job: Job): z.infer<typeof Import> {
  const { id, state, input, progress, error, createdAtMs, startedAtMs, endedAtMs } = job;
  // the result has the counts of the end, the cursor those so far
  const counted = z.object({ counts: ImportCounts }).safeParse(job.cursor);
  const counts = job.result === null ? (counted.data?.counts ?? NO_COUNTS) : ImportCounts.parse(job.result);
  const times = { createdAtMs, startedAtMs, endedAtMs };
  return { id, state, ...askedFor(input), parts: [], counts, progress, reported: job.lines, error, ...times };
}

function askedFor(input: Job['input']) {
  const { kind, format, dryRun, earn, list, change } = NewImport.parse(input);
  return { kind, format, dryRun, earn, list, change };
}
