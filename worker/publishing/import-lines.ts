/** Takes over codes that another system made: each that is free becomes one of the campaign, one that is there already changes a little. */
import { campaignIn } from '../campaign/cache.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import type { Claimed } from '../codes/calls.ts';
import { tellFresh } from '../codes/making.ts';
import { codesAt } from '../codes/stubs.ts';
import { codeKey } from '../domain/vouchers/codes.ts';
import { freshVoucher } from '../domain/vouchers/from-campaign.ts';
import { newGift } from '../domain/vouchers/gift.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import type { CodeLine } from '../imports/code-lines.ts';
import { forgetOffers, offersOf, openOffers } from '../offers/cache.ts';
import { routesOf } from '../offers/route.ts';
import { openTerms } from '../shops/cache.ts';
import { codeMakerOf } from '../shops/code-maker.ts';

export interface ImportLine extends CodeLine {
  line: number;
}

export interface LineDone {
  line: number;
  verdict: 'created' | 'updated' | 'refused';
  /** For the report. */
  about: { field?: string; rule?: string };
}

interface Importing {
  record: CampaignRecord;
  job: string;
  /** Names these lines: run again, they are the same. */
  batch: string;
  nowMs: number;
  /** false: a code that is there already is refused, the campaign's own as well. */
  updates?: boolean;
}

interface Placed {
  line: ImportLine;
  object: string;
}

/** In any order. */
export async function importLines(env: Env, shop: string, lines: ImportLine[], about: Importing): Promise<LineDone[]> {
  const offers = await openOffers(env, shop);
  const lengths = lines.map(({ code }) => codeKey(code).length);
  if (lengths.some((length) => !offers.lengths.includes(length))) {
    await offersOf(env, shop).addLengths([...new Set(lengths)]);
    forgetOffers(shop);
  }
  const byObject = new Map<string, Placed[]>();
  for (const line of lines) {
    const [{ object }] = routesOf(env, shop, offers, line.code);
    byObject.set(object, [...(byObject.get(object) ?? []), { line, object }]);
  }
  const { currency } = (await openTerms(env, shop, 1)).settings;
  const claimed = await Promise.all(
    [...byObject].map(([object, own]) => claim(env, shop, { object, own, currency }, about)),
  );
  const created = claimed.flat().filter(({ told }) => told !== 'taken');
  const codes = created.map(({ line }) => line.code);
  await campaignIn(env, shop, about.record.campaign.id).addCodes(about.batch, codes);
  const plain = created.filter(({ line }) => !hasOwn(line)).map(({ line }) => line.code);
  await tellFresh(env, shop, { codes: plain, campaign: about.record.campaign.id, madeAtMs: about.nowMs });
  const others = claimed.flat().filter(({ told }) => told === 'taken');
  const updated = await Promise.all(
    others.map((one) => (about.updates === false ? takenOf(one.line.line) : update(env, one, about))),
  );
  return [...created.map(({ line }): LineDone => ({ line: line.line, verdict: 'created', about: {} })), ...updated];
}

async function claim(
  env: Env,
  shop: string,
  { object, own, currency }: { object: string; own: Placed[]; currency: string },
  { record, job, nowMs }: Importing,
): Promise<(Placed & { told: Claimed })[]> {
  const maker = codeMakerOf(env.ROOT_SECRET, shop);
  const claims = own.map(({ line }) => {
    const about = { id: maker.idOf(line.code), code: line.code, madeAtMs: nowMs, currency };
    const voucher = hasOwn(line) ? withOwn(freshVoucher(record.campaign, about), line) : null;
    return { code: line.code, token: `${job}:${line.line}`, campaign: record.campaign.id, holder: null, voucher };
  });
  const told = await codesAt(env, object).claim(claims, { clockMs: nowMs });
  return own.map((one, at) => ({ ...one, told: told[at] ?? 'taken' }));
}

function hasOwn({ active, category, startsAtMs, endsAtMs, amountMinor, limit, title, metadata }: CodeLine): boolean {
  const own = [category, startsAtMs, endsAtMs, amountMinor, limit, title].some((one) => one !== null);
  return own || active === false || Object.keys(metadata).length > 0;
}

function withOwn(
  voucher: Voucher,
  { active, category, startsAtMs, endsAtMs, amountMinor, limit, title, metadata }: CodeLine,
): Voucher {
  const { benefit } = voucher;
  const gift =
    benefit.kind === 'gift' && amountMinor !== null
      ? { ...benefit, gift: newGift(benefit.gift.currency, amountMinor) }
      : benefit;
  return {
    ...voucher,
    benefit: gift,
    active: active ?? true,
    category: category ?? voucher.category,
    startsAtMs,
    endsAtMs,
    limit: limit ?? voucher.limit,
    title,
    metadata: { ...voucher.metadata, ...metadata },
  };
}

/** Of a code that the campaign has already only whether it is switched on and its category change. */
async function update(env: Env, { line, object }: Placed, { record, job, nowMs }: Importing): Promise<LineDone> {
  const { code, active, category } = line;
  const taken = takenOf(line.line);
  const [found] = await codesAt(env, object).find({ codes: [code], customer: null, clockMs: nowMs });
  if (found?.owner !== 'here' || found.voucher.campaign !== record.campaign.id) return taken;
  const change = { ...(active === null ? {} : { active }), ...(category === null ? {} : { category }) };
  const key = `import:${job}:${line.line}`;
  const told = await codesAt(env, object).change({ key, fingerprint: key, code, change, clockMs: nowMs });
  return told.verdict === 'changed' ? { line: line.line, verdict: 'updated', about: {} } : taken;
}

function takenOf(line: number): LineDone {
  return { line, verdict: 'refused', about: { field: 'code', rule: 'is taken' } };
}
