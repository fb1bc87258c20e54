/**
 * What a kind of long work is: bounded steps, each safe to repeat, that go on from a cursor. It knows neither how jobs
 * are stored nor when they run.
 */
import type { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import type { Upload } from './uploads.ts';

export interface Progress {
  done: number;
  /** null where nobody can say. */
  total: number | null;
}

export interface StepCall<Input, Cursor> {
  env: Env;
  shop: string;
  job: string;
  input: Input;
  /** Where the step before ended; null at the beginning. A crash may bring the same cursor again. */
  cursor: Cursor | null;
  progress: Progress;
  /** The step comes back by this wall time, about a second from its beginning. */
  untilMs: number;
  /** The file that was uploaded for the job; empty where none was. */
  upload: Upload;
  /** Notes names of the file, and answers the line in which the job met each first; a repeat changes nothing. */
  firstLines: (met: [name: string, line: number][]) => Map<string, number>;
  /** The sums that earlier steps carried along, of those names that have one. */
  figures: (names: string[]) => Map<string, number>;
  /** The file that was first given this key; from now on that is `file`, where there was none. */
  fileOfKey: (key: string, file: string) => string;
}

interface Reported {
  progress: Progress;
  /** Lines for the report; each is JSON of at most 4 KB. A step that is repeated reports its lines once. */
  lines?: JsonObject[];
  /** Sums to carry along, as they are now. */
  figures?: [name: string, value: number][];
}

export type StepOutcome<Cursor> =
  /** There is more to do, at once or not before a wall time. */
  | (Reported & { state: 'going'; cursor: Cursor; notBeforeMs?: number })
  | (Reported & { state: 'done'; result: JsonObject })
  /** It cannot be done, and trying again would not help. What may pass by itself is thrown instead. */
  | (Reported & { state: 'failed'; reason: string });

export interface JobKind {
  /** While one of this kind is open, another is refused instead of waiting its turn. */
  exclusive: boolean;
  /** One that was cancelled or failed may go on from its cursor. */
  resumable: boolean;
  /** Its file is kept for a week where trouble ended it, so that it can go on; without its file it cannot. */
  keepsFile: boolean;
  /** One that has not begun does the work of another with the same input as well. */
  shared: boolean;
  /** How many lines of its report are kept. */
  mostLines: number;
  step: (call: StepCall<unknown, unknown>) => Promise<StepOutcome<unknown>>;
}

const MOST_LINES = 10_000;

/** A kind with its types: input and cursor are checked against their schemas whenever they come back from storage. */
export function jobKind<Input, Cursor>(about: {
  input: z.ZodType<Input>;
  cursor: z.ZodType<Cursor>;
  exclusive?: boolean;
  resumable?: boolean;
  keepsFile?: boolean;
  shared?: boolean;
  mostLines?: number;
  step: (call: StepCall<Input, Cursor>) => Promise<StepOutcome<Cursor>>;
}): JobKind {
  return {
    exclusive: about.exclusive ?? false,
    resumable: about.resumable ?? false,
    keepsFile: about.keepsFile ?? false,
    shared: about.shared ?? false,
    mostLines: about.mostLines ?? MOST_LINES,
    step: (call) =>
      about.step({
        ...call,
        input: about.input.parse(call.input),
        cursor: call.cursor === null ? null : about.cursor.parse(call.cursor),
      }),
  };
}
