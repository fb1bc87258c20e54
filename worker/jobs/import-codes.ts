/**
 * Imports ready codes into a campaign from a CSV file, so many lines a step: each line is told by itself, and a bad one
 * changes nothing but the report. A step that a crash repeats does the same again, and adds nothing twice.
 */
import { z } from 'zod';
import { campaignIn, forgetCampaign } from '../campaign/cache.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import { codeColumns, readCodeLine } from '../imports/code-lines.ts';
import { delimiterOf, readCsv } from '../imports/csv.ts';
import { isUtf16, startOf } from '../imports/file.ts';
import { type ImportLine, importLines, type LineDone } from '../publishing/import-lines.ts';
import { openShop } from '../shops/cache.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { measured } from './measured-file.ts';

export const IMPORT_CODES = 'import_codes';

export const LARGEST_CODE_FILE = 10 * 1024 * 1024;
const MOST_CODES = 100_000;
const LINES_A_STEP = 500;
const MOST_REPORTED = 100_000;

const Counts = z.strictObject({ lines: z.int(), created: z.int(), updated: z.int(), refused: z.int() });
const Cursor = z.strictObject({
  at: z.int(),
  line: z.int(),
  delimiter: z.string(),
  columns: z.array(z.string()),
  counts: Counts,
});
type Cursor = z.infer<typeof Cursor>;
/** `others`: what columns of unknown names are; `request`: the fingerprint of the request that it came with. */
const Input = z.strictObject({
  campaign: z.string(),
  others: z.enum(['refused', 'metadata']),
  request: z.string(),
});
type Call = StepCall<z.infer<typeof Input>, Cursor>;

const NONE = { lines: 0, created: 0, updated: 0, refused: 0 };

/** Progress is told in bytes of the file. The report has the lines that were refused, and those that changed a code. */
export const importCodes = jobKind({
  input: Input,
  cursor: Cursor,
  mostLines: MOST_REPORTED,
  step: async (call: Call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, job, upload, cursor, input } = call;
    const record = await campaignIn(env, shop, input.campaign).record();
    if (record === null || record.deletedAtMs !== null) return failed(call, 'The campaign is gone.');
    if (cursor === null) return begin(call);
    const snapshot = await openShop(env, shop);
    if (snapshot === null) throw new Error('no such shop');
    const { receivedAtMs: nowMs } = await receiptOf(env, snapshot);
    const { rows, next } = readCsv(upload, cursor.delimiter, cursor, LINES_A_STEP);
    const told = await tell(call, record, { rows, cursor, timeZone: snapshot.settings.timeZone, nowMs });
    const counts = { ...cursor.counts };
    for (const { verdict } of told) {
      counts.lines += 1;
      counts[verdict] += 1;
    }
    const lines = told.flatMap(({ line, verdict, about }) =>
      verdict === 'created' ? [] : [{ line, verdict, ...about }],
    );
    const progress = { done: next.at, total: upload.size };
    if (next.at < upload.size) return { state: 'going', progress, lines, cursor: { ...cursor, ...next, counts } };
    await campaignIn(env, shop, input.campaign).made(job, counts.created, false);
    forgetCampaign(shop, input.campaign);
    return { state: 'done', progress, lines, result: { ...counts } };
  },
});

/** A file that is too large, or whose header cannot be read, changes nothing. */
async function begin(call: Call): Promise<StepOutcome<Cursor>> {
  const { upload, input } = call;
  if (upload.size > LARGEST_CODE_FILE) return failed(call, `The file has more than ${LARGEST_CODE_FILE} bytes.`);
  if (isUtf16(upload)) return failed(call, 'The file must be UTF-8, not UTF-16.');
  const { lines } = await measured(upload);
  if (lines > MOST_CODES + 1) return failed(call, `The file has more than ${MOST_CODES} codes.`);
  const first = startOf(upload);
  const delimiter = delimiterOf(upload, first);
  const { rows, next } = readCsv(upload, delimiter, first, 1);
  const header = rows[0]?.cells ?? null;
  const { columns, flaws } = header === null ? NO_HEADER : codeColumns(header, input.others);
  const progress = { done: 0, total: upload.size };
  if (flaws.length > 0) {
    const report = flaws.map((flaw) => ({ line: 1, verdict: 'refused', ...flaw }));
    return { state: 'failed', reason: 'The file cannot be read; its report says why.', progress, lines: report };
  }
  return { state: 'going', progress, cursor: { ...next, delimiter, columns, counts: NONE } };
}

const NO_HEADER = { columns: [], flaws: [{ field: 'header', rule: 'is required' }] };

interface Telling {
  rows: ReturnType<typeof readCsv>['rows'];
  cursor: Cursor;
  timeZone: string;
  nowMs: number;
}

/** In the order of the file; blank lines are left out. */
async function tell(
  call: Call,
  record: CampaignRecord,
  { rows, cursor, timeZone, nowMs }: Telling,
): Promise<LineDone[]> {
  const refused = new Map<number, LineDone>();
  const read: ImportLine[] = [];
  for (const { line, cells, rule } of rows) {
    if (cells?.every((cell) => cell.trim() === '')) continue;
    const told =
      cells === null ? { flaw: { field: 'line', rule: rule ?? '' } } : readCodeLine(cursor.columns, cells, timeZone);
    if ('flaw' in told) refused.set(line, { line, verdict: 'refused', about: told.flaw });
    else read.push({ line, ...told });
  }
  const firsts = call.firstLines(read.map(({ code, line }) => [codeKey(code), line]));
  const fresh = read.filter(({ code, line }) => {
    const first = firsts.get(codeKey(code)) ?? line;
    if (first !== line)
      refused.set(line, { line, verdict: 'refused', about: { field: 'code', rule: `is that of line ${first}` } });
    return first === line;
  });
  const about = { record, job: call.job, batch: `${call.job}:${cursor.at}`, nowMs };
  const done = new Map((await importLines(call.env, call.shop, fresh, about)).map((one) => [one.line, one]));
  return rows.flatMap(({ line }) => refused.get(line) ?? done.get(line) ?? []);
}

function failed({ progress }: Call, reason: string): StepOutcome<Cursor> {
  return { state: 'failed', reason, progress };
}
