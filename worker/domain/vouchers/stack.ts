/** Up to 30 vouchers for one order: in which order, which of them, and what each finds and takes. */
import { type Ask, applicable, type Fit } from './applicable.ts';
import { type Amounts, afterTaking, amountsOf, type Bill, billOf, NOTHING_TAKEN } from './bill.ts';
import type { Campaign } from './campaign.ts';
import type { Cart } from './cart.ts';
import { codeKey } from './codes.ts';
import type { Counts, Facts } from './facts.ts';
import { type Refused, refusal, refused } from './refused.ts';
import type { Rule } from './rule-definition.ts';
import { barredBy, type Joined, NONE_JOINED, SKIPS, type SkipKey, type StackingRules, withJoined } from './stacking.ts';
import type { Voucher } from './voucher.ts';

export interface StackEntry {
  /** The code as it was asked for. */
  id: string;
  /** null: there is no such voucher. */
  voucher: Voucher | null;
  campaign: Campaign | null;
  rules: readonly Rule[];
  /** Counts differ by voucher; what the stack itself adds to a campaign's is reckoned here. */
  facts: Facts;
  creditsMinor: number | null;
  referrer?: string | null;
}

export interface StackAsk {
  entries: readonly StackEntry[];
  cart: Cart | null;
  lockKey: string | null;
  nowMs: number;
  rules: StackingRules;
}

export type Planned = { id: string; voucher: Voucher | null } & (
  | {
      status: 'applicable';
      fit: Fit;
      /** The bill that it found and the one that it leaves; null: no order was named. */
      before: Bill | null;
      after: Bill | null;
    }
  | { status: 'inapplicable'; refused: Refused }
  | { status: 'skipped'; key: SkipKey; message: string }
);

export interface StackPlan {
  /** Whether it may be redeemed: something applies, and in ALL mode everything does. */
  valid: boolean;
  /** In the order in which they apply. In ALL mode with one bad entry nothing is applicable. */
  entries: Planned[];
  /** After all that apply. */
  bill: Bill | null;
  amounts: Amounts | null;
}

/** `refused`: the request itself is malformed (`duplicated_redeemables`, `invalid_payload`). Changes nothing. */
export function planStack(ask: StackAsk): StackPlan | { refused: Refused } {
  const malformed = malformedIn(ask);
  if (malformed !== null) return { refused: malformed };
  const { cart, rules } = ask;
  const untouched = cart === null ? null : billOf(cart);
  let run: Run = { bill: untouched, joined: NONE_JOINED, sums: new Map() };
  const entries: Planned[] = [];
  let failed = false;
  for (const entry of sorted(ask)) {
    if (failed) {
      entries.push(skipped(entry, 'preceding_validation_failed'));
      continue;
    }
    const step = planOne(entry, run, ask);
    run = step.run;
    entries.push(step.planned);
    failed = rules.mode === 'all' && isBad(step.planned);
  }
  if (failed) {
    const none = entries.map((one) =>
      one.status === 'applicable' ? skipped(one, 'preceding_validation_failed') : one,
    );
    return planOf(none, untouched, false);
  }
  return planOf(entries, run.bill, true);
}

function planOf(entries: Planned[], bill: Bill | null, isWhole: boolean): StackPlan {
  const valid = isWhole && entries.some(({ status }) => status === 'applicable');
  return { valid, entries, bill, amounts: bill === null ? null : amountsOf(bill) };
}

/** In ALL mode everything applies or nothing does; only what the shop lets be left out may be. */
function isBad(planned: Planned): boolean {
  if (planned.status === 'skipped') return planned.key !== 'redeemable_has_no_effect';
  return planned.status === 'inapplicable';
}

function malformedIn({ entries, rules }: StackAsk): Refused | null {
  if (entries.length === 0) return refusal('invalid_payload', 'no redeemable is named');
  if (entries.length > rules.limit)
    return refusal('invalid_payload', `at most ${rules.limit} redeemables in one request`, {
      facts: { limit: rules.limit, asked: entries.length },
    });
  const names = new Set(entries.map(({ id, voucher }) => voucher?.id ?? codeKey(id)));
  const keys = new Set(entries.map(({ id }) => codeKey(id)));
  if (names.size === entries.length && keys.size === entries.length) return null;
  return refusal('duplicated_redeemables', 'each redeemable may be named once');
}

/** Categories that are in no hierarchy come last; equals stay as they were asked for. */
function sorted({ entries, rules }: StackAsk): readonly StackEntry[] {
  if (rules.sorting === 'requested') return entries;
  const place = ({ voucher, campaign }: StackEntry) => {
    const category = categoryOf(voucher, campaign);
    const at = category === null ? -1 : rules.hierarchy.indexOf(category);
    return at < 0 ? rules.hierarchy.length : at;
  };
  return [...entries].sort((a, b) => place(a) - place(b));
}

function categoryOf(voucher: Voucher | null, campaign: Campaign | null): string | null {
  return voucher?.category ?? campaign?.category ?? null;
}

function skipped({ id, voucher }: { id: string; voucher: Voucher | null }, key: SkipKey): Planned {
  return { id, voucher, status: 'skipped', key, message: SKIPS[key] };
}

/** What one entry hands to the next. */
interface Run {
  bill: Bill | null;
  joined: Joined;
  /** By campaign: what the stack adds to its counts. */
  sums: ReadonlyMap<string, Sums>;
}

interface Sums {
  redemptions: number;
  discountMinor: number;
  ordersMinor: number;
}

function planOne(entry: StackEntry, run: Run, ask: StackAsk): { planned: Planned; run: Run } {
  const { id, voucher, campaign } = entry;
  if (voucher === null) {
    const { refused: missing } = refused('not_found', 'there is no such voucher');
    return { planned: { id, voucher, status: 'inapplicable', refused: missing }, run };
  }
  const category = categoryOf(voucher, campaign);
  const barred = barredBy(ask.rules, category, run.joined);
  const asked = askOf(entry, voucher, { run, ask });
  const answer = applicable(asked);
  if (!answer.applicable) {
    const { applicable: _, ...why } = answer;
    return { planned: { id, voucher, status: 'inapplicable', refused: why }, run };
  }
  if (barred !== null) return { planned: skipped(entry, barred), run };
  if (ask.rules.noEffect === 'skip' && hasNoEffect(answer))
    return { planned: skipped(entry, 'redeemable_has_no_effect'), run };
  const before = run.bill;
  const after = before === null || answer.taken === null ? before : afterTaking(before, answer.taken);
  const joined = withJoined(ask.rules, category, run.joined);
  const sums = campaign === null ? run.sums : withSum(run.sums, campaign.id, sumOf(answer, before));
  return {
    planned: { id, voucher, status: 'applicable', fit: answer, before, after },
    run: { bill: after, joined, sums },
  };
}

function askOf(entry: StackEntry, voucher: Voucher, { run, ask }: { run: Run; ask: StackAsk }): Ask {
  const { campaign, rules, facts, creditsMinor, referrer = null } = entry;
  const sums = campaign === null ? undefined : run.sums.get(campaign.id);
  const { lockKey, nowMs } = ask;
  const base = ask.rules.base;
  const counted = sums === undefined ? facts : { ...facts, counts: withSums(facts.counts, sums) };
  return { voucher, campaign, rules, facts: counted, bill: run.bill, lockKey, creditsMinor, nowMs, base, referrer };
}

function hasNoEffect({ taken }: Fit): boolean {
  return taken !== null && taken.discountMinor === 0 && taken.freeItems.length === 0 && taken.shippingMinor === 0;
}

function sumOf({ taken, creditsMinor }: Fit, before: Bill | null): Sums {
  const { discountMinor, shippingMinor } = taken ?? NOTHING_TAKEN;
  const given = Math.max(discountMinor, creditsMinor ?? 0) + shippingMinor;
  return {
    redemptions: 1,
    discountMinor: given,
    ordersMinor: before === null ? 0 : amountsOf(before).totalMinor,
  };
}

function withSum(sums: Run['sums'], campaign: string, more: Sums): Run['sums'] {
  const before = sums.get(campaign) ?? { redemptions: 0, discountMinor: 0, ordersMinor: 0 };
  return new Map(sums).set(campaign, {
    redemptions: before.redemptions + more.redemptions,
    discountMinor: before.discountMinor + more.discountMinor,
    ordersMinor: before.ordersMinor + more.ordersMinor,
  });
}

/** A campaign's counts with what earlier entries of the stack will add to them; what is not known stays so. */
function withSums(counts: Counts, { redemptions, discountMinor, ordersMinor }: Sums): Counts {
  const added = { ...counts };
  for (const per of ['ever', 'day', 'week', 'month'] as const)
    for (const name of [`campaign.redemptions.${per}`, `campaign.customer.${per}`] as const) {
      const count = counts[name];
      if (count !== undefined) added[name] = count + redemptions;
    }
  if (counts['campaign.discount_minor'] !== undefined)
    added['campaign.discount_minor'] = counts['campaign.discount_minor'] + discountMinor;
  if (counts['campaign.orders_minor'] !== undefined)
    added['campaign.orders_minor'] = counts['campaign.orders_minor'] + ordersMinor;
  return added;
}
