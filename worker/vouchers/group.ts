/** What every group of voucher routes starts from: errors in the clients' shape, and how their documentation names them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import type { AppEnv } from '../http/app.ts';
import type { Scope } from '../shops/keys.ts';
import { VoucherErrorBody } from '../wire/voucher-error.ts';
import { keysRequired } from './access.ts';
import { firstOf } from './bracketed.ts';
import { renderVoucherError, VoucherError } from './errors.ts';

/** A flawed request can break more rules than anybody reads. */
const MOST_FLAWS = 20;

export function voucherRoutes(): OpenAPIHono<AppEnv> {
  const group = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const flaws = result.error.issues.slice(0, MOST_FLAWS).map(({ path, message }) => `${path.join('.')} ${message}`);
      throw new VoucherError(result.target === 'json' ? 'invalid_payload' : 'invalid_query_params', flaws.join('; '));
    },
  });
  group.onError((error, c) => renderVoucherError(c, error));
  return group;
}

/** What a voucher route is declared with; `caller` of its context has the scope. */
export function voucherRoute(scope: Scope) {
  const about = { tags: ['Voucher clients'], security: [{ appId: [], appToken: [] }] };
  return { ...about, middleware: keysRequired(scope) };
}

/** What would narrow a list and is not read: left aside, it would show what was not asked for. */
export function refuseUnread(url: string, names: readonly string[]): void {
  const found = firstOf(new URL(url).searchParams, names);
  if (found !== null) throw new VoucherError('invalid_query_params', `${found} is not supported here`);
}

const refused = (description: string) => json(VoucherErrorBody, description);

export const voucherRefusals = {
  400: refused('A parameter breaks its rule'),
  401: refused('No secret key, one that is not good, or one of another shop'),
  403: refused('The key may not do this'),
  404: refused('Nothing here by that id'),
  405: refused('Not by this method'),
};
