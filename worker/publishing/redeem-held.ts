/** Redeems one voucher that a customer holds, in the customer's own object; its campaign keeps what it costs first. */
import { openCampaign } from '../campaign/cache.ts';
import { campaignOf } from '../campaign/record.ts';
import { offerTerms, rulesFor } from '../codes/terms.ts';
import type { Reached } from '../customers/reach.ts';
import { billOf } from '../domain/vouchers/bill.ts';
import { boundsOf } from '../domain/vouchers/bounds.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { Counts, CustomerFacts } from '../domain/vouchers/facts.ts';
import type { Asker, HeldRedeem, RedeemVouchers } from '../domain/vouchers/held-request.ts';
import { type Needs, needsOf } from '../domain/vouchers/needs.ts';
import { costOf, redeem } from '../domain/vouchers/redeem.ts';
import { redemptionId } from '../domain/vouchers/redemption-name.ts';
import { refusal } from '../domain/vouchers/refused.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { refusedIn } from '../holds/wallet.ts';
import { operate } from '../routing/follow.ts';
import { factsOf, heldRedemptions, heldVoucher } from './facts.ts';
import { barring, calendarOf, countsOf, reserve, settle } from './reserving.ts';
import { type Asking, type Named, nameOf, nowOf, type Redeemable, type RedeemResult, type World } from './world.ts';

/** By which a customer's journal knows a request on vouchers. */
export const keyOf = (name: string) => `vouchers:${name}`;

interface Held {
  customer: string;
  voucher: Voucher;
  campaign: Campaign | null;
  rules: Rule[];
  needs: Needs;
}

export async function redeemHeld(
  world: World,
  asking: Asking & Named,
  { redeemable, at }: { redeemable: Redeemable; at: { customer: string; voucher: string } },
): Promise<RedeemResult> {
  const held = await readHeld(world, at);
  if (held === null) return NOT_FOUND;
  const { customer, voucher, campaign, rules } = held;
  const name = nameOf(world, 'redeem', asking);
  const about = { name, place: 0, owner: { kind: 'customer' as const, customer } };
  const facts = await factsFor(world, asking.customer, held);
  const kept = campaign === null ? null : await keepFor(world, asking, { held, campaign, facts, redeemable, name });
  const use: HeldRedeem = {
    voucher: voucher.id,
    campaign,
    rules,
    counts: kept?.counts ?? {},
    creditsMinor: kept?.creditsMinor ?? redeemable.creditsMinor,
    referrer: null,
    redemption: redemptionId({ prefix: 'r', ...about }),
    failed: redemptionId({ prefix: 'rf', ...about }),
    settled: null,
  };
  const operation = operationOf(asking, { name, use, asker: askerOf(asking.customer, customer, facts.customer) });
  const input = { kind: 'operation' as const, operation };
  const { answer } = await operate(world.env, world.shop, { customer, input, waitMs: world.waitMs });
  if (answer.verdict === 'mismatch') return { state: 'mismatch' };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a redemption was not recorded');
  const result = await resultOf(world, held, { use, answer });
  if (kept?.op != null && campaign !== null) settle(world, { campaign: campaign.id, op: kept.op }, becameOf(result));
  return result;
}

const NOT_FOUND: RedeemResult = {
  state: 'refused',
  duplicate: false,
  refused: refusal('not_found', 'there is no such code'),
  failed: null,
  voucher: null,
};

type Recorded = Extract<Reached['answer'], { verdict: 'recorded' | 'duplicate' }>;

/** With the redemption, or the attempt, and the voucher as they stand now. */
async function resultOf(
  world: World,
  { customer, voucher }: Held,
  { use, answer }: { use: HeldRedeem; answer: Recorded },
): Promise<RedeemResult> {
  const [made, now] = await Promise.all([
    heldRedemptions(world, customer, [use.redemption, use.failed]),
    heldVoucher(world, customer, voucher.id),
  ]);
  const duplicate = answer.verdict === 'duplicate';
  if (answer.refusal !== null) {
    const failed = made.find(({ id }) => id === use.failed) ?? null;
    return { state: 'refused', duplicate, refused: refusedIn(answer.refusal), failed, voucher: now?.voucher ?? null };
  }
  const redemption = made.find(({ id }) => id === use.redemption);
  if (redemption === undefined) throw new Error('a redemption that is not there');
  const redemptions = [{ ...redemption, rollbacks: [] }];
  return { state: 'redeemed', duplicate, parent: null, redemptions, vouchers: now === null ? [] : [now.voucher] };
}

function becameOf(result: RedeemResult): Parameters<typeof settle>[2] {
  const [redemption] = result.state === 'redeemed' ? result.redemptions : [];
  return redemption === undefined ? 'voided' : { actual: costOf(redemption) };
}

/** A held voucher with what decides on it; null: the customer has it no more. */
export async function readHeld(world: World, at: { customer: string; voucher: string }): Promise<Held | null> {
  const held = await heldVoucher(world, at.customer, at.voucher);
  if (held === null) return null;
  const { voucher, customer } = held;
  const terms = await offerTerms(world.env, world.shop.id, [voucher.campaign]);
  const record = voucher.campaign === null ? null : await openCampaign(world.env, world.shop.id, voucher.campaign);
  const campaign = record === null ? null : campaignOf(record);
  const rules = rulesFor(terms, voucher, campaign);
  return { customer, voucher, campaign, rules, needs: needsOf({ voucher, campaign, rules }) };
}

interface AskerFacts {
  customer: CustomerFacts | null;
  counts: Counts;
}

export async function factsFor(
  world: World,
  asker: string | null,
  { customer, voucher, campaign, needs }: Held,
): Promise<AskerFacts> {
  // what is known of the holder the object reads itself
  if (asker === null || (asker === customer && campaign === null)) return { customer: null, counts: {} };
  const own = asker === customer ? [{ voucher: voucher.id, campaign: campaign?.id ?? null }] : [];
  const told = await factsOf(world, asker, needs, own);
  return { customer: told.customer, counts: told.counts[voucher.id] ?? {} };
}

export function askerOf(asker: string | null, holder: string, facts: CustomerFacts | null): Asker {
  return asker === holder ? 'holder' : facts;
}

interface Keeping {
  held: Held;
  campaign: Campaign;
  facts: AskerFacts;
  redeemable: Redeemable;
  name: string;
}

interface Kept {
  /** null: nothing is kept, because it cannot be redeemed; the customer's object says why. */
  op: string | null;
  counts: Counts;
  /** Of a gift card: no more than was reckoned. */
  creditsMinor: number | null;
}

/** What it would cost is reckoned here, and decided on there. */
async function keepFor(world: World, asking: Asking & Named, keeping: Keeping): Promise<Kept> {
  const { held, campaign, facts, redeemable, name } = keeping;
  const names = held.needs.counts.filter((one) => one.startsWith('campaign.'));
  const op = `${name}:0`;
  const about = { campaign: campaign.id, customer: asking.customer, counts: names };
  const bounds = boundsOf(campaign, held.rules);
  const counts = await countsOf(world, { ...about, own: [op] });
  const reckoned = reckon(world, asking, { held, facts, redeemable, counts });
  if (reckoned === null) return { op: null, counts, creditsMinor: redeemable.creditsMinor };
  const { customer } = held;
  const { fingerprint } = asking;
  const coordinator = { kind: 'customer' as const, customer, op: keyOf(name), fingerprint, place: 0 };
  const cost: Cost = costOf(reckoned);
  const reserved = await reserve(world, { ...about, op, cost, bounds, coordinator });
  if (!reserved.granted) return { op: null, counts: barring(campaign, counts), creditsMinor: redeemable.creditsMinor };
  return { op, counts: reserved.counts, creditsMinor: reckoned.creditsMinor };
}

interface Reckoning {
  held: Held;
  facts: AskerFacts;
  redeemable: Redeemable;
  counts: Counts;
}

/** The redemption as it would be now; null: it would be refused. */
function reckon(world: World, asking: Asking, { held, facts, redeemable, counts }: Reckoning): Redemption | null {
  const { voucher, campaign, rules } = held;
  const { cart, lockKey, channel, metadata, caller } = asking;
  const { timeZone } = calendarOf(world);
  const done = redeem(
    {
      voucher,
      campaign,
      rules,
      facts: {
        timeZone,
        customer: facts.customer,
        counts: { ...facts.counts, ...counts },
        channel,
        metadata,
        caller,
        event: null,
      },
      bill: cart === null ? null : billOf(cart),
      lockKey,
      creditsMinor: redeemable.creditsMinor,
      nowMs: nowOf(world),
    },
    { id: '', parent: null, orderId: null, metadata },
  );
  return 'refused' in done ? null : done.redemption;
}

function operationOf(
  asking: Asking & Named,
  { name, use, asker }: { name: string; use: HeldRedeem; asker: Asker },
): RedeemVouchers {
  const { cart, lockKey, channel, metadata, caller, fingerprint } = asking;
  const about = { asker, cart, channel, metadata, caller, lockKey, parent: null, orderId: cart?.orderId ?? null };
  return { op: 'redeem_vouchers', key: keyOf(name), fingerprint, uses: [use], stacking: null, ...about };
}
