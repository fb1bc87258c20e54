/** What the merchant's API says of long work. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';

export const Job = z
  .object({
    id: z.string(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    cancelling: z.boolean().describe('Asked to end; it does after the step under way'),
    progress: z.object({ done: z.int(), total: z.int().nullable().describe('null: nobody can say') }),
    input: z.record(z.string(), z.unknown()),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable().describe('Why it failed, or what the last try ran into'),
    lines: z.int().describe('Lines of its report; at most 10,000 are kept'),
    linesDropped: z.int(),
    createdAtMs: z.int(),
    startedAtMs: z.int().nullable(),
    endedAtMs: z.int().nullable(),
  })
  .openapi('Job');
export const NewJob = z
  .strictObject({
    kind: z
      .enum(['rebuild', 'compare'])
      .describe(
        '`rebuild`: empty the copies behind lists and search, and have them told again; `compare`: report where they differ',
      ),
  })
  .openapi('NewJob');

export const JobList = page(Job).openapi('JobList');
export const JobLines = page(z.record(z.string(), z.unknown())).openapi('JobLines');
