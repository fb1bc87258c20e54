/** What several codes would do for one order, as of now: each read from whoever keeps it, reckoned together. Writes nothing. */
import type { AskingCustomer } from '../codes/calls.ts';
import { type OfferTerms, offerTerms, rulesFor } from '../codes/terms.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { CountName, Counts, Facts } from '../domain/vouchers/facts.ts';
import { type Needs, needsOf } from '../domain/vouchers/needs.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import { planStack, type StackEntry, type StackPlan } from '../domain/vouchers/stack.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { factsOf, heldVoucher, type ToldFacts } from './facts.ts';
import { type Located, locate } from './find.ts';
import { calendarOf, countsOf } from './reserving.ts';
import { type Asking, nowOf, type Redeemable, type World } from './world.ts';

/** A code with all that decides on it; `voucher` null: there is no such code. */
export interface Source {
  redeemable: Redeemable;
  located: Located | null;
  /** Who holds it; null: nobody does. */
  holder: string | null;
  voucher: Voucher | null;
  campaign: Campaign | null;
  rules: Rule[];
  needs: Needs;
  facts: Facts;
}

export interface Planned {
  /** In the order in which they were asked for. */
  sources: Source[];
  plan: StackPlan;
  terms: OfferTerms;
  asker: AskingCustomer | null;
}

/** `refused`: the request is malformed. `own`: operations that campaigns may keep something for already: it does not count. */
export async function planFor(
  world: World,
  asking: Asking,
  { redeemables, scope, own = [] }: { redeemables: Redeemable[]; scope: 'exact' | 'public'; own?: string[] },
): Promise<Planned | { refused: Refused }> {
  const blank = await offerTerms(world.env, world.shop.id, []);
  const tooMany = redeemables.length > blank.stacking.limit;
  const found = tooMany
    ? []
    : await Promise.all(redeemables.map((one) => findOne(world, asking, { redeemable: one, scope })));
  const terms = await offerTerms(
    world.env,
    world.shop.id,
    found.map(({ voucher }) => voucher?.campaign ?? null),
  );
  const known = found.map((one) => withTerms(one, terms));
  const told = asking.customer === null ? null : await askedOf(world, asking.customer, known);
  const counts = await campaignCounts(world, { customer: asking.customer, own }, known);
  const sources = known.map((one): Source => ({ ...one, facts: factsIn(world, asking, { one, told, counts }) }));
  const entries = tooMany ? redeemables.map((one) => unknownEntry(world, asking, one)) : sources.map(entryOf);
  const plan = planStack({
    entries,
    cart: asking.cart,
    lockKey: asking.lockKey,
    nowMs: nowOf(world),
    rules: terms.stacking,
  });
  if ('refused' in plan) return plan;
  const asker = told === null ? null : { id: told.customer.id, facts: told.customer };
  return { sources, plan, terms, asker };
}

type FoundOne = Pick<Source, 'redeemable' | 'located' | 'holder' | 'voucher'> & { own: Counts };
export type Known = FoundOne & Pick<Source, 'campaign' | 'rules' | 'needs'>;

export async function findOne(
  world: World,
  asking: Asking,
  { redeemable, scope }: { redeemable: Redeemable; scope: 'exact' | 'public' },
): Promise<FoundOne> {
  const located = await locate(world, redeemable.code, { customer: asking.customer, scope });
  const nobody = { redeemable, located, holder: null, own: {} };
  if (located === null) return { ...nobody, voucher: null };
  const { found } = located;
  if (found.owner === 'here') return { ...nobody, voucher: found.voucher, own: found.counts };
  if (found.owner !== 'customer') return { ...nobody, voucher: null };
  const held = await heldVoucher(world, found.customer, found.voucher);
  return { ...nobody, holder: held?.customer ?? null, voucher: held?.voucher ?? null };
}

export function withTerms(one: FoundOne, terms: OfferTerms): Known {
  const { voucher } = one;
  const campaign = voucher?.campaign == null ? null : (terms.campaigns.get(voucher.campaign) ?? null);
  const rules = voucher === null ? [] : rulesFor(terms, voucher, campaign);
  const needs = voucher === null ? NO_NEEDS : needsOf({ voucher, campaign, rules });
  return { ...one, campaign, rules, needs };
}

const NO_NEEDS: Needs = {
  customer: false,
  segments: [],
  tier: false,
  traits: [],
  orders: false,
  cart: false,
  counts: [],
};

/** One call for all of them, and what was counted of those that the customer holds. */
export function askedOf(world: World, customer: string, known: Known[]): Promise<ToldFacts> {
  const needs = known.map((one) => one.needs);
  const all: Needs = {
    ...NO_NEEDS,
    segments: [...new Set(needs.flatMap(({ segments }) => segments))],
    tier: needs.some(({ tier }) => tier),
    traits: [...new Set(needs.flatMap(({ traits }) => traits))],
    orders: needs.some(({ orders }) => orders),
    counts: [...new Set(needs.flatMap(({ counts }) => counts))],
  };
  const held = known.flatMap(({ holder, voucher }) =>
    holder === customer && voucher !== null ? [{ voucher: voucher.id, campaign: voucher.campaign }] : [],
  );
  return factsOf(world, customer, all, held);
}

export async function campaignCounts(
  world: World,
  { customer, own }: { customer: string | null; own: string[] },
  known: Known[],
): Promise<Map<string, Counts>> {
  const wanted = new Map<string, Set<CountName>>();
  for (const { campaign, needs } of known) {
    const names = needs.counts.filter((name) => name.startsWith('campaign.'));
    if (campaign !== null && names.length > 0)
      wanted.set(campaign.id, new Set([...(wanted.get(campaign.id) ?? []), ...names]));
  }
  const told = await Promise.all(
    [...wanted].map(async ([campaign, names]) => {
      const counts = await countsOf(world, { campaign, customer, counts: [...names], own });
      return [campaign, counts] as const;
    }),
  );
  return new Map(told);
}

interface Telling {
  one: Known;
  told: ToldFacts | null;
  counts: Map<string, Counts>;
}

export function factsIn(world: World, asking: Asking, { one, told, counts }: Telling): Facts {
  const { channel, metadata, caller } = asking;
  const own = one.voucher === null ? {} : (told?.counts[one.voucher.id] ?? {});
  const campaign = one.campaign === null ? {} : (counts.get(one.campaign.id) ?? {});
  return {
    timeZone: calendarOf(world).timeZone,
    customer: told?.customer ?? null,
    counts: { ...own, ...one.own, ...campaign },
    channel,
    metadata,
    caller,
    event: null,
  };
}

function entryOf({ redeemable, voucher, campaign, rules, facts }: Source): StackEntry {
  return { id: redeemable.code, voucher, campaign, rules, facts, creditsMinor: redeemable.creditsMinor };
}

function unknownEntry(world: World, asking: Asking, { code, creditsMinor }: Redeemable): StackEntry {
  const one = { redeemable: { code, creditsMinor }, located: null, holder: null, voucher: null, own: {} };
  const facts = factsIn(world, asking, {
    one: { ...one, campaign: null, rules: [], needs: NO_NEEDS },
    told: null,
    counts: new Map(),
  });
  return { id: code, voucher: null, campaign: null, rules: [], facts, creditsMinor };
}
