/** More codes for a campaign, for voucher clients: one at once, made or named, or many that are made after the answer. */
import { createRoute, z } from '@hono/zod-openapi';
import type { CampaignRecord } from '../campaign/record.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { type CodeAdded, makeCode, type OwnOfCode, takeCode } from '../publishing/add-codes.ts';
import { addVouchers } from '../publishing/campaigns.ts';
import type { World } from '../publishing/world.ts';
import { ProblemError } from '../wire/problem.ts';
import { AsyncActionStarted } from '../wire/voucher-imports.ts';
import * as wire from '../wire/voucher-publications.ts';
import { Voucher } from '../wire/voucher-vouchers.ts';
import { tooManyJobs } from './bulk.ts';
import { campaignBy, projected } from './campaigns.ts';
import { VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { contextOf, namedOf, worldOf } from './request.ts';
import { voucherView } from './voucher-view.ts';

export const campaignVouchers = voucherRoutes();
campaignVouchers.use('/v1/campaigns/:id/vouchers/*', boundedBody(64 * 1024));

const byId = z.object({ id: z.string().min(1).max(200) });
const KEYED = 'Send an Idempotency-Key: a retry with the same key and body adds nothing more.';
const optional = { ...body(wire.AddVoucher), required: false };

const add = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/vouchers',
  summary: 'Make more codes for a campaign',
  description: `One is answered at once. More are made after the answer, as the campaign says. ${KEYED}`,
  request: { params: byId, query: wire.AddVouchersQuery, body: optional },
  responses: {
    200: json(z.union([Voucher, AsyncActionStarted]), 'The voucher, or what makes them'),
    ...voucherRefusals,
  },
});
campaignVouchers.openapi(add, async (c) => {
  const { shop } = c.get('caller');
  const world = await worldOf(c, shop);
  const record = await pooled(world, c.req.valid('param').id);
  const count = c.req.valid('query').vouchers_count;
  const work = async () => {
    const named = await namedOf(c);
    if (count > 1) return c.json(await manyMore(world, record, { ...named, count }), 200);
    const made = await makeCode(world, record, { ...named, own: ownOf(c.req.valid('json')) });
    return c.json(await shown(world, made), 200, await projected(world, record));
  };
  return raw(await onceFor(c, shop.id, work));
});

async function manyMore(world: World, record: CampaignRecord, { key, count }: { key: string; count: number }) {
  const told = await addVouchers(world, record, { key, count });
  if (told.refusal === null) return { async_action_id: `aa_${told.job.slice('job_'.length)}` };
  if (told.refusal === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (told.refusal === 'full') throw tooManyJobs();
  throw new VoucherError('invalid_code_config', told.flaws.map(({ field, rule }) => `${field} ${rule}`).join('; '));
}

const addNamed = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/vouchers/{code}',
  summary: 'Add one code to a campaign',
  description: KEYED,
  request: { params: byId.extend({ code: z.string().min(1).max(200) }), body: optional },
  responses: {
    200: json(Voucher, 'The voucher'),
    ...voucherRefusals,
    409: json(z.object({ key: z.string() }), 'Somebody has that code'),
  },
});
campaignVouchers.openapi(addNamed, async (c) => {
  const { shop } = c.get('caller');
  const world = await worldOf(c, shop);
  const { id, code } = c.req.valid('param');
  const record = await pooled(world, id);
  const work = async () => {
    const taken = await takeCode(world, record, { ...(await namedOf(c)), own: ownOf(c.req.valid('json')), code });
    return c.json(await shown(world, taken), 200, await projected(world, record));
  };
  return raw(await onceFor(c, shop.id, work));
});

async function pooled(world: World, name: string): Promise<CampaignRecord> {
  const record = await campaignBy(world, name);
  if (record.campaign.kind !== 'standalone') return record;
  throw new VoucherError('invalid_payload', 'a campaign of one code takes no others');
}

function ownOf(wanted: z.infer<typeof wire.AddVoucher> | undefined): OwnOfCode {
  const { category, redemption, additional_info, metadata } = wanted ?? {};
  return {
    ...(category === undefined ? {} : { category }),
    ...(redemption?.quantity === undefined ? {} : { limit: redemption.quantity }),
    ...(additional_info === undefined ? {} : { title: additional_info }),
    ...(metadata == null ? {} : { metadata }),
  };
}

async function shown(world: World, added: CodeAdded) {
  if (added.refusal === 'code') throw new VoucherError('duplicate_found', 'Somebody has that code, or had it');
  if (added.refusal === 'codes')
    throw new VoucherError('invalid_code_config', added.flaws.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  const { voucher } = added;
  return voucherView(voucher, world.shop.settings.currency, await contextOf(world, voucher));
}
