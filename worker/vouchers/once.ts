/** `Idempotency-Key` on writes of voucher clients that no journal keeps the key of: one run for each, and its answer for every retry. */
import type { AppContext } from '../http/app.ts';
import { once } from '../http/once.ts';
import { ProblemError } from '../wire/problem.ts';
import { VoucherError } from './errors.ts';

/** As `once`; a refusal in the clients' shape leaves the key as good as new. `fingerprint`: where the body is another at each try. */
export function onceFor(
  c: Pick<AppContext, 'req' | 'env'>,
  shop: string,
  work: () => Promise<Response>,
  fingerprint?: string,
): Promise<Response> {
  const isRefusal = (error: unknown) => error instanceof VoucherError || error instanceof ProblemError;
  return once(c, shop, work, { isRefusal, ...(fingerprint === undefined ? {} : { fingerprint }) });
}
