/** Refusals of the voucher API. The group's only catch: whatever else was thrown is told in the same shape. */
import type { Refused } from '../domain/vouchers/refused.ts';
import type { AppContext } from '../http/app.ts';
import { problemOf } from '../http/problems.ts';
import type { ProblemKey } from '../wire/problem.ts';
import { VOUCHER_ERRORS, type VoucherErrorBody, type VoucherErrorKey } from '../wire/voucher-error.ts';

/** Thrown in the voucher routes only. Objects answer refusals as values instead. */
export class VoucherError extends Error {
  readonly key: VoucherErrorKey;
  readonly details: string;
  readonly resource: { id: string; type: string } | null;
  /** The merchant's own words for the shopper. */
  ownMessage: string | null = null;

  constructor(key: VoucherErrorKey, details: string, resource: VoucherError['resource'] = null) {
    super(key);
    this.key = key;
    this.details = details;
    this.resource = resource;
  }
}

export function notFound(type: string, id: string): VoucherError {
  return new VoucherError('resource_not_found', `There is no ${type} with the id ${id}`, { id, type });
}

/** There is no such code, or nobody has it any more. */
export function noVoucher(code: string): VoucherError {
  return new VoucherError('not_found', `Cannot find voucher with id ${code}`, { id: code, type: 'voucher' });
}

/** A refusal of the voucher engine; `code`: which voucher it is about. */
export function refusedAs({ key, details, ownMessage }: Refused, code: string): VoucherError {
  if (key === 'not_found') return noVoucher(code);
  const error = new VoucherError(key, details, { id: code, type: 'voucher' });
  error.ownMessage = ownMessage;
  return error;
}

/** The same body where a refusal is part of an answer. */
export function errorBody(error: VoucherError, request_id: string): VoucherErrorBody {
  const { key, details, resource, ownMessage } = error;
  const [code, message] = VOUCHER_ERRORS[key];
  const about = resource === null ? {} : { resource_id: resource.id, resource_type: resource.type };
  const own = ownMessage === null ? {} : { error: { message: ownMessage } };
  return { code, key, message, details, request_id, ...about, ...own };
}

export function renderVoucherError(c: AppContext, error: Error): Response {
  return error instanceof VoucherError ? refusal(c, error) : translated(c, error);
}

function refusal(c: AppContext, error: VoucherError): Response {
  return answer(errorBody(error, c.get('requestId')), {});
}

/** Our names of what these clients have a name for; the others keep theirs. */
const KEYS: Partial<Record<ProblemKey, VoucherErrorKey>> = {
  invalid_json: 'invalid_payload',
  invalid_request: 'invalid_payload',
  payload_too_large: 'invalid_payload',
  not_found: 'resource_not_found',
};

function translated(c: AppContext, error: Error): Response {
  const { problem, headers } = problemOf(c, error);
  const { status: code, title: message, requestId: request_id } = problem;
  const flaws = problem.errors?.map(({ field, rule }) => `${field} ${rule}`).join('; ');
  const details = problem.detail ?? flaws ?? message;
  return answer({ code, key: KEYS[problem.key] ?? problem.key, message, details, request_id }, headers);
}

function answer(body: VoucherErrorBody, headers: Record<string, string>): Response {
  return Response.json(body, { status: body.code, headers });
}
