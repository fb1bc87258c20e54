/** What the merchant's API says of files of points. The job keeps what was asked for in the same shape. */
import { z } from '@hono/zod-openapi';
import { ImportPart } from './imports.ts';
import { page } from './parts.ts';

export const MOST_POINTS_PARTS = 25;
export const MOST_POINTS_LINES = 100_000;

const columnName = z.string().trim().min(1).max(100);
const reason = z.string().trim().min(1).max(200);
const note = z.string().trim().min(1).max(1_000);

export const NewPointsImport = z
  .strictObject({
    format: z.enum(['csv', 'ndjson']),
    mode: z
      .enum(['add', 'set'])
      .default('add')
      .describe('`add`: each line gives or takes `points`; `set`: each line says what the `balance` is to be'),
    dryRun: z.boolean().default(false).describe('Reports what each line would do, and does nothing'),
    unknown: z
      .enum(['wait', 'refuse'])
      .default('wait')
      .describe('Points for somebody whom nobody has seen wait for them as an opening balance, or the line is refused'),
    allowDebt: z
      .boolean()
      .default(false)
      .describe('Of `add`: a line may take more than there is, and the rest is owed; else it is refused'),
    countsTowardTier: z.boolean().default(false).describe('Whether what is given counts for tiers'),
    thousands: z
      .enum(['comma', 'dot', 'space', 'apostrophe'])
      .nullable()
      .default(null)
      .describe(
        'What sets thousands apart. null: told from each number; `12.500` is then refused, for it may be a fraction',
      ),
    reason: reason.nullable().default(null).describe('Of lines that name none; the shopper sees it'),
    note: note.nullable().default(null).describe('Of lines that have none; never leaves the admin API'),
    key: z
      .string()
      .min(1)
      .max(100)
      .nullable()
      .default(null)
      .describe(
        'A file that comes again does nothing, whatever its options, for its lines are known by its bytes: what was done ' +
          'is a duplicate, and what the balance refused is refused for the same reason; send that as a file of its own. ' +
          'Another key has the same file count once more. A key that came with another file is refused.',
      ),
    columns: z
      .record(columnName, columnName.nullable())
      .refine((columns) => Object.keys(columns).length <= 300, 'must name at most 300 columns')
      .default({})
      .describe("Of CSV: the file's column names -> ours; null leaves a column out"),
  })
  .refine(({ format, columns }) => format === 'csv' || Object.keys(columns).length === 0, {
    path: ['columns'],
    message: 'is for CSV only',
  })
  .refine(({ mode, allowDebt }) => mode === 'add' || !allowDebt, { path: ['allowDebt'], message: 'is for add only' })
  .openapi('NewPointsImport');
export type NewPointsImport = z.infer<typeof NewPointsImport>;

const count = z.int().min(0);
export const PointsCounts = z
  .object({
    lines: count.describe('Lines read: the sum of all verdicts; a CSV header is not one'),
    given: count,
    taken: count,
    unchanged: count.describe('Balances that were already as the file wants them'),
    waiting: count.describe('Opening balances for somebody whom nobody has seen yet'),
    duplicate: count.describe('Lines that an earlier import of this file has done; they did nothing more'),
    skipped: count.describe('Blank lines'),
    refused: count.describe('Lines that break a rule, and changed nothing; also where the file comes again'),
    pointsGiven: count,
    pointsTaken: count,
    pointsWaiting: z.int().describe('Below zero where more is owed, or was set lower, than waits'),
  })
  .openapi('PointsCounts');
export type PointsCounts = z.infer<typeof PointsCounts>;

export const NO_POINTS_COUNTS: PointsCounts = {
  lines: 0,
  given: 0,
  taken: 0,
  unchanged: 0,
  waiting: 0,
  duplicate: 0,
  skipped: 0,
  refused: 0,
  pointsGiven: 0,
  pointsTaken: 0,
  pointsWaiting: 0,
};

export const UndoCounts = z
  .object({
    lines: count.describe('Lines that had done something'),
    undone: count,
    partly: count.describe('Not all could be taken back: it was spent, or had run out since'),
    withdrawn: count.describe('Opening balances that were still waiting'),
    nothing: count.describe('What there was had come to nothing by itself'),
    pointsTaken: count.describe('Given by the import, and taken back'),
    pointsOwed: count.describe('Of these, what was spent already and is owed now'),
    pointsMissing: count.describe('Given by the import and spent; nobody owes them, as the programme says'),
    pointsGiven: count.describe('Taken by the import, and given back'),
    pointsLapsed: count.describe('Taken by the import; they would have run out since'),
    pointsWithdrawn: z.int(),
  })
  .openapi('UndoCounts');
export type UndoCounts = z.infer<typeof UndoCounts>;

export const NO_UNDO_COUNTS: UndoCounts = {
  lines: 0,
  undone: 0,
  partly: 0,
  withdrawn: 0,
  nothing: 0,
  pointsTaken: 0,
  pointsOwed: 0,
  pointsMissing: 0,
  pointsGiven: 0,
  pointsLapsed: 0,
  pointsWithdrawn: 0,
};

export const PointsImport = z
  .object({
    id: z.string().describe('Also the id of its job, once it was started'),
    state: z.enum(['uploading', 'queued', 'running', 'done', 'failed', 'cancelled']),
    ...NewPointsImport.shape,
    parts: z.array(ImportPart).describe('What has come; empty once it was started'),
    counts: PointsCounts,
    progress: z.object({ done: z.int(), total: z.int().nullable() }).describe('In bytes of the file'),
    reported: z.int().describe('Lines of the report'),
    error: z.string().nullable().describe('Why it failed'),
    undo: z
      .object({ job: z.string(), state: z.string(), counts: UndoCounts })
      .nullable()
      .describe('The job that takes it back; null: nobody asked for it'),
    createdAtMs: z.int(),
    startedAtMs: z.int().nullable(),
    endedAtMs: z.int().nullable(),
  })
  .openapi('PointsImport');

export const StartPointsImport = z
  .strictObject({ parts: z.int().min(1).max(MOST_POINTS_PARTS).describe('How many parts the file has') })
  .openapi('StartPointsImport');

export const PointsImportLine = z
  .object({
    line: z.int().describe('As an editor counts them, from 1'),
    verdict: z.enum(['given', 'taken', 'unchanged', 'waiting', 'duplicate', 'skipped', 'refused']),
    customer: z.string().nullable().optional().describe('null: somebody whom nobody has seen'),
    points: z.int().optional().describe('What was given, or taken where it is below zero'),
    balance: z.int().optional().describe('The balance after it'),
    field: z.string().optional(),
    rule: z.string().optional(),
    note: z.string().optional().describe('What else there is to know of it'),
  })
  .openapi('PointsImportLine');
export type PointsImportLine = z.infer<typeof PointsImportLine>;
export const PointsImportLines = page(PointsImportLine).openapi('PointsImportLines');

export const UndoPointsImport = z
  .strictObject({
    reason: reason.nullable().default(null).describe('The shopper sees it; null: the reason of each line'),
    note: note.nullable().default(null),
  })
  .openapi('UndoPointsImport');

export const OpeningBalance = z
  .object({
    id: z.string(),
    names: z
      .array(z.object({ kind: z.string(), value: z.string() }))
      .describe('Whoever comes by one of these is credited'),
    state: z.enum(['waiting', 'claimed']).describe('`claimed`: somebody came, and is being credited'),
    points: z.int(),
    expiresAtMs: z.int().nullable().describe('null: as the programme says, from when they are credited'),
    neverExpires: z.boolean(),
    reason: z.string().nullable(),
    note: z.string().nullable(),
    import: z.string(),
    line: z.int(),
    keptAtMs: z.int(),
  })
  .openapi('OpeningBalance');
export const OpeningBalances = page(OpeningBalance).openapi('OpeningBalances');
