/** What the merchant's API says of imports. The job keeps what was asked for in the same shape. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';

export const LARGEST_PART = 4 * 1024 * 1024;
export const MOST_PARTS = 100;
export const MOST_LINES = 1_000_000;
export const MOST_REPORTED = 100_000;

const columnName = z.string().trim().min(1).max(100);

export const NewImport = z
  .strictObject({
    kind: z.enum(['customers', 'consents', 'events', 'list']),
    format: z.enum(['csv', 'ndjson']),
    dryRun: z.boolean().default(false).describe('Reports what each line would do, and does nothing'),
    earn: z
      .boolean()
      .default(false)
      .describe(
        "Of events: orders earn points by today's programme, to run out as if earned today. Needs the scope points",
      ),
    orders: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Of events: whether order events count as orders; null: where no shop platform sends them'),
    list: z.string().min(1).max(100).nullable().default(null).describe('Of a list: which one'),
    change: z
      .enum(['added', 'removed'])
      .default('added')
      .describe('Of a list: whether the people of the file are put on it, or taken off'),
    report: z
      .enum(['all', 'problems'])
      .nullable()
      .default(null)
      .describe('Which lines are reported; null: all of a dry run, else problems'),
    columns: z
      .record(columnName, columnName.nullable())
      .refine((columns) => Object.keys(columns).length <= 300, 'must name at most 300 columns')
      .default({})
      .describe("Of CSV: the file's column names -> ours; null leaves a column out"),
  })
  .refine(({ kind, earn }) => kind === 'events' || !earn, { path: ['earn'], message: 'is for events only' })
  .refine(({ kind, orders }) => kind === 'events' || orders === null, {
    path: ['orders'],
    message: 'is for events only',
  })
  .refine(({ kind, list }) => kind !== 'list' || list !== null, { path: ['list'], message: 'must be given' })
  .refine(({ kind, list }) => kind === 'list' || list === null, { path: ['list'], message: 'is for lists only' })
  .refine(({ kind, change }) => kind === 'list' || change === 'added', {
    path: ['change'],
    message: 'is for lists only',
  })
  .refine(({ format, columns }) => format === 'csv' || Object.keys(columns).length === 0, {
    path: ['columns'],
    message: 'is for CSV only',
  })
  .openapi('NewImport');

const count = z.int().min(0);
export const ImportCounts = z
  .object({
    lines: count.describe('Lines read: the sum of all verdicts; a CSV header is not one'),
    created: count.describe('Customers made, consents and events recorded, or people put on a list or taken off it'),
    updated: count.describe(
      'Customers who were there already; of a list, people who were on it, and since an earlier day now or with a consent ' +
        'that counts',
    ),
    duplicate: count.describe(
      'Events whose message id had come before; of a list, people who were on it, or off it, already',
    ),
    skipped: count.describe('Blank lines; and people to take off a list whom nobody knows'),
    refused: count.describe('Lines that break a rule, and changed nothing'),
    failed: count.describe('Lines that tripped a bug of ours'),
    newCustomers: count.describe('Customers that were made for lines of any kind'),
  })
  .openapi('ImportCounts');

export const NO_COUNTS: z.infer<typeof ImportCounts> = {
  lines: 0,
  created: 0,
  updated: 0,
  duplicate: 0,
  skipped: 0,
  refused: 0,
  failed: 0,
  newCustomers: 0,
};

export const ImportPart = z
  .object({ part: z.int(), bytes: z.int(), sha256: z.string().describe('Of the bytes, in hex') })
  .openapi('ImportPart');

export const Import = z
  .object({
    id: z.string().describe('Also the id of its job, once it was started'),
    state: z.enum(['uploading', 'queued', 'running', 'done', 'failed', 'cancelled']),
    kind: z.string(),
    format: z.string(),
    dryRun: z.boolean(),
    earn: z.boolean(),
    list: z.string().nullable(),
    change: z.string().describe('Of a list: added or removed'),
    parts: z.array(ImportPart).describe('What has come; empty once it was started'),
    counts: ImportCounts,
    progress: z.object({ done: z.int(), total: z.int().nullable() }).describe('In bytes of the file'),
    reported: z.int().describe('Lines of the report'),
    error: z.string().nullable().describe('Why it failed'),
    createdAtMs: z.int(),
    startedAtMs: z.int().nullable(),
    endedAtMs: z.int().nullable(),
  })
  .openapi('Import');

export const StartImport = z
  .strictObject({ parts: z.int().min(1).max(MOST_PARTS).describe('How many parts the file has') })
  .openapi('StartImport');

export const ImportLine = z
  .object({
    line: z.int().describe('As an editor counts them, from 1'),
    verdict: z.enum(['created', 'updated', 'duplicate', 'skipped', 'refused', 'failed']),
    customer: z.string().nullable().optional().describe('Of a dry run: whom the line is about; null: somebody new'),
    field: z.string().optional(),
    rule: z.string().optional(),
    note: z.string().optional().describe('Why the line counts for less than it seems to'),
  })
  .openapi('ImportLine');
export const ImportLines = page(ImportLine).openapi('ImportLines');
