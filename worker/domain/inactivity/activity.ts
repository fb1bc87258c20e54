/** What of a decision counts as activity, and of which kind. */
import type { JournalRow } from '../journal.ts';
import { isObject, type Json } from '../json.ts';
import type { Work } from '../work.ts';
import type { Activity } from './programme.ts';

/** The kinds of activity that a decision was. */
export function activitiesOf(work: Work): Set<Activity> {
  const found = new Set<Activity>();
  if ([...work.touched].some((id) => isNewlyPaid(work, id))) found.add('order');
  for (const row of work.rows) for (const activity of ofRow(row)) found.add(activity);
  // what is filled in from the past, or brought along from elsewhere, is none of what it tells of
  if (work.rows.some(({ about }) => about.backfill === true)) return new Set(['import']);
  return found;
}

/** Both the friend's and the referrer's journal tell of it; only the latter brought somebody. */
function isReferrer(properties: Json | undefined): boolean {
  return isObject(properties) && properties.role === 'referrer';
}

function isNewlyPaid({ orders, ordersBefore }: Work, id: string): boolean {
  const [before, after] = [ordersBefore.get(id)?.paidAtMs ?? null, orders.get(id)?.paidAtMs ?? null];
  return before === null && after !== null;
}

function* ofRow({ kind, entries, about }: JournalRow): Generator<Activity> {
  if (kind === 'event' && about.trust === 'server') yield 'event';
  if (kind === 'points.spent' || kind === 'voucher.redeemed') yield 'redeem';
  if (kind === 'points.adjusted') yield 'adjust';
  if (kind === 'birthday.rewarded') yield 'birthday';
  if (kind === 'referral.completed' && isReferrer(about.properties)) yield 'referral';
  for (const entry of entries) {
    if (entry.kind === 'spent') yield 'redeem';
    if (entry.kind === 'clawed_back') yield 'clawback';
    // points of an order come with its payment, later ones with nothing that anybody did
    if (entry.kind === 'earned' && entry.orderId === null && kind === 'event') yield 'earn';
  }
}
