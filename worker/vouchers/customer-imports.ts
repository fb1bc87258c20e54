/** Many customers at once for voucher clients: an import like the merchant's own, after the answer. */
import { createRoute } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { IMPORT } from '../jobs/import-file.ts';
import { jobsOf } from '../jobs/stubs.ts';
import { nameOf, type World } from '../publishing/world.ts';
import { sha256Hex, toHex } from '../shops/crypto.ts';
import { NewImport } from '../wire/imports.ts';
import { ProblemError } from '../wire/problem.ts';
import { CustomerBulk, CustomerMetadata } from '../wire/voucher-customers.ts';
import { AsyncActionStarted, FileForm, LARGEST_FILE } from '../wire/voucher-imports.ts';
import { type CustomerLine, lineOf, readCustomerCsv } from './customer-lines.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { type Asked, worldOf } from './request.ts';

/** Mounted before the single customers, whose bodies are bounded much lower. */
export const customerImports = voucherRoutes();
for (const path of ['bulk/async', 'metadata/async', 'importCSV'])
  customerImports.use(`/v1/customers/${path}`, boundedBody(LARGEST_FILE + 64 * 1024));

const KEYED =
  'Fields that are not named, or null, stay as they are; who is not known is made. A flawed line stops no other. Send an ' +
  'Idempotency-Key: a retry starts nothing more. `GET /v1/async-actions/{id}` says how far it is.';
const answers = { 200: json(AsyncActionStarted, 'What does the work'), ...voucherRefusals };

const updateMany = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/customers/bulk/async',
  summary: 'Make or change many customers by their source_id',
  description: KEYED,
  request: { body: body(CustomerBulk) },
  responses: answers,
});
customerImports.openapi(updateMany, async (c) => {
  const lines = c.req.valid('json');
  return raw(
    await onceFor(c, c.get('caller').shop.id, async () => c.json(await started(c, c.get('caller').shop, lines))),
  );
});

const updateMetadata = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/customers/metadata/async',
  summary: 'Join the same metadata to those of many customers',
  description: KEYED,
  request: { body: body(CustomerMetadata) },
  responses: answers,
});
customerImports.openapi(updateMetadata, async (c) => {
  const { source_ids, metadata } = c.req.valid('json');
  const lines = source_ids.map((source_id): CustomerLine => ({ source_id, metadata }));
  return raw(
    await onceFor(c, c.get('caller').shop.id, async () => c.json(await started(c, c.get('caller').shop, lines))),
  );
});

const importCsv = createRoute({
  ...voucherRoute('customers'),
  method: 'post',
  path: '/v1/customers/importCSV',
  summary: 'Make or change many customers, from a CSV file',
  description:
    'Columns: Source_id, Name, Email, Phone, Birthdate, Description, Address_line_1, Address_line_2, Address_Postal_Code, ' +
    `Address_City, Address_State, Address_Country; every other column is metadata. ${KEYED}`,
  request: { body: { content: { 'multipart/form-data': { schema: FileForm } } } },
  responses: answers,
});
customerImports.openapi(importCsv, async (c) => {
  const { shop } = c.get('caller');
  const lines = readCustomerCsv(await uploaded(c));
  // the parts of a form are apart by another text at each try, so the lines say what is the same
  const fingerprint = await sha256Hex(`${c.req.path} ${JSON.stringify(lines)}`);
  return raw(await onceFor(c, shop.id, async () => c.json(await started(c, shop, lines)), fingerprint));
});

async function started(c: Asked, shop: World['shop'], lines: readonly CustomerLine[]) {
  const world = await worldOf(c, shop);
  const key = idempotencyKey(c) ?? crypto.randomUUID();
  const id = `job_${nameOf(world, 'customers', { key })}`;
  const input = NewImport.parse({ kind: 'customers', format: 'ndjson' });
  const file = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(lineOf(line))}\n`).join(''));
  const jobs = jobsOf(world.env, shop.id);
  if ((await jobs.job(id)) === null) {
    if ((await jobs.draft({ id, kind: IMPORT, input })).refusal !== null) throw tooMany();
    const parts = Math.max(1, Math.ceil(file.byteLength / PART));
    for (let part = 1; part <= parts; part += 1) {
      const bytes = file.slice((part - 1) * PART, part * PART);
      const sha256 = toHex(await crypto.subtle.digest('SHA-256', bytes));
      await jobs.putPart(id, { part, sha256 }, bytes);
    }
    if ((await jobs.startDraft(id, parts)).refusal !== null) throw tooMany();
  }
  return { async_action_id: `aa_${id.slice('job_'.length)}` };
}

/** A part of a file is carried by one call. */
const PART = 4 * 1024 * 1024;

function tooMany(): ProblemError {
  return new ProblemError('rate_limited', { detail: 'Too many jobs wait.', headers: { 'Retry-After': '60' } });
}

async function uploaded({ req }: Pick<Asked, 'req'>): Promise<Uint8Array> {
  const form = await req.parseBody().catch(() => null);
  const sent = form?.file;
  if (!(sent instanceof File)) throw new VoucherError('invalid_payload', 'file is required, in multipart/form-data');
  if (sent.size > LARGEST_FILE)
    throw new VoucherError('invalid_payload', `file must have at most ${LARGEST_FILE} bytes`);
  return new Uint8Array(await sent.arrayBuffer());
}
