/**
 * Takes an import of points back, line by line, each once: what was given, what was taken, what waits for somebody. Reads
 * the report of the import, and the page that it had planned where it did not come to its end.
 */
import { z } from 'zod';
import type { FollowedAnswer } from '../customers/record.ts';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { creditOpenings } from '../directory/credit-openings.ts';
import type { Withdrawn } from '../directory/openings.ts';
import { lineKey, undoKey } from '../domain/opening.ts';
import type { AdjustmentUndo } from '../domain/undo-adjustment.ts';
import { operateMany } from '../routing/operate-many.ts';
import { openShop } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { NO_UNDO_COUNTS, PointsImportLine, UndoCounts } from '../wire/points-imports.ts';
import { eachObject } from './customer-pages.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { PointsCursor } from './points-import.ts';
import { lineId } from './points-plan.ts';
import { fromOf } from './points-verdict.ts';
import type { Job } from './store.ts';
import { jobsOf } from './stubs.ts';
import { type UndoVerdict, undoneLine } from './undo-verdict.ts';

export const UNDO_POINTS_IMPORT = 'points_import_undo';

const LINES_A_STEP = 500;

const UndoInput = z.strictObject({
  import: z.string(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
});
export const UndoCursor = z.strictObject({
  /** Lines of the report that are done. */
  after: z.int(),
  counts: UndoCounts,
});
type Call = StepCall<z.infer<typeof UndoInput>, z.infer<typeof UndoCursor>>;

/** A line that did something, or may have. */
interface DoneLine {
  line: number;
  customer: string | null;
}

/** Progress is told in lines of the report of the import. */
export const undoPointsImport = jobKind({
  input: UndoInput,
  cursor: UndoCursor,
  resumable: true,
  mostLines: 100_000,
  step: async (call): Promise<StepOutcome<z.infer<typeof UndoCursor>>> => {
    const shop = await openShop(call.env, call.shop);
    const job = await jobsOf(call.env, call.shop).job(call.input.import);
    if (shop === null || job === null) throw new Error('an undo of nothing');
    const { after, counts } = call.cursor ?? { after: 0, counts: NO_UNDO_COUNTS };
    const page = await jobsOf(call.env, call.shop).lines(job.id, after, LINES_A_STEP);
    const file = fileOf(job);
    // it never came to doing anything
    if (page === null || file === null) return { state: 'done', progress: call.progress, result: { ...counts } };
    const done = page.lines.flatMap(doneLine);
    const cut = page.next === null ? await cutLines(call, job, file) : [];
    const lines = await takeBack(call, { shop, job: job.id, file }, [...done, ...cut]);
    const next = { after: page.next ?? job.lines, counts: countsAfter(counts, lines) };
    const told = { progress: { done: next.after, total: job.lines }, lines: lines.map((line) => ({ ...line })) };
    if (page.next !== null) return { state: 'going', ...told, cursor: next };
    return { state: 'done', ...told, result: { ...next.counts } };
  },
});

/** As lines of this import are known for ever; null where it never read its file. */
function fileOf(job: Job): string | null {
  const known = z.object({ file: z.string() });
  return (known.safeParse(job.result).data ?? known.safeParse(job.cursor).data)?.file ?? null;
}

function doneLine(body: unknown): DoneLine[] {
  const { line, verdict, customer = null } = PointsImportLine.parse(body);
  return ['given', 'taken', 'waiting'].includes(verdict) ? [{ line, customer }] : [];
}

/** Of an import that ended before its end: the lines of its last page that were done, and are in no report. */
async function cutLines({ env, shop }: Call, job: Job, file: string): Promise<DoneLine[]> {
  const cursor = job.result === null ? PointsCursor.safeParse(job.cursor).data : undefined;
  const planned = (cursor?.page.planned ?? []).filter(({ flaw }) => flaw === undefined);
  const known = planned.flatMap(({ line, customer }) => (customer === null ? [] : [{ line, customer }]));
  const used = await eachObject(
    known.map(({ line, customer }) => ({ customer, key: lineKey(lineId(file, line)) })),
    (one) => one.customer,
    (customer, own) => customersOf(env, shop, customer).usedKeys(own),
  );
  const keys = new Set(used.flat().map(({ key }) => key));
  return planned.flatMap(({ line, customer }): DoneLine[] =>
    customer === null || keys.has(lineKey(lineId(file, line))) ? [{ line, customer }] : [],
  );
}

interface Import {
  shop: ShopSnapshot;
  job: string;
  file: string;
}

/** In the order of the lines. */
async function takeBack(call: Call, of: Import, lines: DoneLine[]): Promise<UndoVerdict[]> {
  const waiting = lines.filter(({ customer }) => customer === null);
  const ids = waiting.map(({ line }) => lineId(of.file, line));
  const withdrawn = ids.length === 0 ? [] : await directoryOf(call.env, call.shop).withdrawOpenings(ids);
  const ended = waiting.flatMap(({ line }, at) => endedLine(line, withdrawn[at]));
  await creditClaimed(call, of, withdrawn);
  const unsettled = withdrawn.flatMap((one, at) => (one.state === 'claimed' ? [ids[at] ?? ''] : []));
  const again = unsettled.length === 0 ? [] : await directoryOf(call.env, call.shop).withdrawOpenings(unsettled);
  // what is taken back before it was given would be given all the same
  if (again.some(({ state }) => state === 'claimed')) throw new Error('somebody is on their way to another customer');
  const credited = waiting.flatMap(({ line }, at): DoneLine[] => {
    const one = withdrawn[at];
    return one !== undefined && 'customer' in one ? [{ line, customer: one.customer }] : [];
  });
  const known = [...lines, ...credited].flatMap(({ line, customer }) =>
    customer === null ? [] : [{ line, customer }],
  );
  const operations = known.map(({ line, customer }) => ({ customer, operation: undoOf(call, of, line) }));
  const answers = await operateMany(call.env, of.shop, operations);
  const undone = known.map((line, at) => undoneLine(answerAt(answers, at), line));
  return [...ended, ...undone].sort((a, b) => a.line - b.line);
}

function answerAt(answers: FollowedAnswer[], at: number): FollowedAnswer {
  const answer = answers[at];
  if (answer === undefined) throw new Error('a line without its answer');
  return answer;
}

function undoOf({ input }: Call, of: Import, line: number): AdjustmentUndo {
  const id = lineId(of.file, line);
  const { reason, note } = input;
  return {
    op: 'undo_adjustment',
    key: undoKey(id),
    fingerprint: `undo ${of.file}`,
    of: lineKey(id),
    from: fromOf(of, line),
    reason,
    note,
  };
}

function endedLine(line: number, withdrawn: Withdrawn | undefined): UndoVerdict[] {
  if (withdrawn === undefined) throw new Error('a line without its answer');
  if (withdrawn.state === 'withdrawn')
    return [{ line, verdict: 'withdrawn', customer: null, points: 0 - withdrawn.points }];
  return withdrawn.state === 'void' ? [{ line, verdict: 'nothing', customer: null, points: 0 }] : [];
}

/** Somebody came for what waited, and may not be credited yet: that is done first, so that it can be taken back. */
async function creditClaimed({ env }: Call, { shop }: Import, withdrawn: Withdrawn[]): Promise<void> {
  const claimed = withdrawn.flatMap((one) => (one.state === 'claimed' ? [one] : []));
  const byCustomer = [...Map.groupBy(claimed, (one) => one.customer)];
  const all = byCustomer.map(([customer, own]) => ({ customer, openings: own.map(({ opening }) => opening) }));
  await creditOpenings(env, shop, all, directoryOf(env, shop.id));
}

function countsAfter(before: UndoCounts, lines: UndoVerdict[]): UndoCounts {
  const counts = { ...before };
  for (const { verdict, points, owed = 0, missing = 0, lapsed = 0 } of lines) {
    counts.lines += 1;
    counts[verdict] += 1;
    if (verdict === 'withdrawn') counts.pointsWithdrawn -= points;
    else if (points < 0) counts.pointsTaken -= points;
    else counts.pointsGiven += points;
    counts.pointsOwed += owed;
    counts.pointsMissing += missing;
    counts.pointsLapsed += lapsed;
  }
  return counts;
}
