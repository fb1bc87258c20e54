/**
 * Makes or changes many vouchers, so many a step, each by itself: one that cannot be is told in the report and stops nothing.
 * A step that a crash repeats does the same again, and nothing twice.
 */
import { z } from 'zod';
import { campaignIn, forgetCampaign } from '../campaign/cache.ts';
import type { JsonObject } from '../domain/json.ts';
import { codeKey, GIFT_BITS } from '../domain/vouchers/codes.ts';
import type { CodeLine } from '../imports/code-lines.ts';
import { startOf } from '../imports/file.ts';
import { readNdjson } from '../imports/ndjson.ts';
import { changeVoucher } from '../publishing/change.ts';
import { importLines } from '../publishing/import-lines.ts';
import { makeVoucher, type VoucherDraft } from '../publishing/make-voucher.ts';
import { nowOf, type World } from '../publishing/world.ts';
import { openShop } from '../shops/cache.ts';
import { testNow } from '../shops/shop-time.ts';
import { jobKind, type StepCall, type StepOutcome } from './kind.ts';

export const VOUCHER_LINES = 'voucher_lines';

const LINES_A_STEP = 200;
const MOST_AT_ONCE = 16;
const MOST_REPORTED = 100_000;

/** A line of the job's file, which whoever asked has read and held against the rules. */
export type VoucherLine =
  | {
      line: number;
      kind: 'make';
      code: string | null;
      draft: VoucherDraft;
      codes: { pattern: string; charset: string };
    }
  | { line: number; kind: 'metadata'; code: string; metadata: JsonObject }
  /** A ready code for the campaign of the job. */
  | ({ line: number; kind: 'code' } & CodeLine)
  | { line: number; kind: 'refused'; field: string; rule: string };

const Counts = z.strictObject({ lines: z.int(), created: z.int(), updated: z.int(), refused: z.int() });
const Cursor = z.strictObject({ at: z.int(), line: z.int(), counts: Counts });
type Cursor = z.infer<typeof Cursor>;
/** `what`: for whoever reads the job; `request`: the fingerprint of the request that it came with. */
const Input = z.strictObject({
  what: z.enum(['import', 'metadata', 'codes']),
  campaign: z.string().nullable(),
  total: z.int(),
  request: z.string(),
});
type Call = StepCall<z.infer<typeof Input>, Cursor>;

interface Verdict {
  verdict: 'created' | 'updated' | 'refused';
  about: { code?: string; field?: string; rule?: string };
}

type Verdicts = Map<number, Verdict>;

const NONE = { lines: 0, created: 0, updated: 0, refused: 0 };

/** The report has the lines that were refused. */
export const voucherLines = jobKind({
  input: Input,
  cursor: Cursor,
  mostLines: MOST_REPORTED,
  step: async (call: Call): Promise<StepOutcome<Cursor>> => {
    const { env, shop, upload, input } = call;
    const snapshot = await openShop(env, shop);
    if (snapshot === null) throw new Error('no such shop');
    const clockMs = await testNow(env, snapshot);
    const world: World = { env, shop: snapshot, clockMs, later: () => undefined, waitMs: 0 };
    const from = call.cursor ?? { ...startOf(upload), counts: NONE };
    const { rows, next } = readNdjson(upload, from, LINES_A_STEP);
    const lines = rows.flatMap(({ value }) => (value === null ? [] : [toLine(value)]));
    const told = await inLanes(lines, (line) => verdictOf(world, call.job, line));
    for (const { line, rule } of rows) if (rule !== null) told.set(line, refused(null, 'line', rule));
    for (const [line, verdict] of await imported(call, world, { lines, batch: `${call.job}:${from.at}` }))
      told.set(line, verdict);
    const counts = { ...from.counts };
    for (const { verdict } of told.values()) {
      counts.lines += 1;
      counts[verdict] += 1;
    }
    const report = [...told].flatMap(([line, { verdict, about }]) =>
      verdict === 'refused' ? [{ line, verdict, ...about }] : [],
    );
    const progress = { done: counts.lines, total: input.total };
    if (next.at < upload.size) return { state: 'going', progress, lines: report, cursor: { ...next, counts } };
    if (input.campaign !== null) await campaignIn(env, shop, input.campaign).made(call.job, counts.created, false);
    if (input.campaign !== null) forgetCampaign(shop, input.campaign);
    return { state: 'done', progress, lines: report, result: { ...counts } };
  },
});

/** Of ready codes, one that came before in the same request is refused. */
async function imported(
  call: Call,
  world: World,
  { lines, batch }: { lines: VoucherLine[]; batch: string },
): Promise<Verdicts> {
  const { env, shop, job, input } = call;
  const told: Verdicts = new Map();
  const codes = lines.flatMap((line) => (line.kind === 'code' ? [line] : []));
  const record = input.campaign === null ? null : await campaignIn(env, shop, input.campaign).record();
  if (codes.length === 0) return told;
  if (record === null || record.deletedAtMs !== null) throw new Error('codes for a campaign that is gone');
  const firsts = call.firstLines(codes.map(({ code, line }) => [codeKey(code), line]));
  const isFirst = ({ code, line }: { code: string; line: number }) => (firsts.get(codeKey(code)) ?? line) === line;
  for (const one of codes)
    if (!isFirst(one))
      told.set(one.line, refused(one.code, 'code', `is that of line ${firsts.get(codeKey(one.code))}`));
  const about = { record, job, batch, nowMs: nowOf(world) };
  for (const done of await importLines(env, shop, codes.filter(isFirst), about))
    told.set(done.line, { verdict: done.verdict, about: done.about });
  return told;
}

function toLine(value: JsonObject): VoucherLine {
  return value as unknown as VoucherLine;
}

type SingleLine = Exclude<VoucherLine, { kind: 'code' }>;

async function inLanes(lines: VoucherLine[], work: (line: SingleLine) => Promise<Verdict>): Promise<Verdicts> {
  const told: Verdicts = new Map();
  const singles = lines.filter((line) => line.kind !== 'code');
  for (let at = 0; at < singles.length; at += MOST_AT_ONCE) {
    const some = singles.slice(at, at + MOST_AT_ONCE);
    const verdicts = await Promise.all(some.map(work));
    for (const [place, { line }] of some.entries()) {
      const verdict = verdicts[place];
      if (verdict !== undefined) told.set(line, verdict);
    }
  }
  return told;
}

async function verdictOf(world: World, job: string, line: SingleLine): Promise<Verdict> {
  if (line.kind === 'refused') return { verdict: 'refused', about: { field: line.field, rule: line.rule } };
  return line.kind === 'make' ? made(world, job, line) : changed(world, job, line);
}

async function made(world: World, job: string, line: VoucherLine & { kind: 'make' }): Promise<Verdict> {
  const { code, draft, codes } = line;
  const bits = draft.benefit.kind === 'gift' ? GIFT_BITS : 0;
  const told = await makeVoucher(world, draft, {
    ...{ key: `${job}:${line.line}`, fingerprint: job },
    ...{ code, codes, bits },
  });
  if (told.refusal === null) return { verdict: 'created', about: {} };
  if (told.refusal !== 'codes') return refused(code, 'code', 'is taken');
  return refused(code, told.flaws[0]?.field ?? 'code_config', told.flaws[0]?.rule ?? 'has no room');
}

async function changed(world: World, job: string, line: VoucherLine & { kind: 'metadata' }): Promise<Verdict> {
  const { code, metadata } = line;
  const change = { kind: 'change' as const, change: { metadata } };
  const told = await changeVoucher(world, code, { key: `${job}:${line.line}`, fingerprint: job, change });
  if (told.state === 'changed') return { verdict: 'updated', about: {} };
  return refused(code, 'code', told.state === 'refused' ? told.refused.details : 'is nobody’s');
}

function refused(code: string | null, field: string, rule: string): Verdict {
  return { verdict: 'refused', about: { ...(code === null ? {} : { code }), field, rule } };
}
