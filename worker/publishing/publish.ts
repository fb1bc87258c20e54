/** Gives codes to a customer: of a campaign's pool, or one that is named. Each publication once, whoever asks for it how often. */
import { campaignIn } from '../campaign/cache.ts';
import { deliver } from '../campaign/delivery.ts';
import type { PublishCall, PublishRefusal } from '../campaign/publication.ts';
import { MOST_CODES } from '../campaign/publishing.ts';
import { bringingOf } from '../codes/claims.ts';
import { codesAt } from '../codes/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { JsonObject } from '../domain/json.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { refusedIn } from '../holds/wallet.ts';
import { operate } from '../routing/follow.ts';
import { heldVoucher } from './facts.ts';
import { locate } from './find.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

export interface Publishing {
  customer: string;
  sourceId: string | null;
  channel: string | null;
  metadata: JsonObject;
  /** Of a distribution, which asks by itself; null: somebody asks. */
  distribution: string | null;
  /** Nobody but the customer may redeem it. */
  holderOnly: boolean;
}

export interface Published {
  /** `pub_…` */
  id: string;
  campaign: string | null;
  customer: string;
  sourceId: string | null;
  atMs: number;
  vouchers: Voucher[];
}

export type PublishResult =
  /** `again`: the customer had it before. */
  | { state: 'published'; again: boolean; publication: Published }
  | { state: 'refused'; refusal: PublishRefusal | 'refused'; why: Refused | null }
  | { state: 'mismatch' };

/** Of a campaign, 1 to 50 codes. */
export async function publishFrom(
  world: World,
  wanted: Publishing & Named,
  {
    campaign,
    count,
    joinOnce,
    code = null,
  }: { campaign: string; count: number; joinOnce: boolean; code?: string | null },
): Promise<PublishResult> {
  const { env, shop, clockMs } = world;
  const object = campaignIn(env, shop.id, campaign);
  const record = await object.record();
  if (record === null) return refusedWith('not_found');
  if (count > MOST_CODES || count < 1) return refusedWith('too_many_vouchers_requested');
  const call = { ...(await callOf(world, wanted)), count, joinOnce, code };
  const answer = await object.publish(call);
  if (answer.refusal === 'mismatch') return { state: 'mismatch' };
  if (answer.refusal !== null) return { state: 'refused', refusal: answer.refusal, why: answer.why ?? null };
  const { publication, vouchers } = await deliver(answer.publication, {
    env,
    shop: shop.id,
    campaign: record.campaign,
    clockMs,
    hold: (customer, operation) => hold(world, customer, operation),
    book: {
      replace: (id, unfit) => object.replace(id, unfit),
      drop: (id, unfit) => object.drop(id, unfit),
      published: (id) => object.published(id),
    },
  });
  if (publication.state === 'voided') return unsuitable(publication.failure);
  const { id, customer, sourceId, atMs } = publication;
  const given = await asHeld(world, customer, vouchers);
  const told = { id, campaign, customer, sourceId, atMs, vouchers: given };
  return { state: 'published', again: answer.again, publication: told };
}

/** As they are in the wallet, with dates that count from the publication; one that nobody holds as it was. */
function asHeld(world: World, customer: string, vouchers: Voucher[]): Promise<Voucher[]> {
  return Promise.all(
    vouchers.map(async (voucher) => (await heldVoucher(world, customer, voucher.id))?.voucher ?? voucher),
  );
}

/** One that is named, of a campaign or of none. */
export async function publishCode(world: World, wanted: Publishing & Named, code: string): Promise<PublishResult> {
  const { env, clockMs } = world;
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  if (located === null) return refusedWith('not_found');
  const { found } = located;
  if (found.owner === 'here' && found.voucher.campaign !== null)
    return publishFrom(world, wanted, {
      campaign: found.voucher.campaign,
      count: 1,
      joinOnce: false,
      code: found.voucher.code,
    });
  const codes = codesAt(env, located.route.object);
  const { customer, sourceId, channel, metadata, distribution, holderOnly } = wanted;
  const id = publicationId(world, wanted);
  const bring = { sourceId, channel, metadata, distribution, holderOnly };
  const assigned = await codes.assign({ code, customer, publication: id, bring, clockMs });
  if (assigned.verdict === 'none') return refusedWith('not_found');
  if (assigned.verdict === 'refused') return { state: 'refused', refusal: 'refused', why: assigned.refused };
  const { voucher } = assigned;
  const why = await hold(world, customer, bringingOf(id, voucher, bring));
  if (why === null) await codes.assigned(id);
  else await codes.unassign(code, id);
  if (why !== null) return { state: 'refused', refusal: 'refused', why };
  const vouchers = await asHeld(world, customer, [voucher]);
  const publication = { id, campaign: null, customer, sourceId, atMs: nowOf(world), vouchers };
  return { state: 'published', again: false, publication };
}

async function callOf(
  world: World,
  wanted: Publishing & Named,
): Promise<Omit<PublishCall, 'count' | 'joinOnce' | 'code'>> {
  const { customer, fingerprint, sourceId, channel, metadata, distribution, holderOnly } = wanted;
  const formerly = await directoryOf(world.env, world.shop.id).formerIds(customer, MOST_FORMER);
  const about = { customer, formerly, fingerprint, sourceId, channel, metadata, distribution, holderOnly };
  return { id: publicationId(world, wanted), ...about, atMs: nowOf(world) };
}

/** Whoever was merged more often than this may join once more. */
const MOST_FORMER = 100;

function publicationId(world: World, named: Named): string {
  return `pub_${nameOf(world, 'publication', named)}`;
}

/** Puts a voucher into a wallet; null: it is there. */
async function hold(world: World, customer: string, operation: HoldVoucher): Promise<Refused | null> {
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(world.env, world.shop, { customer, input, waitMs: world.waitMs });
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate')
    throw new Error(`a voucher was not put into a wallet: ${answer.verdict}`);
  return answer.refusal === null ? null : refusedIn(answer.refusal);
}

/** Every code that was tried was not free. */
function unsuitable(failure: Refused | null): PublishResult {
  const isTaken = failure === null || failure.key === 'voucher_already_published' || failure.key === 'not_found';
  const why = failure ?? refusal('voucher_already_published', 'no code is free');
  return { state: 'refused', refusal: isTaken ? 'no_voucher_suitable_for_publication' : 'refused', why };
}

function refusedWith(refusal: PublishRefusal): PublishResult {
  return { state: 'refused', refusal, why: null };
}
