/** What every route group starts from: the context's types, and how a refused schema becomes a problem. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Env } from '../env.ts';
import { type FieldError, ProblemError } from '../wire/problem.ts';

export interface Variables {
  requestId: string;
  startedAtMs: number;
  /** For the log line; never more than ids. */
  shop: string;
  rowsWritten: number;
  /** The body of an event request, for the event log should the request be refused. */
  received?: Uint8Array<ArrayBuffer>;
}

export interface AppEnv {
  Bindings: Env;
  Variables: Variables;
}

export type AppContext = Context<AppEnv>;

/** A body can break more rules than anybody reads. */
const MOST_ERRORS = 100;

/** A route group whose schemas answer `invalid_request`, naming each field and the rule it breaks. */
export function routes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const errors = result.error.issues.slice(0, MOST_ERRORS).flatMap((issue): FieldError[] =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({
              field: [...issue.path, key].join('.'),
              rule: 'is not a known field',
            }))
          : [{ field: issue.path.join('.'), rule: issue.message }],
      );
      throw new ProblemError('invalid_request', { errors });
    },
  });
}

/**
 * A finished answer from a documented route. The router would have each one typed by its status; replays and answers
 * that carry extra headers are made elsewhere, and the stories hold them against the document.
 */
export function raw(response: Response): never {
  return response as never;
}
