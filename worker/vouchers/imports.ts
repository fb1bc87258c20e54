/** Many vouchers at once for voucher clients: made, changed, or ready codes taken over. The work is done after the answer. */
import { createRoute, z } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { IMPORT_CODES } from '../jobs/import-codes.ts';
import { VOUCHER_LINES, type VoucherLine } from '../jobs/voucher-lines.ts';
import type { World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-imports.ts';
import { fileFingerprint, linesFile, startBulk } from './bulk.ts';
import { campaignBy } from './campaigns.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { codeLine, voucherLine } from './import-lines.ts';
import { type Asked, keyOf, namedOf, worldOf } from './request.ts';
import { readVoucherCsv } from './voucher-csv.ts';

export const voucherImports = voucherRoutes();
const bounded = boundedBody(wire.LARGEST_FILE + 64 * 1024);
const PATHS = [
  '/v1/vouchers/import',
  '/v1/vouchers/importCSV',
  '/v1/vouchers/metadata/async',
  '/v1/vouchers/bulk/async',
];
for (const path of [...PATHS, '/v1/campaigns/:id/import', '/v1/campaigns/:id/importCSV'])
  voucherImports.use(path, bounded);

const byId = z.object({ id: z.string().min(1).max(200) });
const KEYED =
  'Send an Idempotency-Key: a retry with the same key and body starts nothing more. `GET /v1/async-actions/{id}` says how ' +
  'far it is, and which lines were refused.';
const answers = { 200: json(wire.AsyncActionStarted, 'What does the work'), ...voucherRefusals };
const file = { content: { 'multipart/form-data': { schema: wire.FileForm } } };

const importVouchers = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/import',
  summary: 'Make many vouchers without a campaign',
  description: `Each as for one: a flawed one is reported by its place, from 1, and stops no other. ${KEYED}`,
  request: { body: body(wire.VoucherImport) },
  responses: answers,
});
voucherImports.openapi(importVouchers, async (c) => {
  const { shop } = c.get('caller');
  const world = await worldOf(c, shop);
  const lines = c.req.valid('json').map((item, at) => voucherLine(item, at + 1, shop.settings.currency));
  return c.json(await started(c, world, { what: 'import', campaign: null, lines }), 200);
});

const importCsv = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/importCSV',
  summary: 'Make many vouchers without a campaign, from a CSV file',
  description:
    'Columns: Code, Voucher Type, Discount Type, Value (hundredths, or percent), Category, Start Date, Expiration Date, ' +
    `Redemption Limit, Active, Additional Info; every other column is metadata. ${KEYED}`,
  request: { body: file },
  responses: answers,
});
voucherImports.openapi(importCsv, async (c) => {
  const { shop } = c.get('caller');
  const world = await worldOf(c, shop);
  const bytes = await uploaded(c);
  const lines = readVoucherCsv(bytes).map(({ line, item, rule }): VoucherLine => {
    if (item === null) return { line, kind: 'refused', field: 'line', rule };
    return voucherLine(item, line, shop.settings.currency);
  });
  const fingerprint = await fileFingerprint(c.req.url, bytes);
  return c.json(await started(c, world, { what: 'import', campaign: null, lines, fingerprint }), 200);
});

const updateMetadata = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/metadata/async',
  summary: 'Join the same metadata to that of many vouchers',
  description: KEYED,
  request: { body: body(wire.MetadataUpdate) },
  responses: answers,
});
voucherImports.openapi(updateMetadata, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const { codes, metadata } = c.req.valid('json');
  const lines = codes.map((code, at): VoucherLine => ({ line: at + 1, kind: 'metadata', code, metadata }));
  return c.json(await started(c, world, { what: 'metadata', campaign: null, lines }), 200);
});

const updateMany = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/bulk/async',
  summary: 'Join metadata to that of many vouchers, each its own',
  description: KEYED,
  request: { body: body(wire.BulkUpdate) },
  responses: answers,
});
voucherImports.openapi(updateMany, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const lines = c.req.valid('json').map((one, at): VoucherLine => ({ line: at + 1, kind: 'metadata', ...one }));
  return c.json(await started(c, world, { what: 'metadata', campaign: null, lines }), 200);
});

const importCodes = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/import',
  summary: 'Take ready codes over into a campaign',
  description: `Of a code that it has already only \`active\` and \`category\` change. ${KEYED}`,
  request: { params: byId, body: body(wire.CodeImport) },
  responses: answers,
});
voucherImports.openapi(importCodes, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const campaign = await pooled(world, c.req.valid('param').id);
  const lines = c.req.valid('json').map((item, at) => codeLine(item, at + 1));
  return c.json(await started(c, world, { what: 'codes', campaign, lines }), 200);
});

const importCodesCsv = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/importCSV',
  summary: 'Take ready codes over into a campaign, from a CSV file',
  description:
    'Columns: Code, Active, Category, Start Date, Expiration Date, Redemption Limit, Additional Info; every other column is ' +
    `metadata. Of a code that it has already only Active and Category change. ${KEYED}`,
  request: { params: byId, body: file },
  responses: answers,
});
voucherImports.openapi(importCodesCsv, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const campaign = await pooled(world, c.req.valid('param').id);
  const bytes = await uploaded(c);
  const key = keyOf(c);
  const fingerprint = await fileFingerprint(c.req.url, bytes);
  const wanted = { kind: IMPORT_CODES, input: { campaign, others: 'metadata' }, file: bytes, key, fingerprint };
  return c.json({ async_action_id: await startBulk(world, wanted) }, 200);
});

interface Lines {
  what: 'import' | 'metadata' | 'codes';
  campaign: string | null;
  lines: VoucherLine[];
  /** Where it is not the request's own. */
  fingerprint?: string;
}

async function started(c: Asked, world: World, { what, campaign, lines, fingerprint }: Lines) {
  const named = fingerprint === undefined ? await namedOf(c) : { key: keyOf(c), fingerprint };
  const input = { what, campaign, total: lines.length };
  return { async_action_id: await startBulk(world, { kind: VOUCHER_LINES, input, file: linesFile(lines), ...named }) };
}

/** The id of a campaign that has a pool. */
async function pooled(world: World, name: string): Promise<string> {
  const { campaign } = await campaignBy(world, name);
  if (campaign.kind === 'standalone')
    throw new VoucherError('invalid_payload', 'a campaign of one code takes no others');
  return campaign.id;
}

async function uploaded({ req }: Pick<Asked, 'req'>): Promise<Uint8Array> {
  const form = await req.parseBody().catch(() => null);
  const sent = form?.file;
  if (!(sent instanceof File)) throw new VoucherError('invalid_payload', 'file is required, in multipart/form-data');
  if (sent.size > wire.LARGEST_FILE)
    throw new VoucherError('invalid_payload', `file must have at most ${wire.LARGEST_FILE} bytes`);
  return new Uint8Array(await sent.arrayBuffer());
}
