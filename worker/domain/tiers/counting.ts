/**
 * What counts towards a tier, and when: each order at the instant it was paid, whatever refunds made of it since; points
 * that no order earned at the instant of their row. Points that are spent, run out or are moved by hand do not count.
 */
import { DEFAULT_BASE } from '../earning/base.ts';
import { baseMinor, refundedMinor } from '../earning/standing.ts';
import type { JournalRow } from '../journal.ts';
import type { Pending } from '../loyalty/pending.ts';
import type { Order } from '../order.ts';
import { refundedMoneyMinor } from '../order-status.ts';
import type { Past } from '../past.ts';
import type { Programme } from '../programme.ts';
import type { Made } from '../referrals/made.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { digest } from './ladder.ts';
import type { TierProgramme } from './programme.ts';

export interface Contribution {
  atMs: number;
  amount: number;
}

/** By which rules sums are counted, in short. */
export function countingOf({ tiers, order, earning }: Programme): string {
  if (tiers === undefined) return '';
  const { metric, spent, window, startsAtMs } = tiers;
  const base = spent === 'earning_base' ? [order?.base ?? DEFAULT_BASE, earning?.order?.select ?? null] : [];
  return digest(JSON.stringify([metric, window, startsAtMs, ...(metric === 'spent' ? [spent, ...base] : [])]));
}

/** What a decision adds since it was asked last, and takes from what was added before. */
export function contributionsOf(work: Work, rules: TierProgramme, terms: Terms): Contribution[] {
  const { counted } = work;
  const orders = [...work.touched].flatMap((id) => {
    const before = ofOrder(counted.orders.get(id), counted.pending, rules, terms);
    return difference(before, ofOrder(work.orders.get(id), work.pending.all, rules, terms));
  });
  const referrals = [...work.referrals.changed].flatMap((id) =>
    difference(ofReferral(counted.referrals.get(id), rules), ofReferral(work.referrals.all.get(id), rules)),
  );
  const rows = work.rows.slice(counted.rows).flatMap((row) => ofRow(row, rules));
  work.counted = {
    orders: new Map(work.orders),
    pending: new Map(work.pending.all),
    referrals: new Map(work.referrals.all),
    rows: work.rows.length,
  };
  return since(rules, [...orders, ...referrals, ...rows]);
}

/** Everything that counts, anew. */
export function* pastContributions(past: Past, rules: TierProgramme, terms: Terms): Generator<Contribution> {
  const pending = new Map<number, Pending>();
  if (rules.metric === 'points') for (const one of past.pending()) pending.set(one.id, one);
  for (const order of past.orders()) {
    const one = ofOrder(order, pending, rules, terms);
    if (one !== null) yield* since(rules, [one]);
  }
  if (rules.metric === 'points') for (const row of past.pointsRows()) yield* since(rules, ofRow(row, rules));
  if (rules.metric !== 'referrals') return;
  for (const made of past.referrals()) {
    const one = ofReferral(made, rules);
    if (one !== null) yield* since(rules, [one]);
  }
}

function since({ startsAtMs }: TierProgramme, all: Contribution[]): Contribution[] {
  return startsAtMs === null ? all : all.filter(({ atMs }) => atMs >= startsAtMs);
}

function difference(before: Contribution | null, after: Contribution | null): Contribution[] {
  if (before !== null && after !== null && before.atMs === after.atMs) {
    const amount = after.amount - before.amount;
    return amount === 0 ? [] : [{ atMs: after.atMs, amount }];
  }
  return [...(before === null ? [] : [{ ...before, amount: -before.amount }]), ...(after === null ? [] : [after])];
}

type Waiting = ReadonlyMap<number, Pending>;

/** null: it does not count at all. */
function ofOrder(order: Order | undefined, waiting: Waiting, rules: TierProgramme, terms: Terms): Contribution | null {
  if (order === undefined || order.paidAtMs === null || order.snapshot === null) return null;
  const { currency, test } = order.snapshot;
  if (currency !== terms.currency || (test && terms.mode === 'live')) return null;
  const amount = rules.metric === 'points' ? pointsOf(order, waiting) : amountOf(order, rules, terms);
  return amount === 0 ? null : { atMs: order.paidAtMs, amount };
}

/** Points that cannot be spent yet do not count yet. */
function pointsOf({ earned, clawed, voided = 0, waiting = [] }: Order, pending: Waiting): number {
  const held = waiting.reduce((sum, { id }) => sum + (pending.get(id)?.points ?? 0), 0);
  return Math.max(0, earned - clawed - voided - held);
}

function amountOf(order: Order, { metric, spent }: TierProgramme, terms: Terms): number {
  if (isGone(order)) return 0;
  if (metric === 'orders') return 1;
  if (metric === 'spent') return spent === 'paid' ? paidMinor(order) : earningMinor(order, terms);
  return 0;
}

function isGone(order: Order): boolean {
  return order.cancelledAtMs !== null || order.snapshot?.refunded === true || paidMinor(order) === 0;
}

function paidMinor(order: Order): number {
  return Math.max(0, (order.snapshot?.totalMinor ?? 0) - refundedMoneyMinor(order));
}

/** By the base rate of orders, whatever other rules earn by. */
function earningMinor({ snapshot, rule, refunds }: Order, { programme }: Terms): number {
  if (snapshot === null) return 0;
  const base = rule?.base ?? programme.order?.base ?? DEFAULT_BASE;
  const select = programme.earning?.order?.select ?? null;
  return Math.max(0, baseMinor(snapshot, base, select) - refundedMinor(snapshot, refunds, base, select));
}

/** A friend counts from when they completed it, for as long as they do not send everything back. */
function ofReferral(made: Made | undefined, { metric }: TierProgramme): Contribution | null {
  if (metric !== 'referrals' || made?.status !== 'completed') return null;
  return { atMs: made.changedAtMs, amount: 1 };
}

/** Entries of orders are told by the orders; what entering a tier gave does not lead into the next. */
function ofRow({ kind, atMs, entries, about }: JournalRow, { metric }: TierProgramme): Contribution[] {
  if (metric !== 'points' || kind === 'tier.changed') return [];
  const counted = entries.filter((entry) => {
    if (entry.orderId !== null) return false;
    if (entry.kind === 'adjusted') return about.countsTowardTier === true;
    return entry.kind === 'earned' || entry.kind === 'clawed_back';
  });
  const amount = counted.reduce((sum, entry) => sum + entry.points, 0);
  return amount === 0 ? [] : [{ atMs, amount }];
}
