/** Takes a bought reward back: its code is switched off for good, and its points return to their lots. */
import type { Errand } from '../errand.ts';
import type { JsonObject } from '../json.ts';
import type { PointsEntry } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import type { Voucher } from '../vouchers/voucher.ts';
import { pushRow, put, type Work } from '../work.ts';
import { rewardOf } from './issue.ts';
import { periodOf } from './offer.ts';
import { pointsBack, pointsLeft } from './points-back.ts';
import { withoutTaken } from './state.ts';

export interface Revoking {
  terms: Terms;
  when: When;
  key: string | null;
  about: JsonObject;
  /** Told with the points. */
  reason: string;
}

/** Switches the voucher off for good and gives back all points that are left of it; one row (Points Returned). */
export function revoke(work: Work, voucher: Voucher, { terms, when, key, about, reason }: Revoking): PointsEntry {
  const points = pointsLeft(voucher);
  const back = pointsBack(work, { voucher, points }, { terms, when });
  put(work.vouchers, switchedOff(back.voucher, when));
  takeBack(work, voucher, terms);
  const { entry } = back;
  pushRow(work, {
    kind: 'points.returned',
    name: 'Points Returned',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    terms,
    entries: [entry],
    about: { ...about, voucher: voucher.id, properties: returnedProperties(voucher, entry, reason) },
  });
  return entry;
}

export function switchedOff(voucher: Voucher, { atMs }: When): Voucher {
  const { waitsFor: _, noticeAtMs: __, ...held } = voucher.held ?? {};
  return { ...voucher, active: false, locks: [], held: { ...held, undoneAtMs: atMs }, updatedAtMs: atMs };
}

/** It counts no more towards what the customer may have of it, and goes back to the stock. */
function takeBack(work: Work, voucher: Voucher, terms: Terms): void {
  const { origin, createdAtMs, held } = voucher;
  if (origin.kind !== 'reward') return;
  const reward = rewardOf(terms, origin.reward);
  const periodMs = periodOf(reward?.limit ?? null, { atMs: createdAtMs, timeZone: terms.segments.manner.timeZone });
  const rewards = withoutTaken(work.head.loyalty.rewards, origin.reward, periodMs);
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, rewards } };
  if (held?.inStock === true) work.errands.push(giveBackToStock(voucher, origin.reward));
}

export function giveBackToStock({ id }: Voucher, reward: string): Errand {
  return { op: `stock-back:${id}`, kind: 'stock.give_back', body: { voucher: id, reward } };
}

export function returnedProperties(voucher: Voucher, entry: PointsEntry, reason: string): JsonObject {
  const { origin, id, code, title } = voucher;
  const reward_id = origin.kind === 'reward' ? origin.reward : null;
  const points = { points: entry.points, balance_after: entry.balanceAfter };
  return { ...points, reward_id, reward_name: title, voucher_id: id, code, reason };
}
