/** Makes codes of a campaign that nobody has yet: claimed where they live, into the pool, and told to copies. Run again it makes the same. */
import { campaignIn } from '../campaign/cache.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { type CodePlan, codeKey } from '../domain/vouchers/codes.ts';
import type { Env } from '../env.ts';
import { openOffers } from '../offers/cache.ts';
import { codeMintOf } from '../offers/code-mint.ts';
import { NEWEST } from '../offers/generations.ts';
import { routeIn } from '../offers/route.ts';
import { tellCopies } from '../projection/vouchers.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import type { Claimed } from './calls.ts';
import { codesAt } from './stubs.ts';

/** The job that makes them, by its name; so many at a time. */
export const GENERATE_CODES = 'generate_codes';
export const MOST_CODES = 100_000;

/** In a pattern with a hundred times the room one in a hundred is taken. */
const MOST_TRIES = 60;

/** Nearly all codes that a pattern can make are somebody's. */
export class NoRoom extends Error {}

export interface Making {
  campaign: Campaign;
  plan: CodePlan;
  /** Names what is made: the same makes the same. */
  batch: string;
  count: number;
  /** By the shop's clock. */
  madeAtMs: number;
}

/** Answers the codes, each of them new and in the pool. */
export async function makeCodes(env: Env, shop: string, making: Making): Promise<string[]> {
  const { batch, count, plan, campaign, madeAtMs } = making;
  const mint = codeMintOf(env.ROOT_SECRET, shop);
  const made = new Map<number, string>();
  for (let attempt = 0; made.size < count; attempt += 1) {
    if (attempt === MOST_TRIES) throw new NoRoom('a pattern that has no room left');
    const drafts = new Map<number, string>();
    for (let at = 0; at < count; at += 1)
      if (!made.has(at)) drafts.set(at, mint.make(plan, `${batch} ${at} ${attempt}`));
    for (const [at, code] of await claimed(env, shop, { campaign, batch, drafts, madeAtMs })) made.set(at, code);
  }
  const codes = Array.from({ length: count }, (_, at) => made.get(at) ?? '');
  await campaignIn(env, shop, campaign.id).addCodes(batch, codes);
  await tellFresh(env, shop, { codes, campaign: campaign.id, madeAtMs });
  return codes;
}

interface Claiming {
  campaign: Campaign;
  batch: string;
  drafts: Map<number, string>;
  madeAtMs: number;
}

/** Those that are free; one that was made twice in the batch is the first's. */
async function claimed(
  env: Env,
  shop: string,
  { campaign, batch, drafts, madeAtMs }: Claiming,
): Promise<[number, string][]> {
  const taken = await typedOf(env, shop, [...drafts.values()]);
  const byObject = new Map<string, [number, string][]>();
  for (const [at, code] of drafts) {
    if (taken.has(codeKey(code))) continue;
    const { object } = routeIn(shop, NEWEST, code);
    byObject.set(object, [...(byObject.get(object) ?? []), [at, code]]);
  }
  const answers = await Promise.all(
    [...byObject].map(async ([object, own]) => {
      const claims = own.map(([at, code]) => ({
        code,
        token: `${batch} ${at}`,
        campaign: campaign.id,
        holder: null,
        voucher: null,
      }));
      const told: Claimed[] = await codesAt(env, object).claim(claims, { clockMs: madeAtMs });
      return own.filter((_, place) => told[place] === 'claimed' || told[place] === 'again');
    }),
  );
  return answers.flat();
}

/** Those that somebody typed or imported before; nearly always there are none of such a length, and nobody is asked. */
async function typedOf(env: Env, shop: string, codes: string[]): Promise<Set<string>> {
  const { lengths } = await openOffers(env, shop);
  const asked = codes.filter((code) => lengths.includes(codeKey(code).length));
  const byObject = new Map<string, string[]>();
  for (const code of asked) {
    const { object } = routeIn(shop, 0, code);
    byObject.set(object, [...(byObject.get(object) ?? []), code]);
  }
  const taken = await Promise.all(
    [...byObject].map(async ([object, own]) => {
      const known = await codesAt(env, object).taken(own);
      return own.filter((_, place) => known[place]);
    }),
  );
  return new Set(taken.flat().map(codeKey));
}

/** Tells copies of codes that nothing has happened to. Throws where D1 fails. */
export async function tellFresh(
  env: Env,
  shop: string,
  { codes, campaign, madeAtMs }: { codes: string[]; campaign: string; madeAtMs: number },
): Promise<void> {
  const maker = codeMakerOf(env.ROOT_SECRET, shop);
  await tellCopies(env.DB, shop, {
    vouchers: codes.map((code) => ({
      id: maker.idOf(code),
      code,
      key: codeKey(code),
      campaign,
      rank: 0,
      seq: 0,
      createdAtMs: madeAtMs,
      gone: false,
      voucher: null,
    })),
  });
}
