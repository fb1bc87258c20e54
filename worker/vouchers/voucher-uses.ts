/** What was done with one voucher, for voucher clients: its redemptions, its transactions, and a session let go of. */
import { createRoute, z } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import { RedemptionsOfVoucher } from '../wire/voucher-lists.ts';
import * as wire from '../wire/voucher-transactions.ts';
import { hundredthsOf } from './amounts.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { ledgerOf } from './ledger.ts';
import { redemptionView, rollbackView } from './redemption-view.ts';
import { worldOf } from './request.ts';
import { transactionsOf } from './transaction-view.ts';

export const voucherUses = voucherRoutes();

const byCode = z.object({ code: z.string().min(1).max(200) });

const redemptions = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/vouchers/{code}/redemption',
  summary: 'All redemptions of a voucher, and rollbacks, the newest first',
  request: { params: byCode },
  responses: { 200: json(RedemptionsOfVoucher, 'All of them'), ...voucherRefusals },
});
voucherUses.openapi(redemptions, async (c) => {
  const { shop } = c.get('caller');
  const { currency } = shop.settings;
  const { voucher, redemptions: uses } = await ledgerOf(await worldOf(c, shop), c.req.valid('param').code);
  const entries = uses.flatMap((redemption) => [
    { atMs: redemption.atMs, view: redemptionView(redemption, voucher, currency) },
    ...redemption.rollbacks.map((rollback) => ({
      atMs: rollback.atMs,
      view: rollbackView({ redemption, rollback, voucher }, currency),
    })),
  ]);
  const views = entries.sort((a, b) => b.atMs - a.atMs).map(({ view }) => view);
  const { benefit, limit, redeemed } = voucher;
  const spent = benefit.kind === 'gift' ? { redeemed_amount: hundredthsOf(benefit.gift.redeemedMinor, currency) } : {};
  const counted = { quantity: limit, redeemed_quantity: redeemed, ...spent, total: views.length };
  const list = { object: 'list' as const, data_ref: 'redemption_entries' as const, redemption_entries: views };
  return c.json({ ...list, ...counted }, 200);
});

const transactions = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/vouchers/{code}/transactions',
  summary: 'What moved the money of a gift card, a page of it',
  request: { params: byCode, query: wire.TransactionQuery },
  responses: { 200: json(wire.TransactionList, 'A page'), ...voucherRefusals },
});
voucherUses.openapi(transactions, async (c) => {
  const { code } = c.req.valid('param');
  const { limit, page, starting_after_id, order } = c.req.valid('query');
  const all = transactionsOf(await ledgerOf(await worldOf(c, c.get('caller').shop), code));
  const sorted = order.startsWith('-') ? all : all.toReversed();
  const after = starting_after_id === undefined ? -1 : sorted.findIndex(({ id }) => id === starting_after_id);
  if (starting_after_id !== undefined && after < 0)
    throw new VoucherError('invalid_query_params', 'starting_after_id names no transaction of this voucher');
  const from = starting_after_id === undefined ? (page - 1) * limit : after + 1;
  const data = sorted.slice(from, from + limit);
  const last = data.at(-1);
  const has_more = sorted.length > from + limit;
  const more = has_more && last !== undefined ? { more_starting_after: last.id } : {};
  return c.json({ object: 'list' as const, data_ref: 'data' as const, data, has_more, ...more }, 200);
});
