/** Redeems one code that nobody holds: one call where nobody else has a say in it, else its campaign keeps what it costs first. */
import type { Found, RedeemAnswer, RedeemCall, Use } from '../codes/calls.ts';
import { codesAt } from '../codes/stubs.ts';
import { billOf } from '../domain/vouchers/bill.ts';
import { costOf } from '../domain/vouchers/redeem.ts';
import { redemptionId } from '../domain/vouchers/redemption-name.ts';
import { refusal } from '../domain/vouchers/refused.ts';
import { openOffers } from '../offers/cache.ts';
import type { Route } from '../offers/route.ts';
import { factsOf } from './facts.ts';
import { barredBy, reserve, settle } from './reserving.ts';
import { type Asking, type Named, nameOf, type Redeemable, type RedeemResult, type World } from './world.ts';

/** Facts, a reserve, and once more. */
const MOST_TURNS = 6;

export type CodeResult = RedeemResult | { state: 'elsewhere'; found: Exclude<Found, { owner: 'here' }> };

export async function redeemCode(
  world: World,
  asking: Asking & Named,
  { redeemable, route }: { redeemable: Redeemable; route: Route },
): Promise<CodeResult> {
  const call = await callOf(world, asking, redeemable, route);
  const codes = codesAt(world.env, route.object);
  let kept: { campaign: string; op: string } | null = null;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const answer: RedeemAnswer = await codes.redeem(call);
    const use = call.uses[0];
    if (use === undefined) throw new Error('a redemption of nothing');
    if (answer.verdict === 'facts' && call.customer !== null) {
      call.customer.facts = (await factsOf(world, call.customer.id, answer.needs)).customer;
    } else if (answer.verdict === 'reserve') {
      kept = { campaign: answer.campaign, op: `${call.key}:0` };
      await keepFor(world, call, { use, answer, route });
    } else {
      const result = await resultOf(world, call, { answer, route });
      if (kept !== null && use.reserved !== null) settle(world, kept, becameOf(answer));
      return result;
    }
  }
  throw new Error('a redemption that asks without end');
}

async function callOf(
  world: World,
  asking: Asking & Named,
  { code, creditsMinor }: Redeemable,
  { generation, shard }: Route,
): Promise<RedeemCall> {
  const { customer, cart, lockKey, channel, metadata, caller, fingerprint } = asking;
  const key = nameOf(world, 'redeem', asking);
  const about = { name: key, place: 0, owner: { kind: 'codes' as const, generation, shard } };
  const { stacking } = await openOffers(world.env, world.shop.id);
  const use: Use = {
    code,
    creditsMinor,
    bill: cart === null ? null : billOf(cart),
    counts: {},
    reserved: null,
    barred: null,
    settled: null,
    redemption: redemptionId({ prefix: 'r', ...about }),
    failed: redemptionId({ prefix: 'rf', ...about }),
    base: stacking.base,
  };
  return {
    key,
    fingerprint,
    clockMs: world.clockMs,
    uses: [use],
    customer: customer === null ? null : { id: customer, facts: null },
    lockKey,
    orderId: cart?.orderId ?? null,
    channel,
    metadata,
    caller,
    parent: null,
    others: [],
    coordinator: null,
  };
}

interface Keeping {
  use: Use;
  answer: Extract<RedeemAnswer, { verdict: 'reserve' }>;
  route: Route;
}

async function keepFor(world: World, call: RedeemCall, { use, answer, route }: Keeping): Promise<void> {
  const { key, fingerprint, customer } = call;
  const { campaign, cost, counts, bounds } = answer;
  const coordinator = { kind: 'codes' as const, object: route.object, op: key, fingerprint, place: 0 };
  const asked = { campaign, op: `${key}:0`, cost, customer: customer?.id ?? null, counts, bounds, coordinator };
  const reserved = await reserve(world, asked);
  if (!reserved.granted) {
    use.barred = barredBy(reserved);
    return;
  }
  use.reserved = cost;
  use.counts = reserved.counts;
}

async function resultOf(
  world: World,
  call: RedeemCall,
  { answer, route }: { answer: RedeemAnswer; route: Route },
): Promise<CodeResult> {
  switch (answer.verdict) {
    case 'redeemed': {
      const { duplicate, redemptions, vouchers } = answer;
      return { state: 'redeemed', duplicate, parent: null, redemptions, vouchers };
    }
    case 'refused': {
      const { duplicate, refused, failed, voucher } = answer;
      return { state: 'refused', duplicate, refused, failed, voucher };
    }
    case 'mismatch':
      return { state: 'mismatch' };
    case 'elsewhere':
      return { state: 'elsewhere', found: answer.found };
    case 'changed': {
      // what was kept for it is less than it would cost by now
      const why = refusal('multiple_requests', 'it changed while it was redeemed');
      const refused = await codesAt(world.env, route.object).refuse(
        { key: call.key, fingerprint: call.fingerprint },
        why,
      );
      return resultOf(world, call, { answer: refused, route });
    }
    default:
      throw new Error(`a redemption that was answered: ${answer.verdict}`);
  }
}

function becameOf(answer: RedeemAnswer): Parameters<typeof settle>[2] {
  const [redemption] = answer.verdict === 'redeemed' ? answer.redemptions : [];
  return redemption === undefined ? 'voided' : { actual: costOf(redemption) };
}
