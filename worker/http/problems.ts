/** From an error to the one problem shape. The app's only catch: a refusal says why, a bug says where to look. */
import { HTTPException } from 'hono/http-exception';
import { PROBLEMS, type Problem, ProblemError, type ProblemKey } from '../wire/problem.ts';
import type { AppContext } from './app.ts';

export function renderProblem(c: AppContext, error: Error): Response {
  const { problem, headers } = problemOf(c, error);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}

/** What an error comes to, for those who tell it in another shape; what is ours to mend is reported. */
export function problemOf(c: AppContext, error: Error): { problem: Problem; headers: Record<string, string> } {
  const { key, detail, errors, headers } = asProblem(error);
  const [status, title] = PROBLEMS[key];
  if (status >= 500) report(c, error);
  const problem = {
    type: `${new URL(c.req.url).origin}/docs#${key}`,
    key,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    requestId: c.get('requestId'),
  };
  return { problem, headers: { ...retryAfter(key), ...headers } };
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
