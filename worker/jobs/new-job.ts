/** A job as it begins, and whether one that waits would do the same. Pure. */
import type { JsonObject } from '../domain/json.ts';
import type { Job } from './store.ts';

export interface StartCall {
  /** From `newJobId`. A job that is there already under it is answered as it stands. */
  id: string;
  kind: string;
  input: JsonObject;
}

/** It has not begun, and would do the same. */
export function isFresh(job: Job, { kind, input }: Pick<StartCall, 'kind' | 'input'>): boolean {
  const isSame = job.kind === kind && JSON.stringify(job.input) === JSON.stringify(input);
  return isSame && job.state === 'queued' && job.cursor === null && !job.cancelling;
}

export function newJob({ id, kind, input }: StartCall, n: number, createdAtMs: number): Job {
  return {
    id,
    n,
    kind,
    state: 'queued',
    cancelling: false,
    input,
    cursor: null,
    progress: { done: 0, total: null },
    lines: 0,
    linesDropped: 0,
    result: null,
    error: null,
    failures: 0,
    notBeforeMs: 0,
    createdAtMs,
    startedAtMs: null,
    endedAtMs: null,
  };
}
