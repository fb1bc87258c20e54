/**
 * The transactions of one gift card as a CSV file, for voucher clients. An export is nothing but a question that was written
 * down in its id: the file is made when it is read, and tells what is so by then.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { fromBase64Url, toBase64Url } from '../shops/crypto.ts';
import * as wire from '../wire/voucher-exports.ts';
import type { Transaction } from '../wire/voucher-transactions.ts';
import { notFound } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { ledgerOf } from './ledger.ts';
import { voucherBy, worldOf } from './request.ts';
import { transactionsOf } from './transaction-view.ts';

export const voucherExports = voucherRoutes();
voucherExports.use('/v1/vouchers/:code/transactions/export', boundedBody(64 * 1024));

const byId = z.object({ id: z.string().min(1).max(2_000) });

const create = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/vouchers/{code}/transactions/export',
  summary: 'Ask for the transactions of a gift card as a file',
  request: {
    params: z.object({ code: z.string().min(1).max(200) }),
    body: { ...body(wire.ExportWanted), required: false },
  },
  responses: { 200: json(wire.Export, 'The export: `GET /v1/exports/{id}` has its file'), ...voucherRefusals },
});
voucherExports.openapi(create, async (c) => {
  const voucher = await voucherBy(await worldOf(c, c.get('caller').shop), c.req.valid('param').code);
  const { order = '-created_at', fields } = c.req.valid('json')?.parameters ?? {};
  const name: wire.ExportName = [voucher.code, order, fields ?? [...wire.TRANSACTION_FIELDS], Date.now()];
  return c.json(exportView(name, voucher.id, null), 200);
});

const read = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/exports/{id}',
  summary: 'An export of transactions, and where its file is',
  request: { params: byId },
  responses: { 200: json(wire.Export, 'The export'), ...voucherRefusals },
});
voucherExports.openapi(read, async (c) => {
  const { id } = c.req.valid('param');
  const name = nameOf(id);
  const voucher = await voucherBy(await worldOf(c, c.get('caller').shop), name[0]);
  return c.json(exportView(name, voucher.id, new URL(`/v1/exports/${id}/file`, c.req.url).href), 200);
});

const file = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/exports/{id}/file',
  summary: 'The file of an export',
  request: { params: byId },
  responses: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } }, ...voucherRefusals },
});
voucherExports.openapi(file, async (c) => {
  const [code, order, fields] = nameOf(c.req.valid('param').id);
  const newest = transactionsOf(await ledgerOf(await worldOf(c, c.get('caller').shop), code));
  const rows = order === '-created_at' ? newest : newest.toReversed();
  const lines = [fields.join(','), ...rows.map((row) => fields.map((field) => cell(valueIn(row, field))).join(','))];
  return raw(new Response(`${lines.join('\r\n')}\r\n`, { headers: { 'Content-Type': 'text/csv; charset=utf-8' } }));
});

for (const path of ['/v1/exports/:id', '/v1/exports/:id/file']) voucherExports.all(path, onlyMethods('GET, HEAD'));

function idOf(name: wire.ExportName): string {
  return `exp_${toBase64Url(new TextEncoder().encode(JSON.stringify(name)))}`;
}

function nameOf(id: string): wire.ExportName {
  try {
    const bytes = fromBase64Url(id.slice('exp_'.length));
    return wire.ExportName.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw notFound('export', id);
  }
}

function exportView(name: wire.ExportName, voucher: string, url: string | null): wire.Export {
  const [, order, fields, atMs] = name;
  return {
    id: idOf(name),
    object: 'export',
    created_at: new Date(atMs).toISOString(),
    status: url === null ? 'SCHEDULED' : 'DONE',
    channel: 'API',
    exported_object: 'voucher_transactions',
    parameters: { order, fields, filters: { voucher_id: { conditions: { $in: [voucher] } } } },
    result: url === null ? null : { url },
    user_id: null,
  };
}

function valueIn(row: Transaction, field: wire.ExportName[2][number]): string {
  if (field === 'balance' || field === 'amount') return String(row.details.balance[field]);
  return field === 'details' ? JSON.stringify(row.details) : (row[field] ?? '');
}

/** What a spreadsheet would take for a formula is told as text. */
function cell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
