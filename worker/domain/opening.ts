/**
 * Points for somebody whom nobody has seen yet. They wait by the names that the file gave, and become an ordinary
 * adjustment, under the key of their line, when the first of these names becomes a customer's.
 */
import type { Adjustment } from './adjustment.ts';

export interface Opening {
  /** Of the line that gave them: the same however often its file comes. */
  id: string;
  fingerprint: string;
  /** Below zero: they are owed, or a later file set the balance lower than what waited by then. */
  points: number;
  /** What is missing when they are credited is owed. */
  allowDebt?: boolean;
  reason: string | null;
  note: string | null;
  /** As of an adjustment; the programme's own period begins when they are credited. */
  expiresAtMs: number | null;
  /** The import and its line. */
  from: string;
  countsTowardTier?: boolean;
}

/** The key that a line of an import uses up, whether it is credited at once or later. */
export function lineKey(id: string): string {
  return `import:${id}`;
}

/** The key of taking a line back. */
export function undoKey(id: string): string {
  return `undo:${id}`;
}

export function creditOf({ id, ...opening }: Opening): Adjustment {
  return { op: 'adjust', key: lineKey(id), ...opening };
}
