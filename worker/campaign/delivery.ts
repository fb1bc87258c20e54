/**
 * Brings a publication's codes to its customer: each is taken from whoever has the code, put into the wallet, and only then
 * is the publication done. Run again from anywhere it comes to the same. Whoever asked the campaign does it, and where that
 * one died, the campaign.
 */
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { openOffers } from '../offers/cache.ts';
import { routesOf } from '../offers/route.ts';
import { remote } from '../storage/remote.ts';
import type { Publication } from './publication.ts';
import type { Unfit } from './publishing.ts';

export interface DeliveryOf {
  env: Env;
  shop: string;
  campaign: Campaign;
  /** What time it is in a test shop; null in a live one. */
  clockMs: number | null;
  /** Puts a voucher into the customer's wallet, once; null: they have it. */
  hold: (customer: string, operation: HoldVoucher) => Promise<Refused | null>;
  book: PublicationBook;
}

/** The campaign's own word. */
export interface PublicationBook {
  replace: (publication: string, unfit: Unfit) => Promise<Publication | null>;
  drop: (publication: string, unfit: Unfit) => Promise<Publication | null>;
  published: (publication: string) => Promise<Publication | null>;
}

export interface Delivered {
  publication: Publication;
  /** As they were handed over, before anybody held them. */
  vouchers: Voucher[];
}

const MOST_REPLACED = 200;

/** Throws where somebody could not be reached: what was done stays, and it is to be run again. */
export async function deliver(publication: Publication, of: DeliveryOf): Promise<Delivered> {
  let now = publication;
  const vouchers = new Map<string, Voucher>();
  for (let turn = 0; turn < MOST_REPLACED; turn += 1) {
    const code = now.codes.find((one) => !vouchers.has(one));
    if (now.state === 'voided') return { publication: now, vouchers: [] };
    if (code === undefined) {
      const done = now.state === 'done' ? now : await of.book.published(now.id);
      return { publication: done ?? now, vouchers: now.codes.flatMap((one) => vouchers.get(one) ?? []) };
    }
    const given = await give(now, code, of);
    if ('voucher' in given) vouchers.set(code, given.voucher);
    else now = (await given.next) ?? now;
  }
  throw new Error('a publication that finds no code');
}

async function give(
  publication: Publication,
  code: string,
  of: DeliveryOf,
): Promise<{ voucher: Voucher } | { next: Promise<Publication | null> }> {
  const { id, customer, minted } = publication;
  const { book, campaign } = of;
  // the one code of a standalone campaign stays where it is
  if (campaign.kind === 'standalone') return { voucher: await standaloneVoucher(code, of) };
  const occasion = minted[code];
  if (occasion !== undefined && !(await claimed(code, occasion, of)))
    return { next: book.replace(id, { code, why: NOT_FREE }) };
  const assigned = await assign(code, publication, of);
  if ('refused' in assigned) return { next: book.replace(id, { code, why: assigned.refused }) };
  const { voucher, object } = assigned;
  const refused = await of.hold(customer, holdingOf(publication, voucher, campaign));
  if (refused === null) return { voucher };
  await remote(of.env.CODES, object).unassign(code, id);
  return { next: book.drop(id, { code, why: refused }) };
}

const NOT_FREE = refusal('voucher_already_published', 'somebody has it');

function holdingOf(publication: Publication, voucher: Voucher, campaign: Campaign): HoldVoucher {
  const { id, holderOnly, distribution, channel, metadata } = publication;
  const key = `publication:${id}:${voucher.id}`;
  const about = { voucher, campaign, holderOnly, publication: id, distribution, channel, metadata };
  return { op: 'hold_voucher', key, fingerprint: id, ...about };
}

/** A code that was made for this alone becomes known. One that a customer has may be of this very publication: `assign` tells. */
async function claimed(code: string, occasion: string, { env, shop, campaign, clockMs }: DeliveryOf): Promise<boolean> {
  const [{ object }] = routesOf(env, shop, await openOffers(env, shop), code);
  const claim = { code, token: occasion, campaign: campaign.id, holder: null, voucher: null };
  const codes = remote(env.CODES, object);
  const [told] = await codes.claim([claim], { clockMs });
  if (told !== 'taken') return true;
  const [found] = await codes.find({ codes: [code], customer: null, clockMs });
  return found?.owner === 'customer';
}

async function assign(
  code: string,
  { id, customer }: Publication,
  { env, shop, clockMs }: DeliveryOf,
): Promise<{ voucher: Voucher; object: string } | { refused: Refused }> {
  for (const { object } of routesOf(env, shop, await openOffers(env, shop), code)) {
    const assigned = await remote(env.CODES, object).assign({ code, customer, publication: id, bring: null, clockMs });
    if (assigned.verdict === 'assigned') return { voucher: assigned.voucher, object };
    if (assigned.verdict === 'refused') return { refused: assigned.refused };
  }
  return { refused: refusal('not_found', 'the code is gone') };
}

async function standaloneVoucher(code: string, { env, shop, clockMs }: DeliveryOf): Promise<Voucher> {
  for (const { object } of routesOf(env, shop, await openOffers(env, shop), code)) {
    const [found] = await remote(env.CODES, object).find({ codes: [code], customer: null, clockMs });
    if (found?.owner === 'here') return found.voucher;
  }
  throw new Error('a standalone campaign without its code');
}
