/** What became of a line that was taken back, as its customer's journal says it. */
import type { FollowedAnswer } from '../customers/record.ts';
import { pointsOf } from './points-verdict.ts';

export interface UndoVerdict {
  line: number;
  /** `partly`: not all of it could be moved back; `nothing`: there was nothing to take back. */
  verdict: 'undone' | 'partly' | 'withdrawn' | 'nothing';
  customer: string | null;
  /** What moved now: taken back where it is below zero. */
  points: number;
  /** Of it, what is owed. */
  owed?: number;
  /** What was spent, and nobody owes. */
  missing?: number;
  /** What would have run out since. */
  lapsed?: number;
}

/** Of somebody who was erased there is nothing to take back, and it is not said who that was. */
export function undoneLine(answer: FollowedAnswer, of: { line: number; customer: string }): UndoVerdict {
  if (answer.verdict === 'erased') return { line: of.line, verdict: 'nothing', customer: null, points: 0 };
  if (!('row' in answer) || answer.row === null) throw new Error('a line was not taken back');
  const { row, refusal } = answer;
  if (refusal !== null) return { ...of, verdict: 'nothing', points: 0 };
  const [missing, lapsed] = [numberOf(row.about.missing), numberOf(row.about.lapsed)];
  const owed = row.entries.reduce((sum, { debt }) => sum + Math.max(0, debt), 0);
  return {
    ...of,
    verdict: missing > 0 || lapsed > 0 ? 'partly' : 'undone',
    points: pointsOf(row),
    ...(owed > 0 ? { owed } : {}),
    ...(missing > 0 ? { missing } : {}),
    ...(lapsed > 0 ? { lapsed } : {}),
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
