/** Makes and changes campaigns: the name first, then the campaign, then its codes, so that a request that is sent again finds what it began. */
import { campaignIn, forgetCampaign } from '../campaign/cache.ts';
import type { CampaignChange, CampaignRecord, Changed, Request } from '../campaign/record.ts';
import { GENERATE_CODES, MOST_CODES } from '../codes/making.ts';
import { codesAt } from '../codes/stubs.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { type CodePlan, codeKey, GIFT_BITS, planCodes } from '../domain/vouchers/codes.ts';
import type { Flaw } from '../domain/vouchers/rules.ts';
import { forgetOffers, offersOf, openOffers } from '../offers/cache.ts';
import { codeMintOf } from '../offers/code-mint.ts';
import { routesOf } from '../offers/route.ts';
import { remote } from '../storage/remote.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

/** What a merchant decides of a campaign when it is made. */
export interface CampaignDraft extends Omit<Campaign, 'id' | 'version' | 'createdAtMs' | 'updatedAtMs'> {
  /** The one code of a standalone campaign; null: it is made. */
  code: string | null;
}

export type CampaignMade =
  /** `job`: makes its codes; null: there are none to make. */
  | { refusal: null; record: CampaignRecord; job: string | null }
  /** `name`, `code`: somebody has it. `full`: too many patterns, or jobs that wait. */
  | { refusal: 'name' | 'code' | 'full' }
  /** Under this key another one was made. */
  | { refusal: 'mismatch' }
  | { refusal: 'codes'; flaws: Flaw[] };

/** Asked again under the same key it is the same campaign. Nothing is made where the pattern is too small for its codes. */
export async function makeCampaign(
  world: World,
  draft: CampaignDraft,
  { key, fingerprint, who }: Named & { who: string },
): Promise<CampaignMade> {
  const { env, shop } = world;
  const plan = planOf(draft);
  if ('flaws' in plan) return { refusal: 'codes', flaws: plan.flaws };
  const id = `camp_${nameOf(world, 'campaign', { key })}`;
  if ((await campaignIn(env, shop.id, id).madeBy(fingerprint)) === 'mismatch') return { refusal: 'mismatch' };
  if ((await offersOf(env, shop.id).takeName(id, draft.name)) === 'taken') return { refusal: 'name' };
  if ((await offersOf(env, shop.id).addPattern(draft.codes)) === 'full') return undone(world, id, { refusal: 'full' });
  forgetOffers(shop.id);
  const { code: typed, ...rest } = draft;
  const nowMs = nowOf(world);
  const campaign: Campaign = { ...rest, id, version: 1, createdAtMs: nowMs, updatedAtMs: nowMs };
  const code = draft.kind === 'standalone' ? await claimCode(world, campaign, { typed, plan }) : null;
  if (draft.kind === 'standalone' && code === null) return undone(world, id, { refusal: 'code' });
  const wanted = draft.kind === 'standalone' ? 0 : draft.vouchersWanted;
  const job = wanted > 0 ? `job_${nameOf(world, 'codes', { key })}` : null;
  const making = job === null ? ('done' as const) : ('in_progress' as const);
  const counted = { vouchers: code === null ? 0 : 1, archivedAtMs: null, deletedAtMs: null };
  const object = campaignIn(env, shop.id, id);
  const record = await object.create({ campaign, making, job, code, ...counted }, who, fingerprint);
  forgetCampaign(shop.id, id);
  if (job !== null && !(await startMaking(world, { job, campaign: id, count: wanted }))) return { refusal: 'full' };
  return { refusal: null, record, job };
}

/** More codes for a campaign that has a pool; the job that makes them. Refused up front where they do not fit its pattern. */
export async function addVouchers(
  world: World,
  { campaign, vouchers }: CampaignRecord,
  { key, count }: Pick<Named, 'key'> & { count: number },
): Promise<
  { refusal: null; job: string } | { refusal: 'codes'; flaws: Flaw[] } | { refusal: 'full' } | { refusal: 'mismatch' }
> {
  const job = `job_${nameOf(world, 'more codes', { key })}`;
  const known = await remote(world.env.JOBS, `jobs:${world.shop.id}`).job(job);
  if (known !== null) {
    const isSame = known.input.campaign === campaign.id && known.input.count === count;
    return isSame ? { refusal: null, job } : { refusal: 'mismatch' };
  }
  const most = planOf({ ...campaign, vouchersWanted: count });
  if ('flaws' in most) return { refusal: 'codes', flaws: most.flaws };
  // those that are there already take up room as well
  const plan = planCodes(campaign.codes, { wanted: vouchers + count, bits: 0 });
  if ('flaws' in plan) return { refusal: 'codes', flaws: plan.flaws };
  return (await startMaking(world, { job, campaign: campaign.id, count }))
    ? { refusal: null, job }
    : { refusal: 'full' };
}

/** Asked again under the same key nothing changes. */
export async function changeCampaign(
  world: World,
  id: string,
  { change, ...named }: Named & { change: CampaignChange; who: string },
): Promise<Changed> {
  const changed = await campaignIn(world.env, world.shop.id, id).change(change, requestOf(world, named));
  forgetCampaign(world.shop.id, id);
  return changed;
}

function requestOf(world: World, { who, ...named }: Named & { who: string }): Request {
  return { key: nameOf(world, 'campaign change', named), fingerprint: named.fingerprint, who, nowMs: nowOf(world) };
}

/** Its codes stay taken; `forGood`: its name is free again. */
export async function removeCampaign(
  world: World,
  id: string,
  { forGood, ...named }: Named & { forGood: boolean; who: string },
): Promise<Changed> {
  const { env, shop } = world;
  const removed = await campaignIn(env, shop.id, id).remove(requestOf(world, named));
  forgetCampaign(shop.id, id);
  if (removed.refusal === null && forGood) await offersOf(env, shop.id).unname(id);
  return removed;
}

function planOf(draft: Pick<CampaignDraft, 'codes' | 'benefit' | 'vouchersWanted'>): CodePlan | { flaws: Flaw[] } {
  const bits = draft.benefit === 'gift' ? GIFT_BITS : 0;
  if (draft.vouchersWanted > MOST_CODES)
    return { flaws: [{ field: 'vouchers_count', rule: `must be at most ${MOST_CODES}` }] };
  return planCodes(draft.codes, { wanted: Math.max(1, draft.vouchersWanted), bits });
}

/** The code of a standalone campaign, typed or made; null: somebody has it. */
async function claimCode(
  { env, shop }: World,
  { id, createdAtMs }: Campaign,
  { typed, plan }: { typed: string | null; plan: CodePlan },
): Promise<string | null> {
  const code = typed ?? codeMintOf(env.ROOT_SECRET, shop.id).make(plan, id);
  if (typed !== null) await offersOf(env, shop.id).addLengths([codeKey(code).length]);
  if (typed !== null) forgetOffers(shop.id);
  const [{ object }] = routesOf(env, shop.id, await openOffers(env, shop.id), code);
  const claim = { code, token: id, campaign: id, holder: null, voucher: null };
  const [told] = await codesAt(env, object).claim([claim], { clockMs: createdAtMs });
  return told === 'taken' ? null : code;
}

async function startMaking(
  { env, shop }: World,
  { job, ...input }: { job: string; campaign: string; count: number },
): Promise<boolean> {
  const started = await remote(env.JOBS, `jobs:${shop.id}`).start({ id: job, kind: GENERATE_CODES, input });
  return started.refusal === null;
}

async function undone<T>({ env, shop }: World, id: string, answer: T): Promise<T> {
  await offersOf(env, shop.id).unname(id);
  return answer;
}
