/** One attempt over HTTP, and what came of it. Whatever goes wrong outside is caught here and is an outcome like any other. */
import { type Outcome, readRetryAfter } from '../domain/connections/attempts.ts';

/** Who has not answered by then has not taken it. */
export const TIMEOUT_MS = 10_000;

export interface Outgoing {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Follows no redirect: it could lead to where nobody may send. What the other side says is not read, but for its status. */
export async function send({ url, headers, body }: Outgoing, timeoutMs = TIMEOUT_MS): Promise<Outcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal });
    // nobody waits for the rest of the answer
    response.body?.cancel().catch(() => {});
    return outcomeOf(response);
  } catch {
    return { status: null, error: signal.aborted ? 'timeout' : 'network', retryAfterMs: null };
  }
}

function outcomeOf({ status, headers }: Response): Outcome {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), Date.now());
  if (status >= 200 && status < 300) return { status, error: null, retryAfterMs: null };
  return { status, error: status >= 300 && status < 400 ? 'redirected' : 'refused', retryAfterMs };
}
