/** From an error to the one problem shape. The app's only catch: a refusal says why, a bug says where to look. */
import { HTTPException } from 'hono/http-exception';
import { PROBLEMS, type Problem, ProblemError, type ProblemKey } from '../wire/problem.ts';
import type { AppContext } from './app.ts';

export function renderProblem(c: AppContext, error: Error): Response {
  const problem = asProblem(error);
  if (PROBLEMS[problem.key][0] >= 500) report(c, error);
  const [status, title] = PROBLEMS[problem.key];
  const body: Problem = {
    type: `${new URL(c.req.url).origin}/docs#${problem.key}`,
    key: problem.key,
    title,
    status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    requestId: c.get('requestId'),
  };
  const headers = {
    'Content-Type': 'application/problem+json',
    ...retryAfter(problem.key),
    ...problem.headers,
  };
  return new Response(JSON.stringify(body), { status, headers });
}

function asProblem(error: Error): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException && error.status === 415) {
    return new ProblemError('invalid_request', {
      errors: [{ field: 'Content-Type', rule: 'must be application/json' }],
    });
  }
  if (error instanceof HTTPException && error.status < 500) return new ProblemError('invalid_json');
  return new ProblemError(isOutage(error) ? 'unavailable' : 'internal');
}

function retryAfter(key: ProblemKey): Record<string, string> {
  return key === 'unavailable' ? { 'Retry-After': '1' } : {};
}

/** Objects and D1 that were reset, overloaded or out of reach: the same request may pass a moment later. */
function isOutage(error: Error): boolean {
  const { retryable, overloaded } = error as Error & {
    retryable?: boolean;
    overloaded?: boolean;
  };
  if (retryable === true || overloaded === true) return true;
  return /network connection lost|durable object|overloaded|reset because|did not answer/i.test(error.message);
}

function report(c: AppContext, error: Error): void {
  const about = {
    requestId: c.get('requestId'),
    shop: c.get('shop'),
    error: error.message,
    stack: error.stack,
  };
  console.error(JSON.stringify({ level: 'error', msg: 'request failed', ...about }));
}
