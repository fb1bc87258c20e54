/** Redemptions, rollbacks and the orders they were for, as Voucherify's clients read them. */
import type { Amounts } from '../domain/vouchers/bill.ts';
import { orderKept } from '../domain/vouchers/kept-order.ts';
import { inPlace } from '../domain/vouchers/redemption-name.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { RolledBack } from '../publishing/rolling-back.ts';
import type { Redemption as View } from '../wire/voucher-redemptions.ts';
import { hundredthsOf } from './amounts.ts';
import { amountsView, keptOrderView, orderView, type SentOrder } from './order-view.ts';
import { voucherView } from './voucher-view.ts';

/** Those that were redeemed together, in the order in which they applied, with the order as it was sent with the request. */
export interface Together {
  redemptions: Redemption[];
  vouchers: Voucher[];
  order: SentOrder | null;
}

/** Each of them, with the order as it was after it. */
export function redemptionViews({ redemptions, vouchers, order }: Together, currency: string): View[] {
  return redemptions.map((one, at) => {
    const voucher = vouchers.find(({ id }) => id === one.voucher) ?? null;
    const upTo = { redemptions: redemptions.slice(0, at + 1), order, from: at };
    return { ...redemptionView(one, voucher, currency), order: orderAfter(upTo, currency) };
  });
}

/** The order after all of them; those before `from` are earlier ones. null: none was named. */
export function orderAfter(
  { redemptions, order, from = 0 }: Pick<Together, 'redemptions' | 'order'> & { from?: number },
  currency: string,
) {
  const taken = redemptions.flatMap((one) => one.taken ?? []);
  if (order === null || taken.length < redemptions.length) return orderOf(redemptions.slice(from), currency);
  return { ...orderView(order, { taken, from }, currency), ...stateOf(redemptions) };
}

function stateOf(redemptions: Redemption[]) {
  const isBack = redemptions.every(({ rollbacks }) => rollbacks.some(({ whole }) => whole));
  return { source_id: redemptions[0]?.orderId ?? null, status: isBack ? 'CANCELED' : 'PAID' };
}

/** `voucher` null: it is not known any more. `currency`: the shop's. */
export function redemptionView(redemption: Redemption, voucher: Voucher | null, currency: string): View {
  const { id, atMs, customer, creditsMinor, failure, rollbacks, metadata, channel } = redemption;
  const isBack = rollbacks.some(({ whole }) => whole);
  const spent = creditsMinor === null ? {} : { amount: hundredthsOf(creditsMinor, currency) };
  return {
    id,
    object: 'redemption',
    date: new Date(atMs).toISOString(),
    customer_id: customer,
    tracking_id: null,
    ...spent,
    ...(creditsMinor === null ? {} : { gift: spent }),
    result: failure === null ? 'SUCCESS' : 'FAILURE',
    status: statusOf(failure !== null, isBack),
    ...(failure === null ? {} : { failure_code: failure.key, failure_message: failure.message }),
    order: orderOf([redemption], currency),
    related_object_type: 'voucher',
    related_object_id: redemption.voucher,
    voucher: voucher === null ? null : voucherView(voucher, currency),
    channel: { channel_type: channel ?? 'API', channel_id: null },
    metadata,
  };
}

function statusOf(isFailed: boolean, isBack: boolean): View['status'] {
  if (isFailed) return 'FAILED';
  return isBack ? 'ROLLED_BACK' : 'SUCCEEDED';
}

/**
 * The order before and after all of them, line by line as far as it was kept (`keptOrder`); null: none was named. Of an
 * old redemption totals alone were kept.
 */
export function orderOf(all: Redemption[], currency: string) {
  const redemptions = inPlace(all);
  const kept = orderKept(redemptions);
  if (kept !== null) return { ...keptOrderView(kept, currency), ...stateOf(redemptions) };
  const [first] = redemptions;
  const last = redemptions.at(-1);
  if (first?.taken === undefined || last === undefined) return null;
  const sum = (of: (one: Redemption) => number) => redemptions.reduce((total, one) => total + of(one), 0);
  const itemsDiscountMinor = sum(({ taken }) => taken?.itemsMinor ?? 0);
  const totalDiscountMinor = sum(({ discountMinor }) => discountMinor);
  const amounts: Amounts = {
    amountMinor: first.amountMinor,
    discountMinor: totalDiscountMinor - itemsDiscountMinor,
    itemsDiscountMinor,
    totalDiscountMinor,
    totalMinor: last.totalMinor,
  };
  return { ...amountsView(amounts, currency), ...stateOf(redemptions) };
}

/** What went back is negative, as clients expect. */
export function rollbackView({ redemption, rollback, voucher }: RolledBack, currency: string): View {
  const { id, atMs, reason, creditsMinor } = rollback;
  const back = creditsMinor === null ? {} : { amount: -hundredthsOf(creditsMinor, currency) };
  return {
    id,
    object: 'redemption_rollback',
    date: new Date(atMs).toISOString(),
    customer_id: redemption.customer,
    tracking_id: null,
    redemption: redemption.id,
    reason,
    ...back,
    ...(creditsMinor === null ? {} : { gift: back }),
    result: 'SUCCESS',
    status: 'SUCCEEDED',
    order: orderOf([redemption], currency),
    related_object_type: 'voucher',
    related_object_id: redemption.voucher,
    voucher: voucher === null ? null : voucherView(voucher, currency),
    channel: { channel_type: 'API', channel_id: null },
    metadata: {},
  };
}
