/** What a line of a file of points asks of a customer, and what became of it. */
import type { FollowedAnswer } from '../customers/record.ts';
import type { AdjustmentWords } from '../domain/adjustment.ts';
import type { JournalRow } from '../domain/journal.ts';
import { textOf } from '../domain/json.ts';
import { lineKey, type Opening } from '../domain/opening.ts';
import type { Operation } from '../domain/operations.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { NewPointsImport, PointsImportLine } from '../wire/points-imports.ts';
import { lineId, type ToldRow } from './points-plan.ts';

/** For the report, as the API shows it. */
export interface PointsVerdict {
  line: number;
  verdict: PointsImportLine['verdict'];
  /** null: somebody whom nobody has seen. */
  customer?: string | null;
  /** What was given, or taken where it is below zero. */
  points?: number;
  balance?: number;
  field?: string;
  rule?: string;
  note?: string;
}

/** Which line, and about whom. */
type Line = Required<Pick<PointsVerdict, 'line' | 'customer'>>;

/** The import under way, and the file as it is known for ever. */
export interface PointsFile {
  job: string;
  file: string;
  input: NewPointsImport;
}

/** The import and the line, as the journal says where points came from. */
export function fromOf({ job }: Pick<PointsFile, 'job'>, line: number): string {
  return `${job}:${line}`;
}

export function operationOf(of: PointsFile, { line, told }: ToldRow): Operation {
  const { allowDebt, countsTowardTier, mode } = of.input;
  const { reason, note, expiresAtMs, amount } = told;
  const words: AdjustmentWords = {
    key: lineKey(lineId(of.file, line)),
    // the file says all that the line means
    fingerprint: of.file,
    from: fromOf(of, line),
    ...{ reason, note, expiresAtMs },
    ...(allowDebt ? { allowDebt } : {}),
    ...(countsTowardTier ? { countsTowardTier } : {}),
  };
  return mode === 'set' ? { op: 'set_balance', ...words, balance: amount } : { op: 'adjust', ...words, points: amount };
}

export function openingOfLine(of: PointsFile, { line, told }: ToldRow): Opening {
  const { reason, note, expiresAtMs, amount } = told;
  const { allowDebt, countsTowardTier } = of.input;
  return {
    id: lineId(of.file, line),
    fingerprint: of.file,
    points: amount,
    from: fromOf(of, line),
    ...{ reason, note, expiresAtMs },
    ...(allowDebt ? { allowDebt } : {}),
    ...(countsTowardTier ? { countsTowardTier } : {}),
  };
}

/**
 * `from`: the import and the line that ask; what came from elsewhere was there before. What was refused then is refused for
 * the same reason now: it did nothing, and is no duplicate.
 */
export function answeredLine(answer: FollowedAnswer, { line, customer }: Line, from: string): PointsVerdict {
  switch (answer.verdict) {
    case 'failed':
      throw new Error('a line was not recorded');
    case 'late':
      return refusedLine(line, { field: 'expires_at', rule: 'must be in the future' });
    case 'erased':
      return refusedLine(line, { field: 'line', rule: 'must not be of a customer who was erased' });
    case 'mismatch':
      return refusedLine(line, { field: 'line', rule: 'came before with another meaning' });
    default: {
      const { row, refusal } = answer;
      if (row === null) throw new Error('a line without its journal row');
      const isEarlier = row.about.import !== from;
      const earlier = textOf(row.about, 'import');
      if (refusal !== null)
        return { ...refusedLine(line, flawOf(refusal)), ...(isEarlier ? { note: cameWith(earlier) } : {}) };
      return isEarlier ? duplicateLine({ line, customer }, earlier) : movedLine(row, { line, customer });
    }
  }
}

export function refusedLine(line: number, flaw: { field: string; rule: string }): PointsVerdict {
  return { line, verdict: 'refused', ...flaw };
}

export function duplicateLine(of: Line, from: string | null): PointsVerdict {
  return { ...of, verdict: 'duplicate', note: cameWith(from) };
}

function cameWith(from: string | null): string {
  return from === null ? 'it came before' : `it came with the import ${from.split(':', 1)[0]}`;
}

function movedLine(row: JournalRow, of: Line): PointsVerdict {
  const points = pointsOf(row);
  const balance = row.entries.at(-1)?.balanceAfter ?? row.about.balance;
  const verdict = points > 0 ? 'given' : points < 0 ? 'taken' : 'unchanged';
  return { ...of, verdict, points, ...(typeof balance === 'number' ? { balance } : {}) };
}

/** What an adjustment moved. */
export function pointsOf(row: JournalRow): number {
  return row.entries.reduce((sum, { kind, points }) => (kind === 'adjusted' ? sum + points : sum), 0);
}

function flawOf(refusal: Refusal): { field: string; rule: string } {
  switch (refusal.reason) {
    case 'insufficient_points':
      return { field: 'points', rule: `must not take more than the balance of ${refusal.balance}` };
    case 'balance_limit':
      return { field: 'points', rule: `must not bring the balance of ${refusal.balance} beyond what is kept exactly` };
    default:
      throw new Error(`a line refused for ${refusal.reason}`);
  }
}
