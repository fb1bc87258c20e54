/** Walks through all campaigns of a shop and then all of its codes, page by page, with what copies should hold of them. */
import { z } from 'zod';
import { campaignIn } from '../campaign/cache.ts';
import { codesAt } from '../codes/stubs.ts';
import type { Env } from '../env.ts';
import { offersOf } from '../offers/cache.ts';
import { shardsOf } from '../offers/generations.ts';
import { objectOf } from '../offers/route.ts';
import type { VoucherCopies } from '../projection/voucher-rows.ts';

const CopyPlace = z.union([z.strictObject({ codes: z.string() }), z.strictObject({ entries: z.int() })]);

/** The last campaign that is behind, with the publications of the next one that are; or an object of codes, and how much of it. */
export const OfferPlace = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('campaigns'), after: z.string(), publication: z.string() }),
  z.strictObject({ of: z.literal('codes'), generation: z.int(), shard: z.int(), place: CopyPlace }),
]);
export type OfferPlace = z.infer<typeof OfferPlace>;

export const FIRST_PLACE: OfferPlace = { of: 'campaigns', after: '', publication: '' };
const CODES_BEGIN = { codes: '' };
const AT_ONCE = 8;
/** Rows of a page of several objects; what D1 takes in one batch without haste. */
const LARGEST = 1_000;

interface Page {
  copies: VoucherCopies;
  /** null: that was the last page. */
  next: OfferPlace | null;
}

interface Walk {
  env: Env;
  shop: string;
  /** How long each object gets to tell what it has not told yet; 0: none. */
  settleMs: number;
}

export async function nextCopies(walk: Walk, place: OfferPlace): Promise<Page> {
  return place.of === 'campaigns' ? ofCampaign(walk, place) : ofCodes(walk, place);
}

async function ofCampaign(
  { env, shop, settleMs }: Walk,
  { after, publication }: OfferPlace & { of: 'campaigns' },
): Promise<Page> {
  const [id] = await offersOf(env, shop).campaigns(after, 1);
  if (id === undefined) return { copies: {}, next: { of: 'codes', generation: 0, shard: 0, place: CODES_BEGIN } };
  const { copies, next } = await campaignIn(env, shop, id).copies(publication, settleMs);
  const here = next === null ? { after: id, publication: '' } : { after, publication: next };
  return { copies, next: { of: 'campaigns', ...here } };
}

/** Small objects are read several at a time. */
async function ofCodes(
  { env, shop, settleMs }: Walk,
  { generation, shard, place }: OfferPlace & { of: 'codes' },
): Promise<Page> {
  const shards = shardsOf(generation);
  if (shards === null) return { copies: {}, next: null };
  if (shard >= shards)
    return { copies: {}, next: { of: 'codes', generation: generation + 1, shard: 0, place: CODES_BEGIN } };
  const isBegin = 'codes' in place && place.codes === '';
  const some = Array.from({ length: isBegin ? Math.min(AT_ONCE, shards - shard) : 1 }, (_, at) => shard + at);
  const answers = await Promise.all(
    some.map((one) => codesAt(env, objectOf(shop, generation, one)).copies(place, settleMs)),
  );
  let copies: VoucherCopies = {};
  for (const [at, answer] of answers.entries()) {
    if (at > 0 && sizeOf(copies) + sizeOf(answer.copies) > LARGEST)
      return { copies, next: placeAt(generation, shard + at) };
    copies = joined(copies, answer.copies);
    if (answer.next !== null) return { copies, next: placeAt(generation, shard + at, answer.next) };
  }
  return { copies, next: placeAt(generation, shard + answers.length) };
}

function placeAt(generation: number, shard: number, place: z.infer<typeof CopyPlace> = CODES_BEGIN): OfferPlace {
  return { of: 'codes', generation, shard, place };
}

function sizeOf({ vouchers = [], redemptions = [], rollbacks = [], publications = [] }: VoucherCopies): number {
  return vouchers.length + redemptions.length + rollbacks.length + publications.length;
}

function joined(one: VoucherCopies, two: VoucherCopies): VoucherCopies {
  return {
    vouchers: [...(one.vouchers ?? []), ...(two.vouchers ?? [])],
    redemptions: [...(one.redemptions ?? []), ...(two.redemptions ?? [])],
    rollbacks: [...(one.rollbacks ?? []), ...(two.rollbacks ?? [])],
    publications: [...(one.publications ?? []), ...(two.publications ?? [])],
  };
}
