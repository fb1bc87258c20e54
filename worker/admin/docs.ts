/** Shared words of the admin API's documentation. */
import { z } from '@hono/zod-openapi';
import { problem } from '../http/answers.ts';

export const bearer = [{ secretKey: [] }];
export const operator = [{ operatorToken: [] }];

export const idempotent = z.object({
  'idempotency-key': z.string().optional().describe('Retries with the same key get the first answer'),
});

export const refusals = {
  400: problem('A field breaks its rule'),
  401: problem('No key, or one that is not good'),
  403: problem('The key may not do this'),
  404: problem('Nothing here by that id'),
};
export const writeRefusals = {
  ...refusals,
  409: problem('The state does not allow this, or the first request is still running'),
  422: problem('Refused by a rule, or the Idempotency-Key came with another request'),
};
