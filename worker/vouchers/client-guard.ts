/**
 * Codes on routes that anybody may call. Whoever guesses is counted and turned away, and is told the same of a secret code
 * that is unknown, over, or not theirs. Of a code that the whole world knows, and of what they hold, shoppers hear exactly.
 */
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { guarded, type Look, type Visitor } from '../guard/guess.ts';
import { type Planned, planFor, type Source } from '../publishing/plan.ts';
import type { Asking, Redeemable, World } from '../publishing/world.ts';
import { ProblemError } from '../wire/problem.ts';
import { noVoucher, refusedAs, type VoucherError } from './errors.ts';

/** What each code leads to, as the visitor may look; by code. */
export type Sources = ReadonlyMap<string, Source>;

export interface Seen {
  sources: Sources;
  /** What the last of them would do by itself; null: the request is malformed. */
  alone: Planned | null;
}

/** Looks for one code after the other, so that every miss counts; throws 429 with Retry-After at the one too many. */
export async function lookFor(
  world: World,
  asking: Asking,
  { visitor, redeemables }: { visitor: Visitor; redeemables: readonly Redeemable[] },
): Promise<Seen> {
  const sources = new Map<string, Source>();
  let alone: Planned | null = null;
  for (const redeemable of redeemables) {
    const look = (scope: 'any' | 'own') => lookOnce(world, asking, { visitor, redeemable, scope });
    const seen = await guarded(world.env, world.shop.id, visitor, look);
    if (!seen.open) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${seen.retryAfterSeconds}` } });
    alone = seen.value;
    const [source] = alone?.sources ?? [];
    if (source !== undefined) sources.set(redeemable.code, source);
  }
  return { sources, alone };
}

interface LookOnce {
  visitor: Visitor;
  redeemable: Redeemable;
  scope: 'any' | 'own';
}

async function lookOnce(
  world: World,
  asking: Asking,
  { visitor, redeemable, scope }: LookOnce,
): Promise<Look<Planned | null>> {
  const planned = await planFor(world, asking, { redeemables: [redeemable], scope: 'public' });
  // what is malformed finds nothing out, and is refused as such
  if ('refused' in planned) return { found: scope === 'any', value: null };
  const source = planned.sources[0] ?? null;
  const isOwn = source !== null && isHeldBy(source, visitor);
  return { found: isOwn || (scope === 'any' && isNews(planned, source)), value: planned };
}

/** Whether the visitor learns nothing that they had no right to. */
function isNews({ plan }: Planned, source: Source | null): boolean {
  const [entry] = plan.entries;
  if (source === null || source.voucher === null || entry === undefined) return false;
  return entry.status !== 'inapplicable' || isOpen(source) || isAboutOrder(entry.refused);
}

/** The error for a refusal, as much as a visitor may know. */
export function errorFor(sources: Sources, visitor: Visitor): (refused: Refused, code: string) => VoucherError {
  return (refused, code) => {
    const source = sources.get(code);
    const mayKnow = source !== undefined && (isHeldBy(source, visitor) || isOpen(source));
    return mayKnow || isAboutOrder(refused) ? refusedAs(refused, code) : noVoucher(code);
  };
}

function isHeldBy({ holder }: Source, { customer }: Visitor): boolean {
  return customer !== null && holder === customer;
}

function isOpen({ voucher, holder, campaign }: Source): boolean {
  return voucher !== null && holder === null && isShared(voucher, campaign);
}

/** One code for everybody: of a campaign that has but one, or made by hand for more than one use. Money is nobody's but its owner's. */
export function isShared({ benefit, limit, campaign: of }: Voucher, campaign: Campaign | null): boolean {
  if (benefit.kind === 'gift') return false;
  return of === null ? limit === null || limit > 1 : campaign?.kind === 'standalone';
}

/** Refusals that only come of a code that is right and good: the cart does not fit. */
const ABOUT_ORDER: readonly Refused['key'][] = [
  'duplicated_redeemables',
  'invalid_gift',
  'invalid_payload',
  'missing_order',
  'missing_order_items',
  'order_rules_violated',
];

/** Of a gift card more than is on it may be asked; an empty one is as good as none. */
function isAboutOrder({ key, facts }: Refused): boolean {
  return ABOUT_ORDER.includes(key) || (key === 'gift_amount_exceeded' && Number(facts.left ?? 0) > 0);
}
