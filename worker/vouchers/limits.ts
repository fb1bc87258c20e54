/**
 * How many requests a voucher client may make: counted in the isolate, and told in every answer, in the headers that
 * Voucherify's clients read and in those of the IETF draft (draft-ietf-httpapi-ratelimit-headers).
 */
import { TokenBuckets } from '../time/rate.ts';
import { ProblemError } from '../wire/problem.ts';

const buckets = new TokenBuckets(20_000);

/** Takes one request's room of whoever `name` is and answers the headers that tell what is left; throws 429 where nothing is. */
export function takeTurn(name: string, perSecond: number): Record<string, string> {
  const now = Date.now();
  const wait = buckets.take(name, { perSecond }, now);
  const { left, size, fullInSeconds } = buckets.room(name, { perSecond }, now);
  const headers = {
    'X-Rate-Limit-Limit': `${size}`,
    'X-Rate-Limit-Remaining': `${left}`,
    'X-Rate-Limit-Reset': `${fullInSeconds}`,
    'RateLimit-Policy': `"burst";q=${size};w=2`,
    RateLimit: `"burst";r=${left};t=${fullInSeconds}`,
  };
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { ...headers, 'Retry-After': `${wait}` } });
  return headers;
}

export function tell(response: Response, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
}
