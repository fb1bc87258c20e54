/** The closed list of errors and the one shape (RFC 9457) they travel in. */
import { z } from '@hono/zod-openapi';

/** key -> HTTP status and a sentence for a developer. A key never changes its meaning. */
export const PROBLEMS = {
  invalid_request: [400, 'A field breaks its rule; `errors` names each.'],
  invalid_json: [400, 'The body is not JSON.'],
  invalid_cursor: [400, 'The cursor was not made by this list.'],
  payload_too_large: [400, 'The body is larger than this endpoint takes.'],
  missing_header: [400, 'A header that this endpoint needs is missing.'],
  unauthorized: [401, 'No key, an unknown key, or one that has ended.'],
  invalid_signature: [401, 'The signature does not belong to these bytes.'],
  invalid_proof: [401, 'The proof of who the shopper is does not hold.'],
  secret_key_refused: [
    401,
    'A secret key (sk_) is no write key. Use the wk_ key, and rotate the sk_ key if it left your server.',
  ],
  insufficient_scope: [403, 'The key is good but not for this.'],
  origin_not_allowed: [403, 'This origin is not on the list of the shop.'],
  not_found: [404, 'Nothing here by that id.'],
  method_not_allowed: [405, 'This address takes other methods; Allow names them.'],
  conflict: [409, 'The state of the thing does not allow this.'],
  idempotency_mismatch: [422, 'The same Idempotency-Key came with another request before.'],
  insufficient_points: [422, 'The balance is smaller than the points to take.'],
  reward_unavailable: [409, 'This reward cannot be had now; `detail` says why.'],
  reward_limit: [409, 'The customer has had this reward as often as one may.'],
  out_of_stock: [409, 'None of this reward is left. The points are back.'],
  reward_kept: [409, 'This reward cannot be given back; `detail` says why.'],
  voucher_refused: [409, 'The voucher does not allow this; `detail` says why.'],
  below_minimum: [422, 'Fewer points than this reward takes.'],
  balance_limit: [422, 'The balance would pass the largest integer that is kept exactly.'],
  rate_limited: [429, 'Too many requests; wait for Retry-After seconds.'],
  internal: [500, 'A bug on our side. The request id finds it in the log.'],
  unavailable: [503, 'A part did not answer. Nothing is known to have changed; retry with the same key.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemKey = keyof typeof PROBLEMS;

export const FieldError = z.object({
  field: z.string().describe('Dotted path in the body, or the name of a header or parameter'),
  rule: z.string(),
});
export type FieldError = z.infer<typeof FieldError>;

export const Problem = z
  .object({
    type: z.string().describe('A page that explains the key'),
    key: z.enum(Object.keys(PROBLEMS) as [ProblemKey, ...ProblemKey[]]),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(FieldError).optional(),
    requestId: z.string(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof Problem>;

/** Thrown in routes only, caught once in the app's onError. Objects answer refusals as values instead. */
export class ProblemError extends Error {
  readonly key: ProblemKey;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    key: ProblemKey,
    about: {
      detail?: string;
      errors?: FieldError[];
      headers?: Record<string, string>;
    } = {},
  ) {
    super(key);
    this.key = key;
    this.detail = about.detail;
    this.errors = about.errors;
    this.headers = about.headers ?? {};
  }
}
