/**
 * Imports a file of points: each step does what the page before it planned, or only looks what it would do, and plans the
 * next. A step that a crash repeats asks the same of the same people under the same keys, and counts it as before.
 */
import { z } from 'zod';
import { openFile, readRows } from '../imports/batch.ts';
import {
  type PointsReading,
  type PointsSetting,
  pointsFlaws,
  readPointsCells,
  readPointsObject,
} from '../imports/points-lines.ts';
import { openShop } from '../shops/cache.ts';
import { sha256Hex } from '../shops/crypto.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { MOST_POINTS_LINES, NewPointsImport, NO_POINTS_COUNTS, PointsCounts } from '../wire/points-imports.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { measured } from './measured-file.ts';
import { foreseePoints } from './points-foresight.ts';
import { givePoints, type PlannedRow } from './points-give.ts';
import { Planned, type PointsRow, planOf, toldRows } from './points-plan.ts';
import { type PointsVerdict, refusedLine } from './points-verdict.ts';

export const POINTS_IMPORT = 'points_import';

const LINES_A_STEP = 500;

/** A page that is planned and not done. */
const Page = z.strictObject({
  at: z.int(),
  line: z.int(),
  rows: z.int(),
  /** What counted as now when it was planned. */
  nowMs: z.int(),
  planned: z.array(Planned),
});
type Page = z.infer<typeof Page>;

export const PointsCursor = z.strictObject({
  file: z.string(),
  layout: z.strictObject({
    format: z.enum(['csv', 'ndjson']),
    delimiter: z.string(),
    columns: z.array(z.string().nullable()),
  }),
  page: Page,
  counts: PointsCounts,
});
type Cursor = z.infer<typeof PointsCursor>;
type Call = StepCall<NewPointsImport, Cursor>;

/** Progress is told in bytes of the file. */
export const pointsImport = jobKind({
  input: NewPointsImport,
  cursor: PointsCursor,
  resumable: true,
  keepsFile: true,
  mostLines: MOST_POINTS_LINES + 100,
  step: async (call: Call): Promise<StepOutcome<Cursor>> => {
    const shop = await openShop(call.env, call.shop);
    if (shop === null) throw new Error('no such shop');
    return call.cursor === null ? begin(call, shop) : goOn(call, shop, call.cursor);
  },
});

/** Refuses a file before anything of it is done, or plans its first page. */
async function begin(call: Call, shop: ShopSnapshot): Promise<StepOutcome<Cursor>> {
  const { upload, input, progress } = call;
  const { sha256, lines } = await measured(upload);
  if (lines > MOST_POINTS_LINES + 1)
    return { state: 'failed', reason: `The file has more than ${MOST_POINTS_LINES} lines.`, progress };
  const opening = openFile(upload, { ...input, kind: 'points' });
  const flaws = opening.flaws ?? (input.format === 'csv' ? pointsFlaws(opening.layout.columns, input.mode) : []);
  if (opening.flaws !== null || flaws.length > 0) {
    const told = flaws.map((flaw) => ({ ...refusedLine(1, flaw) }));
    return { state: 'failed', reason: 'The file cannot be read; its report says why.', progress, lines: told };
  }
  const { mode, key } = input;
  // however it is read: who finds an option later and sends the file once more means no second time
  const file = `pts_${(await sha256Hex(JSON.stringify([sha256, mode, key]))).slice(0, 32)}`;
  if (input.key !== null && !input.dryRun && call.fileOfKey(input.key, file) !== file)
    return { state: 'failed', reason: 'Another file, or the other mode, came with this key before.', progress };
  const { layout, first } = opening;
  const page = await pagePlanned(call, shop, { file, layout, place: first });
  const cursor = { file, layout, page, counts: NO_POINTS_COUNTS };
  return { state: 'going', progress: { done: first.at, total: upload.size }, cursor };
}

async function goOn(call: Call, shop: ShopSnapshot, cursor: Cursor): Promise<StepOutcome<Cursor>> {
  const { upload, input, env, job } = call;
  const { file, layout, page } = cursor;
  const { rows, next } = rowsAt(call, shop, { layout, place: page, most: page.rows, nowMs: page.nowMs });
  const asking = { env, shop, figures: call.figures, of: { job, file, input } };
  const planned = plannedRows(rows, page.planned);
  const able = planned.filter(({ plan }) => plan.flaw === undefined);
  const done = input.dryRun
    ? await foreseePoints(asking, able)
    : { lines: await givePoints(asking, able), figures: [] };
  const lines = reportOf(rows, planned, done.lines);
  const counts = countsAfter(cursor.counts, lines);
  const told = { progress: { done: next.at, total: upload.size }, lines: lines.map((line) => ({ ...line })) };
  if (next.at >= upload.size) return { state: 'done', ...told, result: { ...counts, file } };
  const following = await pagePlanned(call, shop, { file, layout, place: next });
  return { state: 'going', ...told, figures: done.figures, cursor: { ...cursor, page: following, counts } };
}

interface Place {
  at: number;
  line: number;
}

async function pagePlanned(
  call: Call,
  shop: ShopSnapshot,
  { file, layout, place }: { file: string; layout: Cursor['layout']; place: Place },
): Promise<Page> {
  const { receivedAtMs: nowMs } = await receiptOf(call.env, shop);
  const { rows } = rowsAt(call, shop, { layout, place, most: LINES_A_STEP, nowMs });
  return { at: place.at, line: place.line, rows: rows.length, nowMs, planned: await planOf(call, file, rows) };
}

interface Reading {
  layout: Cursor['layout'];
  place: Place;
  most: number;
  nowMs: number;
}

function rowsAt({ upload, input }: Call, shop: ShopSnapshot, { layout, place, most, nowMs }: Reading) {
  const { mode, thousands, reason, note } = input;
  const setting: PointsSetting = { mode, thousands, reason, note, nowMs, timeZone: shop.settings.timeZone };
  const { lines, next } = readRows<PointsReading>(upload, layout, place, {
    ofObject: (value) => readPointsObject(value, setting),
    ofFields: (fields) => readPointsCells(fields, setting),
    flawed: (flaw) => ({ told: null, flaw }),
    most,
  });
  return { rows: lines, next };
}

function plannedRows(rows: PointsRow[], plans: Planned[]): PlannedRow[] {
  const byLine = new Map(plans.map((plan) => [plan.line, plan]));
  return toldRows(rows).map((row) => {
    const plan = byLine.get(row.line);
    if (plan === undefined) throw new Error('a line that was not planned');
    return { ...row, plan };
  });
}

/** One for each row, in the order of the file. */
function reportOf(rows: PointsRow[], planned: PlannedRow[], done: PointsVerdict[]): PointsVerdict[] {
  const plans = new Map(planned.map((row) => [row.line, row.plan]));
  const byLine = new Map(done.map((line) => [line.line, line]));
  return rows.map(({ line, reading }): PointsVerdict => {
    if (reading === null) return { line, verdict: 'skipped' };
    const plan = plans.get(line);
    const flaw = reading.flaw ?? plan?.flaw;
    if (flaw !== undefined) return refusedLine(line, flaw);
    const told = byLine.get(line);
    if (told === undefined) throw new Error('a line without its verdict');
    const also = plan?.also === undefined ? null : `line ${plan.also} is about the same customer`;
    const notes = [told.note ?? null, also].filter((note) => note !== null);
    return notes.length === 0 ? told : { ...told, note: notes.join('; ') };
  });
}

function countsAfter(before: PointsCounts, lines: PointsVerdict[]): PointsCounts {
  const counts = { ...before };
  for (const { verdict, points = 0 } of lines) {
    counts.lines += 1;
    counts[verdict] += 1;
    if (verdict === 'given') counts.pointsGiven += points;
    if (verdict === 'taken') counts.pointsTaken -= points;
    if (verdict === 'waiting') counts.pointsWaiting += points;
  }
  return counts;
}
