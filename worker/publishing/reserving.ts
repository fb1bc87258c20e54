/** Has a campaign keep what a redemption takes of its budget, and tells it what became of that. */
import { budgetOf } from '../campaign/cache.ts';
import type { Reserved } from '../campaign/calls.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Campaign, Caps } from '../domain/vouchers/campaign.ts';
import type { CountName, Counts } from '../domain/vouchers/facts.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import { type ShopCalendar, weekStartOf } from '../domain/vouchers/tally.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import { inBackground, nowOf, type World } from './world.ts';

export interface Reserving {
  campaign: string;
  /** Names it for ever. */
  op: string;
  cost: Cost;
  customer: string | null;
  counts: CountName[];
  /** What the rules that it goes by let through in all. */
  bounds: Caps;
  coordinator: Coordinator;
}

export function reserve(world: World, { campaign, ...about }: Reserving): Promise<Reserved> {
  const call = { ...about, by: 1 as const, atMs: nowOf(world), calendar: calendarOf(world), caps: null };
  return budgetOf(world.env, world.shop.id, campaign).reserve(call);
}

/** Announces what is to be given back, once the coordinator has taken it back. */
export async function announceBack(
  world: World,
  { campaign, ...about }: Omit<Reserving, 'counts' | 'bounds'>,
): Promise<void> {
  const call = { ...about, by: -1 as const, atMs: nowOf(world), calendar: calendarOf(world), caps: null, counts: [] };
  await budgetOf(world.env, world.shop.id, campaign).reserve(call);
}

/** It came about, for `actual` (null: for what was kept), or did not. */
/** None of these operations will come about: known to their campaign once this resolves. */
export async function voidKept(world: World, campaign: string, ops: string[]): Promise<void> {
  const object = budgetOf(world.env, world.shop.id, campaign);
  for (const op of await object.kept(ops)) await object.void(op);
}

/** Whether a campaign keeps something for one of these operations. */
export async function keepsAny(world: World, campaign: string, ops: string[]): Promise<boolean> {
  return (await budgetOf(world.env, world.shop.id, campaign).kept(ops)).length > 0;
}

export function settle(
  world: World,
  { campaign, op }: Pick<Reserving, 'campaign' | 'op'>,
  became: { actual: Cost | null } | 'voided',
): void {
  const object = budgetOf(world.env, world.shop.id, campaign);
  inBackground(world, became === 'voided' ? object.void(op) : object.post(op, became.actual));
}

export interface Counting {
  campaign: string;
  customer: string | null;
  counts: CountName[];
  /** Operations of the asker: what is kept for them does not count. */
  own: string[];
}

/** A campaign's counts as they stand, for what is only looked at. */
export function countsOf(world: World, { campaign, ...about }: Counting): Promise<Counts> {
  const call = { ...about, atMs: nowOf(world), calendar: calendarOf(world) };
  return budgetOf(world.env, world.shop.id, campaign).counts(call);
}

export function calendarOf({ shop }: World): ShopCalendar {
  const { timeZone, locale } = shop.settings;
  return { timeZone, weekStart: weekStartOf(locale) };
}

/** Why a campaign keeps nothing for a redemption. */
export function barredBy(reserved: Extract<Reserved, { granted: false }>): Refused {
  const { full, room } = reserved;
  if (full === 'ended') return refusal('multiple_requests', 'it was given up before it came');
  const key = full === 'redemptions' ? 'quantity_exceeded' : 'redemption_rules_violated';
  return refusal(key, 'the budget of its campaign is used up', { facts: { left: room } });
}

/** Counts that let nobody pass where a campaign has nothing left. */
export function barring({ caps, limitPerCustomer }: Campaign, counts: Counts): Counts {
  return {
    ...counts,
    'campaign.redemptions.ever': Math.max(caps.redemptions ?? 0, counts['campaign.redemptions.ever'] ?? 0),
    'campaign.discount_minor': Math.max(caps.discountMinor ?? 0, counts['campaign.discount_minor'] ?? 0),
    'campaign.orders_minor': Math.max(caps.ordersMinor ?? 0, counts['campaign.orders_minor'] ?? 0),
    ...(limitPerCustomer === null ? {} : { 'campaign.customer.ever': counts['campaign.customer.ever'] ?? 0 }),
  };
}
