/** What names a write of any API, and what makes it the same request again. */
import { sha256Hex } from '../shops/crypto.ts';
import { ProblemError } from '../wire/problem.ts';
import type { AppContext } from './app.ts';

const LONGEST_KEY = 255;

/** The header's key; a Structured Field string's quotes are taken off. null where it is not sent. */
export function idempotencyKey(c: Pick<AppContext, 'req'>): string | null {
  const header = c.req.header('idempotency-key');
  if (header === undefined) return null;
  const key = header.replace(/^"(.*)"$/, '$1');
  if (key === '' || key.length > LONGEST_KEY) {
    const errors = [
      {
        field: 'Idempotency-Key',
        rule: `must have 1 to ${LONGEST_KEY} characters`,
      },
    ];
    throw new ProblemError('invalid_request', { errors });
  }
  return key;
}

/** What makes a request the same request: its method, its address and its body's bytes. */
export async function fingerprintOf(c: Pick<AppContext, 'req'>): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  return sha256Hex(`${c.req.method} ${pathname}${search}\n${await c.req.text()}`);
}
