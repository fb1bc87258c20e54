/** The map of the worker: every route group and every object. Start reading here. */

import { except } from 'hono/combine';
import { clock } from './admin/clock.ts';
import { consents } from './admin/consents.ts';
import { customerSegments } from './admin/customer-segments.ts';
import { customers } from './admin/customers.ts';
import { earnings } from './admin/earnings.ts';
import { eventRules } from './admin/event-rules.ts';
import { eventSchemas } from './admin/event-schemas.ts';
import { events } from './admin/events.ts';
import { imports, UPLOADS } from './admin/imports.ts';
import { jobs } from './admin/jobs.ts';
import { keys } from './admin/keys.ts';
import { liability } from './admin/liability.ts';
import { LARGEST_MEMBERS, LIST_MEMBERS, listMembers } from './admin/list-members.ts';
import { lists } from './admin/lists.ts';
import { members } from './admin/members.ts';
import { membership } from './admin/membership.ts';
import { merges } from './admin/merges.ts';
import { openingBalances } from './admin/opening-balances.ts';
import { orders } from './admin/orders.ts';
import { pendingPoints } from './admin/pending-points.ts';
import { points } from './admin/points.ts';
import { pointsExports } from './admin/points-exports.ts';
import { POINTS_UPLOADS, pointsImports } from './admin/points-imports.ts';
import { privacyRequests } from './admin/privacy-requests.ts';
import { programme } from './admin/programme.ts';
import { referrals } from './admin/referrals.ts';
import { rewards } from './admin/rewards.ts';
import { segmentJobs } from './admin/segment-jobs.ts';
import { segments } from './admin/segments.ts';
import { settings } from './admin/settings.ts';
import { shops } from './admin/shops.ts';
import { tiers } from './admin/tiers.ts';
import { docs } from './docs/routes.ts';
import { bearerRequired, boundedBody } from './http/admission.ts';
import { routes } from './http/app.ts';
import { health } from './http/health.ts';
import { renderProblem } from './http/problems.ts';
import { requestLog } from './http/request-log.ts';
import { hubEarnings } from './hub/earnings.ts';
import { hubMembership } from './hub/membership.ts';
import { hubReferrals } from './hub/referrals.ts';
import { hubRewards } from './hub/rewards.ts';
import { hub } from './hub/routes.ts';
import { clientBoot } from './intake/client-boot.ts';
import { segment } from './intake/segment-routes.ts';
import { shopifyWebhooks } from './intake/sources/shopify-routes.ts';
import { campaigns } from './vouchers/campaigns.ts';
import { publications } from './vouchers/publications.ts';
import { redemptions } from './vouchers/redemptions.ts';
import { voucherSegments } from './vouchers/segments.ts';
import { validations } from './vouchers/validations.ts';
import { vouchers } from './vouchers/vouchers.ts';
import { ProblemError } from './wire/problem.ts';

export { Campaign } from './campaign/campaign.ts';
export { Codes } from './codes/codes.ts';
export { Customers } from './customers/customers.ts';
export { Debugger } from './debugger/debugger.ts';
export { Directory } from './directory/directory.ts';
export { Guard } from './guard/guard.ts';
export { Jobs } from './jobs/jobs.ts';
export { Offers } from './offers/offers.ts';
export { Shop } from './shops/shop.ts';

const app = routes();
app.use(requestLog());
app.onError((error, c) => renderProblem(c, error));
app.notFound(async (c) => {
  // the loader and the drawer's chunks; on Cloudflare they are served before the worker is asked
  const file = ['GET', 'HEAD'].includes(c.req.method) ? await c.env.ASSETS.fetch(c.req.raw) : null;
  return file?.ok || file?.status === 304
    ? new Response(file.body, file)
    : renderProblem(c, new ProblemError('not_found'));
});

// in: events from Segment's clients and from shop platforms
app.route('/', segment);
app.route('/', clientBoot);
app.route('/', shopifyWebhooks);
// clients of Voucherify, in its shapes
app.route('/', voucherSegments);
app.route('/', vouchers);
app.route('/', redemptions);
app.route('/', validations);
app.route('/', campaigns);
app.route('/', publications);
// the drawer
app.route('/', hub);
app.route('/', hubEarnings);
app.route('/', hubMembership);
app.route('/', hubRewards);
app.route('/', hubReferrals);
// the operator and the merchant
app.use('/admin/v1/*', bearerRequired, except([UPLOADS, POINTS_UPLOADS, LIST_MEMBERS], boundedBody(64 * 1024)));
app.use(LIST_MEMBERS, boundedBody(LARGEST_MEMBERS));
app.route('/', shops);
app.route('/', settings);
app.route('/', programme);
app.route('/', earnings);
app.route('/', tiers);
app.route('/', keys);
app.route('/', customers);
app.route('/', merges);
app.route('/', consents);
app.route('/', customerSegments);
app.route('/', points);
app.route('/', rewards);
app.route('/', pendingPoints);
app.route('/', membership);
app.route('/', orders);
app.route('/', referrals);
app.route('/', privacyRequests);
app.route('/', events);
app.route('/', eventSchemas);
app.route('/', eventRules);
app.route('/', segments);
app.route('/', segmentJobs);
app.route('/', lists);
app.route('/', listMembers);
app.route('/', members);
app.route('/', jobs);
app.route('/', imports);
app.route('/', pointsImports);
app.route('/', openingBalances);
app.route('/', pointsExports);
app.route('/', liability);
app.route('/', clock);
// how it is doing, and how it is used
app.route('/', health);
app.route('/', docs(app));

export default app;
