/**
 * Imports a file: each step reads the next lines, tells them to their customers or only looks what they would do, and
 * saves where it is. A step that a crash repeats tells the same lines under the same keys, and counts them as before.
 */
import { z } from 'zod';
import type { FollowedAnswer } from '../customers/record.ts';
import { directoryOf } from '../directory/cache.ts';
import { openFile, type ReadLine, readLines } from '../imports/batch.ts';
import type { Setting } from '../imports/lines.ts';
import type { LineVerdict, ToldLine } from '../imports/verdict.ts';
import { deliver, eventVerdict } from '../routing/deliver.ts';
import { openShop, shopOf } from '../shops/cache.ts';
import { orderSourceOf, type ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { ImportCounts, MOST_LINES, MOST_REPORTED, NewImport, NO_COUNTS } from '../wire/imports.ts';
import { foresee } from './import-foresight.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';
import { type Foreseen, foreseeList, LIST_VERDICTS } from './list-foresight.ts';

export const IMPORT = 'import';

const LINES_A_STEP = 500;
/** Of lines that went well so many are reported at most; the rest of the report is for the others. */
const MOST_GOOD_REPORTED = MOST_REPORTED / 2;

const Cursor = z.strictObject({
  at: z.int(),
  line: z.int(),
  layout: z.strictObject({
    format: z.enum(['csv', 'ndjson']),
    delimiter: z.string(),
    columns: z.array(z.string().nullable()),
  }),
  counts: ImportCounts,
  goodReported: z.int(),
});
type Cursor = z.infer<typeof Cursor>;
type Input = z.infer<typeof NewImport>;
type Call = StepCall<Input, Cursor>;

/** Progress is told in bytes of the file. */
export const importFile = jobKind({
  input: NewImport,
  cursor: Cursor,
  mostLines: MOST_REPORTED,
  step: async (call: Call): Promise<StepOutcome<Cursor>> => {
    const { upload, cursor } = call;
    if (cursor === null) return begin(call);
    const shop = await openShop(call.env, call.shop);
    if (shop === null) throw new Error('no such shop');
    const list = await listOf(call, shop);
    if (list === null) return { state: 'failed', reason: 'The list is gone.', progress: call.progress };
    const setting = { ...(await settingOf(call, shop)), ...list };
    const most = Math.min(LINES_A_STEP, MOST_LINES - cursor.counts.lines);
    if (most === 0) return tooLong(call);
    const { lines, next } = readLines(upload, cursor.layout, cursor, { most, job: call.job, setting });
    const { verdicts, figures } = await verdictsOf(call, shop, lines);
    return { ...saved(call, cursor, { ...cursor, ...next }, verdicts), figures };
  },
});

function begin({ upload, input }: Call): StepOutcome<Cursor> {
  const opening = openFile(upload, input);
  const progress = { done: 0, total: upload.size };
  if (opening.flaws !== null) {
    const lines = opening.flaws.map((flaw) => ({ line: opening.line, verdict: 'refused', ...flaw }));
    return { state: 'failed', reason: 'The file cannot be read; its report says why.', progress, lines };
  }
  const { layout, first } = opening;
  return { state: 'going', progress, cursor: { ...first, layout, counts: NO_COUNTS, goodReported: 0 } };
}

function tooLong({ progress }: Call): StepOutcome<Cursor> {
  return {
    state: 'failed',
    reason: `The file has more than ${MOST_LINES} lines; those before are imported.`,
    progress,
  };
}

/** The list that the file is of, nothing where it is of none; null where it is gone. */
async function listOf({ env, input }: Call, shop: ShopSnapshot): Promise<Pick<Setting, 'list'> | null> {
  if (input.list === null) return {};
  const { lists } = await shopOf(env, shop.id).segmentBook();
  const list = lists.find(({ id }) => id === input.list);
  return list === undefined ? null : { list: { id: list.id, name: list.name, change: input.change } };
}

async function settingOf({ env, input }: Call, shop: ShopSnapshot): Promise<Setting> {
  const { currency, timeZone } = shop.settings;
  return {
    kind: input.kind,
    earn: input.earn,
    ownsOrders: input.orders ?? orderSourceOf(shop) === 'segment',
    currency,
    timeZone,
    nowMs: (await receiptOf(env, shop)).receivedAtMs,
  };
}

/** In the order of the file; and what a dry run has to know of these lines later. */
async function verdictsOf(call: Call, shop: ShopSnapshot, lines: ReadLine[]) {
  const all = lines.flatMap(({ line, reading }) => (reading?.told ? [{ line, ...reading.told }] : []));
  const [told, strangers] = await withoutStrangers(call, all);
  const { lines: done, figures } = call.input.dryRun
    ? await foreseen(call, shop, told)
    : { lines: await tell(call, shop, told), figures: [] };
  const byLine = new Map([...done, ...strangers].map((one) => [one.line, one]));
  const verdicts = lines.map(({ line, reading }): LineVerdict => {
    if (reading === null) return { line, verdict: 'skipped', isNewCustomer: false, about: {} };
    if (reading.flaw !== null) return { line, verdict: 'refused', isNewCustomer: false, about: reading.flaw };
    const verdict = byLine.get(line);
    if (verdict === undefined) throw new Error('a line without its verdict');
    return verdict;
  });
  return { verdicts, figures };
}

async function foreseen(call: Call, shop: ShopSnapshot, told: ToldLine[]): Promise<Foreseen> {
  if (call.input.kind === 'list') return foreseeList(call, shop, told);
  return { lines: await foresee(call, told, call.input.kind === 'customers'), figures: [] };
}

/** Why it is refused is all that is said of it. */
const ERASED_NOTE = 'of a customer who was erased since';

/** Who is taken off a list is not made for it: the lines of whom the shop knows, and the verdicts of the others. */
async function withoutStrangers({ env, shop, input }: Call, told: ToldLine[]): Promise<[ToldLine[], LineVerdict[]]> {
  if (input.change !== 'removed') return [told, []];
  const found = await directoryOf(env, shop).findAll(told.map(({ delivery }) => delivery.subject.identifiers));
  const about = { note: 'nobody is known by it' };
  const strangers = told
    .filter((_, at) => found[at] == null)
    .map(({ line }): LineVerdict => ({ line, verdict: 'skipped', isNewCustomer: false, about }));
  return [told.filter((_, at) => found[at] != null), strangers];
}

async function tell(call: Call, shop: ShopSnapshot, told: ToldLine[]): Promise<LineVerdict[]> {
  const { answers } = await deliver(
    call.env,
    shop,
    told.map((one) => one.delivery),
  );
  return told.map(({ line, note }, at): LineVerdict => {
    const answer = answers[at];
    const isFirst = answer !== undefined && 'first' in answer && answer.first;
    const said = eventVerdict(answer);
    if (said === 'erased') return { line, verdict: 'refused', isNewCustomer: false, about: { note: ERASED_NOTE } };
    const verdict = said === 'recorded' ? madeOf(call.input, answer, isFirst) : said;
    return { line, verdict, isNewCustomer: isFirst && said === 'recorded', about: note === null ? {} : { note } };
  });
}

/** What a line that was recorded counts as. */
function madeOf({ kind }: Input, answer: FollowedAnswer | undefined, isFirst: boolean): LineVerdict['verdict'] {
  if (kind === 'customers') return isFirst ? 'created' : 'updated';
  const outcome = answer !== undefined && 'lists' in answer ? answer.lists : undefined;
  return outcome === undefined ? 'created' : LIST_VERDICTS[outcome];
}

function saved({ input, upload }: Call, before: Cursor, next: Cursor, verdicts: LineVerdict[]): StepOutcome<Cursor> {
  const counts = { ...before.counts };
  const wantsAll = (input.report ?? (input.dryRun ? 'all' : 'problems')) === 'all';
  let { goodReported } = before;
  const lines = verdicts.flatMap(({ line, verdict, isNewCustomer, about }) => {
    counts.lines += 1;
    counts[verdict] += 1;
    if (isNewCustomer) counts.newCustomers += 1;
    const isProblem = verdict === 'refused' || verdict === 'failed' || about.note !== undefined;
    if (!isProblem && (!wantsAll || goodReported >= MOST_GOOD_REPORTED)) return [];
    if (!isProblem) goodReported += 1;
    return [{ line, verdict, ...about }];
  });
  const progress = { done: next.at, total: upload.size };
  if (next.at >= upload.size) return { state: 'done', progress, lines, result: { ...counts } };
  return { state: 'going', progress, lines, cursor: { ...next, counts, goodReported } };
}
