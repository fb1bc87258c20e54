/** Every kind of job by its name: a new one is a file of its own and a line here. */
import type { JobKind } from './kind.ts';

export const JOB_KINDS: Record<string, JobKind> = {};
