/** What Voucherify's clients can ask for and this product has no such thing of: told so in their shape, with where it is instead. */
import { VoucherError } from './errors.ts';
import { voucherRoutes } from './group.ts';

/** First part of the address -> where it is instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  categories: 'A category is any text; it is named where a voucher or campaign is made.',
  exports: 'Lists are read page by page; the transactions of one gift card have an export of their own.',
  loyalties:
    'Points, tiers and rewards are of the programme: PUT /admin/v1/programme, /admin/v1/customers/{ref}/points.',
  orders: 'Orders come from the one source that the shop named for them, not by this API.',
  'product-collections': 'Products are named by their ids where a discount or a rule is for them.',
  products: 'Products are named by their ids where a discount or a rule is for them.',
  promotions: 'A campaign of type STANDALONE has one code for everybody.',
  rewards: 'Rewards are of the programme: PUT /admin/v1/programme.',
  skus: 'Products are named by their ids where a discount or a rule is for them.',
  'promotion-stacks': 'How vouchers are joined says PUT /admin/v1/stacking.',
};

export const unsupported = voucherRoutes();
for (const [name, instead] of Object.entries(ELSEWHERE))
  for (const path of [`/v1/${name}`, `/v1/${name}/*`])
    unsupported.all(path, () => {
      throw new VoucherError('not_supported', instead);
    });
unsupported.all('/v1/customers/:id/activities', () => {
  throw new VoucherError('not_supported', 'GET /v1/customers/{id}/activity tells it.');
});

/** Any other address, asked as these clients ask: it is no address of theirs here. Behind all that are. */
for (const [path, header] of [
  ['/v1/*', 'x-app-id'],
  ['/client/v1/*', 'x-client-application-id'],
] as const)
  unsupported.all(path, async (c, next) => {
    if (c.req.header(header) === undefined) return next();
    throw new VoucherError('resource_not_found', `There is nothing at ${c.req.method} ${c.req.path.slice(0, 200)}`);
  });
