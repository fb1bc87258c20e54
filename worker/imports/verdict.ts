/** What became of a line of a file, or what would. */
import type { Told } from './lines.ts';

export interface LineVerdict {
  line: number;
  verdict: 'created' | 'updated' | 'duplicate' | 'skipped' | 'refused' | 'failed';
  isNewCustomer: boolean;
  /** For the report. */
  about: { customer?: string | null; field?: string; rule?: string; note?: string };
}

export interface ToldLine extends Told {
  line: number;
}
