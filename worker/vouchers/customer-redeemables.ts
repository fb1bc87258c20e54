/** What a customer holds, in Voucherify's shape: live, by the same state that a redemption finds. */
import type { z } from '@hono/zod-openapi';
import { customersOf } from '../customers/stubs.ts';
import { type HeldStatus, heldStatus } from '../domain/vouchers/held-status.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { nowOf, type World } from '../publishing/world.ts';
import { following } from '../routing/following.ts';
import type { RedeemableList, RedeemableQuery } from '../wire/voucher-customers.ts';
import { VoucherError } from './errors.ts';
import { voucherView } from './voucher-view.ts';

const STATUSES: Record<HeldStatus, string> = {
  available: 'ACTIVE',
  locked: 'ACTIVE',
  not_started: 'NOT_ACTIVE_YET',
  waiting: 'NOT_ACTIVE_YET',
  used: 'USED',
  expired: 'EXPIRED',
  returned: 'DISABLED',
  disabled: 'DISABLED',
};

export async function redeemablesOf(
  world: World,
  customer: string,
  { limit, order, starting_after_id }: z.infer<typeof RedeemableQuery>,
): Promise<z.infer<typeof RedeemableList>> {
  const told = await following(world, customer, (id) =>
    customersOf(world.env, world.shop.id, id).wallet(id, nowOf(world)),
  );
  const held = (told?.vouchers ?? []).filter((one) => one.held?.removed !== true);
  const sorted = inOrder(held, order);
  const from =
    starting_after_id === undefined ? 0 : sorted.findIndex(({ id }) => holdingId(id) === starting_after_id) + 1;
  if (from === 0 && starting_after_id !== undefined)
    throw new VoucherError('invalid_query_params', 'starting_after_id is of nothing that the customer holds');
  const here = sorted.slice(from, from + limit);
  const has_more = sorted.length > from + limit;
  const last = here.at(-1);
  return {
    object: 'list',
    data_ref: 'data',
    data: here.map((voucher) => viewOf(voucher, { customer, world })),
    total: held.length,
    has_more,
    ...(has_more && last !== undefined ? { more_starting_after: holdingId(last.id) } : {}),
  };
}

/** Told the newest first. */
function inOrder(held: Voucher[], order: z.infer<typeof RedeemableQuery>['order']): Voucher[] {
  if (order === '-created_at') return held;
  if (order === 'created_at') return held.toReversed();
  const byId = held.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return order === 'id' ? byId : byId.reverse();
}

function holdingId(voucher: string): string {
  return `rh_${voucher.slice('v_'.length)}`;
}

function viewOf(voucher: Voucher, { customer, world }: { customer: string; world: World }) {
  const isGift = voucher.benefit.kind === 'gift';
  const isEmpty = voucher.benefit.kind === 'gift' && voucher.benefit.gift.balanceMinor === 0;
  const status = isEmpty ? 'NO_BALANCE' : STATUSES[heldStatus(voucher, nowOf(world))];
  return {
    id: holdingId(voucher.id),
    created_at: new Date(voucher.publishedAtMs ?? voucher.createdAtMs).toISOString(),
    redeemable_id: voucher.id,
    redeemable_object: 'voucher',
    customer_id: customer,
    holder_role: 'OWNER',
    campaign_id: voucher.campaign,
    campaign_type: voucher.campaign === null ? null : isGift ? 'GIFT_VOUCHERS' : 'DISCOUNT_COUPONS',
    voucher_type: isGift ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER',
    redeemable: { type: 'voucher', voucher: voucherView(voucher, world.shop.settings.currency), status },
  };
}
