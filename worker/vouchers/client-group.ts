/** What every group of routes for Voucherify's browser client starts from, and what comes before all of them: CORS, and bounded bodies. */
import { boundedBody } from '../http/admission.ts';
import { crossOrigin } from '../http/cors.ts';
import type { Scope } from '../shops/keys.ts';
import { pageRequired } from './client-access.ts';
import { voucherRoutes } from './group.ts';

/** Mounted before the groups: preflights pass, and the shop's pages can read every answer. */
export const clientSide = voucherRoutes();
clientSide.use('/client/v1/*', crossOrigin);
clientSide.options('/client/v1/*', (c) => c.body(null, 204));
clientSide.use('/client/v1/*', boundedBody(64 * 1024));

/** What a route for pages is declared with; `client` of its context is who asks. */
export function clientRoute(scope: Scope) {
  const about = { tags: ['Voucher clients'], security: [{ clientId: [], clientToken: [] }] };
  return { ...about, middleware: pageRequired(scope) };
}
