/** Makes a voucher by hand that nobody holds: its code is typed, or made. */
import { codesAt } from '../codes/stubs.ts';
import type { CodePattern } from '../domain/vouchers/campaign.ts';
import { codeKey, planCodes } from '../domain/vouchers/codes.ts';
import type { Flaw } from '../domain/vouchers/rules.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { forgetOffers, offersOf, openOffers } from '../offers/cache.ts';
import { codeMintOf } from '../offers/code-mint.ts';
import { routesOf } from '../offers/route.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import { type Named, nameOf, nowOf, type World } from './world.ts';

/** What a merchant decides of a voucher. */
export type VoucherDraft = Omit<
  Voucher,
  | 'id'
  | 'code'
  | 'holder'
  | 'redeemed'
  | 'locks'
  | 'publishedAtMs'
  | 'createdAtMs'
  | 'updatedAtMs'
  | 'held'
  | 'datesFixed'
>;

export type VoucherMade =
  /** `projected`: lists show it. */
  | { refusal: null; voucher: Voucher; duplicate: boolean; projected: boolean }
  /** Somebody has it, or had. */
  | { refusal: 'code' }
  /** Under this key something else was made. */
  | { refusal: 'mismatch' }
  | { refusal: 'codes'; flaws: Flaw[] };

const MOST_TRIES = 20;

/** `code` null: one is made by the pattern, with at least so many random bits. Asked again under the same key it is the same voucher. */
export async function makeVoucher(
  world: World,
  draft: VoucherDraft,
  { code, codes, bits, ...named }: Named & { code: string | null; codes: CodePattern; bits: number },
): Promise<VoucherMade> {
  if (code !== null) return claimTyped(world, draft, { ...named, code });
  const plan = planCodes(codes, { wanted: 1, bits });
  if ('flaws' in plan) return { refusal: 'codes', flaws: plan.flaws };
  const { env, shop } = world;
  if ((await offersOf(env, shop.id).addPattern(codes)) === 'full')
    return { refusal: 'codes', flaws: [{ field: 'pattern', rule: 'there are too many patterns' }] };
  forgetOffers(shop.id);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const made = codeMintOf(env.ROOT_SECRET, shop.id).make(plan, `${nameOf(world, 'voucher', named)} ${attempt}`);
    const claimed = await claim(world, draft, { ...named, code: made });
    if (claimed.refusal !== 'code') return claimed;
  }
  return { refusal: 'code' };
}

async function claimTyped(world: World, draft: VoucherDraft, named: Named & { code: string }): Promise<VoucherMade> {
  const { env, shop } = world;
  const { length } = codeKey(named.code);
  if (!(await openOffers(env, shop.id)).lengths.includes(length)) {
    await offersOf(env, shop.id).addLengths([length]);
    forgetOffers(shop.id);
  }
  return claim(world, draft, named);
}

async function claim(
  world: World,
  draft: VoucherDraft,
  { code, ...named }: Named & { code: string },
): Promise<VoucherMade> {
  const { env, shop, clockMs, waitMs } = world;
  const nowMs = nowOf(world);
  const blank = { holder: null, redeemed: 0, locks: [], publishedAtMs: null, createdAtMs: nowMs, updatedAtMs: nowMs };
  const voucher: Voucher = { ...draft, id: codeMakerOf(env.ROOT_SECRET, shop.id).idOf(code), code, ...blank };
  const [{ object }] = routesOf(env, shop.id, await openOffers(env, shop.id), code);
  const token = `${nameOf(world, 'voucher', named)}.${named.fingerprint}`;
  const wanted = { code, token, campaign: draft.campaign, holder: null, voucher };
  const [told] = await codesAt(env, object).claim([wanted], { clockMs });
  if (told === 'mismatch') return { refusal: 'mismatch' };
  if (told === 'taken') return { refusal: 'code' };
  const projected = waitMs > 0 && (await codesAt(env, object).settled(waitMs));
  if (told === 'claimed') return { refusal: null, voucher, duplicate: false, projected };
  const [found] = await codesAt(env, object).find({ codes: [code], customer: null, clockMs });
  return { refusal: null, voucher: found?.owner === 'here' ? found.voucher : voucher, duplicate: true, projected };
}
