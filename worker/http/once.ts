/**
 * `Idempotency-Key` on writes: one run per key, and the first answer for every retry. Ledger operations keep theirs in the
 * customer's journal instead.
 */

import { shopOf } from '../shops/cache.ts';
import { seal, unseal } from '../shops/crypto.ts';
import { placeOfAnswer } from '../shops/forgetting.ts';
import { ProblemError } from '../wire/problem.ts';
import type { AppContext } from './app.ts';
import { fingerprintOf, idempotencyKey } from './idempotency-key.ts';

/** What a rerun of this request derives its keys from; null, where there is no header to know a rerun by. */
export function seedOf(c: AppContext): string | null {
  const key = idempotencyKey(c);
  return key === null ? null : `${c.req.method} ${c.req.path} ${key}`;
}

export interface OnceBy {
  /** Whether something was thrown before anything was done, so that the key is as good as new. */
  isRefusal?: (error: unknown) => boolean;
  /** What makes it the same request; absent: its address and its body's bytes. */
  fingerprint?: string;
}

function isProblem(error: unknown): boolean {
  return error instanceof ProblemError;
}

/**
 * Runs `work` once per key and shop. Without the header it just runs. Where a run dies before its answer is kept, the
 * request is run again (`again`): `work` must then come to the same, and what it shows only once it derives from `seedOf`.
 */
export async function once(
  c: Pick<AppContext, 'req' | 'env'>,
  shop: string,
  work: (again: boolean) => Promise<Response>,
  { isRefusal = isProblem, fingerprint }: OnceBy = {},
): Promise<Response> {
  const key = idempotencyKey(c);
  if (key === null) return work(false);
  const object = shopOf(c.env, shop);
  const place = placeOfAnswer(shop, key);
  const claim = await object.claim(key, fingerprint ?? (await fingerprintOf(c)));
  if (claim.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (claim.state === 'running') {
    throw new ProblemError('conflict', {
      detail: 'The first request with this key is still running.',
      headers: { 'Retry-After': '1' },
    });
  }
  if (claim.state === 'answered') return replay(claim.status, await unseal(c.env.ROOT_SECRET, place, claim.body));
  try {
    const response = await work(claim.again);
    await object.finish(key, response.status, await seal(c.env.ROOT_SECRET, place, await response.clone().text()));
    return response;
  } catch (error) {
    if (isRefusal(error)) await object.release(key);
    throw error;
  }
}

function replay(status: number, body: string): Response {
  const headers = {
    'Content-Type': 'application/json',
    'Idempotent-Replayed': 'true',
  };
  return new Response(status === 204 ? null : body, { status, headers });
}
