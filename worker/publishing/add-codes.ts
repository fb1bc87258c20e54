/** One more code for a campaign, at once: made by its pattern, or one that is named. */
import { campaignIn, forgetCampaign } from '../campaign/cache.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { makeCodes } from '../codes/making.ts';
import { planCodes } from '../domain/vouchers/codes.ts';
import type { VoucherChange } from '../domain/vouchers/held-request.ts';
import type { Flaw } from '../domain/vouchers/rules.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { changeVoucher } from './change.ts';
import { currentVoucher } from './current-voucher.ts';
import { importLines } from './import-lines.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

export type CodeAdded = { refusal: null; voucher: Voucher } | { refusal: 'codes'; flaws: Flaw[] } | { refusal: 'code' };

/** What is the code's own. */
export type OwnOfCode = Pick<VoucherChange, 'category' | 'limit' | 'title' | 'metadata'>;

/** Asked again under the same key it is the same code. */
export async function makeCode(
  world: World,
  record: CampaignRecord,
  named: Named & { own: OwnOfCode },
): Promise<CodeAdded> {
  const { env, shop } = world;
  const { campaign } = record;
  const plan = planCodes(campaign.codes, { wanted: record.vouchers + 1, bits: 0 });
  if ('flaws' in plan) return { refusal: 'codes', flaws: plan.flaws };
  const batch = nameOf(world, 'one code', named);
  const [code = ''] = await makeCodes(env, shop.id, { campaign, plan, batch, count: 1, madeAtMs: nowOf(world) });
  return added(world, record, { ...named, code, batch });
}

/** `code`: somebody has it. */
export async function takeCode(
  world: World,
  record: CampaignRecord,
  { code, ...named }: Named & { own: OwnOfCode; code: string },
): Promise<CodeAdded> {
  const { env, shop } = world;
  const batch = nameOf(world, 'one code', named);
  const blank = { active: null, category: null, startsAtMs: null, endsAtMs: null, amountMinor: null };
  const line = { ...blank, line: 1, code, limit: null, title: null, metadata: {} };
  const about = { record, job: batch, batch, nowMs: nowOf(world), updates: false };
  const [told] = await importLines(env, shop.id, [line], about);
  return told?.verdict === 'created' ? added(world, record, { ...named, code, batch }) : { refusal: 'code' };
}

async function added(
  world: World,
  { campaign }: CampaignRecord,
  { own, code, batch, ...named }: Named & { own: OwnOfCode; code: string; batch: string },
): Promise<CodeAdded> {
  await campaignIn(world.env, world.shop.id, campaign.id).made(batch, 1, false);
  forgetCampaign(world.shop.id, campaign.id);
  if (Object.keys(own).length > 0) {
    const told = await changeVoucher(world, code, { ...named, change: { kind: 'change', change: own } });
    if (told.state === 'changed' && told.voucher !== null) return { refusal: null, voucher: told.voucher };
  }
  const voucher = await currentVoucher(world, code);
  if (voucher === null) throw new Error('a code that was just made is gone');
  return { refusal: null, voucher };
}
