/** Has the campaigns of a stack keep what each of its vouchers costs them: for all of them, or for none. */
import { boundsOf } from '../domain/vouchers/bounds.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import { costOf, redeem } from '../domain/vouchers/redeem.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Keeping, Kept, Member, Parts } from './parts.ts';
import type { Planned } from './plan.ts';
import { barredBy, reserve, settle } from './reserving.ts';
import { nowOf, type World } from './world.ts';

/** Without those that it was refused for: `refused` says why. */
export async function keepAll(
  world: World,
  parts: Parts,
  planned: Planned,
): Promise<Kept | { refused: Refused; kept: Kept }> {
  const { asker, terms } = planned;
  const kept: Kept = { byPlace: new Map(), asker, base: terms.stacking.base };
  const members = [parts.decider, ...parts.others].flatMap((part) => part.members).sort((a, b) => a.place - b.place);
  let refused: Refused | null = null;
  // one after the other: vouchers of one campaign count for each other
  for (const member of members) {
    const told = await keepOne(world, parts, member);
    if (told === null) continue;
    if ('refused' in told) {
      refused = told.refused;
      break;
    }
    kept.byPlace.set(member.place, told);
  }
  return refused === null ? kept : { refused, kept };
}

/** null: its campaign has no say in it, or hears of it afterwards. */
async function keepOne(world: World, parts: Parts, member: Member): Promise<Keeping | { refused: Refused } | null> {
  const { source, place } = member;
  const { campaign, needs, holder } = source;
  const names = needs.counts.filter((name) => name.startsWith('campaign.'));
  if (campaign === null || (names.length === 0 && holder === null)) return null;
  const cost = costIn(world, parts, member);
  const { name, coordinator, asking } = parts;
  const op = opOf(name, place);
  const bounds = boundsOf(campaign, source.rules);
  const about = { campaign: campaign.id, op, cost, customer: asking.customer, counts: names, bounds, coordinator };
  const reserved = await reserve(world, about);
  if (!reserved.granted) return { refused: barredBy(reserved) };
  return { campaign: campaign.id, op, cost, counts: reserved.counts };
}

/** Names what a campaign keeps for one place of an attempt. */
export function opOf(name: string, place: number): string {
  return `${name}:${place}`;
}

function costIn(world: World, { asking, parent }: Parts, { source, fit, before }: Member): Cost {
  const { voucher, campaign, rules, facts } = source;
  const { lockKey, metadata } = asking;
  const ask = {
    voucher,
    campaign,
    rules,
    facts,
    bill: before,
    lockKey,
    creditsMinor: fit.creditsMinor,
    nowMs: nowOf(world),
  };
  const done = redeem(ask, { id: '', parent, orderId: null, metadata });
  if ('refused' in done) return { redemptions: 1, discountMinor: fit.taken?.discountMinor ?? 0, ordersMinor: 0 };
  return costOf(done.redemption);
}

export function settleAll(world: World, { byPlace }: Kept, became: 'posted' | 'voided'): void {
  for (const { campaign, op } of byPlace.values())
    settle(world, { campaign, op }, became === 'posted' ? { actual: null } : 'voided');
}
